"""From domain values to the shapes of answers. Pure."""

from datetime import datetime, timedelta

import msgspec

from api import answers, paging, views
from domain import money, offers, searches
from domain.catalogue import SyncJob
from domain.flights import Itinerary, Segment, Slice
from domain.places import Airline, Airport


def answer_bytes(head: answers.SearchHead, findings: bytes) -> bytes:
    """A SearchAnswer: the head is written anew as the answer grows older, the findings only once."""
    return b'{"search":' + msgspec.json.encode(head) + b"," + findings[1:]


def findings(found: views.Facets, page: "paging.Page[views.Seen]") -> bytes:
    return msgspec.json.encode(
        answers.Findings(
            results=tuple(_result(seen) for seen in page.items),
            facets=facets(found),
            page=answers.Page(next=page.next, total=page.total),
        )
    )


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
    )


def freshness(search: searches.Search, now: datetime) -> answers.Freshness:
    """What has not been fetched yet is not stale."""
    fresh = search.fresh_until is None or search.fresh(now)
    return answers.Freshness.FRESH if fresh else answers.Freshness.STALE


def age_seconds(search: searches.Search, now: datetime) -> int | None:
    return None if search.fetched_at is None else max(0, int((now - search.fetched_at).total_seconds()))


def facets(found: views.Facets) -> answers.Facets:
    price, duration = found.price, found.duration_minutes
    return answers.Facets(
        airlines=tuple(
            answers.AirlineFacet(airline=row.airline, results=row.results, cheapest=_money(row.cheapest))
            for row in found.airlines
        ),
        stops=tuple(
            answers.StopsFacet(stops=row.stops, results=row.results, cheapest=_money(row.cheapest))
            for row in found.stops
        ),
        price=None if price is None else answers.PriceRange(min=_money(price[0]), max=_money(price[1])),
        duration_minutes=None if duration is None else answers.MinutesRange(min=duration[0], max=duration[1]),
        refundable=answers.ResultCount(results=found.refundable),
        checked_bags=answers.ResultCount(results=found.checked_bags),
    )


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


def offer_details(offer: offers.Offer) -> answers.OfferDetails:
    return answers.OfferDetails(**msgspec.structs.asdict(_offer(offer)), product=_itinerary(offer.product))


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
        location=answers.Location(latitude=listed.location.latitude, longitude=listed.location.longitude),
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


def _result(seen: views.Seen) -> answers.FlightResult:
    return answers.FlightResult(
        id=seen.result.id,
        product=_itinerary(seen.result.product),
        offers=tuple(_offer(offer) for offer in seen.offers),
    )


def _offer(offer: offers.Offer) -> answers.Offer:
    terms = offer.conditions
    return answers.Offer(
        id=offer.id,
        supplier=offer.supplier,
        price=_money(offer.price),
        price_components=tuple(
            answers.PriceComponent(kind=part.kind, amount=_money(part.amount), label=part.label)
            for part in offer.price_components
        ),
        conditions=answers.FlightConditions(
            refundable=terms.refundable,
            changeable=terms.changeable,
            cabin_bags=terms.cabin_bags,
            checked_bags=terms.checked_bags,
            fare_family=terms.fare_family,
            separate_tickets=terms.separate_tickets,
            connection_guaranteed=terms.connection_guaranteed,
        ),
        sold_as=tuple(segment.flight for segment in offer.product.segments),
        fetched_at=offer.fetched_at,
        expires_at=offer.expires_at,
        bookable=offer.bookable,
        seats_left=offer.seats_left,
        supplier_extra=offer.supplier_extra,
    )


def _itinerary(journey: Itinerary) -> answers.Itinerary:
    return answers.Itinerary(
        slices=tuple(_slice(part) for part in journey.slices),
        duration_minutes=_minutes(journey.duration),
        stops=journey.stops,
    )


def _slice(part: Slice) -> answers.Slice:
    return answers.Slice(
        origin=part.origin,
        destination=part.destination,
        departs_at=part.departs_at,
        arrives_at=part.arrives_at,
        duration_minutes=_minutes(part.duration),
        stops=part.stops,
        days_later=part.days_later,
        segments=tuple(_segment(segment) for segment in part.segments),
    )


def _segment(segment: Segment) -> answers.Segment:
    return answers.Segment(
        flight=segment.flight,
        carrier=segment.carrier,
        number=segment.number,
        operating_carrier=segment.operating_carrier,
        operating_number=segment.operating_number,
        origin=segment.origin,
        destination=segment.destination,
        departs_at=segment.departs_at,
        arrives_at=segment.arrives_at,
        duration_minutes=_minutes(segment.duration),
        cabin=segment.cabin,
        booking_class=segment.booking_class,
        fare_basis=segment.fare_basis,
        aircraft=segment.aircraft,
    )


def _skipped(record: searches.SkippedRecord) -> answers.SkippedRecord:
    return answers.SkippedRecord(where=record.where, why=record.why)


def _money(price: money.Money) -> answers.Money:
    # Decimal's own words may use an exponent: 1E+3 yen.
    return answers.Money(amount=f"{price.amount:f}", currency=price.currency)


def _minutes(duration: timedelta) -> int:
    return int(duration.total_seconds() // 60)
