"""Subjects: what a picture shows, told by the classes that a network sees in it.

A thousand classes of ImageNet are no vocabulary for a museum: 118 of them are dogs, and
none is a painting. So they are grouped into a few words that a visitor would narrow a
collection by, and a picture's probabilities are summed by group.

What pictures of works are taken for in the first place is something with a picture on
it, a dust jacket or a jigsaw puzzle. What they show is what is left if it is none of
these: the probabilities of the other classes, brought to a sum of one.

From which sum on a subject counts as seen was chosen on 2,224 paintings, looked at one
by one (docs/evaluation.md). Many subjects a network that was taught on photographs does
not see in paintings, or sees in the wrong ones: clocks and weapons in every abstract
drawing. They have no classes here, and are there for people to state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from app.retrieval.types import FloatArray


@dataclass(frozen=True, slots=True)
class Group:
    """Group of classes that are one subject.

    Attributes
    ----------
    least : float in (0, 1]
        Sum of their probabilities from which on the subject counts as seen.
    classes : str
        Their names, with a semicolon between two.
    parts : tuple of str
        Subjects whose classes belong to this one as well.
    """

    least: float
    classes: str = ""
    parts: tuple[str, ...] = ()

    def names(self) -> frozenset[str]:
        """Return the names of all its classes."""
        own = (" ".join(name.split()) for name in self.classes.split(";"))
        others = (GROUPS[part].names() for part in self.parts)
        return frozenset(own).union(*others) - {""}


GROUPS: Mapping[str, Group] = {
    "people": Group(
        0.3,
        """
        abaya; academic gown; swimming cap; bikini; bow tie; bra; breastplate;
        cardigan; chain mail; cloak; cuirass; fur coat; jeans; kimono; lab
        coat; tights for gymnastics, a one-piece leotard, or a sport jersey;
        one-piece bathing suit; military uniform; miniskirt; graduation cap;
        pajamas; poncho; sarong; stole scarf; suit; sweatshirt; swim trunks /
        shorts; trench coat; vestment; hair wig; Windsor tie; baseball player;
        bridegroom
        """,
        parts=("dress", "hat"),
    ),
    "dress": Group(
        0.3,
        """
        gown; hoop skirt; overskirt
        """,
    ),
    "hat": Group(
        0.28,
        """
        military hat (bearskin or shako); poke bonnet; cowboy hat; sombrero
        """,
    ),
    "animal": Group(
        0.5,
        """
        grey wolf; Alaskan tundra wolf; red wolf or maned wolf; coyote; dingo;
        dhole; African wild dog; hyena; red fox; kit fox; Arctic fox; grey
        fox; brown bear; American black bear; polar bear; sloth bear;
        mongoose; meerkat; cottontail rabbit; hare; Angora rabbit; hamster;
        porcupine; fox squirrel; marmot; beaver; guinea pig; zebra; pig; wild
        boar; warthog; hippopotamus; weasel; mink; European polecat;
        black-footed ferret; otter; skunk; badger; armadillo; three-toed
        sloth; Asian elephant; African bush elephant; red panda; giant panda
        """,
        parts=("dog", "cat", "big_cat", "hoofed"),
    ),
    "dog": Group(
        0.45,
        """
        Chihuahua; Japanese Chin; Maltese dog; Pekingese; Shih Tzu; King
        Charles Spaniel; Papillon; toy terrier; Rhodesian Ridgeback; Afghan
        Hound; Basset Hound; Beagle; Bloodhound; Bluetick Coonhound; Black and
        Tan Coonhound; Treeing Walker Coonhound; English foxhound; Redbone
        Coonhound; borzoi; Irish Wolfhound; Italian Greyhound; Whippet; Ibizan
        Hound; Norwegian Elkhound; Otterhound; Saluki; Scottish Deerhound;
        Weimaraner; Staffordshire Bull Terrier; American Staffordshire
        Terrier; Bedlington Terrier; Border Terrier; Kerry Blue Terrier; Irish
        Terrier; Norfolk Terrier; Norwich Terrier; Yorkshire Terrier; Wire Fox
        Terrier; Lakeland Terrier; Sealyham Terrier; Airedale Terrier; Cairn
        Terrier; Australian Terrier; Dandie Dinmont Terrier; Boston Terrier;
        Miniature Schnauzer; Giant Schnauzer; Standard Schnauzer; Scottish
        Terrier; Tibetan Terrier; Australian Silky Terrier; Soft-coated
        Wheaten Terrier; West Highland White Terrier; Lhasa Apso; Flat-Coated
        Retriever; Curly-coated Retriever; Golden Retriever; Labrador
        Retriever; Chesapeake Bay Retriever; German Shorthaired Pointer;
        Vizsla; English Setter; Irish Setter; Gordon Setter; Brittany dog;
        Clumber Spaniel; English Springer Spaniel; Welsh Springer Spaniel;
        Cocker Spaniel; Sussex Spaniel; Irish Water Spaniel; Kuvasz;
        Schipperke; Groenendael dog; Malinois; Briard; Australian Kelpie;
        Komondor; Old English Sheepdog; Shetland Sheepdog; collie; Border
        Collie; Bouvier des Flandres dog; Rottweiler; German Shepherd Dog;
        Dobermann; Miniature Pinscher; Greater Swiss Mountain Dog; Bernese
        Mountain Dog; Appenzeller Sennenhund; Entlebucher Sennenhund; Boxer;
        Bullmastiff; Tibetan Mastiff; French Bulldog; Great Dane; St. Bernard;
        husky; Alaskan Malamute; Siberian Husky; Dalmatian; Affenpinscher;
        Basenji; pug; Leonberger; Newfoundland dog; Great Pyrenees dog;
        Samoyed; Pomeranian; Chow Chow; Keeshond; brussels griffon; Pembroke
        Welsh Corgi; Cardigan Welsh Corgi; Toy Poodle; Miniature Poodle;
        Standard Poodle; Mexican hairless dog (xoloitzcuintli)
        """,
    ),
    "cat": Group(
        0.4,
        """
        tabby cat; a cat having a striped coat; Persian cat; Siamese cat;
        Egyptian Mau
        """,
    ),
    "big_cat": Group(
        0.4,
        """
        cougar; lynx; leopard; snow leopard; jaguar; lion; tiger; cheetah
        """,
    ),
    "hoofed": Group(
        0.25,
        """
        common sorrel horse; ox; water buffalo; bison; ram (adult male sheep);
        bighorn sheep; Alpine ibex; hartebeest; impala (antelope); gazelle;
        arabian camel; llama
        """,
    ),
    "bird": Group(
        0.25,
        """
        rooster; hen; ostrich; brambling; goldfinch; house finch; junco;
        indigo bunting; American robin; bulbul; jay; magpie; chickadee;
        American dipper; kite (bird of prey); bald eagle; vulture; great grey
        owl; black grouse; ptarmigan; ruffed grouse; prairie grouse; peafowl;
        quail; partridge; african grey parrot; macaw; sulphur-crested
        cockatoo; lorikeet; coucal; bee eater; hornbill; hummingbird; jacamar;
        toucan; drake (male duck); red-breasted merganser; goose; black swan;
        white stork; black stork; spoonbill; flamingo; little blue heron;
        great egret; bittern bird; crane bird; limpkin; common gallinule;
        American coot; bustard; ruddy turnstone; dunlin; common redshank;
        dowitcher; oystercatcher; pelican; king penguin; albatross
        """,
    ),
    "landscape": Group(
        0.3,
        """
        bubble; cliff; coral reef; geyser; lakeshore; promontory; sandbar;
        beach; hay; thatched roof; barn
        """,
        parts=("mountain",),
    ),
    "mountain": Group(
        0.35,
        """
        mountain; valley; volcano
        """,
    ),
    "water": Group(
        0.38,
        """
        lakeshore; promontory; sandbar; beach; breakwater; boathouse; dock;
        pier
        """,
        parts=("ship",),
    ),
    "ship": Group(
        0.25,
        """
        container ship; ocean liner; pirate ship; schooner; shipwreck; yawl
        (boat); catamaran; trimaran; aircraft carrier; fireboat; lifeboat;
        kayak; gondola; motorboat
        """,
    ),
    "building": Group(
        0.3,
        """
        castle; cliff dwelling; dome; fountain; obelisk; palace; picket fence;
        through arch bridge; stupa; suspension bridge; tile roof; triumphal
        arch; viaduct; water tower; lighthouse; boathouse; barn; thatched roof
        """,
        parts=("church",),
    ),
    "church": Group(
        0.35,
        """
        bell tower; church; monastery; mosque
        """,
    ),
    "plant": Group(
        0.25,
        """
        plant pot; rapeseed; daisy; yellow lady's slipper; rose hip; cabbage;
        broccoli; cauliflower; zucchini; spaghetti squash; acorn squash;
        butternut squash; cucumber; artichoke; bell pepper; cardoon
        """,
        parts=("fruit",),
    ),
    "fruit": Group(
        0.2,
        """
        Granny Smith apple; strawberry; orange; lemon; fig; pineapple; banana;
        jackfruit; cherimoya (custard apple); pomegranate
        """,
    ),
    "vessel": Group(
        0.37,
        """
        goblet; drink pitcher; teapot; vase; water jug; whiskey jug
        """,
    ),
    "furniture": Group(
        0.38,
        """
        barber chair; bookcase; chiffonier; china cabinet; infant bed; desk;
        dining table; folding chair; four-poster bed; rocking chair; couch;
        throne; wardrobe
        """,
    ),
}
"""Subjects that are seen in pictures."""
SUBJECTS = (
    *("people", "child", "angel", "skull", "dress", "hat", "jewellery", "mask"),
    *("armour", "weapon", "animal", "dog", "cat", "big_cat", "horse", "cow", "sheep"),
    *("hoofed", "bird", "fish", "insect", "snake", "landscape", "mountain", "tree"),
    *("water", "ship", "building", "church", "castle", "tower", "bridge", "street"),
    *("carriage", "plant", "flower", "fruit", "bread", "vessel", "furniture", "book"),
    *("clock", "musical_instrument"),
)
"""Keys of all subjects, in an order that puts like beside like."""
PICTURES = """
    dust jacket; comic book; jigsaw puzzle; envelope; tray; prayer rug;
    doormat; quilt; website; crossword; menu; product packet / packaging;
    cardboard box / carton; handkerchief; shower curtain; window screen;
    window shade; fire screen; velvet fabric; television; monitor; CRT
    monitor; desktop computer; Band-Aid; pillow; maze; ring binder; baby
    bib; dishcloth; bath towel; paper towel; medicine cabinet; brass
    memorial plaque; pajamas; altar; tape player; cassette; hard disk
    drive; iPod; hand-held computer; messenger bag; wallet; sleeping bag
