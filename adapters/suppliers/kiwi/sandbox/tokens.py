"""Booking tokens: what was sold, when and for how much, in a text that nobody reads or changes."""

import base64
import hashlib
import zlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from adapters.suppliers.kiwi.sandbox.params import bad
from adapters.suppliers.kiwi.sandbox.trips import Party, Trip

_LIVES: Final = timedelta(minutes=30)


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """`journeys` are ids of the world with the fare's family, `price` is for everybody, `eur` the same in EUR."""

    at: datetime
    journeys: tuple[tuple[str, str], ...]
    cabin: str
    passengers: tuple[int, int, int]
    price: Decimal
    currency: str
    eur: Decimal


_SOLD: Final = msgspec.json.Decoder(Sold)


def sealed(trip: Trip, party: Party, now: datetime) -> str:
    """Length, packed JSON, and a digest that fills up to 860 letters."""
    sold = Sold(
        at=now,
        journeys=tuple((ticket.journey.id, ticket.fare.family) for ticket in trip.tickets),
        cabin=party.cabin,
        passengers=(party.adults, party.children, party.infants),
        price=trip.price,
        currency=party.currency,
        eur=party.in_euros.together(trip.eur),
    )
    packed = zlib.compress(msgspec.json.encode(sold))
    return base64.urlsafe_b64encode(len(packed).to_bytes(2, "big") + packed + _filling(packed)).decode()


def _filling(packed: bytes) -> bytes:
    room = 645 if len(packed) <= 600 else 750
    return hashlib.shake_256(packed).digest(max(room - 2 - len(packed), 0))


def opened(token: str, now: datetime) -> Sold:
    """Raises a refusal for a token that is none, or older than half an hour."""
    try:
        raw = base64.urlsafe_b64decode(token.encode())
        packed = raw[2 : 2 + int.from_bytes(raw[:2], "big")]
        intact = raw[2 + len(packed) :] == _filling(packed)
        sold = _SOLD.decode(zlib.decompress(packed))
    except (ValueError, zlib.error) as error:
        raise bad("Invalid booking token") from error
    if not intact:
        raise bad("Invalid booking token")
    if now - sold.at > _LIVES:
        raise bad("Expired booking token")
    return sold
