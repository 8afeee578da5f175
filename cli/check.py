"""One cheap call to a supplier, and what was seen of it: whether its address, credentials and words are what we think."""

import asyncio
import math
import sys
from collections.abc import Collection, Mapping
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
from rich.table import Table
from rich.text import Text

from adapters.kit import transport, verdicts
from adapters.kit.access import Access, access
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.drift import Shape, sampled
from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from adapters.kit.quota import Remaining
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Refusal, Supplier
from cli.stops import Stop
from domain.orders import Reason
from domain.searches import Outcome
from storage.cache import connect

# To whom it asks for nothing a supplier may well say that it has nothing.
_NOTHING: Final = frozenset({Reason.NOTHING_THERE, Reason.SOLD_OUT})

_MEANS: Final[Mapping[tuple[type[Failure], Outcome], str]] = {
    (TryLater, Outcome.RATE_LIMITED): "busy: no more calls for now",
    (TryLater, Outcome.TIMEOUT): "silent: no whole answer came in time",
    (TryLater, Outcome.BREAKER_OPEN): "left alone: it failed too often lately",
    (TryLater, Outcome.ERROR): "down, or not to be reached",
    (GiveUp, Outcome.REFUSED): "refused: the credentials are not good, or the call is not as it wants it",
    (GiveUp, Outcome.RATE_LIMITED): "spent: its quota comes back later than anybody would wait",
    (GiveUp, Outcome.ERROR): "unreadable: the call could not be sent, or nobody can read what came",
    (Answered, Outcome.REFUSED): "a definite no",
}


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """What the reply's headers say is left of a window: calls, or a share of them from 0 to 1, and until when."""

    window_seconds: float
    calls: int | None
    share: float | None
    resets_in_seconds: float | None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen. `mode` is live or sandbox; `live_with` names the secrets that are not set.

    `status` and `bytes` are None where nothing came, `failure` is where nothing failed; `means` is for people.
    """

    supplier: str
    mode: str
    live_with: tuple[str, ...]
    base_url: str
    operation: str
    good: bool
    status: int | None
    failure: str | None
    means: str
    detail: str | None
    took_ms: int
    bytes: int | None
    fields_known: int
    fields_unknown: int
    quota: tuple[Left, ...]


class _Ear:
    """Hears each reply to the call itself, and what is refused on the way to it, such as a token."""

    def __init__(self, supplier: Supplier) -> None:
        self._supplier: Final = supplier
        self.reply: Reply | None = None

    def refusal(self, reply: Reply) -> Refusal | None:
        told = self._supplier.refusal(reply)
        if told is not None or reply.status >= 400:
            self.reply = reply
        return told

    def keep(self, _supplier: str, _call: Call, reply: Reply, *, hidden: Collection[str]) -> None:  # noqa: ARG002 - nothing is kept
        self.reply = reply


class _Heard(NamedTuple):
    """The last reply that tells anything, and how the call ended."""

    reply: Reply | None
    failure: Failure | None
    seconds: float


def named(slug: str) -> Supplier:
    """Raises Stop."""
    if slug not in suppliers():
        raise Stop(f"No supplier is called {slug}: there are {', '.join(suppliers())}.")
    return suppliers()[slug]


def checked(supplier: Supplier, environment: Mapping[str, str], *, redis_url: str = "") -> Checked:
    """One call within the supplier's budget, which all processes share by the Redis at `redis_url`.

    Raises Stop where no call could be made. Nothing in it shows a secret.
    """
    call = _cheapest(supplier)
    try:
        reached = access(supplier, environment)
    except ValueError as error:
        raise Stop(f"{supplier.slug}: {error}.") from error
    if reached is None:
        raise Stop(f"{supplier.title} is not connected: set {_names(supplier)}, or SANDBOX_URL.")
    with redirect_stdout(sys.stderr):  # what is logged on the way is not what was asked for
        heard = asyncio.run(_heard(supplier, reached, call, redis_url))
    if not reached.live and heard.failure is not None and isinstance(heard.failure.__cause__, httpx.ConnectError):
        where = _without_credentials(reached.base_url)
        raise Stop(f"No sandbox answers at {where}: `make run` starts one, or set {_names(supplier)} to go live.")
    return _without_secrets(_told(supplier, reached, call, heard), reached.secrets)


def table(seen: Checked) -> Table:
    """One line for each thing that was seen."""
    shown = Table.grid(padding=(0, 2, 0, 0))
    lacking = f", live with {' and '.join(seen.live_with)}" if seen.live_with else ""
    status = "" if seen.status is None else f" (status {seen.status})"
    rows: tuple[tuple[str, Text | str], ...] = (
        ("Supplier", seen.supplier),
        ("Mode", f"{seen.mode}{lacking}"),
        ("Address", seen.base_url),
        ("Asked", seen.operation),
        ("Answer", Text.assemble((seen.means, "green" if seen.good else "red"), status)),
        ("It said", seen.detail or ""),
        ("Took", f"{seen.took_ms:,} ms"),
        ("Came", _came(seen)),
        *(("Quota", _spoken(left)) for left in seen.quota),
    )
    for name, value in rows:
        if value:
            shown.add_row(Text(name, "bold"), value)
    return shown


def _cheapest(supplier: Supplier) -> Call:
    """What it declares for this, else the first that it is asked by a key, else the first page of a list. Raises Stop."""
    if supplier.check is not None:
        return supplier.check()
    for looking in supplier.lookups.values():
        return looking.ask(looking.example)
    for listing in supplier.catalogues.values():
        return listing.ask()
    raise Stop(f"{supplier.title} has no cheap call to check with: its declaration names one under `check`.")


async def _heard(supplier: Supplier, reached: Access, call: Call, redis_url: str) -> _Heard:
    ear = _Ear(supplier)
    shared = connect(redis_url, connections=4) if redis_url else None
    # Between two attempts is no time at all: what is seen is one call, and not the best of three.
    overheard = msgspec.structs.replace(supplier, refusal=ear.refusal)
    client = SupplierClient(overheard, reached, shared=shared, chance=lambda: math.inf, archive=ear)
    now = asyncio.get_running_loop().time
    begun, patience = now(), supplier.patience.get(call.operation, supplier.timeout) + supplier.timeout
    failure: Failure | None = None
    try:
        await client.answered(
            call, deadline=begun + patience.total_seconds(), priority=Priority.INTERACTIVE, client="check"
        )
    except Failure as ending:
        failure = ending
    finally:
        seconds = now() - begun
        await client.aclose()
        if shared is not None:
            await shared.aclose()
    return _Heard(ear.reply, failure, seconds)


def _told(supplier: Supplier, reached: Access, call: Call, heard: _Heard) -> Checked:
    reply, failure = heard.reply, heard.failure
    nothing = isinstance(failure, Answered) and failure.reason in _NOTHING
    known = unknown = 0
    if reply is not None and failure is None:
        shape = supplier.shapes.get(call.operation, Shape(type=Any))
        sample = sampled(reply.body, shape)
        known, unknown = (len(sample.read), len(sample.unknown)) if sample else (0, 0)
        failure = _strange(known, unknown, readable=sample is not None)
    good = failure is None or nothing
    return Checked(
        supplier=supplier.slug,
        mode="live" if reached.live else "sandbox",
        live_with=() if reached.live else supplier.auth.secrets,
        base_url=_without_credentials(reached.base_url),
        operation=call.operation,
        good=good,
        status=reply.status if reply else None,
        failure=None if failure is None or nothing else type(failure).__name__,
        means=_meaning(failure, nothing=nothing),
        detail=failure.detail if failure else None,
        took_ms=round(heard.seconds * 1000),
        bytes=len(reply.body) if reply else None,
        fields_known=known,
        fields_unknown=unknown,
        quota=_quota(reply, supplier),
    )


def _strange(known: int, unknown: int, *, readable: bool) -> Failure | None:
    """A success by its status may still be somebody else's page."""
    if not readable:
        return GiveUp("what came is neither JSON nor XML", outcome=Outcome.ERROR)
    if unknown and not known:
        return GiveUp("what came holds none of the fields that we read", outcome=Outcome.ERROR)
    return None


