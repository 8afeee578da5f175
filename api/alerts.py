"""Alerts: hearing of a price that falls, kept for whoever showed a credential."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import answers, paging, present
from api.calls import Asked, Reply, reply
from api.found import atlas_of, bearings
from api.paging import CursorText, Limit
from api.params import Choice, Nothing, Reading, fields_of
from api.problems import Flaw, invalid, not_there
from api.search.history import parameters
from api.services import Services
from api.vertical import Vertical
from api.verticals import VERTICALS
from domain.alerts import PRICE_DROPPED, Alert, Noted, Threshold, alert
from domain.money import EXPONENTS
from domain.queries import Fault
from storage import alerts
from storage.alerts import Event
from storage.engine import transaction

MOST_ALERTS: Final = 100  # of one caller
_AN_ID: Final = re.compile("[a-z2-7]{26}")
_NEWEST: Final = "newest"
_OLDEST: Final = "oldest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_Below = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$",
        description="Tell when the cheapest offer costs less than this, in the currency of the question.",
        examples=["350.00"],
    ),
]
_DropPercent = Annotated[
    int,
    Meta(
        ge=1,
        le=90,
        description="Tell when the cheapest offer costs so much less than when this began, or than what was told last.",
        examples=[10],
    ),
]


def _new_alert(vertical: Vertical) -> type[msgspec.Struct]:
    """The question of a search without the wishes that only change how it is shown, and one of two thresholds."""
    wishes = fields_of(vertical.wishes)
    asked = [(name, field) for name, field in fields_of(vertical.search).items() if name not in wishes]
    fields: list[Any] = [
        (name, field.type) if field.required else (name, field.type, field.default) for name, field in asked
    ]
    fields += [
        ("vertical", fields_of(vertical.new)["vertical"].type, vertical.name),
        ("below", _Below | None, None),
        ("drop_percent", _DropPercent | None, None),
    ]
    note = f"Of what to hear: a question about {vertical.name}, and either `below` or `drop_percent`."
    return msgspec.defstruct(
        f"New{vertical.name.capitalize()}Alert", fields, frozen=True, kw_only=True, namespace={"__doc__": note}
    )


_KINDS: Final[Mapping[str, type[msgspec.Struct]]] = {name: _new_alert(one) for name, one in VERTICALS.items()}
NEW_ALERT: Final = Choice(field="vertical", kinds=_KINDS, default=next(iter(_KINDS)))


class AlertWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How much to answer with at once."""

    limit: Limit = 50
    cursor: CursorText | None = None


class SeenPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The cheapest offer at some time, in the currency in which its supplier sells it."""

    price: answers.Money
    at: answers.Instant


class PriceAlert(msgspec.Struct, frozen=True, kw_only=True):
    """`parameters` are what a search of the vertical takes. `base` is what a drop is measured from: the first price,
    then the one that was told last; `seen` is the cheapest at the last look. Both are null until there was one.

    After `ends_at` nobody looks any more: the journey has begun, or ninety days are over.
    """

    id: str
    search_id: str
    vertical: str
    parameters: dict[str, str]
    currency: str
    below: answers.Money | None
    drop_percent: int | None
    created_at: answers.Instant
    ends_at: answers.Instant
    active: bool
    base: SeenPrice | None
    seen: SeenPrice | None
    told_at: answers.Instant | None


class PriceAlertList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[PriceAlert, ...]
    page: answers.Page


class DropFacts(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "now": "to"}):
    """From which price to which, both in the currency of the question at one day's rate; `price` is what is charged.

    `from` is null where no price was known before, or none that could be compared.
    """

    alert_id: str
    search_id: str
    offer_id: str
    supplier: str
    before: answers.Money | None
    now: answers.Money
    price: answers.Money
    expires_at: answers.Instant


class PriceDrop(msgspec.Struct, frozen=True, kw_only=True):
    """One event, told once."""

    id: str
    type: Annotated[str, Meta(examples=[PRICE_DROPPED])]
    timestamp: answers.Instant
    data: DropFacts


class PriceDropList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[PriceDrop, ...]
    page: answers.Page


async def create(services: Services, asked: Asked[Nothing, Any]) -> Reply:
    """200 where the same alert is there already.

    Searches of the same question tell of a drop as soon as they are written down; suppliers are asked for it where
    nobody else asks: every hour in the last week before the journey, every four in the last month, twice a day before.
    """
    atlas, wished, caller = atlas_of(services), asked.body, _caller(asked)
    vertical = VERTICALS[wished.vertical]
    query = vertical.query(wished, bearings(services))
    below = None if wished.below is None else Decimal(wished.below)
    threshold, over_at = Threshold(below=below, percent=wished.drop_percent), vertical.over_at(query, atlas)
    made = alert(query, threshold, caller=caller, now=asked.now, over_at=over_at)
    async with transaction(services.engine) as connection:
        there = await alerts.get(connection, made.id, caller=caller)
        if there is None and await alerts.count(connection, caller) >= MOST_ALERTS:
            raise invalid([Flaw(pointer="", detail=f"you have {MOST_ALERTS} alerts, and no more fit: remove some")])
        held = there or await alerts.create(connection, made)
    headers = (("Location", f"/v1/alerts/{held.id}"),)
    return reply(services, asked, _shown(held, asked.now), status=201 if there is None else 200, headers=headers)


async def listed(services: Services, asked: Asked[AlertWishes, Nothing]) -> Reply:
    """Those that are over too, for thirty days."""
    async with transaction(services.engine) as connection:
        held = await alerts.of_caller(connection, _caller(asked))
    page, headers = _paged(asked, ((-_micros(one.created_at), one.id, one) for one in held), _NEWEST)
    answer = PriceAlertList(
        data=tuple(_shown(one, asked.now) for one in page.items),
        page=answers.Page(next=page.next, total=page.total),
    )
    return reply(services, asked, answer, headers=headers)


async def look(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        held = await alerts.get(connection, _named(asked), caller=_caller(asked))
    if held is None:
        raise _unknown()
    return reply(services, asked, _shown(held, asked.now))


async def remove(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        if not await alerts.remove(connection, _named(asked), caller=_caller(asked)):
            raise _unknown()
    return Reply(status=204)


async def events(services: Services, asked: Asked[AlertWishes, Nothing]) -> Reply:
    """A lower price is told once, and again only when the price has fallen further."""
    async with transaction(services.engine) as connection:
        if await alerts.get(connection, _named(asked), caller=_caller(asked)) is None:
            raise _unknown()
        told = await alerts.events(connection, _named(asked))
    page, headers = _paged(asked, ((_micros(one.at), one.id, one) for one in told), _OLDEST)
    answer = PriceDropList(
        data=tuple(_told(one) for one in page.items), page=answers.Page(next=page.next, total=page.total)
    )
    return reply(services, asked, answer, headers=headers)


def faults(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    """Those of the question, and of the threshold."""
    vertical = next(VERTICALS[name] for name, kind in _KINDS.items() if kind is read.kind)
    yield from vertical.faults(read, bearings(services))
    if not read.values:  # nobody knows what it would be about
        return
    wished = [name for name in ("below", "drop_percent") if read.values.get(name) is not None]
    if len(wished) != 1 and not {"below", "drop_percent"} & {fault.field for fault in read.faults}:
        yield Fault(field="below", detail="is one of two: tell either this or `drop_percent`")
    yield from _amount_faults(read.values.get("below"), read.values.get("currency"))


def list_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    return _cursor_faults(read, _NEWEST)


def event_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    return _cursor_faults(read, _OLDEST)


def _amount_faults(below: str | None, currency: str | None) -> Iterator[Fault]:
    """Where no currency is told, that of the place is known only later, and an amount of too many digits compares as well."""
    digits = EXPONENTS.get(currency or "")
    if below is None:
        return
    if not Decimal(below):
        yield Fault(field="below", detail="nothing costs less than nothing")
    elif digits is not None and len(below.partition(".")[2]) > digits:
        yield Fault(field="below", detail=f"has more than the {digits} digits after the point of {currency}")


def _cursor_faults(read: "Reading[Any]", sort: str) -> Iterator[Fault]:
    if (text := read.values.get("cursor")) is not None:
        try:
            paging.place_of(text, sort=sort)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


def _paged(
    asked: Asked[AlertWishes, Nothing], rows: Iterable[tuple[int, str, Any]], sort: str
) -> "tuple[paging.Page[Any], tuple[tuple[str, str], ...]]":
    cursor = asked.query.cursor
    after = None if cursor is None else paging.place_of(cursor, sort=sort)
    page = paging.page(sorted(rows, key=lambda row: row[:2]), sort=sort, after=after, limit=asked.query.limit)
    before = paging.link_before(asked.path, asked.pairs)
    return page, () if page.next is None else (("Link", paging.link(before, page.next)),)


def _shown(held: Alert, now: datetime) -> PriceAlert:
    currency, below = held.query.currency, held.threshold.below
    return PriceAlert(
        id=held.id,
        search_id=held.query.id,
        vertical=held.query.vertical,
        parameters=parameters(held.query),
        currency=currency,
        below=None if below is None else answers.Money(amount=f"{below:f}", currency=currency),
        drop_percent=held.threshold.percent,
        created_at=held.created_at,
        ends_at=held.ends_at,
        active=now < held.ends_at,
        base=_noted(held.base),
        seen=_noted(held.seen),
        told_at=held.told_at,
    )


def _noted(noted: Noted | None) -> SeenPrice | None:
    return None if noted is None else SeenPrice(price=present.priced(noted.price), at=noted.at)


def _told(event: Event) -> PriceDrop:
    return msgspec.convert({"id": event.id, **event.payload}, PriceDrop)


def _caller(asked: Asked[Any, Any]) -> str:
    """Only of calls that want a credential."""
    assert asked.caller is not None
    return asked.caller


def _named(asked: Asked[Any, Any]) -> str:
    """Raises Problem (404) for what is no id of ours."""
    if not _AN_ID.fullmatch(asked.place["alert_id"]):
        raise _unknown()
    return asked.place["alert_id"]


def _unknown() -> Exception:
    return not_there("There is no such alert of yours.")


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
