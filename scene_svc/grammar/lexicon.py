"""Word lists by which the noun finder reads an idea. English; what is not English is quoted instead."""

from scene_svc.grammar.language import words

FUNCTION_WORDS = words(
    """
    a an the this that these those some any every each all both no another other such own same i me my mine we
    us our ours you your yours he him his she her hers it its they them their theirs who whom whose which what
    where when why how while until till since because if unless although though than as so too very myself
    yourself himself herself itself ourselves themselves someone somebody something anyone anything everyone
    everything nobody nothing one's somewhere anywhere everywhere nowhere and or but nor yet plus versus vs of
    in on at to from by with without within into onto out off up down over under above below across along around
    about after before behind between beyond beside besides against among amid through throughout toward towards
    near inside outside during for via upon like unlike per despite except past is are was were be been being am
    do does did done doing has have had having will would shall should can could may might must not never always
    ever again also just only even still once twice already almost away back here there then now soon later
    together alone apart forever forward far instead perhaps maybe quite rather much many more most few less
    least several lots etc let lets don't doesn't didn't isn't aren't wasn't can't won't couldn't it's that's
    there's he's she's i'm we're they're you're i've i'll
    """
)

ARTICLES = words("a an the this that these those my our your his her its their some any every each no another")

PRONOUNS_AND_MODALS = words(
    "i we you he she it they who that will would shall should can could may might must not never to and"
)

VERBS = words(
    """
    follow find learn become lose meet seek discover carry bring leave come go grow give take make try want
    wander remember forget begin believe belong choose collect confront create decide deliver disappear appear
    emerge enter explore feel get happen hear hold inherit invent join know lead listen lie send sell say see
    seem set sit spend stand stay steal stop struggle teach tell think throw unfold vanish wait wake wear win
    write read speak sing swim realize realise reach refuse repair restore reveal save search survive transform
    trust unite uncover understand arrive ask awaken avoid bear befriend betray break bury buy celebrate chase
    cling conquer cross dare defend defy descend destroy die drink drown eat embrace encounter end escape exist
    face fade fix flee fly forgive gather glow hang haunt heal ignite imagine keep kill kneel laugh learn let
    lift live lock look lower melt miss move need open obey offer outrun overcome own pass perform plant prepare
    protect pull push put raise reclaim recover reflect rescue rebuild reunite roam say scatter share shatter
    shine shout show sleep smile solve soar stare start step stumble surrender swallow tempt thrive turn uncover
    unlock unravel use venture walk wash whisper witness wrestle yearn connect long escape relive rediscover
    return navigate
    """
)

# Nouns as often as verbs: the place in the sentence decides.
NOUN_OR_VERB = words(
    """
    dream dance love fall fight run walk play light hope rain rise travel journey search race paint hunt dive
    sail drift ride call cry kiss watch wish wave hide guard work visit help fear fire change bloom echo shadow
    sound mark smile laugh sleep return dream drop burn crash drive escape struggle scream whisper climb fly
    glow step promise build spin swing turn break touch heal hurt cook craft design study haunt mourn rest
    breathe battle quest
    """
)

IRREGULAR_VERB_FORMS = words(
    """
    born lost found went gone came made met told fell fallen flew flown grew grown knew known said saw seen sang
    sung sent sat stood swam taught thought took taken understood woke woken won wrote written ran rode ridden
    rose risen gave given left built broke broken brought bought caught chose chosen drew drawn drank drove
    driven ate eaten felt fought forgot forgotten forgave froze frozen got gotten heard held hid hidden hung
    kept led lit meant paid sold shone shot shown slept spoke spoken spent stole stolen stuck swept swore sworn
    threw thrown told wore worn wept lying dying tying abandoned forsaken haunted
    """
)

ADVERBS_NOT_IN_LY = words("today tomorrow yesterday tonight")
NOT_ADVERBS = words(
    """
    family lonely lovely lively friendly deadly ghostly butterfly dragonfly firefly lily fly july italy sicily
    jelly belly holy ugly early silly curly elderly heavenly earthly motherly woolly chilly hilly orderly daily
    melancholy assembly reply supply monopoly ally bully rally valley alley trolley folly emily molly kelly
    sally billy
    """
)

ADJECTIVES = words(
    """
    old young new big small little tall short long dark bright cold warm hot wet dry red blue green yellow black
    white grey gray golden silver purple orange pink brown lost last first second third final lonely lovely
    empty full broken quiet silent loud slow fast deep high low wild free strange beautiful tiny giant huge
    great good bad happy sad brave curious afraid angry tired poor rich sweet bitter soft hard sharp blind deaf
    dead alive real true false ancient modern future secret hidden forgotten frozen burning electric magic
    magical mysterious endless abandoned retired rusty old-fashioned neon digital mechanical wooden glass paper
    two three four five six seven eight nine ten hundred thousand single double whole half next early late easy
    difficult different same ordinary famous unknown human urban rural northern southern eastern western nordic
    medieval cosmic lunar solar surreal cyberpunk futuristic vintage romantic epic melancholic nostalgic elderly
    friendly deadly ghostly own
    """
)
ADJECTIVE_ENDINGS = ("ful", "less", "ous", "ive", "able", "ible", "ish", "esque")

