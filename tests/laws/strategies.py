"""Whatever a supplier may tell and a traveller may ask, for hypothesis to choose from."""

import importlib
import inspect
import pkgutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

import domain
from domain import enquiries
from domain.catalogue import JobState, Subject, SyncJob
from domain.flights import Itinerary, Segment, Slice
from domain.freshness import AgeLimit, Lifetime
from domain.jobs import (
    AnswerEnquiry,
    AskSuppliers,
    Because,
    DropExpiredOffers,
    DropOldFlights,
    DropOldHistory,
    DropOldReplies,
    Job,
    KeepSearch,
    LookAtAlerts,
    MatchHotels,
    PollWatchedFlights,
    Queue,
    RefreshPopularSearches,
    SeenRecord,
    SyncAirlines,
    SyncAirports,
    SyncRates,
    SyncRoutes,
    Terms,
    TurnPriceDays,
)
from domain.matching.flights import merged
from domain.matching.hotel_ids import Hotel
from domain.matching.properties import Described, Group, Link, Override, Verdict
from domain.money import EXPONENTS, Money
from domain.offers import (
    ComponentKind,
    Conversion,
    FlightConditions,
    FlightOffer,
    Offer,
    PriceComponent,
    adding_up,
    offer_id,
)
from domain.places import Airline, Airport, Point
from domain.queries import Cabin, Fault, FlightQuery
from domain.searches import Outcome, Replacement, Result, Search, SkippedRecord, SupplierReport, arrived, begun
from domain.times import at_airport
from tests.builders import ALBATROSS, ATLAS, BLUEBIRD, NOW, airport
from tests.laws.values import built, with_rules

SUPPLIERS = (ALBATROSS, BLUEBIRD, "cormorant")
FINAL_OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.PENDING)

currencies = st.sampled_from(sorted(EXPONENTS))
words = st.text(max_size=12)
codes = st.sampled_from(sorted(each.iata for each in ATLAS))
whole_seconds = st.integers(0, 30 * 365 * 86_400).map(
    lambda seconds: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
spans = st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))
maybe_words = st.none() | words
yes_no_or_silence = st.none() | st.booleans()
pieces = st.none() | st.integers(0, 3)


def amounts(currency: str, *, most: int = 10**9) -> st.SearchStrategy[Money]:
    """Any amount up to `most` of the currency's smallest unit, also below nothing."""
    exponent = EXPONENTS[currency]
    return st.integers(-most, most).map(lambda units: Money(amount=Decimal(units).scaleb(-exponent), currency=currency))


moneys = currencies.flatmap(amounts)


def components(currency: str) -> st.SearchStrategy[PriceComponent]:
    return st.builds(
        PriceComponent, kind=st.sampled_from(ComponentKind), amount=amounts(currency, most=10**6), label=maybe_words
    )


