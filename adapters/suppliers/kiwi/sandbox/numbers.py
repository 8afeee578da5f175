"""How Tequila writes amounts, times and ids."""

import hashlib
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from adapters.suppliers.kiwi.sandbox.world import Leg

NEVER: Final = "1970-01-01T00:00:00.000Z"
_DIGITS: Final = {  # behind the point of a price, two where nothing is said
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BIF", "DJF", "GNF", "KMF", "RWF", "UYI", "VUV"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-_DIGITS.get(currency, 2)), ROUND_HALF_UP)


def plain(amount: Decimal) -> Decimal | int:
    """As their answers show money: a whole amount without a point, any other without noughts at its end."""
    return int(amount) if amount == amount.to_integral_value() else amount.normalize()


def zulu(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def times(departs: datetime, arrives: datetime) -> dict[str, str]:
    """The local clocks carry the same Z as the real UTC, as theirs do."""
    return {
        "local_departure": f"{departs:%Y-%m-%dT%H:%M:%S}.000Z",
        "utc_departure": zulu(departs),
        "local_arrival": f"{arrives:%Y-%m-%dT%H:%M:%S}.000Z",
        "utc_arrival": zulu(arrives),
    }


def combination_id(leg: Leg) -> str:
    """The same flight on the same day is the same combination, in every fare and every itinerary."""
    flight = f"{leg.carrier}{leg.number} {leg.origin}{leg.destination} {zulu(leg.departs)}"
    return hashlib.blake2s(flight.encode(), digest_size=12).hexdigest()
