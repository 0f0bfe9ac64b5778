import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.dates.reading import LONGEST, years_of
from app.models.dates.years import FIRST_YEAR, LAST_YEAR, UNDATED, Years


@pytest.mark.parametrize(
    ("date", "earliest", "latest"),
    [
        ("c. 1650-55", 1650, 1655),
        ("550-525 B.C.", -550, -525),
        ("3rd century BCE", -300, -201),
        ("early 17th century", 1600, 1633),
        ("XVII w.", 1600, 1699),
        ("A.D. 79", 79, 79),
        ("12.05.1890", 1890, 1890),
        ("1890s", 1890, 1899),
        ("after 1200 before 1250", 1200, 1250),
        ("1923 (cast 1971)", 1923, 1971),
        ("n.d.", None, None),
        ("Edo period (1615–1868)", 1615, 1868),
        ("negative 1911, print 1940", 1911, 1940),
        ("18e siècle", 1700, 1799),
    ],
)
def test_dates_of_many_kinds(date, earliest, latest):
    assert years_of(date) == (earliest, latest)


@pytest.mark.parametrize(
    ("date", "earliest", "latest"),
    [
        ("secc. XVI-XVII", 1500, 1699),
        ("primi del Novecento", 1900, 1933),
        ("neunzehntes Jahrhundert", 1800, 1899),
        ("vanaf 1950", 1950, None),
        ("terminus ante quem 1450", None, 1450),
        ("2. poł. XVII w.", 1650, 1699),
        ("1. polovina 18. století", 1700, 1749),
        ("вторая половина XVIII века", 1750, 1799),
        ("1-я четверть XX в.", 1900, 1924),
        ("1910-е гг.", 1910, 1919),
        ("anden halvdel af 1600-tallet", 1650, 1699),
        ("slutet av 1800-talet", 1867, 1899),
        ("C18-C19", 1700, 1899),
        ("late C18th", 1767, 1799),
        ("19thC", 1800, 1899),
        ("c1910", 1910, 1910),
        ("1950-", 1950, None),
        ("1950–present", 1950, None),
        ("1950 bis heute", 1950, None),
    ],
)
def test_more_ways_of_catalogues(date, earliest, latest):
    assert years_of(date) == (earliest, latest)


