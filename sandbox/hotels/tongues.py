"""The words of which hotels, streets and quarters are named, by language; other scripts as sellers spell them in Latin."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import msgspec


class Tongue(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns have * for a name, or for a street, and # for a house number. `annex` is said of a house's second one."""

    hotel: tuple[str, ...]
    apartment: tuple[str, ...]
    guest_house: tuple[str, ...]
    name: tuple[str, ...]
    road: tuple[str, ...]
    street: tuple[str, ...]
    quarter: tuple[str, ...]
    annex: str


# The first quarter is the centre. What a language lacks is said in English: hostels and resorts everywhere.
_TONGUES: Final = {
    "en": """
hotel: The * Hotel | * Hotel | Hotel * | * House Hotel | The * | The * & Spa
apartment: * Apartments | * Court Apartments | * Residences
guest_house: * Guest House | * Lodge | The * Arms
name: Alder | Bramley | Crescent | Foxglove | Greystone | Heatherfield | Kingfisher | Larkspur | Millbrook | Northgate | Old Mill | Pembury | Queen's Gate | Rosemount | Saint Aldwin | Saint Brannoc | Thornbury | Wexcombe | Willow & Rose | Yew Tree | Harbour Light | White Hart | Ashdown | Castle View
road: # * Street | # * Road | # * Avenue | # * Lane
street: Albert | Bridge | Chapel | Duke | Elm | Grove | High | King | Mill | Park | Queen | Saint John's | Station | Victoria
quarter: City Centre | Old Town | Riverside | Station Quarter | West End | Harbourside | Northside | University | Exhibition | Parkside
annex: Annexe
""",
    "us": """
hotel: Hotel * | The * Hotel | * Inn | * Inn & Suites | The * | * Hotel and Suites
apartment: * Lofts | * Suites | The * Residences
guest_house: * Bed & Breakfast | * Lodge | * Motor Lodge
name: Alameda | Bluebonnet | Cottonwood | Driftwood | Eastlake | Fairhaven | Golden Mesa | Hawthorne | Ironwood | Juniper | Lakeview | Magnolia | Northfield | Palisade | Quincy | Redwood | Saint Clair | Sycamore | Timberline | Union Square | Vista del Sol | Westbrook | Wildflower | Mount Adler
road: # * Street | # * Avenue | # * Boulevard | # North * Street | # West * Drive
street: Main | Oak | Maple | Washington | Lincoln | Jefferson | Cedar | Lake | Franklin | 5th | 12th | Madison | Saint Charles | Hill
quarter: Downtown | Midtown | Uptown | Waterfront | University District | Convention Center | Medical Center | Northside | Old Town | Arts District
annex: Annex
""",
    "fr": """
hotel: Hôtel * | Grand Hôtel * | Hôtel * & Spa | Le Relais * | Logis *
apartment: Résidence * | Appartements * | Les Studios *
guest_house: Maison * | Villa * | Auberge *
name: du Parc | des Arcades | de l'Étoile d'Or | Beauséjour | Saint-Aubin | Saint-Cyprien | des Tilleuls | de la Fontaine | du Vieux Moulin | Bellerive | des Trois Couronnes | de l'Épée | Montclair | du Château | des Glycines | de la Forêt | Mirabelle | du Marché | des Lilas | du Cygne Noir | de Flandre | Cézembre | de l'Horloge | du Levant
road: # rue * | # avenue * | # boulevard * | # place * | # bis rue *
street: de la République | Victor Hugo | Pasteur | du Général Leclerc | des Écoles | de la Gare | Jean Jaurès | Saint-Martin | du Faubourg | de l'Église | Gambetta | de la Liberté
quarter: Centre | Gare | Vieille Ville | Les Halles | Rive Gauche | Le Port | Université | Parc des Expositions | Faubourg Saint-Jean | Belleville
annex: Annexe
""",
    "de": """
hotel: Hotel * | Gasthof * | Hotel Restaurant * | Landhotel * | Parkhotel *
apartment: Ferienwohnungen * | Apartmenthaus * | Aparthotel *
guest_house: Pension * | Gästehaus * | Gasthaus *
name: Zum Goldenen Löwen | Zur Post | Schwarzer Bär | Am Brühl | Sankt Georgen | Sankt Ulrich | Lindenhof | Rosengarten | Drei Mohren | Zur Mühle | Weißes Ross | Kaiserhof | Sonnenhof | Am Stadtwall | Grüner Baum | Residenz | Königsstuhl | Hirschgarten | Zum Schlüssel | Bergblick | Alte Wache | Falkenstein | Schönblick | Jägerhof
road: *straße # | *gasse # | *weg # | *platz # | *allee #
street: Bahnhof | Haupt | Goethe | Linden | Schiller | Kirch | Markt | Garten | Mozart | Ring | Schul | Mühlen
quarter: Zentrum | Hauptbahnhof | Altstadt | Neustadt | Messe | Universität | Südstadt | Nordend | Westend | Hafen
annex: Dependance
""",
    "es": """
hotel: Hotel * | Gran Hotel * | Hotel Boutique * | Hotel * & Spa | Parador *
apartment: Apartamentos * | Residencial * | Aparthotel *
guest_house: Hostal * | Casa * | Posada *
name: del Sol | San Telmo | San Jerónimo | Santa Inés | La Alameda | Los Álamos | El Mirador | Las Palmeras | Reina Leonor | del Carmen | Doña Blanca | Plaza Mayor | El Molino | La Encina | Jardín Botánico | Río Claro | Monte Alto | La Herradura | Los Naranjos | Puerta Real | Castilla Nueva | del Marqués | La Candelaria | Alcázar
road: Calle * # | Avenida * # | Plaza * # | Paseo *, # | Carrera * #
street: Mayor | de la Constitución | San Martín | Bolívar | del Prado | de la Libertad | 9 de Julio | Colón | de las Flores | Real | Independencia | Cervantes
quarter: Centro | Estación | Casco Antiguo | Puerto | Universidad | Barrio Norte | Zona Rosa | Ensanche | Las Lomas | Malecón
annex: Anexo
""",
    "pt": """
hotel: Hotel * | Grande Hotel * | Pousada * | Hotel * & Spa
apartment: Apartamentos * | Residencial * | Flat *
guest_house: Casa * | Pensão * | Quinta *
name: São Bento | São Tomé | Santa Luzia | do Carmo | das Flores | Boa Vista | Mar Azul | do Castelo | da Ribeira | Dom Afonso | Rainha Amélia | do Bosque | da Praça | Rio Branco | Sol Nascente | da Serra | do Infante | Monte Verde | das Oliveiras | Atlântida | Jardim Imperial | Pedra Branca | da Lapa | Ipê Amarelo
road: Rua * # | Avenida * # | Praça * # | Travessa *, #
street: da Liberdade | do Comércio | Augusta | da República | das Laranjeiras | 7 de Setembro | São João | Santos Dumont | da Boavista | do Sol | Garrett | da Paz
quarter: Centro | Baixa | Estação | Cidade Velha | Porto | Jardins | Universidade | Zona Sul | Praia | Alto
annex: Anexo
""",
    "it": """
hotel: Hotel * | Albergo * | Grand Hotel * | Hotel * & Spa | Relais *
apartment: Residenza * | Appartamenti * | Residence *
guest_house: Locanda * | Villa * | Affittacamere *
name: San Lorenzo al Ponte | San Zeno | Santa Chiara | Bellavista | dei Fiori | del Borgo | Tre Archi | della Torre | Al Cavallino | Le Terrazze | Regina Elena | dei Tigli | Porta Nuova | Il Giardino | La Fenice d'Oro | degli Ulivi | Serenissima | Città Alta | del Lago | Al Vecchio Mulino | Dogana Vecchia | La Pergola | dell'Orologio | Villafranca
road: Via * # | Viale * # | Piazza * # | Corso *, #
street: Roma | Garibaldi | Mazzini | Dante | Cavour | della Libertà | Verdi | San Marco | del Popolo | Vittorio Emanuele | Manzoni | Marconi
quarter: Centro | Stazione Centrale | Centro Storico | Fiera | Porto | Università | Borgo Nuovo | San Giovanni | Lungomare | Trastorre
annex: Dependance
""",
    "nl": """
hotel: Hotel * | Grand Hotel * | Stadshotel * | Hotel Restaurant *
apartment: Appartementen * | Residentie * | Studio's *
guest_house: Pension * | Herberg * | B&B *
name: De Gouden Leeuw | Het Wapen van Oranje | De Oude Molen | Sint Joris | Sint Anna | De Zwaan | Amstelzicht | Prinsenhof | De Witte Brug | Het Anker | Koningshof | De Drie Haringen | Parkzicht | De Waag | Tulpenhof | De Kroon | Het Stadspark | Kanaalzicht | De Beurs | De Roos | Vondelhof | De Ooievaar | Zeezicht | Ter Duin
road: *straat # | *laan # | *gracht # | *plein # | *weg #
street: Kerk | Prinsen | Station | Hoofd | Molen | Wilhelmina | Juliana | Haven | Nieuw | Linden | Beethoven | School
quarter: Centrum | Centraal Station | Oude Stad | Haven | Zuid | Noord | Museumkwartier | Beurs | Universiteit | Oost
annex: Dependance
""",
    "sv": """
hotel: Hotell * | Hotel * | Grand Hotell * | Stadshotellet *
apartment: Lägenhetshotell * | Lägenheter *
guest_house: Pensionat * | Vandrarhem * | Gästgiveri *
name: Björken | Drottningen | Gyllene Räven | Sankt Göran | Norrsken | Skärgården | Tre Rosor | Kungsparken | Västerhav | Älgen | Örnen | Linnéa | Gamla Bryggan | Stora Torget | Sjöfarten | Klockaren | Solsidan | Vita Svanen | Slottet | Lejonet | Ekebo | Fyren | Sankt Erik | Hamnvakten
road: *gatan # | *vägen # | *torget #
street: Drottning | Kungs | Stor | Vasa | Skol | Hamn | Kyrko | Linné | Norra Järnvägs | Öster | Väster | Slotts
quarter: Centrum | Centralstationen | Gamla Stan | Norrmalm | Södra | Hamnen | Mässan | Universitetet | Västra | Östra
annex: Annex
""",
    "no": """
hotel: Hotell * | Hotel * | Grand Hotell * | * Fjordhotell
apartment: Leilighetshotell * | Leiligheter *
guest_house: Pensjonat * | Gjestehus * | Gjestgiveri *
name: Bryggen | Fjellheimen | Kongsgården | Sankt Olav | Nordlys | Havblikk | Bjørnen | Sjøhuset | Midnattssol | Solheim | Lofthus | Fyrtårnet | Torget | Ørnen | Elvebredden | Viking | Slottsparken | Sankt Hallvard | Rosenborg | Skansen | Åsgård | Dronningen | Furuly | Breheimen
road: *gata # | *veien # | *gaten #
street: Storgata | Kongens | Kirke | Strand | Drammens | Skippers | Dronningens | Havne | Jernbane | Park | Olavs | Tollbu
quarter: Sentrum | Sentralstasjonen | Gamlebyen | Havna | Vest | Øst | Bryggen | Universitetet | Fjordbyen | Nordstrand
annex: Anneks
""",
    "da": """
hotel: Hotel * | Hotel * Kro | Grand Hotel * | Badehotel *
apartment: Lejligheder * | Lejlighedshotel *
guest_house: Pension * | * Kro | Gæstehus *
name: Den Gyldne Svane | Kongens Have | Sankt Knud | Sankt Petri | Østersøen | Fyrtårnet | Havnehuset | Dronningen | Bøgen | Rosenhaven | Nyhus | Skagerrak | Ørsted | Tre Måger | Ærø | Viking | Strandparken | Klokken | Prinsen | Lindegården | Den Røde Port | Torvet | Bellahøj | Amalie
road: *gade # | *vej # | *allé #
street: Vester | Nørre | Øster | Kongens | Dronningens | Strand | Algade | Skole | Kirke | Havne | Park | Bred
quarter: Centrum | Hovedbanegården | Indre By | Havnen | Vesterbro | Nørrebro | Østerbro | Messen | Universitetet | Strandby
annex: Anneks
""",
    "fi": """
hotel: Hotelli * | Hotel * | Kylpylähotelli *
apartment: Huoneistohotelli * | Asunnot *
guest_house: Majatalo * | Matkakoti *
name: Aurinko | Kaupunginportti | Koivula | Merituuli | Pyhä Henrik | Revontuli | Tähti | Vanha Satama | Järvenranta | Kuningatar | Kultainen Karhu | Linna | Hämeenportti | Ruusu | Tammisto | Väinölä | Lumikko | Sininen Lintu | Rantapuisto | Torni | Meriväylä | Metsälä | Kevätpuro | Kalevala
road: *katu # | *tie # | *kuja #
street: Aleksanterin | Kauppa | Satama | Puisto | Koulu | Mannerheimin | Kirkko | Linnan | Rautatien | Meri | Uusi | Vanha
quarter: Keskusta | Rautatieasema | Vanhakaupunki | Satama | Messukeskus | Yliopisto | Etelä | Pohjoinen | Ranta | Itä
annex: Sivurakennus
""",
    "pl": """
hotel: Hotel * | Hotel * & Spa | Dwór * | Hotel Restauracja *
apartment: Apartamenty * | Rezydencja *
guest_house: Pensjonat * | Gościniec * | Willa *
name: Pod Złotą Kaczką | Święty Florian | Święta Kinga | Królewski | Pod Lipą | Nad Rzeką | Stary Młyn | Jagiellon | Błękitny | Zamkowy | Pod Różą | Trzy Korony | Hetman | Ratuszowy | Biały Orzeł | Dębowy | Parkowy | Zielone Wzgórze | Kasztanowy | Słoneczny | Mazur | Pod Dzwonem | Bursztyn | Wiślany
road: ul. * # | al. * # | pl. * #
street: Długa | Mickiewicza | Kościuszki | Piękna | Krótka | Ogrodowa | Świętojańska | Szkolna | Wolności | Zamkowa | Słowackiego | Lipowa
quarter: Centrum | Dworzec | Stare Miasto | Nowe Miasto | Port | Targi | Uniwersytet | Zamek | Ogrody | Rynek
annex: Aneks
""",
    "cs": """
hotel: Hotel * | Hotel Restaurant * | Wellness Hotel *
apartment: Apartmány * | Residence *
guest_house: Penzion * | Hostinec *
name: U Zlatého Lva | U Tří Pštrosů a Růže | Svatý Václav | Svatá Anežka | Královský Dvůr | Na Příkopě | Pod Hradem | Bílý Kůň | Černá Věž | Jižní Brána | Lípa | Růžový Sad | U Mostu | Modrá Hvězda | Kaštan | Ve Mlýně | Žlutý Dům | Slunce | Vltavín | Stará Pošta | Orlí Hnízdo | Zámeček | U Zvonu | Hvězdárna
road: * # | * třída # | * náměstí #
street: Dlouhá | Nádražní | Husova | Masarykova | Školní | Zámecká | Mostecká | Štefánikova | Palackého | Krátká | Lidická | Smetanova
quarter: Centrum | Hlavní Nádraží | Staré Město | Nové Město | Výstaviště | Univerzita | Hrad | Jih | Sever | Nábřeží
annex: Depandance
""",
    "hu": """
hotel: Hotel * | * Szálló | * Hotel & Wellness
apartment: * Apartman | * Apartmanház
guest_house: * Panzió | * Vendégház
name: Arany Szarvas | Szent Gellért Udvar | Szent Imre | Dunapart | Kék Madár | Vadrózsa | Király | Várkapu | Fekete Holló | Platán | Mátyás | Három Rózsa | Őrség | Gyöngyvirág | Liget | Fehér Ló | Tölgyes | Napsugár | Hársfa | Régi Posta | Aranyhíd | Zöldfa | Csillag | Ősz
road: * utca # | * tér # | * út #
street: Petőfi | Kossuth | Rákóczi | Széchenyi | Fő | Dózsa | Arany János | Szent István | Deák | Ady Endre | Vörösmarty | Kertész
quarter: Belváros | Keleti Pályaudvar | Óváros | Vár | Rakpart | Egyetem | Vásárváros | Dél | Észak | Liget
annex: Melléképület
""",
    "ro": """
hotel: Hotel * | Grand Hotel * | Hotel Restaurant *
apartment: Apartamente * | Rezidența *
guest_house: Pensiunea * | Casa * | Vila *
name: Sfântul Gheorghe | Sfânta Maria | Cerbul de Aur | Carpați | Grădina Regală | Trei Brazi | Piața Mare | Bulevard | Coroana | Lacul Albastru | Mărul Roșu | Podul Vechi | Stejarul | Turnul Alb | Valea Rece | Voievod | Zimbrul | Lebăda | Bucovina Nouă | Trandafirul | Dunărea de Sus | Hanul Vechi | Cetatea | Parcul Teilor
road: Strada * # | Bulevardul * # | Calea * #
street: Victoriei | Unirii | Mihai Eminescu | Republicii | Libertății | Ștefan cel Mare | Avram Iancu | Independenței | Florilor | Gării | Școlii | Horea
quarter: Centru | Gara | Centrul Vechi | Universitate | Port | Nord | Sud | Parc | Cetate | Faleză
annex: Anexă
""",
    "hr": """
hotel: Hotel * | Grand Hotel * | Hotel & Spa *
apartment: Apartmani * | Rezidencija *
guest_house: Pansion * | Vila * | Konak *
name: Sveti Nikola | Sveta Ana | Plavi Jadran | Zlatni Lav | Stari Most | Bijeli Dvor | Ruža Vjetrova | Kraljev Vrt | Maestral | Lipa | Maslina | Tri Lipe | Gradska Vrata | Bura | Čempres | Orao | Šumski Dvor | Žuti Cvijet | Kaštel | Luka | Zeleni Brijeg | Park Ruža | Na Rivi | Galeb
road: Ulica * # | * # | Trg * #
street: Kralja Tomislava | Nikole Tesle | Matije Gupca | Vukovarska | Zagrebačka | Glavna | Školska | Obala | Slobode | Svetog Marka | Cara Dušana | Vrtna
quarter: Centar | Glavni Kolodvor | Stari Grad | Novi Grad | Luka | Velesajam | Sveučilište | Riva | Sjever | Jug
annex: Depadansa
""",
    "el": """
hotel: Hotel * | * Hotel | * Palace | Xenonas *
apartment: * Apartments | * Studios
guest_house: * Pension | * Rooms
name: Agios Georgios | Agia Irini | Akropol Garden | Athina | Galazio | Poseidon | Kyklos | Thalassa | Ilios | Elia | Meltemi | Nefeli | Ariadni | Orion Star | Kastro | Filoxenia | Artemis Gate | Penelope | Okeanos | Alkyon | Minos Court | Estia | Zefyros | Ambrosia
road: * # | Odos * # | Leoforos * #
street: Ermou | Athinas | Eleftherias | Venizelou | Agiou Nikolaou | Dimokratias | Akadimias | Patision | Egnatia | Kountouriotou | Solonos | Dodekanisou
quarter: Kentro | Palia Poli | Limani | Stathmos | Paralia | Panepistimio | Ano Poli | Plateia | Marina | Kato Poli
annex: Annex
""",
    "tr": """
hotel: * Oteli | * Otel | Hotel * | * Konağı | Grand * Hotel
apartment: * Apart Otel | * Suites
guest_house: * Pansiyon | * Konukevi
name: Altın Boynuz | Ay Işığı | Gülbahçe | Sultan Sarayı | Kervan | Mavi Köşk | Nar Çiçeği | Şehrazat | Yıldız | Zeytin Dalı | Deniz Feneri | Çınar | Beyaz Saray | Lale Devri | Anka | İpek Yolu | Marmara Rüzgarı | Hisar | Gümüş | Ihlamur | Ottoman Gate | Kartal | Taşhan | Güvercin
road: * Caddesi No: # | * Sokak No: # | * Bulvarı #
street: Atatürk | Cumhuriyet | İstiklal | Gazi | Barbaros | Fatih | Mimar Sinan | Çarşı | Liman | Gül | Divan Yolu | Millet
quarter: Merkez | Eski Şehir | Sahil | Liman | Çarşı | Üniversite | Fuar | Kale | Yenişehir | Gar
annex: Ek Bina
""",  # noqa: RUF001  # Turkish has an i without a dot
    "ru": """
hotel: Hotel * | Gostinitsa * | * Hotel | Grand Hotel *
apartment: Apartments * | Apart-hotel *
guest_house: Guest House * | Mini-hotel *
name: Zolotoy Petushok | Severnaya Zvezda | Beryozka | Saint Daniil | Tsentralnaya | Bely Lebed | Druzhba | Yunost | Krasny Klyuch | Tri Medvedya | Usadba | Sibirskaya Roza | Vostok | Zarya | Yantar | Almaz | Kreml Vid | Russkaya Troyka | Ryabina | Sokol | Nevskaya Volna | Dom na Naberezhnoy | Ermine | Vesna
road: ulitsa *, # | prospekt *, # | pereulok *, #
street: Lenina | Pushkina | Gogolya | Mira | Sovetskaya | Gagarina | Chekhova | Sadovaya | Kirova | Bolshaya Morskaya | Lesnaya | Pobedy
quarter: Tsentr | Vokzal | Stary Gorod | Naberezhnaya | Universitet | Vystavka | Severny | Yuzhny | Park Pobedy | Zarechye
annex: Building 2
""",
    "ar": """
hotel: * Hotel | Hotel * | Al * Hotel | * Palace Hotel | Grand * Hotel
apartment: * Hotel Apartments | * Residence
guest_house: Dar * | Riad * | * House
name: Nakheel | Waha | Jawhara | Qasr al-Bahr | Yasmin | Layali | Zahra | Sahara Gate | Bab al-Nour | Safa Court | Rayhan | Fanar | Noor | Marjan | Diwan | Khaleej Star | Andalus | Rimal | Shams | Lulu | Hayat Garden | Amwaj | Zaytoun | Salam
road: # * Street | * Road # | # Al * Street
street: Corniche | King Faisal | Al Nasr | Al Wahda | Airport | Al Salam | University | Al Bahr | Tahrir | Sultan | Independence | Souk
quarter: Downtown | Old City | Corniche | Souk | Marina | Business Bay | University City | Al Nahda | Exhibition | Station
annex: Annex
""",
    "he": """
hotel: * Hotel | Hotel * | The * Boutique Hotel | Beit *
apartment: * Apartments | * Suites
guest_house: * Guest House | Beit *
name: Alon | Carmelit | Gan Eden | HaNamal | Jaffa Gate Court | Kinor | Lavi | Migdal | Nof Yam | Oranim | Rimon | Saint Elias | Shaked | Shoshana | Tamar | Yamit | Ziv | Keshet | Dekel | HaKerem | Nahal | Savyon | Eshkol | Almog Bay
road: # * Street | * # | # Sderot *
street: Ben Yehuda | Herzl | Allenby | HaYarkon | Jabotinsky | Weizmann | Bialik | HaNevi'im | Dizengoff | Jaffa | King George | Hillel
quarter: City Center | Old City | Beach Front | Port | University | Train Station | German Colony | Harbour | North | Marina
annex: Annex
""",
    "hi": """
hotel: Hotel * | The * | * Palace | * Inn | * Residency
apartment: * Service Apartments | * Suites
guest_house: * Guest House | * Homestay | * Lodge
name: Ashoka Vihar | Chandni | Gulmohar | Himalaya View | Indralok | Jyoti | Kamal | Lotus Pond | Maharani | Mayur | Nataraj Court | Padma | Rajdhani Grand | Rani Bagh | Sagar | Shanti | Shree Krishna | Surya | Swagat | Tulsi | Udyan | Vasant | Amrit | Nilgiri Heights
road: #, * Road | # * Marg | #, * Lane
street: Mahatma Gandhi | Station | Park | Nehru | Mall | Temple | Church | Lake | Residency | Sardar Patel | Ring | Bazaar
quarter: City Centre | Railway Station | Old City | Civil Lines | Cantonment | Sector 21 | Lake Side | University | Fort | Bazaar
annex: Annexe
""",
    "ja": """
hotel: Hotel * | * Hotel | * Inn | Ryokan * | * Plaza Hotel
apartment: * Residence | * Apartment Hotel
guest_house: Minshuku * | Guest House * | Ryokan *
name: Hinode | Sakuraya | Midori | Tsukimi | Asahikan | Kiyokawa | Matsunoya | Fuji View Garden | Hoshino Mori | Umezono | Chidori | Yamabuki | Komorebi | Shirasagi | Kaede | Mizuho | Akebono | Tachibana | Wakaba | Kinkaku Court | Hanazono | Suzuran | Momiji | Nagisa
road: #-2 *-cho | #-14 * | 3-#-5 *
street: Nishi | Higashi | Minami | Kita | Honmachi | Sakaemachi | Ginza-dori | Marunouchi | Ekimae | Chuo | Sumiyoshi | Asahi
quarter: Ekimae | Chuo | Nishi | Higashi | Minami | Kita | Port | Central Station | Shinmachi | Castle Park
annex: Annex
""",
    "zh": """
hotel: * Hotel | Grand * Hotel | * International Hotel | * Business Hotel | * Garden Hotel
apartment: * Serviced Apartments | * Residence
guest_house: * Guest House | * Inn
name: Jinlong | Baiyun | Huayuan | Dongfang Star | Xinyue | Tianhe Gate | Longmen | Jade Lotus | Meihua | Yulan | Golden Phoenix | Ruyi | Fuxing | Hongmei | Taiping | Yonghe | Wanda Harbour | Shanhai | Lijing | Qingfeng | Zhonghua | Kaiyuan Court | Mingyue | Xianghe
road: # * Road | No. # * Street | # * Avenue
street: Zhongshan | Renmin | Jiefang | Beijing | Nanjing | Jianshe | Heping | Xinhua | Dongfeng | Changjiang | Huaihai | Minzhu
quarter: City Centre | Railway Station | Old Town | Riverside | Exhibition Centre | High-Tech Zone | University Town | West Lake | North Gate | South Gate
annex: Annex Building
""",
    "ko": """
hotel: Hotel * | * Hotel | * Tourist Hotel | * Stay
apartment: * Residence | * Serviced Residence
guest_house: * Guesthouse | Hanok *
name: Haneul | Mugunghwa | Saebyeok | Badaro | Namsan Garden | Dalbit | Pureun | Cheongsol | Gaon | Nuri | Hanbit | Jinju | Byeolha | Sonamu | Onnuri | Maru | Seohae | Hwaseong Gate | Areum | Yeonhwa | Gukhwa | Miso | Taeyang | Bomnal
road: # *-ro | #-3 *-gil | # *-daero
street: Jongno | Sejong | Teheran | Jungang | Haeundae | Daehak | Gangnam | Namdaemun | Euljiro | Yeongdong | Hangang | Dongseong
quarter: City Hall | Central Station | Old Town | Riverside | Gangseo | Dongnam | University | Harbour | Convention Center | Seobu
annex: Annex
""",
    "th": """
hotel: * Hotel | The * Hotel | * Grand Hotel | Baan *
apartment: * Serviced Apartment | * Residence
guest_house: * Guesthouse | Baan * | * Bungalow
name: Chao Nam | Dok Mai | Ban Suan | Lotus River | Phra Arthit Court | Rim Nam | Saen Suk | Siri | Suan Luang | Thong Thara | Wang Kaew | White Orchid Garden | Chang Phuak | Golden Lotus | Mai Thai | Naga | Phloi | Ratana | Sala Daeng View | Tara | Ayara | Banyan Court | Fah Sai | Sukha
road: # * Road | #/12 Soi * | # Thanon *
street: Sukhumvit | Charoen | Ratchada | Phetkasem | Thewet | Rama IV | Silom | Nimman | Beach | Chang Klan | Khao San | Surawong
quarter: City Centre | Old Town | Riverside | Railway Station | Night Market | Beach | University | Convention | North Gate | Sukhum
annex: Annex
""",
    "vi": """
hotel: Khách sạn * | * Hotel | Hotel * | * Boutique Hotel
apartment: * Apartments | Căn hộ *
guest_house: Nhà nghỉ * | * Homestay
name: Hoa Sen | Bình Minh | Đông Dương | Sông Xanh | Phượng Hoàng | Hải Âu | Ngọc Lan | Thanh Bình | Cánh Buồm | Mặt Trời | Trúc Xanh | Hương Giang Court | Kim Long | Bạch Đằng | Thiên Nga | Vườn Xoài | Ánh Sao | Đại Lộ | Hòn Ngọc | Lá Me | Mai Vàng | Quê Hương | Sao Biển | Tháp Đôi
road: # * | # Đường * | #A *
street: Lê Lợi | Trần Hưng Đạo | Nguyễn Huệ | Hai Bà Trưng | Lý Thường Kiệt | Đồng Khởi | Bạch Đằng | Phan Chu Trinh | Hàng Bạc | Điện Biên Phủ | Hùng Vương | Quang Trung
quarter: Trung Tâm | Phố Cổ | Bờ Sông | Ga | Bãi Biển | Đại Học | Chợ | Cảng | Bắc | Nam
annex: Annex
""",
    "id": """
hotel: Hotel * | * Hotel | Grand * Hotel | The *
apartment: Apartemen * | * Residence
guest_house: Wisma * | Losmen * | * Homestay
name: Anggrek | Bintang Laut | Cempaka | Dewi Sri | Garuda Mas | Kenanga | Melati Putih | Merah Delima | Mutiara | Nusa Dua Warna | Padi Emas | Pelangi | Purnama | Rajawali | Sinar Surya | Taman Sari | Teratai | Sekar Jagad | Bukit Indah | Kartika Court | Pesona | Wijaya | Batu Karang | Senja
road: Jalan * No. # | Jl. * # | Jalan * #
street: Sudirman | Gajah Mada | Merdeka | Diponegoro | Pantai | Raya | Ahmad Yani | Hang Tuah | Sultan Ismail | Pahlawan | Bukit Bintang | Kartini
quarter: Pusat Kota | Stasiun | Kota Tua | Pantai | Pelabuhan | Universitas | Bandar Baru | Utara | Selatan | Pasar
annex: Annex
""",
    "sw": """
hotel: * Hotel | Hotel * | The * Hotel | * Garden Hotel
apartment: * Apartments | * Furnished Apartments
guest_house: * Guest House | * Lodge | * Cottages
name: Acacia Court | Baobab | Bahari | Chui | Jambo Garden | Kifaru | Kilele | Kiboko | Mto Mkuu | Mwezi | Nyota | Pembe | Simba House | Tembo | Twiga | Uhuru View | Upepo | Zawadi | Amani | Kahawa | Msitu | Saint Kizito | Savanna Gate | Tausi
road: # * Road | # * Avenue | * Street #
street: Kenyatta | Nyerere | Moi | Uhuru | Haile Selassie | Market | Ngong | Station | Lumumba | Hospital | Mombasa | Lake
quarter: City Centre | Old Town | Westlands | Upper Hill | Lakeside | Market | University | Beach | Station | Industrial Area
annex: Annex
""",
}


def _parsed(text: str) -> Tongue:
    lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
    annex = lines.pop("annex")
    return Tongue(annex=annex, **{key: tuple(words.split(" | ")) for key, words in lines.items()})


@cache
def tongues() -> Mapping[str, Tongue]:
    return MappingProxyType({code: _parsed(text) for code, text in _TONGUES.items()})
