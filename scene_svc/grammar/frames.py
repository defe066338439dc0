"""How a description is built: the order in which it shows camera, place, light, character and event.

Every frame is a list of sentences. `{who}` is the character with all its traits, `{acts}` the pose, `{acts_there}` the
pose with its place, `{where}` and `{light}` open with a preposition, `{sight}` is a clause.
"""

FRAMES: tuple[tuple[str, ...], ...] = (
    ("{shot}: {where}, {light}, {sight}", "{who} {acts}", "{story}", "{look}"),
    ("{light}, {who} {acts_there}", "{sight}; {story}", "{shot}", "{look}"),
    ("{where} {sight}", "{shot} finds {who}, who {acts} {light}", "{story}", "{look}"),
    ("{who} {acts_there}", "{light}, {sight}; {story}", "{look}; {shot}"),
    ("{shot} on {who}: {they_act_there}", "{story}", "beyond, {light}, {sight}", "{look}"),
    ("{light} {sight}", "{where}, {who} {acts}", "{story}", "{look}; {shot}"),
    ("fade up {where}, {light}", "{who} {acts} as {sight}", "{story}", "{shot}; {look}"),
    ("{where}: {sight}", "{light}, in {shot}, {who} {acts}", "{story}", "{look}"),
    ("{shot}, {light}", "{who} {acts_there}; {story}", "{sight}", "{look}"),
    ("{where}, as {sight}, {who} {acts}", "the hour: {bare_light}", "{story}", "{look}; {shot}"),
)

MANNER_LINES = (
    "{they} [is] {traits}, and every gesture shows it",
    "one look is enough to know: {traits}",
    "in {their} bearing we read: {traits}",
    "even at rest {they} [seems] {traits}",
    "{their} manner gives it away: {traits}",
    "{they} [stays] {traits} through all of it",
    "nobody would call {them} anything but {traits}",
    "{their} whole nature shows: {traits}",
    "what {they} [is], plain to see: {traits}",
    "a character in a few strokes: {traits}",
    "how {they} [moves] tells us: {traits}",
    "in every gesture: {traits}",
)
PLAIN_MANNER_LINES = tuple(line for line in MANNER_LINES if ": {traits}" in line)

DETAIL_LINES = (
    "always visible: {detail}",
    "details that never change: {detail}",
    "the same as ever: {detail}",
    "unmistakable: {detail}",
    "to be seen clearly: {detail}",
    "we recognise it all: {detail}",
)
