"""Who may come in: tokens that end, three buckets of credits for each caller, and what a call costs."""

import base64
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson

_SECRET = "sandbox-opensky-secret"  # noqa: S105 - everybody may know it
_CLIENT_PREFIX = "sandbox-opensky-"
_LIFETIME_SECONDS = 1800
_BRIEF_LIFETIME_SECONDS = 5

# What the client's name holds -> credits in each bucket, and how often they are filled up.
_DAILY, _HOURLY = timedelta(days=1), timedelta(hours=1)
_TIERS = (("feeder", 8000, _DAILY), ("licensed", 14_400, _HOURLY), ("", 4000, _DAILY))
_ANONYMOUS = (400, _DAILY)

_AREAS = ((25, 1), (100, 2), (400, 3))
_DAYS = ((2, 30), (10, 60), (15, 120), (20, 240), (25, 480))
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")


class Refused(Exception):
    """One of OpenSky's error answers: a status and at most a short sentence."""

    def __init__(self, status: int, sentence: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.body = sentence.encode()
        self.headers = {} if retry_after is None else {"X-Rate-Limit-Retry-After-Seconds": str(retry_after)}


def token(form: bytes, now: datetime) -> tuple[int, dict[str, Any]]:
    """Status and body, as a Keycloak server gives them."""
    told = {name: values[0] for name, values in parse_qs(form.decode("latin-1")).items()}
    client = told.get("client_id", "")
    if told.get("grant_type") != "client_credentials":
        return 400, {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
    known = client.startswith(_CLIENT_PREFIX) and client != _CLIENT_PREFIX
    if not known or told.get("client_secret") != _SECRET:
        return 401, {"error": "invalid_client", "error_description": "Invalid client or Invalid client credentials"}
    seconds = _BRIEF_LIFETIME_SECONDS if "brief" in client else _LIFETIME_SECONDS
    words = {"client": client, "until": int(now.timestamp()) + seconds}
    return 200, {
        "access_token": _sealed(orjson.dumps(words)), "expires_in": seconds, "refresh_expires_in": 0,
        "token_type": "Bearer", "not-before-policy": 0, "scope": "email profile",
    }  # fmt: skip


def _sealed(words: bytes) -> str:
    return f"sandbox.{base64.urlsafe_b64encode(words).decode().rstrip('=')}.{zlib.crc32(words):08x}"


def _opened(shown: str) -> Mapping[str, Any] | None:
    _, _, rest = shown.partition(".")
    text, _, _ = rest.partition(".")
    try:
        words = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return orjson.loads(words) if _sealed(words) == shown else None
    except ValueError:
        return None


def bearer(headers: Mapping[bytes, bytes]) -> str | None:
    kind, _, shown = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return shown if kind.lower() == "bearer" else None


def client_of(shown: str) -> str | None:
    """Whom a token was given to, also when it has ended."""
    words = _opened(shown)
    return None if words is None else str(words["client"])


def checked(shown: str | None, now: datetime) -> str | None:
    """The client's name, None for a caller without a token."""
    if shown is None:
        return None
    words = _opened(shown)
    if words is None or now.timestamp() >= words["until"]:
        raise Refused(401, "Unauthorised")
    return str(words["client"])


class Buckets:
    """What each caller has left, for each of the three kinds of calls by itself."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._spent: dict[tuple[str, str], tuple[datetime, int]] = {}

    def pay(self, caller: str, bucket: str, cost: int, *, anonymous: bool) -> int:
        """What is left afterwards."""
        most, span = _ANONYMOUS if anonymous else _tier(caller)
        now = self._now()
        filled = _filled(now, span)
        since, spent = self._spent.get((caller, bucket), (filled, 0))
        if since != filled:
            spent = 0
        if spent + cost > most:
            raise Refused(429, "Too many requests", retry_after=int((filled + span - now).total_seconds()) + 1)
        self._spent[caller, bucket] = filled, spent + cost
        return most - spent - cost


def _tier(client: str) -> tuple[int, timedelta]:
    return next((most, span) for word, most, span in _TIERS if word in client)


def _filled(now: datetime, span: timedelta) -> datetime:
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), tzinfo=UTC)
    return midnight + (now - midnight) // span * span


def cost_of_area(box: tuple[float, float, float, float] | None) -> int:
    if box is None:
        return 4
    south, west, north, east = box
    area = (north - south) * (east - west)
    return next((cost for most, cost in _AREAS if area <= most), 4)


def cost_of_days(begin: datetime, end: datetime, now: datetime) -> int:
    """By partitions of a day; what lies in the last 24 hours counts as live."""
    if begin >= now - timedelta(hours=24):
        return 4
    days = (end.date() - begin.date()).days + 1
    if days <= 2:
        return 30
    return days * next((cost for most, cost in _DAYS if days <= most), 960)


class Asked:
    """The parameters of one call: a name may repeat."""

    def __init__(self, query: bytes) -> None:
        self._told = parse_qs(query.decode("latin-1"))

    def text(self, name: str) -> str | None:
        return self._told.get(name, [None])[0]

    def several(self, name: str) -> frozenset[str]:
        return frozenset(text.lower() for text in self._told.get(name, ()))

    def number(self, name: str) -> float | None:
        told = self.text(name)
        if told is not None and not _NUMBER.fullmatch(told):
            raise Refused(400, f"Parameter {name} is not a number")
        return None if told is None else float(told)

    def instant(self, name: str) -> datetime | None:
        """None for 0 too, which their own client sends for now."""
        told = self.number(name)
        try:
            return datetime.fromtimestamp(told, UTC) if told else None
        except (ValueError, OverflowError, OSError) as error:
            raise Refused(400, f"Parameter {name} is out of range") from error

    def flag(self, name: str) -> bool:
        return (self.text(name) or "").lower() in {"1", "true"}

    def box(self) -> tuple[float, float, float, float] | None:
        """South, west, north, east: all four, or none."""
        sides = [self.number(side) for side in ("lamin", "lomin", "lamax", "lomax")]
        told = [side for side in sides if side is not None]
        if not told:
            return None
        if len(told) < 4:
            raise Refused(400, "A box has four sides")
        south, west, north, east = told
        if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
            raise Refused(400, "The box is out of range")
        return south, west, north, east
