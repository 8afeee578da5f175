"""Opaque tokens that hold what they stand for, signed, for one endpoint and for a time."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from adapters.suppliers.booking_com.sandbox.gate import invalid

PAGE_LIVES: Final = timedelta(hours=3)
ORDER_LIVES: Final = timedelta(minutes=15)
_SALT: Final = b"a pretend Demand API"


class _Ticket(msgspec.Struct, frozen=True, kw_only=True):
    endpoint: str
    until: datetime
    about: Any


def issued(endpoint: str, about: Any, *, until: datetime) -> str:
    packed = msgspec.json.encode(_Ticket(endpoint=endpoint, until=until, about=about))
    return f"{base64.urlsafe_b64encode(packed).decode().rstrip('=')}.{_signature(packed)}"


def shown(token: Any, *, name: str, endpoint: str, now: datetime) -> Any:
    """What the token stands for. Refuses one that is forged, too old or of another endpoint; `name` is the field's."""
    body, _, signature = token.partition(".") if isinstance(token, str) else ("", "", "")
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        ticket = msgspec.json.decode(packed, type=_Ticket)
    except (ValueError, msgspec.DecodeError) as error:
        raise invalid(f"Token '{name}' is invalid.", "invalid_token") from error
    if signature != _signature(packed):
        raise invalid(f"Token '{name}' is invalid.", "invalid_token")
    if ticket.endpoint != endpoint:
        raise invalid(f"Token '{name}' belongs to another endpoint.", "token_endpoint_mismatch")
    if now >= ticket.until:
        raise invalid(f"Token '{name}' has expired.", "expired_token")
    return ticket.about


def _signature(packed: bytes) -> str:
    return hashlib.blake2s(packed, key=_SALT, digest_size=12).hexdigest()
