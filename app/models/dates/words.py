"""Vocabulary of dates: what a word means, in the languages of the site and some others.

English, German, French, Spanish, Italian and Dutch, and what Polish, Czech, Russian,
Danish, Swedish and Latin catalogues write for centuries. All words are plain: small
Latin letters without accents, as ``keys.plain_text`` writes them.
"""

import re
from enum import Enum, auto


class Sense(Enum):
    """What a token of a date means."""

    NUMBER = auto()
    DATE = auto()
    """Day, month and year; its value is the year."""
    DECADE_YEAR = auto()
    """Year with the ending of a decade: 1890s, 1890er."""
    CENTURY = auto()
    MILLENNIUM = auto()
    CENTURY_NAME = auto()
    """Century by its Italian name; its value is the number."""
    DECADE = auto()
    FRACTION = auto()
    """Halves, thirds, quarters; its value is how many there are."""
    NUMBER_OR_FRACTION = auto()
    """*Third* or *quarto*: the number, or the fraction after another number."""
    LAST = auto()
    PART = auto()
    """Early, middle, late; its value are the two ends, in thirds."""
    ERA = auto()
    JOIN = auto()
    UNTIL = auto()
    """Joins two years, or is the latest one where none stands before it."""
    AFTER = auto()
    BEFORE = auto()
    OR_LATER = auto()
    OR_EARLIER = auto()
    """Of the year that stands before it."""
    NOT = auto()
    MONTH = auto()
    SOFT = auto()
    """Says nothing about the years: articles, *circa*, seasons."""
    BREAK = auto()
    OTHER = auto()


class Era(Enum):
    """Era that a year is counted in."""

    BC = "before Christ"
    AD = "anno Domini"
    HIJRI = "anno Hegirae"


def _all(sense: Sense, value: object, words: str) -> dict[str, tuple[Sense, object]]:
    return dict.fromkeys(words.split(), (sense, value))


WORDS: dict[str, tuple[Sense, object]] = {
    **_all(
        Sense.SOFT,
        None,
        # Articles, prepositions, and words for *year*.
        "the of in on its their date dated year years about around approx approximately"
        " probably possibly perhaps likely d de des der dem den die das im jahr jahre"
        " jahren vermutlich wohl um zirka ca circa cca c vers env environ du la le les"
        " l an annee probablement peut etre hacia alrededor cerca aprox"
        " probablemente el los las del ano il lo gli dell della degli nel"
        " nell anno verso intorno probabilmente het s jaar van omstreeks rond"
        " waarschijnlijk between zwischen entre tra fra tussen from von"
        " terminus quem af av g gg okolo ok kolem omkring"
        # Seasons.
        " spring summer autumn fall winter fruhling fruhjahr sommer herbst printemps"
        " ete automne hiver primavera verano otono invierno estate autunno inverno"
        " lente zomer herfst",
    ),
    **_all(Sense.JOIN, None, "to and or und oder et ou a au y e o al en of through"),
    **_all(Sense.UNTIL, None, "until till up bis jusqu jusque hasta fino tot by"),
    **_all(
        Sense.AFTER,
        None,
        "after since post nach seit ab apres depuis despues desde dopo dal na sinds"
        " vanaf efter posle",
    ),
    **_all(Sense.BEFORE, None, "before pre ante vor avant antes voor prior"),
    **_all(Sense.OR_LATER, None, "present ongoing heute heden presente"),
    **_all(Sense.NOT, None, "not nicht pas no non niet"),
    **_all(
        Sense.CENTURY,
        None,
        "century centuries cent jahrhundert jahrhunderts jahrhunderte jahrhunderten jh"
        " jhd jhdt jhs jhds jhdts siecle siecles siglo siglos secolo secoli sec eeuw"
        " eeuwen eeuws eeuwse wiek wieku wiekow stulecie stoleti stol saec saeculum"
        " saeculi vek veka vekov vv ss secc shiji arhundrede arhundradet",
    ),
    **_all(
        Sense.MILLENNIUM,
        None,
        "millennium millennia jahrtausend jahrtausends jt millenaire milenio millennio",
    ),
    **_all(
        Sense.DECADE,
        None,
        "annees anni anos jaren decada decadas decade decennie decennio",
    ),
    **_all(
        Sense.FRACTION,
        2,
        "half halves halfte haelfte moitie mitad meta helft polowa"
        " pol polovina polovine polovice halvdel halften",
    ),
    **_all(Sense.FRACTION, 3, "thirds drittel tiers tercio tredjedel tret"),
    **_all(
        Sense.FRACTION,
        4,
        "quarter quarters viertel quart kwart cwierc"
        " ctvrtina chetvert fjerdedel fjardedel",
    ),
    **_all(Sense.NUMBER_OR_FRACTION, 3, "third terzo"),
    **_all(Sense.NUMBER_OR_FRACTION, 4, "quarto cuarto"),
    **_all(
        Sense.LAST,
        None,
        "last letzte letztes letzten letzter dernier derniere ultimo ultima laatste"
        " sidste sista",
    ),
    **_all(
        Sense.PART,
        (0, 1),
        "early beginning anfang fruh fruhe fruhes fruhen debut principios comienzos"
        " inicios inizio inizi begin vroeg vroege start poczatek nachalo"
        " zacatek primi begyndelsen borjan",
    ),
    **_all(
        Sense.PART,
        (1, 2),
        "mid middle mitte milieu mediados medio midden seredina midten mitten",
    ),
    **_all(
        Sense.PART,
        (2, 3),
        "late later end ende spat spate spates spaten fin finales fine eind einde laat"
        " koniec konec konets tardo slutningen slutet",
    ),
    **_all(
        Sense.MONTH,
        None,
        "january february march april may june july august september october november"
        " december jan feb mar apr jun jul aug sep sept oct nov dec januar jaenner"
        " februar marz maerz mai juni juli oktober okt dezember dez janvier fevrier"
        " mars avril juin juillet aout septembre octobre novembre decembre enero"
        " febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
        " diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre"
        " dicembre januari februari maart mei augustus",
    ),
}
"""Sense and value by word; the first century of a name is the thirteenth."""
WORDS.update(
    {
        name: (Sense.CENTURY_NAME, century)
        for century, name in enumerate(
            (
                *("duecento", "trecento", "quattrocento", "cinquecento", "seicento"),
                *("settecento", "ottocento", "novecento"),
            ),
            13,
        )
    }
)
_NUMBERS = (
    "first erste ersten erstes erster premier premiere primer primera prima primo"
    " eerste pervaya pervoy pierwsza prvni forste forsta",
    "second zweite zweiten zweites deuxieme seconde segunda segundo seconda secondo"
    " tweede vtoraya vtoroy druga druha anden andra",
    "dritte dritten drittes troisieme tercera tercer terza derde tredje",
    "fourth vierte vierten viertes quatrieme cuarta quarta vierde",
    *("fifth", "sixth", "seventh", "eighth", "ninth"),
    "tenth zehnten zehntes dixieme",
    "eleventh elften elftes onzieme",
    "twelfth zwolften zwolftes douzieme",
    "thirteenth dreizehnten dreizehntes treizieme",
    "fourteenth vierzehnten vierzehntes quatorzieme",
    "fifteenth funfzehnten funfzehntes quinzieme",
    "sixteenth sechzehnten sechzehntes seizieme",
    "seventeenth siebzehnten siebzehntes dix-septieme",
    "eighteenth achtzehnten achtzehntes dix-huitieme",
    "nineteenth neunzehnten neunzehntes dix-neuvieme",
    "twentieth zwanzigsten zwanzigstes vingtieme",
    "twenty-first",
)
for _number, _words in enumerate(_NUMBERS, 1):
    WORDS.update(_all(Sense.NUMBER, _number, _words))
