"""Quote references: opaque, bound to a rate, its price and the minute it was told in, and good for half an hour."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from adapters.suppliers.hertz.sandbox.asked import Rental

GOOD_FOR: Final = timedelta(minutes=30)

_REFERENCE: Final = re.compile(r"H(?P<minute>[0-9A-F]{7})(?P<price>[0-9A-F]{8})(?P<proof>[0-9A-F]{10})-\d{4}")
_THOUSANDTHS: Final = 1000


class References:
    """`key` makes those of one world no good in another."""

    def __init__(self, key: bytes) -> None:
        self._key: Final = key

    def made(self, asked: Rental, quote: Any, price: Any, total: Decimal, now: datetime) -> str:
        """At most 32 characters, as the schema has it. The last four digits are the seller's own filling."""
        minute, amount = int(now.timestamp()) // 60, int(total * _THOUSANDTHS)
        return f"H{minute:07X}{amount:08X}{self._proof(asked, quote, price, minute, amount)}-25{len(price.rate):02}"

    def held(self, reference: str, asked: Rental, quote: Any, price: Any, now: datetime) -> Decimal | None:
        """The total that it keeps; None for one that has run out, was told of another rental, or never told."""
        told = _REFERENCE.fullmatch(reference)
        if told is None:
            return None
        minute, amount = int(told["minute"], 16), int(told["price"], 16)
        if not hmac.compare_digest(told["proof"], self._proof(asked, quote, price, minute, amount)):
            return None
        age = now - datetime.fromtimestamp(minute * 60, tz=now.tzinfo)
        return (Decimal(amount) / _THOUSANDTHS).quantize(price.total) if age < GOOD_FOR else None

    def _proof(self, asked: Rental, quote: Any, price: Any, minute: int, amount: int) -> str:
        words = (
            asked.pick_up.id, asked.drop_off.id, asked.pick_up_at, asked.drop_off_at, asked.driver_age, quote.acriss,
            price.rate_code, minute, amount,
        )  # fmt: skip
        return hmac.new(self._key, repr(words).encode(), hashlib.sha256).hexdigest()[:10].upper()
