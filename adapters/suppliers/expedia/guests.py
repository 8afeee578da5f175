"""Who sleeps in which room, whom to call and who is billed, as a booking tells it."""

import unicodedata
from datetime import date
from typing import Any, Final

from adapters.kit.failures import Answered
from domain.orders import OrderRequest, Reason
from domain.queries import HotelQuery
from domain.searches import Outcome
from domain.travellers import Contact, Traveller

_LONGEST_NAME: Final = 60
_GROWN_UP: Final = 18
# Country calling codes of one and of two digits (ITU-T E.164); all others have three.
_ONE_DIGIT: Final = frozenset("17")
_TWO_DIGITS: Final = frozenset(
    str(code)
    for code in (
        *(20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67)),
        *(81, 82, 84, 86, *range(90, 96), 98),
    )
)
# Letters that no normal form takes apart.
_WITHOUT_STROKES: Final = str.maketrans(
    {
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "Ħ": "H",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "Œ": "Oe",
        "œ": "oe",
    }
)


def rooms(request: OrderRequest, query: HotelQuery) -> list[dict[str, str]]:
    """The guest in whose name each room is, in the order of the occupancies that were asked for.

    Raises Answered for a name that Rapid has no room for.
    """
    return [_named(guest) for guest in _leads(request.travellers, query)]


def _leads(travellers: tuple[Traveller, ...], query: HotelQuery) -> list[Traveller]:
    """The first grown-up of each party; the first of all for rooms whose guests nobody named."""
    adults = [guest for guest in travellers if _age(guest.born_on, query.check_in) >= _GROWN_UP] or list(travellers)
    leads, next_party = [], 0
    for party in query.parties:
        leads.append(adults[next_party] if next_party < len(adults) else adults[0])
        next_party += party.adults
    return leads


def _age(born_on: date, day: date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _named(guest: Traveller) -> dict[str, str]:
    for name in (guest.given_name, guest.surname):
        if len(name) > _LONGEST_NAME:
            raise Answered(
                f"a name is longer than {_LONGEST_NAME} letters",
                outcome=Outcome.REFUSED,
                reason=Reason.INVALID_TRAVELLER,
            )
    return {"given_name": guest.given_name, "family_name": guest.surname}


def phone(contact: Contact) -> dict[str, str]:
    digits = "".join(sign for sign in contact.phone if sign.isascii() and sign.isdigit())
    length = 1 if digits[:1] in _ONE_DIGIT else 2 if digits[:2] in _TWO_DIGITS else 3
    return {"country_code": digits[:length], "number": digits[length:]}


def billed(contact: Contact, payer: Traveller) -> dict[str, Any]:
    """Whoever pays us stands on the bill that Rapid sends us; only letters of ISO 8859-1 are taken for an address."""
    told = {"line_1": contact.address_line, "city": contact.city, "postal_code": contact.postal_code}
    address = {name: latin for name, text in told.items() if text and (latin := _latin(text))}
    return {**_named(payer), "address": {**address, "country_code": contact.country}}


def _latin(text: str) -> str:
    """Without the accents that ISO 8859-1 lacks; what is written in other letters is left out."""
    known = text.translate(_WITHOUT_STROKES)
    bare = (letter if ord(letter) < 256 else unicodedata.normalize("NFKD", letter) for letter in known)
    return "".join(bare).encode("latin-1", "ignore").decode("latin-1").strip()
