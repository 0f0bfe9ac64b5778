#!/bin/sh
# charset-normalizer 3.5.3: tables in Swedish, Turkish and German are read with other
# letters, however long they are.
#
# Guess: whole tables in the encodings that Windows and DOS used for these languages are
# long enough for a detector; what it names reads every letter right, if perhaps under
# another name (cp1252 for ISO 8859-1).
# Seen with charset-normalizer 3.5.3: from_bytes(...).best() names an encoding for each
# that decodes without an error and reads other letters: Swedish in cp1252 as "pĺ duk",
# Turkish in cp1254 as "yaðlýboya", German in cp850 as "éhrenfeld", of 200 rows as of 5.
# So: whoever imports tables detects their encoding otherwise (chardet 7.7.0 is right
# about all of these), or shows what was read to who knows the language.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  charset-normalizer==3.5.3
"$folder/venv/bin/python" - <<'PYTHON'
import itertools
import sys

import charset_normalizer

TABLES = {
    "cp1252": (
        "Inventarienummer;Titel;Konstnär;Teknik",
        ("Skörd på Öland", "Stilleben med äpplen", "Flickan vid fönstret", "Vår i Malmö"),
        ("Åsa Lindström", "Göran Öberg", "Märta Hägg", "Björn Åkesson", "Nils Berg"),
        ("olja på duk", "akvarell på papper", "träsnitt"),
    ),
    "cp1254": (
        "Envanter no;Başlık;Sanatçı;Teknik",
        ("Kış manzarası", "Boğaziçi'nde akşam", "İki kız kardeş", "Köy düğünü"),
        ("Şükrü Yıldız", "Ayşe Çelik", "İbrahim Doğan", "Nazlı Işık", "Gül Öztürk"),
        ("tuval üzerine yağlıboya", "kâğıt üzerine suluboya", "gravür"),
    ),
    "cp850": (
        "Inventarnummer;Titel;Künstler;Technik",
        ("Stillleben mit Äpfeln", "Ährenfeld", "Mühle im Gebirge", "Straße in Köln"),
        ("Anna Görtz", "Paul Überreuter", "Jürgen Weiß", "Käthe Löwe", "Ernst Vogt"),
        ("Öl auf Leinwand", "Öl auf Holz", "Tusche, weiß gehöht"),
    ),
}
wrong = []
for encoding, (header, *columns) in TABLES.items():
    cells = zip(*(itertools.cycle(column) for column in columns))
    rows = [f"{n};{';'.join(row)}" for n, row in enumerate(itertools.islice(cells, 200))]
    text = "\r\n".join([header, *rows])
    found = charset_normalizer.from_bytes(text.encode(encoding)).best()
    read = str(found)
    print(f"{encoding} is called {found and found.encoding}: {read[40:110]!r}")
    if found is not None and read != text:
        wrong.append(encoding)
print("charset-normalizer", charset_normalizer.__version__, "reads wrongly:", *wrong)
if wrong != list(TABLES):
    sys.exit("This is not what was seen with charset-normalizer 3.5.3.")
PYTHON
