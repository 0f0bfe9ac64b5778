"""Words that tables of museums are made of, by language, and how these are encoded.

Titles, names and techniques as catalogues have them; works and people are invented or
long dead.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Museum:
    """Words of one language, and the encodings its museums' tables come in.

    Attributes
    ----------
    encodings : tuple of str
        Python's names.
    header : str
        Of six columns, divided by semicolons.
    titles, artists, techniques : str
        Divided by upright strokes.
    dates : tuple of str
        With ``%`` for a year.
    """

    encodings: tuple[str, ...]
    header: str
    titles: str
    artists: str
    techniques: str
    dates: tuple[str, ...] = ("%",)


MUSEUMS = {
    "Polish": Museum(
        ("cp1250", "iso8859-2", "cp852", "mac_latin2"),
        "Nr inwentarzowy;Tytuł;Autor;Datowanie;Technika;Miejsce",
        "Żniwa pod Łodzią|Wieś o świcie|Święty Jerzy|Pejzaż zimowy|Martwa natura z "
        "dzbanem|Portret dziewczyny|Kościół w Rabce|Góry o zmierzchu|Powrót z jarmarku|"
        "Zachód słońca nad Wisłą",
        "Józef Ślęzak|Stanisława Gąsior|Michał Ćwik|Anna Bąk|Zdzisław Żółw|Ewa Nowak",
        "olej na płótnie|akwarela, gwasz|tempera na desce|drzeworyt|ołówek, papier",
        ("około %", "% r.", "XVII w."),
    ),
    "Czech": Museum(
        ("cp1250", "iso8859-2", "cp852", "mac_latin2"),
        "Inventární číslo;Název;Autor;Datace;Technika;Umístění",
        "Žně u řeky|Podzimní krajina|Zátiší s jablky|Podobizna děvčete|Svatý "
        "Jiří|Pohled "
        "na Prahu|Večer v horách|Příchod jara|Kůň ve stáji|Hráči v karty",
        "Jiří Šťastný|Božena Dvořáková|Václav Říha|Alžběta Nováková|Tomáš Černý",
        "olej na plátně|kvaš, papír|dřevoryt|tužka na papíře|mědirytina",
        ("kolem %", "%", "po roce %"),
    ),
    "Hungarian": Museum(
        ("cp1250", "iso8859-2", "cp852"),
        "Leltári szám;Cím;Szerző;Kor;Technika;Hely",
        "Aratók a mezőn|Téli táj|Csendélet gyümölcsökkel|Női képmás|Őszi erdő|Hazatérő "
        "csorda|Falu vége|Esti hangulat a tónál|Fürdőzők|Erdőszél",
        "Szűcs Árpád|Kovács Erzsébet|Tóth Jenő|Győrffy István|Bíró Ödön",
        "olaj, vászon|akvarell, papír|fametszet|szénrajz|tempera, fa",
        ("% körül", "%", "% után"),
    ),
    "German": Museum(
        ("cp1252", "cp850", "mac_roman"),
        "Inventarnummer;Titel;Künstler;Datierung;Technik;Standort",
        "Stillleben mit Äpfeln|Blick auf den Fluß|Bildnis einer Frau|Mühle im Gebirge|"
        "Heilige Familie|Straße in Köln|Größe und Verfall|Ährenfeld|Der Künstler "
        "selbst|"
        "Überfahrt bei Nacht",
        "Anna Görtz|Paul Überreuter|Jürgen Weiß|Käthe Löwe|Georg Hüttner|Ernst Vogt",
        "Öl auf Leinwand|Öl auf Holz|Tusche, weiß gehöht|Kupferstich|Bronze",
        ("um %", "%", "vor %"),
    ),
    "French": Museum(
        ("cp1252", "cp850", "mac_roman"),
        "Numéro d'inventaire;Titre;Auteur;Datation;Technique;Localisation",
        "Le port à la tombée de la nuit|Deux cruches|Nature morte aux pêches|"
        "Portrait de "
        "l'évêque|Scène de forêt|La Vierge à l'Enfant|Le château d'été|Étude de "
        "tête|Fête "
        "galante|Marché aux fleurs",
        "Hélène Girard|François Lefèvre|Marthe Noël|Benoît Châtelain|Louis Dubois",
        "huile sur toile|gouache sur papier beige|plâtre patiné|eau-forte|sanguine",
        ("vers %", "%", "après %"),
    ),
    "Spanish": Museum(
        ("cp1252", "cp850", "mac_roman"),
        "Número de inventario;Título;Autor;Datación;Técnica;Ubicación",
        "Bodegón con limones|Retrato de un niño|La Asunción|Paisaje con río|San "
        "Jerónimo|"
        "Mercado de la Peña|Otoño en la montaña|Vista de León|La lección|El baño",
        "José Muñoz|María Ibáñez|Íñigo Núñez|Andrés Peña|Lucía Gómez",
        "óleo sobre lienzo|óleo sobre tabla|dibujo a lápiz|aguafuerte|témpera",
        ("hacia %", "%"),
    ),
    "Swedish": Museum(
        ("cp1252", "mac_roman"),
        "Inventarienummer;Titel;Konstnär;Datering;Teknik;Placering",
        "Skörd på Öland|Stilleben med äpplen|Flickan vid fönstret|Höst i "
        "skärgården|Kväll "
        "vid sjön|Gården i Mora|Självporträtt|Vår i Malmö",
        "Åsa Lindström|Göran Öberg|Märta Hägg|Nils Berg|Björn Åkesson",
        "olja på duk|akvarell på papper|träsnitt|brons",
        ("omkring %", "%"),
    ),
    "Turkish": Museum(
        ("cp1254", "iso8859-9"),
        "Envanter no;Başlık;Sanatçı;Tarih;Teknik;Yer",
        "Kış manzarası|Kadın portresi|Boğaziçi'nde akşam|Çiçekli natürmort|Köy "
        "düğünü|İki "
        "kız kardeş|Üsküdar'dan bakış|Hasat zamanı|Balıkçılar|Eski şehir",
        "Şükrü Yıldız|Ayşe Çelik|Gülseren Öztürk|İbrahim Doğan|Nazlı Işık",
        "tuval üzerine yağlıboya|kâğıt üzerine suluboya|gravür|karakalem",
        ("% civarı", "%"),
    ),
    "Russian": Museum(
        ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic"),
        "Инвентарный номер;Название;Автор;Дата;Техника;Место",
        "Весна. Берег реки|Портрет неизвестной|Зимний вечер|Натюрморт с "
        "самоваром|Дорога "
        "в лесу|Святой Георгий|Вид на Кремль|Жатва|Гроза над Волгой|Старый мельник",
        "Иван Соколов|Анна Белова|Пётр Щукин|Мария Юрьева|Николай Фёдоров",
        "холст, масло|картон, масло|бумага, акварель|дерево, темпера|офорт",
        ("около %", "%", "начало XVIII века"),
    ),
    "Ukrainian": Museum(
        ("cp1251", "koi8-u", "mac_cyrillic"),
        "Інвентарний номер;Назва;Автор;Дата;Техніка;Місце",
        "Весна над Дніпром|Портрет дівчини|Зимовий вечір|Натюрморт із яблуками|"
        "Дорога в "
        "лісі|Святий Юрій|Київський краєвид|Жнива|Українська хата|Їжак у саду",
        "Іван Гончар|Ганна Білик|Євген Щербак|Марія Їжакевич|Микола Ґудзь",
        "полотно, олія|картон, олія|папір, акварель|дерево, темпера",
        ("близько %", "%"),
    ),
    "Bulgarian": Museum(
        ("cp1251", "mac_cyrillic"),
        "Инвентарен номер;Заглавие;Автор;Дата;Техника;Място",
        "Пролет край реката|Портрет на момиче|Зимна вечер|Натюрморт с дюли|Път през "
        "гората|Свети Георги|Изглед от Търново|Жътва|Пазар в Пловдив",
        "Иван Стоянов|Анна Петрова|Цветан Желев|Мария Христова",
        "масло върху платно|акварел|темпера върху дърво|линогравюра",
        ("около %", "%"),
    ),
    "Greek": Museum(
        ("cp1253", "iso8859-7"),
        "Αριθμός ευρετηρίου;Τίτλος;Καλλιτέχνης;Χρονολογία;Τεχνική;Θέση",
        "Το λιμάνι το βράδυ|Νεκρή φύση με λεμόνια|Προσωπογραφία γυναίκας|Άγιος "
        "Γεώργιος|"
        "Χειμωνιάτικο τοπίο|Άποψη της Αθήνας|Ο θερισμός|Ψαράδες|Παιδί με σκύλο",
        "Γιώργος Ιωάννου|Ελένη Παπαδοπούλου|Νίκος Ψαράς|Άννα Ξένου|Έλλη Λαμπρή",
        "λάδι σε μουσαμά|υδατογραφία|αυγοτέμπερα σε ξύλο|χαλκογραφία",
        ("περίπου %", "%"),
    ),
    "Japanese": Museum(
        ("cp932", "euc_jp", "iso2022_jp"),
        "登録番号;作品名;作者;制作年;技法;場所",
        "富士山の夕暮れ|雪の橋|花を持つ女|秋の山水|猫と少年|静物、りんご|夜の港|京都の"
        "庭園|月下の鶴|ソファーの婦人|能装束",
        "山田花子|鈴木一郎|佐藤清|高橋雪舟|田中ユリ|渡邊表堂",
        "油彩、カンヴァス|紙本着色|木版画|絹本墨画|ブロンズ",
        ("%年頃", "%年", "江戸時代"),
    ),
    "Chinese, simplified": Museum(
        ("gb18030",),
        "藏品编号;名称;作者;年代;技法;位置",
        "山水图|雪景寒林|花鸟册页|静物与苹果|江南春色|仕女图|长城落日|渔村小雪|"
        "松下问童子",
        "张伟|李小红|王建国|陈雪梅|赵松年",
        "布面油画|纸本设色|绢本水墨|木刻版画|青铜",
        ("约%年", "%年", "清代"),
    ),
    "Chinese, traditional": Museum(
        ("big5",),
        "藏品編號;名稱;作者;年代;技法;位置",
        "山水圖|雪景寒林|花鳥冊頁|靜物與蘋果|江南春色|仕女圖|淡水落日|漁村小雪|"
        "松下問童子",
        "張偉|李小紅|王建國|陳雪梅|趙松年|許功",
        "油彩、畫布|紙本設色|絹本水墨|木刻版畫|青銅",
        ("約%年", "%年", "清代"),
    ),
    "Korean": Museum(
        ("cp949",),
        "소장품 번호;제목;작가;제작연도;기법;위치",
        "가을 산수|눈 덮인 다리|꽃을 든 여인|고양이와 소년|사과가 있는 정물|밤의 "
        "항구|경복궁"
        " 정원|달빛 아래 학",
        "김영희|이철수|박수진|최민호|정하늘",
        "캔버스에 유채|종이에 수채|목판화|비단에 수묵|청동",
        ("%년경", "%년", "조선시대"),
    ),
}
