"""How sellers write down the name and the address of a hotel: each in its own manner, and none without mistakes."""

import re
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Final

import msgspec

from sandbox.chance import generator, luck
from sandbox.hotels.facts import Hotel

Habit = Callable[[str, Hotel, Random], str]
_MOST_LIKELY: Final = 0.9


class _Slip(msgspec.Struct, frozen=True):
    """`likely` at a noise of 1, for a seller that is neither careful nor careless about it."""

    habit: Habit
    likely: float


# words that somebody translates, as a rule into English; the longer ones first
_TRANSLATED: Final = (
    ("Stazione Centrale", "Central Station"),
    ("Hauptbahnhof", "Main Station"),
    ("Centraal Station", "Central Station"),
    ("Hlavní Nádraží", "Main Station"),
    ("Centro Storico", "Old Town"),
    ("Casco Antiguo", "Old Town"),
    ("Vieille Ville", "Old Town"),
    ("Stare Miasto", "Old Town"),
    ("Staré Město", "Old Town"),
    ("Parc des Expositions", "Expo"),
    ("Grand Hôtel", "Grand Hotel"),
    ("Appartements", "Apartments"),
    ("Apartamentos", "Apartments"),
    ("Appartamenti", "Apartments"),
    ("Ferienwohnungen", "Holiday Apartments"),
    ("Apartmány", "Apartments"),
    ("Khách sạn", "Hotel"),
    ("Nhà nghỉ", "Guest House"),
    ("Gostinitsa", "Hotel"),
    ("Gästehaus", "Guest House"),
    ("Altstadt", "Old Town"),
    ("Estación", "Station"),
    ("Aéroport", "Airport"),
    ("Université", "University"),
    ("Universität", "University"),
    ("Universidad", "University"),
    ("Università", "University"),
    ("Albergo", "Hotel"),
    ("Hotelli", "Hotel"),
    ("Hotell", "Hotel"),
    ("Zentrum", "City Centre"),
    ("Centrum", "City Centre"),
    ("Sentrum", "City Centre"),
    ("Keskusta", "City Centre"),
    ("Centro", "City Center"),
    ("Annexe", "Annex"),
    ("Dependance", "Annex"),
    ("Ekimae", "Station"),
    ("Dworzec", "Station"),
    ("Messe", "Trade Fair"),
    ("Fiera", "Trade Fair"),
    ("Pension", "Guesthouse"),
    ("Gare", "Station"),
    ("Hafen", "Harbour"),
    ("Puerto", "Port"),
)
_ABBREVIATED: Final = (
    ("Saint-", "St. "),
    ("Saint ", "St "),
    ("Sankt ", "St. "),
    ("Santa ", "Sta. "),
    ("São ", "S. "),
    ("Airport", "Apt"),
    ("International", "Intl"),
    ("Residence", "Res."),
    ("Résidence", "Rés."),
    ("Apartments", "Apts"),
    ("Apartment", "Apt."),
    ("Boutique", "Btq"),
    ("Grand Hotel", "Gd. Hotel"),
    ("Terminal ", "T"),
    ("City Centre", "Ctr"),
)
_SHORT_ADDRESS: Final = (
    ("Street", "St"),
    ("Road", "Rd"),
    ("Avenue", "Ave."),
    ("avenue", "av."),
    ("Boulevard", "Blvd"),
    ("boulevard", "bd"),
    ("rue ", "r. "),
    ("place ", "pl. "),
    ("straße", "str."),
    ("platz", "pl."),
    ("Calle ", "C/ "),
    ("Avenida ", "Avda. "),
    ("Piazza ", "P.za "),
    ("Viale ", "V.le "),
    ("Jalan ", "Jl. "),
    ("Saint-", "St-"),
    ("Caddesi", "Cad."),
)
_HOTEL_WORD: Final = re.compile(r"\b(?:The )?H[oô]tel(?:l|li)?\b ?", re.IGNORECASE)
_UNSPLIT: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "\u0131": "i", "æ": "ae"}
)
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def without_accents(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.translate(_UNSPLIT))
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _former(name: str, hotel: Hotel, _chance: Random) -> str:
    return hotel.former_name or name


def _translated(name: str, _hotel: Hotel, _chance: Random) -> str:
    return _replaced(name, _TRANSLATED)


def _abbreviated(name: str, _hotel: Hotel, _chance: Random) -> str:
    return _replaced(name, _ABBREVIATED)


def _replaced(text: str, words: tuple[tuple[str, str], ...]) -> str:
    """The first of them that is there."""
    return next((text.replace(word, other, 1) for word, other in words if word in text), text)


def _written_out(name: str, _hotel: Hotel, _chance: Random) -> str:
    return name.replace(" & ", " and ") if " & " in name else name.replace(" and ", " & ")


def _without_hotel(name: str, _hotel: Hotel, _chance: Random) -> str:
    """Unless too little is left to know it by."""
    shorter = " ".join(_HOTEL_WORD.sub("", name).split())
    return shorter if len(shorter) >= 5 else name


