"""Why an answer is what it is: who was asked and said what, what was taken for the same, and how long it was to be true."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from api import answers, paging
from api.calls import Asked, Reply, reply
from api.paging import CursorText, Limit
from api.params import Nothing, Reading
from api.problems import not_there
from api.search.history import parameters
from api.services import Services
from domain import explaining
from domain.fetches import Fetch, KeptResult, RateUsed, fetch
from domain.freshness import Ruling
from domain.queries import Fault
from domain.searches import Outcome, SupplierReport
from storage import fetches, reasons, replies
from storage.engine import transaction
from storage.failures import StorageDown
from storage.matches import Record
from storage.replies import ListedReply

_AN_ID: Final = re.compile("[a-z2-7]{26}")
_AS_SHOWN: Final = "shown"


class ExplainWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the results to explain at once."""

    limit: Limit = 50
    cursor: CursorText | None = None


class ArchivedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that the archive holds, by its number there; `bytes` is its size as it is kept."""

    id: int
    operation: str
    status: int
    received_at: answers.Instant
    bytes: int


class ExplainedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One supplier's part: how it ended and why, what could not be read, and the replies that it was made of."""

    supplier: str
    status: Outcome
    detail: str | None
    offers: int
    took_ms: int | None
    fetched_at: answers.Instant | None
    skipped_records: int
    skipped: tuple[answers.SkippedRecord, ...]
    replies: tuple[ArchivedReply, ...]


class ExplainedLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that limits how long the answer is served; the strictest decide."""

    why: str
    fresh_until: answers.Instant
    expires_at: answers.Instant
    decides_fresh: bool
    decides_expiry: bool


class FirstToExpire(msgspec.Struct, frozen=True, kw_only=True):
    """Whose offer is the first that nobody can book any more."""

    supplier: str
    offer_id: str
    expires_at: answers.Instant


class ExplainedRate(msgspec.Struct, frozen=True, kw_only=True):
    """At which rate so many offers were shown in the currency that was asked for."""

    currency: str
    into: str
    rate: str
    rate_on: date
    offers: int


class ExplainedOffer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    supplier: str
    fetched_at: answers.Instant
    expires_at: answers.Instant


class ExplainedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's record of a hotel, and why it was taken for this one; null while it has not been judged."""

    supplier: str
    property_id: str
    name: str
    score: float | None
    reasons: tuple[str, ...]
    judged_at: answers.Instant | None


class ExplainedResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result: what its offers have in common, and for hotels which records were taken for one and why."""

    id: str
    alike: Annotated[
        str, Meta(description="Flights, places, days and cabins; a car's class, counters and times; a name.")
    ]
    offers: tuple[ExplainedOffer, ...]
    records: tuple[ExplainedRecord, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The latest fetch of a search. `parameters` are what the search call of the vertical takes."""

    search_id: str
    vertical: str
    parameters: dict[str, str]
    started_at: answers.Instant
    version: int
    fetched_at: answers.Instant | None
    fresh_until: answers.Instant | None
    expires_at: answers.Instant | None
    suppliers: tuple[ExplainedPart, ...]
    limits: tuple[ExplainedLimit, ...]
    first_to_expire: FirstToExpire | None
    rates: tuple[ExplainedRate, ...]
    results: tuple[ExplainedResult, ...]
    page: answers.Page


async def explain(services: Services, asked: Asked[ExplainWishes, Nothing]) -> Reply:
    """What is stored, for three days. `travelhub explain` reads the archived replies once more besides."""
    told = await _fetch(services, asked.place["search_id"])
    page = _page(told, asked.query)
    async with transaction(services.engine) as connection:
        parts = tuple([await _part(connection, told, report) for report in told.suppliers])
        results = tuple([_result(result, await reasons.records(connection, result)) for result in page.items])
    answer = Explanation(
        search_id=told.search_id,
        vertical=told.query.vertical,
        parameters=parameters(told.query),
        started_at=told.started_at,
        version=told.version,
        fetched_at=told.fetched_at,
        fresh_until=told.fresh_until,
        expires_at=told.expires_at,
        suppliers=parts,
        limits=tuple(_limit(ruling, told) for ruling in told.rulings),
        first_to_expire=_first(told),
        rates=tuple(_rate(rate) for rate in told.rates),
        results=results,
        page=answers.Page(next=page.next, total=page.total),
    )
    before = paging.link_before(asked.path, asked.pairs)
    links = () if page.next is None else (("Link", paging.link(before, page.next)),)
    return reply(services, asked, answer, headers=links)