"""
"""Classes that any picture is taken for, whatever it shows."""
_LEAST_LEFT = 1e-3
"""Probability left beside those classes below which nothing is divided by it."""


class SubjectReader:
    """Reader of subjects from the probabilities of a network's classes.

    Made by `of`.
    """

    def __init__(self, members: FloatArray, counted: FloatArray) -> None:
        self._members = members
        self._counted = counted

    @classmethod
    def of(cls, classes: Sequence[str]) -> Self:
        """Make the reader for a network by the names of its classes, in their order.

        Names that it does not have are passed over: it never sees them.
        """
        members = [_mask(classes, group.names()) for group in GROUPS.values()]
        pictures = _mask(classes, Group(1.0, PICTURES).names())
        return cls(np.stack(members), 1 - pictures)

    def sums(self, views: Iterable[FloatArray]) -> dict[str, float]:
        """Return the probability of each of `GROUPS`, averaged over views of a picture.

        Parameters
        ----------
        views : iterable of (C,) float32
            Probabilities of all classes, from one view each; at least one.
        """
        conditional = [
            probabilities / max(float(probabilities.sum()), _LEAST_LEFT)
            for probabilities in (view * self._counted for view in views)
        ]
        sums = self._members @ np.mean(conditional, axis=0)
        return dict(zip(GROUPS, map(float, sums), strict=True))

    def read(
        self, views: Iterable[FloatArray], *, least: float = 0.0
    ) -> tuple[str, ...]:
        """Return the keys of the subjects that are seen, in the vocabulary's order.

        None of them has less than ``least`` of the whole probability.
        """
        views = list(views)
        left = float(np.mean([view @ self._counted for view in views]))
        sums = self.sums(views)
        bars = {
            key: max(group.least, least / max(left, _LEAST_LEFT))
            for key, group in GROUPS.items()
        }
        seen = {key for key in GROUPS if sums[key] >= bars[key]}
        return tuple(subject for subject in SUBJECTS if subject in seen)


def _mask(classes: Sequence[str], names: frozenset[str]) -> FloatArray:
    return np.array([name in names for name in classes], np.float32)