def _meaning(failure: Failure | None, *, nothing: bool) -> str:
    if failure is None:
        return "good: the address and the credentials are right"
    if nothing:
        return "good: it answers that it has nothing"
    said = _MEANS.get((type(failure), failure.outcome), failure.outcome.value)
    reason = failure.reason if isinstance(failure, Answered) else None
    return f"{said}: {reason}" if reason else said


def _quota(reply: Reply | None, supplier: Supplier) -> tuple[Left, ...]:
    return tuple(_left(remaining, reply) for remaining in verdicts.quota_in(reply, supplier)) if reply else ()


def _left(remaining: Remaining, reply: Reply) -> Left:
    resets_in = remaining.resets_in
    if remaining.resets_at is not None:
        resets_in = (remaining.resets_at - reply.received_at).total_seconds()
    return Left(
        window_seconds=remaining.seconds, calls=remaining.calls, share=remaining.share, resets_in_seconds=resets_in
    )


def _spoken(left: Left) -> str:
    amount = f"{left.share:.0%}" if left.calls is None else f"{left.calls:,}"
    told = (
        "" if left.resets_in_seconds is None else f", full again in {timedelta(seconds=round(left.resets_in_seconds))}"
    )
    return f"{amount} left of a window of {timedelta(seconds=left.window_seconds)}{told}"


def _came(seen: Checked) -> str:
    if seen.bytes is None:
        return ""
    fields = f", {seen.fields_known:,} fields that we read" if seen.fields_known else ""
    return f"{seen.bytes:,} bytes{fields}" + (f" and {seen.fields_unknown:,} unknown" if seen.fields_unknown else "")


def _names(supplier: Supplier) -> str:
    return " and ".join(supplier.auth.secrets) or f"{supplier.slug.upper()}_LIVE=yes"


def _without_credentials(url: str) -> str:
    """An address may carry a name and a password, or a key as its query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that nobody can read"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _without_secrets(seen: Checked, secrets: Mapping[str, str]) -> Checked:
    """What a supplier says is masked already; this is for what comes from anywhere else."""
    hidden = {
        name: transport.redacted(value, secrets)
        for name in ("base_url", "means", "detail")
        if (value := getattr(seen, name)) is not None
    }
    return msgspec.structs.replace(seen, **hidden)