def explain_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (text := read.values.get("cursor")) is not None:
        try:
            paging.place_of(text, sort=_AS_SHOWN)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


async def _fetch(services: Services, search_id: str) -> Fetch:
    """As it is served now, else as it was written down last. Raises Problem (404)."""
    found = None
    if _AN_ID.fullmatch(search_id):
        try:
            held = await services.cache.get(search_id)
        except StorageDown:  # the books know of all but the newest
            held = None
        if held is not None:
            return fetch(held)
        async with transaction(services.engine) as connection:
            found = await fetches.latest(connection, search_id)
    if found is None:
        raise not_there("Nobody has asked this within three days, or nothing was found.")
    return found


def _page(told: Fetch, wished: ExplainWishes) -> "paging.Page[KeptResult]":
    after = None if wished.cursor is None else paging.place_of(wished.cursor, sort=_AS_SHOWN)
    rows = [(number, result.id, result) for number, result in enumerate(told.results)]
    return paging.page(rows, sort=_AS_SHOWN, after=after, limit=wished.limit)


async def _part(connection: AsyncConnection, told: Fetch, report: SupplierReport) -> ExplainedPart:
    since, until = explaining.conversation(told, report)
    found = await replies.listed(
        connection, about=f"search {told.search_id}", supplier=report.supplier, since=since, until=until
    )
    return ExplainedPart(
        supplier=report.supplier,
        status=report.status,
        detail=report.detail,
        offers=report.offers,
        took_ms=report.took_ms,
        fetched_at=report.fetched_at,
        skipped_records=report.skipped_records,
        skipped=tuple(answers.SkippedRecord(where=record.where, why=record.why) for record in report.skipped),
        replies=tuple(_archived(one) for one in found),
    )


def _archived(one: ListedReply) -> ArchivedReply:
    return ArchivedReply(
        id=one.id, operation=one.operation, status=one.status, received_at=one.received_at, bytes=one.size
    )


def _result(result: KeptResult, records: Mapping[tuple[str, str], Record]) -> ExplainedResult:
    return ExplainedResult(
        id=result.id,
        alike=result.alike,
        offers=tuple(
            ExplainedOffer(
                id=offer.id, supplier=offer.supplier, fetched_at=offer.fetched_at, expires_at=offer.expires_at
            )
            for offer in result.offers
        ),
        records=tuple(
            ExplainedRecord(
                supplier=supplier,
                property_id=told_id,
                name=record.told.name,
                score=record.why.score,
                reasons=record.why.reasons,
                judged_at=record.judged_at,
            )
            for (supplier, told_id), record in sorted(records.items())
        ),
    )


def _limit(ruling: Ruling, told: Fetch) -> ExplainedLimit:
    return ExplainedLimit(
        why=ruling.why,
        fresh_until=ruling.life.fresh_until,
        expires_at=ruling.life.expires_at,
        decides_fresh=ruling.life.fresh_until == told.fresh_until,
        decides_expiry=ruling.life.expires_at == told.expires_at,
    )


def _first(told: Fetch) -> FirstToExpire | None:
    first = min(told.offers, key=lambda offer: (offer.expires_at, offer.id), default=None)
    if first is None:
        return None
    return FirstToExpire(supplier=first.supplier, offer_id=first.id, expires_at=first.expires_at)


def _rate(rate: RateUsed) -> ExplainedRate:
    return ExplainedRate(
        currency=rate.currency, into=rate.into, rate=f"{rate.rate:f}", rate_on=rate.rate_on, offers=rate.offers
    )
