"""A rate of Rapid's as offers: one for each group of beds, since each is booked by a link of its own."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.suppliers.expedia import wire
from adapters.suppliers.expedia.links import followed, lives_until
from adapters.suppliers.expedia.occupancy import by_room
from adapters.suppliers.expedia.penalties import ladder, refundable_now
from adapters.suppliers.expedia.prices import StayPrice, complete, money, priced
from domain.hotels import Board, Property, Room, Stay, StayConditions
from domain.offers import Offer, StayOffer, offer_id
from domain.payment import PaymentTime
from domain.queries import HotelQuery

SLUG: Final = "expedia"

_NOBODY_KNOWS: Final = 2_147_483_647  # rooms left: the greatest number that they have
_COLLECTED_BY_EXPEDIA: Final = "expedia"

# The first row whose words are all in the name of an amenity, in lower case.
_BOARDS: Final = (
    (("all", "inclusive"), Board.ALL_INCLUSIVE),
    (("full", "board"), Board.FULL_BOARD),
    (("half", "board"), Board.HALF_BOARD),
    (("breakfast",), Board.BREAKFAST),
)
_PAID_FOR: Final = ("surcharge", "fee", "discount", "available")

# Who takes the money -> when it is paid. For what Expedia sells it is us whom the traveller pays.
_PAYMENT: Final[Mapping[str | None, tuple[PaymentTime, ...]]] = MappingProxyType(
    {_COLLECTED_BY_EXPEDIA: (PaymentTime.NOW,), "property": (PaymentTime.ON_SITE,)}
)
_SCENARIOS: Final = ("member", "corporate", "mobile_promotion")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The penalties of a rate as it was offered: a price check does not repeat them, and its price may be another."""

    penalties: list[wire.CancelPenalty] | None = None
    never_refunded: list[wire.DateRange] | None = None
    refundable: bool | None = None


class Clerk:
    """Writes the offers of one reply."""

    __slots__ = ("_query", "_received_at")

    def __init__(self, query: HotelQuery, received_at: datetime) -> None:
        self._query: Final = query
        self._received_at: Final = received_at

    def offers(self, property_id: str, room_name: str, rate: wire.Rate) -> tuple[StayOffer, ...]:
        """Raises ValueError, with the reason, for a rate that can't be sold as what was asked for."""
        if rate.status not in (None, "available"):
            raise ValueError(f"is {rate.status}")
        if rate.sale_scenario is not None and rate.sale_scenario.package:
            raise ValueError("is sold in packages only")
        if not rate.bed_groups:
            raise ValueError("has no bed group, and so no link to book by")
        stay = complete(priced(by_room(rate.occupancy_pricing, self._query)))
        terms = Terms(
            penalties=rate.cancel_penalties,
            never_refunded=rate.nonrefundable_date_ranges,
            refundable=rate.refundable,
        )
        conditions = StayConditions(
            rooms=(),
            board=_board(rate.amenities),
            payment=_PAYMENT.get(rate.merchant_of_record, ()),
            rooms_left=None if rate.available_rooms == _NOBODY_KNOWS else rate.available_rooms,
        )
        conditions = under(terms, conditions, stay, self._query, self._received_at)
        if rate.current_refundability is not None:
            conditions = msgspec.structs.replace(conditions, refundable=rate.current_refundability != "non_refundable")
        extra = {**stay.extra, **_extra(rate), **kept(terms)}
        return tuple(
            self._offer(
                property_id,
                beds,
                stay,
                conditions=msgspec.structs.replace(
                    conditions, rooms=(Room(name=room_name, count=self._query.rooms, beds=beds.description),)
                ),
                bookable=rate.merchant_of_record == _COLLECTED_BY_EXPEDIA,
                extra=extra,
            )
            for beds in rate.bed_groups.values()
        )

    def _offer(
        self,
        property_id: str,
        beds: wire.BedGroup,
        stay: StayPrice,
        *,
        conditions: StayConditions,
        bookable: bool,
        extra: dict[str, str],
    ) -> StayOffer:
        link = beds.links.price_check
        reference = followed(link)
        return Offer(
            id=offer_id(SLUG, reference),
            supplier=SLUG,
            reference=reference,
            product=Stay(
                property=Property(supplier=SLUG, id=property_id),
                check_in=self._query.check_in,
                check_out=self._query.check_out,
            ),
            price=stay.price,
            price_components=stay.components,
            conditions=conditions,
            fetched_at=self._received_at,
            expires_at=lives_until(link, self._received_at),
            bookable=bookable,
            supplier_extra=extra,
        )


def under(
    terms: Terms, conditions: StayConditions, stay: StayPrice, query: HotelQuery, now: datetime
) -> StayConditions:
    """The conditions with what the terms come to at this price."""
    steps = ladder(
        terms.penalties,
        terms.never_refunded,
        refundable=terms.refundable,
        stay=stay,
        rooms=query.rooms,
        check_in=query.check_in,
        now=now,
    )
    return msgspec.structs.replace(
        conditions,
        cancellation=steps,
        refundable=refundable_now(steps, stay, now, flag=terms.refundable),
    )


_TERMS: Final = msgspec.json.Decoder(Terms)


def kept(terms: Terms) -> dict[str, str]:
    return {"cancellation_terms": msgspec.json.encode(terms).decode()}


def remembered(offer: Offer) -> Terms:
    """The terms that an offer keeps. Raises msgspec.DecodeError for an offer that is not ours."""
    return _TERMS.decode(offer.supplier_extra.get("cancellation_terms", "{}"))


def _board(amenities: Mapping[str, wire.Amenity] | None) -> Board | None:
    """The richest board that is named; where a list is told and no meal is on it, there is none."""
    if amenities is None:
        return None
    names = [name for told in amenities.values() if not any(word in (name := told.name.lower()) for word in _PAID_FOR)]
    return next(
        (board for words, board in _BOARDS for name in names if all(word in name for word in words)), Board.ROOM_ONLY
    )


def _extra(rate: wire.Rate) -> dict[str, str]:
    return dict(_told(rate))


def _told(rate: wire.Rate) -> Iterator[tuple[str, str]]:
    """What the model has no place for, where there is anything to tell."""
    if rate.amenities:
        yield "amenities", "; ".join(dict.fromkeys(told.name for told in rate.amenities.values()))
    promotions = rate.promotions or wire.Promotions()
    if promotions.deal and promotions.deal.description:
        yield "deal", promotions.deal.description
    if promotions.value_adds:
        yield "value_adds", "; ".join(told.description for told in promotions.value_adds.values() if told.description)
    if rate.sale_scenario:
        for scenario in _SCENARIOS:
            if getattr(rate.sale_scenario, scenario):
                yield scenario, "true"
    yield from security(rate)


def security(told: wire.Rate | wire.PriceCheck) -> Iterator[tuple[str, str]]:
    """What is asked of a traveller beside the price: deposits to be paid early, to get back, or kept on a card."""
    if told.deposits:
        yield (
            "deposits",
            "; ".join(
                f"{deposit.value} {deposit.currency}{f' by {deposit.due}' if deposit.due else ''}"
                for deposit in told.deposits
            ),
        )
    if told.card_on_file_limit:
        yield "card_on_file_limit", str(money(told.card_on_file_limit))
    if told.refundable_damage_deposit:
        yield "refundable_damage_deposit", str(money(told.refundable_damage_deposit))
