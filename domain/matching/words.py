"""Words by which nobody tells one hotel from another, and words that are the same in other languages or shorter."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.matching.spelling import folded

# A word of another language, or short for another, and the one that is kept for it.
_SAME: Final = {
    "st": "saint sankt sint street str szent sveti swiety svaty",
    "sta": "santa sfanta sveta",
    "rd": "road",
    "av": "avenue ave avenida avda aven",
    "bd": "boulevard blvd bulevardul",
    "ln": "lane",
    "dr": "drive",
    "sq": "square",
    "pl": "place platz plaza piazza",
    "lor": "lorong",
    "jl": "jalan jln",
    "hotel": "hotell hotelli hotels otel albergo szalloda szallo gostinitsa htl",
    "hostel": "hostels",
    "guesthouse": "gastehaus gasthaus gjestehus pension pensione pensionat pensjonat penzion panzio",
    "apartment": "apartments appartements apartamentos appartamenti ferienwohnungen apartmany apts apt apartmani apartamente",
    "residence": "residences res residenz residencia residenza",
    "annex": "annexe dependance depandance anexo anneks aneks anexa",
    "centre": "center centro centrum zentrum sentrum keskusta centrul centar ctr",
    "station": "stn gare bahnhof estacion stazione ekimae dworzec hauptbahnhof stesen",
    "oldtown": "altstadt",
    "airport": "aeroport flughafen aeropuerto aeroporto lufthavn flygplats",
    "university": "universite universitat universidad universita universitet uni",
    "harbour": "harbor hafen",
    "port": "puerto porto",
    "fair": "messe fiera",
    "boutique": "btq",
    "international": "intl int",
    "grand": "gd gran",
    "cafe": "caf caffe kaffe coffeehouse",
    "theatre": "theater",
    "limited": "ltd",
    "mount": "mt",
    "brothers": "bros",
    "company": "co",
    "restaurant": "restaurants ristorante restaurante rest",
    "shop": "shoppe",
    "block": "blk",
    "building": "bldg",
    "saints": "ss",
    "1": "one",
    "2": "two",
}
SAME: Final[Mapping[str, str]] = MappingProxyType(
    {folded(word): folded(kept) for kept, words in _SAME.items() for word in words.split()}
)


def kept(word: str) -> str:
    """As it is compared."""
    plain = folded(word)
    return SAME.get(plain, plain)


# How much a word tells, of 1 for one that we do not know. The English ones are words that stand in the names of
# places in cities on different continents, by how often they do; the others are what houses are called elsewhere.
_TELLING: Final[Mapping[float, str]] = {
    0.05: """
        the and of at by in on for a an to de la le les el los las del della di da do dos das des du der die das dem den
        zum zur am im und y e et i het een
    """,
    0.15: """
        hotel hotell hotelli hostel hostal albergo house haus cafe caf centre bar restaurant coffee bnb guesthouse apartment
        apartments residence residences limited ltd pte llc inc gmbh plc sa company pension pensione khach san gostinitsa
        xenonas otel szallo szalloda panzio penzion pensiunea pensjonat pensionat gasthof gasthaus gastehaus aparthotel
    """,
    0.3: """
        park club school st street place church kitchen city primary shop garden office road hall station post square
        medical court building co national library pizza gallery gardens room rooms college home town studio studios
        resort suites suite inn lodge villa villas spa motel oldtown airport
    """,
    0.45: """
        express one central west east north south thai food sports green community old market subway international bus
        box dental bakery chinese hospital stop sushi hill crescent clinic bistro wine police museum new hair store
        grill bank art tower academy royal village hut university tea hub golden corner high palace car beauty warehouse
        burger group surgery tennis red health stadium fish terrace theatre salon lounge first care view riverside
        boutique grand collection member downtown midtown harbour port beach fair lofts mansion mansions living backpackers
        avenue lane
    """,
    0.65: """
        mr china world arts white patisserie design deli shopping quay indian yoga hot supermarket paradise little king
        queen grove great fitness depot walk farm junction island happy gym enterprise chicken union general fort dog
        course business bridge black wee tree mini life beer star leaf heritage taste services ocean golf gate two service
        river rice pub pot man drive curry spice music holiday hairdressing good factory bike secret rock pavilion mile
        italian institute gateway pizzeria noodle motor jade fresh field dance connection works stand society no head
        fountain exchange body blue steak shell republic peoples maison casa lawn gourmet furniture forest estate coast
        cake arcade western urban tattoo press motors mosque global cut best artisan water sun
    """,
}
WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {kept(word): weight for weight, words in _TELLING.items() for word in words.split()}
)

# What a place is: two names that agree in all but this are often neighbours, a station and the hotel beside it.
_KINDS: Final = {
    "lodging": "hotel hotell hotelli hostel hostal albergo inn lodge guesthouse bnb apartment apartments residence residences "
    "resort motel pension suites otel backpackers villa",
    "food": "cafe restaurant coffee bar pub bistro kitchen grill pizza pizzeria bakery deli sushi diner tavern noodle",
    "learning": "school college university academy institute nursery library primary secondary",
    "transport": "station bus stop mrt airport terminal interchange depot ferry",
    "care": "hospital clinic surgery dental medical pharmacy dentist health",
    "faith": "church mosque temple cathedral chapel synagogue",
    "green": "park garden gardens playground field golf",
    "trade": "shop store supermarket market mall bank post salon warehouse",
}
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {kept(word): kind for kind, words in _KINDS.items() for word in words.split()}
)

# What stands in the name of every second house where all are houses to sleep in.
LODGING: Final = frozenset({"hotel", "the"})

# A chain's second house next door is told by one word more.
_SISTERS: Final = (
    "annex annexe dependance depandance anexo anneks aneks anexa sivurakennus express budget styles plus lite eco "
    "select transit premium premier moments garden terminal residence suites studios collection club bis"
)
SISTERS: Final = frozenset(map(kept, _SISTERS.split()))

# Phrases of more than one word, as they are folded, and the one word for them.
_PHRASES: Final = {
    "bnb": "bed and breakfast | b and b | bed breakfast",
    "guesthouse": "guest house | gast haus | nha nghi | maison d hotes | maison dhotes",
    "hotel": "khach san",
    "oldtown": "old town | centro storico | casco antiguo | vieille ville | stare miasto | stare mesto | gamla stan | oude stad",
    "centre": "city centre | city center | town centre",
    "station": "central station | main station | train station | railway station | stazione centrale | centraal station | "
    "hlavni nadrazi | glavni kolodvor | keleti palyaudvar",
    "fair": "trade fair | parc des expositions | exhibition centre | expo",
}
PHRASES: Final[Mapping[str, str]] = MappingProxyType(
    {folded(phrase): word for word, phrases in _PHRASES.items() for phrase in phrases.split(" | ")}
)


def weight_of(word: str) -> float:
    """How much it tells, from 0 to 1; a single letter as little as an initial does."""
    return WEIGHTS.get(word, 1.0 if len(word) > 1 else 0.3)