PHRASES = {
    Sense.OR_LATER: r"(?:or|and) (?:later|after|onwards?)"
    r"|(?:oder|und) (?:spater|danach)"
    r"|(?:ou|et) (?:plus tard|apres)|[oy] (?:despues|posterior)"
    r"|[oe] dopo|of later|en later",
    Sense.OR_EARLIER: r"(?:or|and) (?:earlier|before)|(?:oder|und) (?:fruher|davor)"
    r"|(?:ou|et) (?:plus tot|avant)|[oy] (?:antes|anterior)"
    r"|of eerder|en eerder",
    Sense.BEFORE: r"prima (?:del|di|dell)(?![a-z])|not? later than|nicht spater als"
    r"|(?<!not )(?<!no )earlier than",
    Sense.AFTER: r"not? earlier than|nicht fruher als|(?<!not )(?<!no )later than",
}
"""What several words mean together."""
CENTURY_LETTERS = {"c", "s", "w", "v"}
"""Stand for a century beside its number: 17th c., 18e s., s. XVII, XVII w., XVIII v."""
ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})(?:esimo|eme|er|th|de|e|o)?")
_ROMAN_VALUES = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_ROMAN_VALUES.update({"vii": 7, "viii": 8, "ix": 9})

# In plain letters, with the points and spaces that catalogues put in or leave out.
ERAS = {
    Era.HIJRI: r"a(?:\. ?)?h\.?(?![a-z])|hijri|hegirae",
    Era.BC: r"b(?:\. ?)?c\.?(?: ?e\.?)?(?![a-z])"
    r"|(?:v\.?|vor|voor) ?chr(?:istus|isti geburt)?\b\.?"
    r"|v\. ?u\. ?z\.?|v\. ?o\. ?j\.?|vor unserer zeit(?:rechnung)?"
    r"|av(?:ant|\.)? ?j(?:esus|\.)?[- ]*c(?:hrist|\.)?(?![a-z])"
    r"|av(?:ant|\.)? (?:notre|n\.) ?(?:ere|e\.)"
    r"|a(?:\. ?(?:de ?)?| de )?(?:j\. ?)?c\.?(?![a-z])|a(?:vanti|ntes de) cristo"
    r"|a\. ?(?:n\. ?)?e\. ?c?\.?(?![a-z])|p\. ?n\. ?e\.?|do n\. ?e\.?",
    Era.AD: r"a(?:\. ?)?d\.?(?![a-z])|anno domini|c(?:\. ?)?e\.?(?![a-z])"
    r"|(?:n\.?|nach|na) ?chr(?:istus|isti geburt)?\b\.?|n\. ?u\. ?z\.?"
    r"|ap(?:res|r\.|\.)? ?j(?:esus|\.)?[- ]*c(?:hrist|\.)?(?![a-z])"
    r"|d(?:\. ?(?:de ?)?| de )?(?:j\. ?)?c\.?(?![a-z])|d(?:opo|espues de) cristo"
    r"|n\. ?e\.?(?![a-z])",
}


def roman(word: str) -> int:
    """Return the number of a Roman numeral to 39, with or without an ending; or 0."""
    found = ROMAN.fullmatch(word)
    return 10 * len(found[1]) + _ROMAN_VALUES[found[2]] if found else 0
