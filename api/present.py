"""From domain values to the shapes of answers, whatever they are about. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from api import answers, paging
from domain import hotels, money, offers, places, searches
from domain.cancellation import Ladder
from domain.catalogue import SyncJob
from domain.places import Airline, Airport
from domain.queries import Query
from storage.suppliers import Standing


def answer_bytes(head: answers.SearchHead, findings: bytes) -> bytes:
    """A SearchAnswer: the head is written anew as the answer grows older, the findings only once."""
    return b'{"search":' + msgspec.json.encode(head) + b"," + findings[1:]


def head_around_age(search: searches.Search, now: datetime) -> tuple[bytes, bytes]:
    """The head as JSON, up to its age in seconds and from there on: the one number that changes while it is fresh."""
    told = head(search, now)
    before, name, rest = msgspec.json.encode(told).partition(_AGE)
    return before + name, rest.removeprefix(msgspec.json.encode(told.age_seconds))


_AGE: Final = b'"age_seconds":'  # no string can hold it: there its quotes would be escaped


def findings(results: Iterable[msgspec.Struct], facets: msgspec.Struct, page: "paging.Page[Any]") -> bytes:
    """`results` and `facets` are shapes of the vertical's own."""
    shown = answers.Page(next=page.next, total=page.total)
    return msgspec.json.encode(answers.Findings(results=tuple(results), facets=facets, page=shown))


def head(search: searches.Search, now: datetime) -> answers.SearchHead:
    return answers.SearchHead(
        id=search.id,
        vertical=search.query.vertical,
        status=search.status,
        freshness=freshness(search, now),
        fetched_at=search.fetched_at,
        expires_at=search.expires_at,
        age_seconds=age_seconds(search, now),
        suppliers=tuple(report(part) for part in search.suppliers),
        version=search.version,
        replaced=tuple(replacement(one) for one in search.replacements),
    )


def not_begun(query: Query) -> answers.SearchHead:
    """Of a search of which nothing is known yet."""
    return answers.SearchHead(
        id=query.id,
        vertical=query.vertical,
        status=searches.Status.PENDING,
        freshness=answers.Freshness.FRESH,
        fetched_at=None,
        expires_at=None,
        age_seconds=None,
        suppliers=(),
    )


def replacement(one: searches.Replacement) -> answers.Replacement:
    return answers.Replacement(version=one.version, result=one.result, now=one.now)


def freshness(search: searches.Search, now: datetime) -> answers.Freshness:
    """What has not been fetched yet is not stale."""
    fresh = search.fresh_until is None or search.fresh(now)
    return answers.Freshness.FRESH if fresh else answers.Freshness.STALE


def age_seconds(search: searches.Search, now: datetime) -> int | None:
    return None if search.fetched_at is None else max(0, int((now - search.fetched_at).total_seconds()))


def report(part: searches.SupplierReport) -> answers.SupplierReport:
    return answers.SupplierReport(
        supplier=part.supplier,
        status=part.status,
        offers=part.offers,
        took_ms=part.took_ms,
        fetched_at=part.fetched_at,
        skipped_records=part.skipped_records,
        skipped=tuple(_skipped(record) for record in part.skipped),
        detail=part.detail,
    )


def airport(
    listed: Airport, *, vanished_at: datetime | None = None, distance_km: float | None = None
) -> answers.Airport:
    return answers.Airport(
        iata=listed.iata,
        icao=listed.icao,
        name=listed.name,
        city=listed.city,
        city_code=listed.city_code,
        country=listed.country,
        subdivision=listed.subdivision,
        timezone=listed.timezone,
        location=location(listed.location),
        elevation_feet=listed.elevation_feet,
        distance_km=distance_km,
        vanished_at=vanished_at,
    )


def airline(listed: Airline, *, vanished_at: datetime | None = None) -> answers.Airline:
    return answers.Airline(
        iata=listed.iata,
        icao=listed.icao,
        name=listed.name,
        country=listed.country,
        callsign=listed.callsign,
        active=listed.active,
        vanished_at=vanished_at,
    )