PEOPLE = words(
    """
    man woman boy girl child kid teenager lady gentleman guy person people human men women boys girls children
    mother father mom dad sister brother daughter son twin twins wife husband grandmother grandfather grandma
    grandpa friend friends lover lovers stranger strangers king queen prince princess knight wizard witch monk
    nun priest nurse doctor soldier sailor captain pilot astronaut cosmonaut samurai ninja cowboy detective
    thief spy chef cook barista student clerk clown mime thief smith butcher baker ballerina diva singer
    musician band crowd couple family robot android cyborg alien ghost ghosts angel demon mermaid fairy elf
    giant vampire zombie goddess god hero heroine guide bride groom widow orphan refugee nomad pilgrim poet bard
    drummer dj rapper model artist scientist neighbour neighbor everyone judge guard athlete boxer surfer skater
    mechanic tailor
    """
)
NOT_PEOPLE = words(
    """
    river water letter winter summer mirror flower tower paper power door floor colour color flavour harbour
    harbor corner border silver copper amber ember embers feather weather thunder finger shoulder danger anger
    hunger paper pepper butter leather matter number order cover computer fever ladder hammer spider tiger otter
    badger hamster lobster panther never ever under over former latter inner outer upper lower together horror
    terror error motor meteor anchor labour humour rumour vapour mentor motor sensor reactor elevator tractor
    monitor horror center theater shelter chapter poster counter helicopter skyscraper diner player-piano supper
    dinner sugar her other another mother-of-pearl forever slumber timber lumber chamber december november
    september october monster laser lantern lighter roller container desert dessert discover wonder wander odor
    interior exterior superior minor major motor cellar collar cedar sister-ship layer water-tower cinder powder
    gunpowder thriller islander's album museum laughter slaughter disaster easter encounter adventurer's garden
    bird bear beer deer career pier frontier volunteer's peer cheer
    """
)

ANIMALS = words(
    """
    dog cat fox wolf bear bird birds horse deer owl raven crow eagle whale dolphin shark fish octopus turtle
    rabbit mouse lion tiger elephant dragon butterfly butterflies bee bees firefly fireflies spider snake swan
    goose duck hen sparrow pigeon gull gulls cow goat sheep pig monkey ape panda penguin seal otter squirrel
    hedgehog frog moth moths puppy kitten phoenix unicorn dinosaur stag hare jellyfish hummingbird kraken dogs
    cats foxes wolves horses whales animal animals creature creatures beast monster monsters
    """
)

SOUNDS = words(
    """
    song songs music melody tune voice voices sound sounds note notes chord chords beat rhythm lullaby echo hymn
    symphony choir silence whisper whispers bell bells drum drums anthem waltz chorus refrain noise static hum
    """
)

VEHICLES = words(
    """
    train trains car cars boat ship bus tram truck bicycle bike motorcycle plane airplane aeroplane airship
    balloon spaceship rocket spacecraft raft ferry sailboat submarine taxi van caravan tractor helicopter
    zeppelin
    """
)

SKY_AND_NATURE = words(
    """
    moon sun star stars sky cloud clouds rain snow storm wind fog mist lightning thunder rainbow aurora comet
    sunrise sunset dawn dusk night midnight morning evening noon daylight moonlight sunlight starlight summer
    winter autumn spring season seasons horizon planet planets galaxy wave waves tide fire flame flames light
    lights shadow shadows darkness northern-lights storms clouds universe eclipse heat cold frost ice
    """
)

ABSTRACT = words(
    """
    love hate time hope fear joy grief sorrow loss freedom peace war death life fate destiny memory memories
    dream dreams truth lies courage faith beauty youth age home childhood past future power magic revenge
    betrayal loneliness solitude longing desire passion trust guilt shame pride anger rage hunger fame success
    failure change chaos order nature science art society technology history heartbreak nostalgia adventure
    journey escape redemption identity forgiveness madness wonder luck trouble world reality eternity infinity
    justice sleep meaning purpose heaven hell soul spirit mind thought thoughts secret secrets promise promises
    wish wishes story stories tale tales idea ideas struggle search quest goodbye farewell dance
    """
)
ABSTRACT_ENDINGS = ("ness", "dom", "ity", "tion", "sion", "ment", "hood", "ism", "ance", "ence", "ship")

MASS_NOUNS = words(
    """
    music rain snow wind fog mist water fire ice sand dust gold light darkness silence thunder lightning
    moonlight sunlight starlight daylight midnight dawn dusk night noon frost heat smoke blood coffee tea bread
    honey glass paper magic nature space static laughter
    """
)

NOT_PLURAL = words(
    """
    bus grass glass dress kiss class moss cross loss boss chess mess glasses compass canvas atlas iris lens gas
    jazz cactus circus octopus chorus venus paris mars texas virus darkness illness wilderness princess goddess
    fortress waitress actress business congress success bliss abyss address mattress cosmos chaos ethos always
    news series species physics mathematics lotus genius status campus walrus oasis crisis basis
    """
)
IRREGULAR_PLURALS = words("men women children people feet teeth geese mice wolves")

# Words by which a Latin-script text shows that it is not English.
FOREIGN_MARKERS = words(
    """
    der die das und ein eine einen einem einer nicht mit für auf ist im vom zum zur ich sie wir le les une des
    du et est dans avec pour sur qui elle il nous el los las una unos y en con por para que del su il lo gli una
    e di che con per nel della o os um uma e em com não do da na no een het en van de niet met voor op zijn och
    att som på är för med till en ett i w na z się nie do jest że
    """
)