@pytest.mark.parametrize(
    ("date", "earliest", "latest"),
    [
        ("2nd half 18th c.", 1750, 1799),
        ("second half of the 18th century", 1750, 1799),
        ("um 1650", 1650, 1650),
        ("vers 1650", 1650, 1650),
        ("hacia 1650", 1650, 1650),
        ("siglo XVII", 1600, 1699),
        ("siglos XVI-XVII", 1500, 1699),
        ("s. XVII", 1600, 1699),
        ("primera mitad del siglo XVIII", 1700, 1749),
        ("XVII secolo", 1600, 1699),
        ("prima metà del XVII secolo", 1600, 1649),
        ("metà del XVII secolo", 1634, 1666),
        ("fine del XV secolo", 1467, 1499),
        ("17e eeuw", 1600, 1699),
        ("eerste helft 17de eeuw", 1600, 1649),
        ("17. Jh.", 1600, 1699),
        ("2. Hälfte 17. Jahrhundert", 1650, 1699),
        ("2. Hälfte 17. Jh.", 1650, 1699),
        ("17. Jh., 1. Hälfte", 1600, 1649),
        ("Anfang 17. Jh.", 1600, 1633),
        ("1. Viertel des 16. Jahrhunderts", 1500, 1524),
        ("letztes Viertel 15. Jh.", 1475, 1499),
        ("16./17. Jahrhundert", 1500, 1699),
        ("550 v. Chr.", -550, -550),
        ("3. Jh. v. Chr.", -300, -201),
        ("2. Jh. v. Chr. - 1. Jh. n. Chr.", -200, 99),
        ("IIe siècle av. J.-C.", -200, -101),
        ("1er quart du XVIIe siècle", 1600, 1624),
        ("première moitié du XVIIIe siècle", 1700, 1749),
        ("dernier quart du 19e siècle", 1875, 1899),
        ("début XIXe s.", 1800, 1833),
        ("fin du XVIIIe siècle", 1767, 1799),
        ("années 1890", 1890, 1899),
        ("1890er", 1890, 1899),
        ("1890er Jahre", 1890, 1899),
        ("años 1920", 1920, 1929),
        ("anni 1960", 1960, 1969),
        ("jaren 1930", 1930, 1939),
        ("50 BC-AD 50", -50, 50),
        ("27 B.C.–A.D. 14", -27, 14),
        ("27 B.C.–14", -27, 14),
        ("1st century B.C.–1st century A.D.", -100, 99),
        ("late 1st century B.C.–early 1st century A.D.", -33, 33),
        ("2nd–1st century B.C.", -200, -1),
        ("late 16th–early 17th century", 1567, 1633),
        ("mid-17th century", 1634, 1666),
        ("mid- to late 17th century", 1634, 1699),
        ("17th-18th century", 1600, 1799),
        ("seventeenth century", 1600, 1699),
        ("Cinquecento", 1500, 1599),
        ("after 1650", 1650, None),
        ("before 1650", None, 1650),
        ("nach 1650", 1650, None),
        ("vor 1650", None, 1650),
        ("après 1650", 1650, None),
        ("avant 1650", None, 1650),
        ("después de 1650", 1650, None),
        ("antes de 1650", None, 1650),
        ("dopo il 1650", 1650, None),
        ("prima del 1650", None, 1650),
        ("na 1650", 1650, None),
        ("voor 1650", None, 1650),
        ("ab 1650", 1650, None),
        ("bis 1650", None, 1650),
        ("1650 bis 1660", 1650, 1660),
        ("between 1650 and 1660", 1650, 1660),
        ("zwischen 1650 und 1660", 1650, 1660),
        ("entre 1650 y 1660", 1650, 1660),
        ("tra il 1650 e il 1660", 1650, 1660),
        ("not before 1650", 1650, None),
        ("not later than 1650", None, 1650),
        ("spring 1888", 1888, 1888),
        ("Frühling 1888", 1888, 1888),
        ("May 12, 1890", 1890, 1890),
        ("12 May 1890", 1890, 1890),
        ("May 1889–12 June 1890", 1889, 1890),
        ("5 mai 1789", 1789, 1789),
        ("1789/90", 1789, 1790),
        ("1503/06", 1503, 1506),
        ("1978-01-01", 1978, 1978),
        ("accession 20190412", None, None),
        ("17th century", 1600, 1699),
        ("before 850 AD", None, 850),
        ("198X", 1980, 1989),
        ("19XX", 1900, 1999),
        ("1984~/2004?", 1984, 2004),
        ("-0549", -550, -550),
        ("1985/..", 1985, None),
        ("../1985", None, 1985),
        ("1985-04", 1985, 1985),
        ("1905-06", 1905, 1906),
        ("A.H. 987/A.D. 1579–80", 1579, 1580),
        ("10,000 B.C.", -10000, -10000),
        ("4th millennium BC", -4000, -3001),
        ("A.D. 250-75", 250, 275),
        ("1889-90 AD", 1889, 1890),
        ("79–81 AD", 79, 81),
        ("A.D. 79–81", 79, 81),
        ("200-100 BC", -200, -100),
        ("s. IV a.C.", -400, -301),
        ("550 a.C.", -550, -550),
        ("siglo III a. de C.", -300, -201),
        ("IV secolo a.C.", -400, -301),
        ("3e eeuw v.Chr.", -300, -201),
        ("XVI-XVII w.", 1500, 1699),
        ("XVIII век", 1700, 1799),
        ("конец XVIII в.", 1767, 1799),
        ("1600s", 1600, 1699),
        ("early 1890s", 1890, 1893),
        ("1890s-1900s", 1890, 1999),
        ("18世紀", 1700, 1799),
        ("second third of the 17th century", 1634, 1666),
        ("third quarter of the 17th century", 1650, 1674),
        ("terzo quarto del XVI secolo", 1550, 1574),
        ("segundo cuarto del siglo XVII", 1625, 1649),
        ("330s BC", -339, -330),
        ("ca. 1860", 1860, 1860),
        ("1503–1506", 1503, 1506),
        ("1890 - 1895", 1890, 1895),
        ("1650?", 1650, 1650),
        ("[1650]", 1650, 1650),
        ("pre-1900", None, 1900),
        ("post-1945", 1945, None),
        ("by 1750", None, 1750),
        ("circa 1700-1710", 1700, 1710),
        ("850", 850, 850),
        ("entre 1650 et 1660", 1650, 1660),
        ("tussen 1650 en 1660", 1650, 1660),
        ("kurz nach 1650", 1650, None),
        ("shortly after 1650", 1650, None),
        ("probably 1650", 1650, 1650),
        ("after Rembrandt, 1650", 1650, 1650),
        ("Louis XIV, 1680", 1680, 1680),
        ("Ier siècle", 1, 99),
        ("siglo I d.C.", 1, 99),
        ("siglo I a.C.", -100, -1),
        ("3rd millennium B.C.", -3000, -2001),
        ("2. Jahrtausend v. Chr.", -2000, -1001),
        ("2nd millennium", 1000, 1999),
        ("1066 or later", 1066, None),
        ("1685 and earlier", None, 1685),
        ("1650 oder später", 1650, None),
        ("1800-talet", 1800, 1899),
        ("eind 19e eeuw", 1867, 1899),
        ("186-", 1860, 1869),
        ("[18--?]", 1800, 1899),
        ("Ende 15./Anfang 16. Jahrhundert", 1467, 1533),
        ("ca. 2600–2500 BCE", -2600, -2500),
        ("IIIe-IIe siècle av. J.-C.", -300, -101),
    ],
)
def test_dates_in_the_languages_of_catalogues(date, earliest, latest):
    assert years_of(date) == (earliest, latest)


