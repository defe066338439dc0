"""What the character does with the whole body: one pose to a scene, several ways to do it.

`<verb>` agrees with the subject, `[verb]` with the pronoun; `{at}` is the place where the frame names it here.
"""

ACTS = {
    "stands": (
        "<stands> motionless{at} and <lets> the moment come closer",
        "<stands>{at} with both feet planted and <looks> straight into the lens",
        "<stands>{at}, half turned away, chin lifted, listening",
        "<stands> alone{at} in the middle of the frame and slowly <breathes> out",
        "<stands>{at} with closed eyes until a sound opens them",
        "<stands> quite still{at}, only {their} fingers counting a beat",
    ),
    "walks": (
        "<walks>{at} with long, even steps toward the light",
        "<walks> slowly{at}, one hand trailing through the air",
        "<walks> straight at the camera{at}, without once blinking",
        "<walks> away from the lens{at}, smaller with every step",
        "<walks>{at} as if keeping time with a hidden beat",
        "<walks> on{at}, <hesitates>, and <goes> faster",
    ),
    "runs": (
        "<runs> flat out{at}, breath flashing white",
        "<runs>{at} past the camera and out of focus",
        "<runs>{at} as if weightless, almost laughing",
        "<runs>{at} and <does> not slow down for anything",
    ),
    "sits": (
        "<sits>{at} with folded hands, very still",
        "<sits>{at} with knees drawn up and <watches> nothing in particular",
        "<sits>{at}, upright and waiting, face to the light",
        "<sits> sideways to the lens{at}, one foot tapping",
    ),
    "dances": (
        "<dances>{at} in slow circles, eyes shut",
        "<dances>{at} as though nobody had ever looked",
        "<dances> hard{at}, every turn cut off by a sharp stop",
        "<dances> with the whole body{at}, arms drawing wide arcs",
        "<dances> small at first{at}, only the wrists, then all at once",
        "<dances> low to the ground{at} and <springs> up again",
    ),
    "reaches": (
        "<reaches> out with one open hand{at}",
        "<reaches> up toward something just out of touch{at}",
        "<reaches> forward{at}, <stops> an inch short, and <trembles>",
        "<reaches> slowly into the light{at} and <closes> a fist around it",
    ),
    "looks back": (
        "<turns>{at}, <looks> back over one shoulder and <holds> the gaze",
        "<lingers>{at} and <looks> back once, with the beginning of a smile",
        "<pauses>{at} and <looks> back as if someone had spoken {their} name",
        "<stops>{at} and <looks> back at the way already behind {them}",
    ),
    "raises arms": (
        "<raises> both arms wide{at} and <tips> {their} face to the sky",
        "<raises> {their} arms{at} as if to lift the whole picture with them",
        "<raises> {their} arms slowly{at}, palms open, until the light fills both hands",
        "<raises> {their} arms high{at} and <shouts> one silent word",
    ),
    "kneels": (
        "<kneels> down{at} and <lays> one palm flat on the ground",
        "<kneels>{at}, head bowed, while the world goes on around {them}",
        "<kneels> close to the ground{at} and carefully <brushes> something clean",
        "<kneels>{at} in the half-light, hands open and empty",
    ),
}
STILL_POSES = frozenset({"stands", "sits", "reaches", "looks back", "raises arms", "kneels"})

# What an idea's own verbs ask of the body.
POSES_OF_VERBS = {
    "dance": "dances",
    "run": "runs",
    "chase": "runs",
    "escape": "runs",
    "flee": "runs",
    "race": "runs",
    "follow": "walks",
    "wander": "walks",
    "walk": "walks",
    "search": "walks",
    "travel": "walks",
    "wait": "sits",
    "sit": "sits",
    "remember": "looks back",
    "leave": "looks back",
    "return": "looks back",
    "climb": "reaches",
    "reach": "reaches",
    "catch": "reaches",
    "plant": "kneels",
    "pray": "kneels",
    "fly": "raises arms",
    "celebrate": "raises arms",
    "sing": "stands",
}

POSE_OPPOSITES = {
    "stands": "frantic movement, running",
    "walks": "a frozen stance, sliding feet",
    "runs": "a static figure, slow shuffling",
    "sits": "standing, rushing about",
    "dances": "stiff limbs, a motionless figure",
    "reaches": "hands hidden, extra fingers",
    "looks back": "a blank stare into the camera, twisted neck",
    "raises arms": "hanging arms, extra arms",
    "kneels": "standing upright, tangled legs",
}