def job(sync: SyncJob) -> answers.SyncJob:
    facts = msgspec.structs.asdict(sync) | {"skipped": tuple(_skipped(record) for record in sync.skipped)}
    return answers.SyncJob(**facts)


def supplier(found: Standing) -> answers.SupplierStanding:
    one, breaker = found.connected, found.breaker
    ended: Counter[str] = Counter()
    for calls in found.calls.values():
        ended.update(calls)
    return answers.SupplierStanding(
        supplier=one.slug,
        title=one.title,
        state=_state(found),
        live=one.live,
        sells=one.sells,
        lists=one.lists,
        breaker=answers.SupplierBreaker(
            open=breaker.open, opens_in_seconds=breaker.opens_in, calls=breaker.calls, failed=breaker.failed
        ),
        budget=tuple(
            answers.SupplierAllowance(calls=row.calls, seconds=row.seconds, operations=row.operations, left=left)
            for row, left in zip(one.allowances, found.left, strict=True)
        ),
        concurrency=one.concurrency,
        under_way=found.under_way,
        waiting_seconds=found.paused_for,
        calls_today=dict(ended),
        operations={operation: dict(calls) for operation, calls in found.calls.items()},
    )


def _state(found: Standing) -> answers.SupplierState:
    """The worst that is true of it."""
    states = (
        (found.breaker.open, answers.SupplierState.DOWN),
        (found.paused_for > 0, answers.SupplierState.WAITING),
        (not all(found.left), answers.SupplierState.SPENT),
    )
    return next((state for true, state in states if true), answers.SupplierState.UP)


def offer_facts(offer: offers.Offer) -> dict[str, Any]:
    """What the shapes of all offers have in common, but for the conditions: arguments of the vertical's own."""
    return {
        "id": offer.id,
        "supplier": offer.supplier,
        "price": priced(offer.price),
        "converted": converted(offer.converted),
        "price_components": tuple(component(part) for part in offer.price_components),
        "fetched_at": offer.fetched_at,
        "expires_at": offer.expires_at,
        "bookable": offer.bookable,
        "seats_left": offer.seats_left,
        "supplier_extra": offer.supplier_extra,
    }


def component(part: offers.PriceComponent) -> answers.PriceComponent:
    return answers.PriceComponent(
        kind=part.kind,
        amount=priced(part.amount),
        label=part.label,
        on_site=part.on_site,
        due=perhaps_priced(part.due),
    )


def cancellation(ladder: Ladder | None) -> answers.Cancellation | None:
    if ladder is None:
        return None
    steps = tuple(answers.CancellationStep(since=step.since, fee=priced(step.fee)) for step in ladder.steps)
    return answers.Cancellation(free_until=ladder.free_until, steps=steps)


def priced(price: money.Money) -> answers.Money:
    # Decimal's own words may use an exponent: 1E+3 yen.
    return answers.Money(amount=f"{price.amount:f}", currency=price.currency)


def perhaps_priced(price: money.Money | None) -> answers.Money | None:
    return None if price is None else priced(price)


def converted(worth: offers.Conversion | None) -> answers.Converted | None:
    if worth is None:
        return None
    return answers.Converted(amount=priced(worth.amount), rate=f"{worth.rate:f}", rate_on=worth.rate_on)


def price_range(prices: tuple[money.Money, money.Money] | None) -> answers.PriceRange | None:
    return None if prices is None else answers.PriceRange(min=priced(prices[0]), max=priced(prices[1]))


def location(point: places.Point) -> answers.Location:
    return answers.Location(latitude=point.latitude, longitude=point.longitude)


def perhaps_located(point: places.Point | None) -> answers.Location | None:
    return None if point is None else location(point)


def address(told: hotels.Address) -> answers.Address:
    return answers.Address(lines=told.lines, city=told.city, postal_code=told.postal_code, country=told.country)


def whole_minutes(duration: timedelta) -> int:
    return int(duration.total_seconds() // 60)


def _skipped(record: searches.SkippedRecord) -> answers.SkippedRecord:
    return answers.SkippedRecord(where=record.where, why=record.why)