years_ad = st.integers(100, LAST_YEAR)
years_bc = st.integers(1, 9999)


@given(years_ad)
def test_every_year_is_read(year):
    assert years_of(f"c. {year}") == (year, year)


@given(years_bc, st.sampled_from(["B.C.", "BCE", "v. Chr.", "av. J.-C.", "a.C."]))
def test_every_year_before_christ_is_read(year, era):
    assert years_of(f"{year} {era}") == (-year, -year)


@given(years_bc, years_bc)
def test_a_range_before_christ_has_one_era_for_both(first, second):
    ends = sorted((-first, -second))
    assert years_of(f"{first}–{second} B.C.") == tuple(ends)


@given(years_bc, st.integers(1, LAST_YEAR))
def test_a_range_across_the_eras(first, second):
    assert years_of(f"{first} B.C.–A.D. {second}") == (-first, second)


@given(years_ad, years_ad)
def test_the_span_of_all_years(first, second):
    assert years_of(f"{first}, {second}") == tuple(sorted((first, second)))


@given(years_ad)
def test_an_open_end_stays_open(year):
    assert years_of(f"after {year}") == (year, None)
    assert years_of(f"before {year}") == (None, year)


@given(st.integers(1, 21), st.sampled_from(["early", "mid-", "late", "second half of"]))
def test_a_part_of_a_century_lies_within_it(century, part):
    whole = years_of(f"{century}th century")
    some = years_of(f"{part} {century}th century")
    ends = [whole.earliest, some.earliest, some.latest, whole.latest]
    assert ends == sorted(end for end in ends if end is not None)
    assert some != whole


@given(st.text(alphabet=string.printable + "–é世紀ВXVIC", max_size=60))
def test_any_text_gives_years_in_their_order_or_none(text):
    years = years_of(text)
    known = [year for year in years if year is not None]
    assert known == sorted(known)
    assert all(FIRST_YEAR <= year <= LAST_YEAR and year != 0 for year in known)


def test_what_is_too_long_or_no_date_has_no_years():
    assert years_of("1650 " * LONGEST) == UNDATED
    assert years_of("9" * LONGEST) == UNDATED
    assert years_of("oil on canvas") == Years(None, None)
