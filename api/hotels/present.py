"""Hotels, from domain values to the shapes of answers. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from api import views
from api.answers import ResultCount
from api.hotels import answers
from api.hotels.views import distance_km, whole_stars
from api.present import address, cancellation, offer_facts, perhaps_located, price_range, priced
from api.views import Seen
from domain.hotels import Amenity, Board, Property, Room, Stay, StayConditions, nights
from domain.money import Money
from domain.offers import StayOffer
from domain.queries import HotelQuery
from domain.searches import Result


def result(seen: Seen, query: HotelQuery) -> answers.StayResult:
    stay = _stay_of(seen.result)
    away = distance_km(stay.property, query)
    return answers.StayResult(
        id=seen.result.id,
        product=_stay(stay),
        distance_km=None if away is None else round(away, 2),
        offers=tuple(_offer(offer) for offer in seen.offers),
    )


def details(offer: StayOffer) -> answers.StayOfferDetails:
    return answers.StayOfferDetails(**msgspec.structs.asdict(_offer(offer)), product=_stay(offer.product))


def facets(results: Sequence[Result], query: HotelQuery) -> answers.StayFacets:
    distances = [distance_km(_stay_of(result).property, query) for result in results]
    known = [round(away, 2) for away in distances if away is not None]
    return answers.StayFacets(
        stars=tuple(
            answers.StarsFacet(stars=stars, results=count, cheapest=priced(cheapest))
            for stars, count, cheapest in views.counted(results, _stars)
        ),
        amenities=tuple(
            answers.AmenityFacet(amenity=amenity, results=count, cheapest=priced(cheapest))
            for amenity, count, cheapest in views.counted(results, _amenities)
        ),
        board=tuple(
            answers.BoardFacet(board=board, results=count, cheapest=priced(cheapest))
            for board, count, cheapest in views.counted(results, _boards)
        ),
        price=price_range(views.prices(results)),
        distance_km=answers.KilometresRange(min=min(known), max=max(known)) if known else None,
        refundable=ResultCount(results=views.having(results, lambda offer: offer.conditions.refundable)),
    )


def _stars(result: Result) -> Iterator[tuple[int, Money]]:
    stars = whole_stars(_stay_of(result).property)
    if stars is not None:
        yield stars, result.offers[0].shown_price


def _amenities(result: Result) -> Iterator[tuple[Amenity, Money]]:
    yield from ((amenity, result.offers[0].shown_price) for amenity in _stay_of(result).property.amenities)


def _boards(result: Result) -> Iterator[tuple[Board, Money]]:
    for offer in result.offers:
        assert isinstance(offer.conditions, StayConditions)
        if offer.conditions.board is not None:
            yield offer.conditions.board, offer.shown_price


def _stay_of(result: Result) -> Stay:
    assert isinstance(result.product, Stay)
    return result.product


def _offer(offer: StayOffer) -> answers.StayOffer:
    told = offer.product.property
    return answers.StayOffer(
        **offer_facts(offer),
        conditions=_conditions(offer.conditions),
        sold_as=answers.SoldProperty(id=told.id, name=told.name),
    )


def _conditions(terms: StayConditions) -> answers.StayConditions:
    return answers.StayConditions(
        rooms=tuple(_room(room) for room in terms.rooms),
        board=terms.board,
        refundable=terms.refundable,
        cancellation=cancellation(terms.cancellation),
        payment=terms.payment,
        rate_plan=terms.rate_plan,
        rooms_left=terms.rooms_left,
    )


def _room(room: Room) -> answers.Room:
    return answers.Room(name=room.name, count=room.count, beds=room.beds, sleeps=room.sleeps)


def _stay(stay: Stay) -> answers.Stay:
    return answers.Stay(
        property=shown_property(stay.property), check_in=stay.check_in, check_out=stay.check_out, nights=nights(stay)
    )


def shown_property(told: Property) -> answers.Property:
    return answers.Property(
        name=told.name,
        kind=told.kind,
        stars=None if told.stars is None else float(told.stars),
        rating=None if told.rating is None else float(told.rating),
        reviews=told.reviews,
        chain=told.chain,
        location=perhaps_located(told.location),
        address=address(told.address),
        amenities=told.amenities,
        features=told.features,
        photos=told.photos,
        description=told.description,
        phone=told.phone,
        timezone=told.timezone,
        check_in_from=told.check_in_from,
        check_in_until=told.check_in_until,
        check_out_until=told.check_out_until,
    )