@st.composite
def questions(draw: st.DrawFn) -> FlightQuery:
    origin, destination = draw(st.lists(codes, min_size=2, max_size=2, unique=True))
    departure = draw(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
    adults = draw(st.integers(1, 9))
    infants = draw(st.integers(0, min(adults, 9 - adults)))
    stay = draw(st.none() | st.integers(0, 400))
    return FlightQuery(
        origin=origin,
        destination=destination,
        departure_date=departure,
        return_date=None if stay is None else departure + timedelta(days=stay),
        adults=adults,
        children=draw(st.integers(0, 9 - adults - infants)),
        infants=infants,
        cabin=draw(st.sampled_from(Cabin)),
        currency=draw(currencies),
    )


def shown_at(iata: str, instant: datetime) -> datetime:
    """The instant by the clock of an airport of the builders."""
    zone = ATLAS.zone(iata)
    assert zone is not None
    return at_airport(instant.astimezone(zone).replace(tzinfo=None), zone, utc=instant)


@st.composite
def slices(draw: st.DrawFn) -> Slice:
    """One to three flights, each after the one in front of it, at any time of any year."""
    instant = draw(whole_seconds)
    stops = draw(st.lists(codes, min_size=2, max_size=4))
    segments = []
    for origin, destination in pairwise(stops):
        lands = instant + timedelta(minutes=draw(st.integers(20, 18 * 60)))
        segments.append(
            Segment(
                origin=origin,
                destination=destination,
                departs_at=shown_at(origin, instant),
                arrives_at=shown_at(destination, lands),
                carrier=draw(st.sampled_from(["BA", "QF", "9W"])),
                number=str(draw(st.integers(1, 3))),
                operating_carrier=draw(st.sampled_from([None, "BA", "QF"])),
                operating_number=draw(st.sampled_from([None, "1", "2"])),
                cabin=draw(st.none() | st.sampled_from(Cabin)),
                aircraft=draw(st.sampled_from([None, "77W"])),
            )
        )
        instant = lands + timedelta(minutes=draw(st.integers(0, 600)))
    return Slice(segments=tuple(segments))


itineraries = st.lists(slices(), min_size=1, max_size=2).map(lambda parts: Itinerary(slices=tuple(parts)))
# A few journeys that many offers share, so that merging has something to merge.
_few = st.shared(st.lists(itineraries, min_size=1, max_size=3), key="journeys")
conditions = st.builds(
    FlightConditions,
    refundable=yes_no_or_silence,
    checked_bags=pieces,
    fare_family=maybe_words,
    separate_tickets=pieces,
)


anybody = st.sampled_from(SUPPLIERS)


@st.composite
def offers(draw: st.DrawFn, *, suppliers: st.SearchStrategy[str] = anybody) -> FlightOffer:
    """Shown in euros, since a search has one currency, charged in euros or dollars; few references: some come twice."""
    supplier, reference = draw(suppliers), draw(st.sampled_from(["a", "b", "c", "d"]))
    price = draw(st.integers(1, 30).map(lambda euros: Money.of(euros * 10, "EUR")))
    worth = draw(st.none() | st.just(Conversion(amount=price, rate=Decimal("0.5"), rate_on=NOW.date())))
    price = price if worth is None else Money(amount=price.amount * 2, currency="USD")
    parts = tuple(draw(st.lists(components(price.currency), max_size=3)))
    fetched_at = NOW - timedelta(seconds=draw(st.integers(0, 3)))
    return Offer(
        id=offer_id(supplier, reference),
        supplier=supplier,
        reference=reference,
        product=draw(st.sampled_from(draw(_few))),
        price=price,
        price_components=adding_up(price, parts),
        conditions=draw(conditions),
        fetched_at=fetched_at,
        expires_at=fetched_at + draw(spans),
        seats_left=draw(pieces),
        supplier_extra=draw(st.dictionaries(words, words, max_size=2)),
        converted=worth,
    )


skipped_records = st.builds(SkippedRecord, where=words, why=words)


@st.composite
def reports(draw: st.DrawFn, *, supplier: str) -> SupplierReport:
    """How a supplier's part ended, whichever way."""
    skipped = tuple(draw(st.lists(skipped_records, max_size=2)))
    return SupplierReport(
        supplier=supplier,
        status=draw(st.sampled_from(FINAL_OUTCOMES)),
        took_ms=draw(st.none() | st.integers(0, 20_000)),
        fetched_at=draw(st.none() | st.just(NOW)),
        skipped_records=len(skipped),
        skipped=skipped,
        detail=draw(maybe_words),
    )


Arriving = tuple[SupplierReport, tuple[FlightOffer, ...]]


@st.composite
def answers(draw: st.DrawFn) -> tuple[Arriving, ...]:
    """One part for each supplier; those that failed bring no offers."""
    parts = []
    for supplier in SUPPLIERS:
        report = draw(reports(supplier=supplier))
        brought = draw(st.lists(offers(suppliers=st.just(supplier)), max_size=4))
        parts.append((report, tuple(brought) if report.status in (Outcome.OK, Outcome.CACHED) else ()))
    return tuple(parts)


def over(query: FlightQuery, arrivals: tuple[Arriving, ...], *, at: datetime = NOW) -> list[Search]:
    """The search before and after each arrival, one second apart."""
    states = [begun(query, SUPPLIERS, at)]
    for step, (report, brought) in enumerate(arrivals):
        moment = at + timedelta(seconds=step)
        states.append(arrived(states[-1], report, brought, merge=merged, now=moment))
    return states


@st.composite
def searches(draw: st.DrawFn) -> Search:
    """Before, between or after the arrivals."""
    return draw(st.sampled_from(over(draw(questions()), draw(answers()))))


points = st.builds(Point, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
airports = codes.map(airport)
airlines = st.builds(
    Airline,
    iata=st.sampled_from(["BA", "U2", "9W"]),
    icao=st.sampled_from([None, "BAW"]),
    name=words,
    country=st.sampled_from([None, "GB"]),
    callsign=maybe_words,
    active=yes_no_or_silence,
)
sync_jobs = st.builds(
    SyncJob,
    id=words,
    subject=st.sampled_from(Subject),
    state=st.sampled_from(JobState),
    source=maybe_words,
    pages=st.integers(0, 100),
    rows=st.integers(0, 10**6),
    expected=st.none() | st.integers(0, 10**6),
    skipped_records=st.integers(0, 100),
    skipped=st.lists(skipped_records, max_size=3).map(tuple),
    vanished=st.integers(0, 100),
    created_at=whole_seconds,
    started_at=st.none() | whole_seconds,
    finished_at=st.none() | whole_seconds,
    detail=maybe_words,
)
results = offers().map(lambda offer: merged([offer])[0])

keys = st.tuples(words, words)
described = st.builds(Described, name=words, location=points, address=maybe_words, city=maybe_words, phone=maybe_words)
links = st.builds(Link, left=keys, right=keys, score=st.just(0.5), reasons=st.lists(words, max_size=2).map(tuple))
seen_records = st.builds(SeenRecord, key=keys, told=described)

_TOLD_JOBS: dict[type[Any], st.SearchStrategy[Any]] = {
    AskSuppliers: st.builds(AskSuppliers, query=questions(), because=st.sampled_from(Because)),
    AnswerEnquiry: st.builds(
        AnswerEnquiry, enquiry=st.builds(enquiries.QuoteEnquiry, offer_id=words), since=st.none() | words
    ),
    KeepSearch: st.builds(KeepSearch, search_id=words),
    MatchHotels: st.builds(MatchHotels, seen=st.lists(seen_records, max_size=2).map(tuple)),
    SyncAirports: st.builds(SyncAirports, job_id=words),
    SyncRoutes: st.builds(SyncRoutes, job_id=words),
    SyncAirlines: st.builds(SyncAirlines, job_id=words),
    SyncRates: st.builds(SyncRates),
    DropExpiredOffers: st.builds(DropExpiredOffers),
    DropOldReplies: st.builds(DropOldReplies, days=st.integers(1, 30)),
    DropOldHistory: st.builds(DropOldHistory),
    RefreshPopularSearches: st.builds(RefreshPopularSearches),
    PollWatchedFlights: st.builds(PollWatchedFlights),
    DropOldFlights: st.builds(DropOldFlights),
    TurnPriceDays: st.builds(TurnPriceDays, days=st.integers(1, 90)),
    LookAtAlerts: st.builds(LookAtAlerts, at_most=st.integers(1, 20)),
}
# All others from the types of their fields.
JOBS = _TOLD_JOBS | {kind: built(kind, {}) for kind in get_args(Job) if kind not in _TOLD_JOBS}

_TOLD: dict[type[Any], st.SearchStrategy[Any]] = {
    **JOBS,
    AgeLimit: st.builds(AgeLimit, fresh=spans, usable=spans),
    Airline: airlines,
    Airport: airports,
    Described: described,
    Fault: st.builds(Fault, field=words, detail=words),
    FlightConditions: conditions,
    FlightQuery: questions(),
    Group: st.builds(
        Group, members=st.lists(keys, max_size=2).map(tuple), links=st.lists(links, max_size=2).map(tuple)
    ),
    Hotel: st.builds(Hotel, id=words, members=st.lists(keys, max_size=2).map(tuple), formerly=st.just(())),
    Itinerary: itineraries,
    Lifetime: st.builds(Lifetime, fresh_until=whole_seconds, expires_at=whole_seconds),
    Link: links,
    Money: moneys,
    Offer: offers(),
    Override: st.builds(Override, left=keys, right=keys, same=st.booleans()),
    Point: points,
    PriceComponent: currencies.flatmap(components),
    Replacement: st.builds(
        Replacement, version=st.integers(1, 9), result=words, now=st.lists(words, max_size=3).map(tuple)
    ),
    Result: results,
    Search: searches(),
    Segment: slices().map(lambda part: part.segments[0]),
    SeenRecord: seen_records,
    SkippedRecord: skipped_records,
    Slice: slices(),
    SupplierReport: reports(supplier=ALBATROSS),
    SyncJob: sync_jobs,
    Verdict: links.map(lambda link: Verdict(score=link.score, same=True, reasons=link.reasons)),
    Terms: st.builds(Terms, queue=st.sampled_from(Queue), time_limit=spans, attempts=st.integers(1, 9)),
}

_WITH_RULES = _TOLD | with_rules(_TOLD)


def domain_structs() -> set[type[Any]]:
    """Every value that a module of the domain defines."""
    names = [found.name for found in pkgutil.walk_packages(domain.__path__, "domain.")]
    members = [member for name in names for _, member in inspect.getmembers(importlib.import_module(name))]
    return {
        member
        for member in members
        if inspect.isclass(member) and issubclass(member, msgspec.Struct) and member.__module__.startswith("domain.")
    }


# Every value of the domain: those above, and all others by the types of their fields.
VALUES = _WITH_RULES | {kind: built(kind, _WITH_RULES) for kind in domain_structs() - set(_WITH_RULES)}