def _hotel_elsewhere(name: str, hotel: Hotel, _chance: Random) -> str:
    """Hotel Post, Post Hotel: whoever is used to one order writes it so."""
    if hotel.kind not in ("hotel", "resort"):
        return name
    shorter = _without_hotel(name, hotel, _chance)
    if shorter == name:
        return f"Hotel {name}" if hotel.brand is None else f"{name} Hotel"
    return f"{shorter} Hotel" if _HOTEL_WORD.match(name) else f"Hotel {shorter}"


def _with_the_chain(name: str, hotel: Hotel, chance: Random) -> str:
    if hotel.chain is None or hotel.brand is None:
        return name
    if name.startswith(hotel.brand):
        return f"{name} by {hotel.chain}"
    return chance.choice((f"{name} - {hotel.chain}", f"{name}, member of {hotel.chain}"))


def _without_the_city(name: str, hotel: Hotel, _chance: Random) -> str:
    return " ".join(name.replace(hotel.city_name, "", 1).split()) if hotel.brand else name


def _with_the_city(name: str, hotel: Hotel, chance: Random) -> str:
    if hotel.city_name in name:
        return name
    return chance.choice((f"{name} {hotel.city_name}", f"{name} - {hotel.city_name}", f"{name}, {hotel.city_name}"))


def _without_accents(name: str, hotel: Hotel, _chance: Random) -> str:
    return without_accents(name.translate(_GERMAN) if hotel.country in ("DE", "AT") else name)


def _another_case(name: str, _hotel: Hotel, chance: Random) -> str:
    return chance.choice((name.upper(), name.upper(), name.title(), name.lower()))


def _typo(name: str, _hotel: Hotel, chance: Random) -> str:
    """Two letters change places, or one is missing, or is there twice."""
    inner = [place for place in range(1, len(name) - 1) if name[place].isalpha() and name[place + 1].isalpha()]
    if not inner:
        return name
    place = chance.choice(inner)
    one, other = name[place], name[place + 1]
    return name[:place] + chance.choice((other + one, other, one + one + other)) + name[place + 2 :]


_NAME: Final = {
    "former name": _Slip(_former, 0.45),
    "translated": _Slip(_translated, 0.30),
    "abbreviated": _Slip(_abbreviated, 0.24),
    "and": _Slip(_written_out, 0.35),
    "without hotel": _Slip(_without_hotel, 0.10),
    "hotel elsewhere": _Slip(_hotel_elsewhere, 0.12),
    "without the city": _Slip(_without_the_city, 0.10),
    "with the city": _Slip(_with_the_city, 0.20),
    "with the chain": _Slip(_with_the_chain, 0.10),
    "typo": _Slip(_typo, 0.04),
    "without accents": _Slip(_without_accents, 0.35),
    "another case": _Slip(_another_case, 0.06),
}


def _short_address(line: str, _hotel: Hotel, _chance: Random) -> str:
    return _replaced(line, _SHORT_ADDRESS)


def _without_number(line: str, _hotel: Hotel, _chance: Random) -> str:
    return re.sub(r"^[\d/#-]+(?: bis)? |,? (?:No\.? ?:? ?)?\d+$", "", line)


def _with_postal_code(line: str, hotel: Hotel, _chance: Random) -> str:
    return f"{line}, {hotel.postal_code} {hotel.city_name}" if hotel.postal_code else f"{line}, {hotel.city_name}"


_ADDRESS: Final = {
    "address short": _Slip(_short_address, 0.30),
    "address without number": _Slip(_without_number, 0.07),
    "address with postal code": _Slip(_with_postal_code, 0.10),
    "address typo": _Slip(_typo, 0.05),
    "address without accents": _Slip(_without_accents, 0.35),
    "address in another case": _Slip(_another_case, 0.06),
}


def name_told(seller: str, hotel: Hotel, *, seed: int, noise: float) -> str:
    return _slipped(hotel.name, _NAME, seller, hotel, seed=seed, noise=noise)


def address_told(seller: str, hotel: Hotel, *, seed: int, noise: float) -> tuple[str, ...]:
    """The second line, the quarter, is often left out."""
    first = _slipped(hotel.address[0], _ADDRESS, seller, hotel, seed=seed, noise=noise)
    left_out = luck(seed, "one line", seller, hotel.id) < min(_MOST_LIKELY, 0.5 * noise)
    return (first,) if left_out else (first, *hotel.address[1:])


def _slipped(text: str, slips: dict[str, _Slip], seller: str, hotel: Hotel, *, seed: int, noise: float) -> str:
    """In the order of the table. A seller has its habits: what one does always, another does never."""
    chance = generator(seed, "slips", seller, hotel.id, text)
    for name, slip in slips.items():
        bent = 0.3 + 1.4 * luck(seed, "habit", seller, name)
        if chance.random() < min(_MOST_LIKELY, slip.likely * bent * noise):
            text = slip.habit(text, hotel, chance)
    return text
