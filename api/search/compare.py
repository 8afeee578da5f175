"""Offers side by side: what each part of the price is, what the terms are, and where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from msgspec import Meta

from api import answers, cars, flights, hotels
from api.calls import Asked, Reply, reply
from api.cars.answers import RentalOfferDetails
from api.flights.answers import FlightOfferDetails
from api.hotels.answers import StayOfferDetails
from api.params import Nothing
from api.present import perhaps_priced
from api.problems import Flaw, invalid
from api.services import Services
from api.verticals import selling
from domain.money import Money, total
from domain.offers import ComponentKind, Offer
from storage import offers
from storage.engine import transaction

FEWEST: Final = 2
MOST: Final = 10
_OfferId = Annotated[str, Meta(pattern="^[a-z2-7]{26}$")]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Which offers, in the order in which they are shown."""

    offers: Annotated[
        tuple[_OfferId, ...],
        Meta(
            min_length=FEWEST,
            max_length=MOST,
            description="Ids of offers of one vertical.",
            examples=[["mfzwizltoqqgc3dmnfxg6zzaob", "mfzwizltoqqgc3dmnfxg6zzaoc"]],
        ),
    ]


class ComparedComponent(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of price component: what it comes to in each offer, null where an offer does not itemise it.

    `on_site` is the part of it that is paid at the desk or the counter.
    """

    kind: ComponentKind
    amounts: tuple[answers.Money | None, ...]
    on_site: tuple[answers.Money | None, ...]
    differs: bool


class ComparedTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the conditions, as each offer has it; null where a supplier does not say."""

    field: str
    values: Annotated[tuple[Any, ...], Meta(description="In the shape that the field has in an offer.")]
    differs: bool


Details = TypeVar("Details", bound=msgspec.Struct)


class Compared(msgspec.Struct, Generic[Details], frozen=True, kw_only=True):
    """The offers in the order that was asked for; every list of amounts or values has that order too.

    `differences` names what is not the same everywhere: `price`, `price_components.tax`, `conditions.refundable`.
    """

    vertical: str
    offers: tuple[Details, ...]
    price_components: tuple[ComparedComponent, ...]
    conditions: tuple[ComparedTerm, ...]
    differences: tuple[str, ...]


class ComparedFlights(Compared[FlightOfferDetails], frozen=True, kw_only=True):
    """Offers of journeys by air, side by side."""


class ComparedStays(Compared[StayOfferDetails], frozen=True, kw_only=True):
    """Offers of stays, side by side."""


class ComparedRentals(Compared[RentalOfferDetails], frozen=True, kw_only=True):
    """Offers of rental cars, side by side."""


COMPARED: Final[Mapping[str, type[Compared[Any]]]] = MappingProxyType(
    {flights.VERTICAL.name: ComparedFlights, hotels.VERTICAL.name: ComparedStays, cars.VERTICAL.name: ComparedRentals}
)


async def compare(services: Services, asked: Asked[Nothing, Comparison]) -> Reply:
    """Of one vertical, since a room and a seat have nothing in common that could differ."""
    found = await _found(services, asked.body.offers)
    vertical = selling(found[0])
    strange = [number for number, offer in enumerate(found) if selling(offer) is not vertical]
    if strange:
        raise invalid(
            Flaw(pointer=f"/offers/{number}", detail=f"is not one of {vertical.name}, as the first is")
            for number in strange
        )
    shown = tuple(vertical.detailed(offer) for offer in found)
    components, terms = tuple(_components(found)), tuple(_terms(shown))
    answer = COMPARED[vertical.name](
        vertical=vertical.name,
        offers=shown,
        price_components=components,
        conditions=terms,
        differences=tuple(_differences(found, components, terms)),
    )
    return reply(services, asked, answer)


async def _found(services: Services, ids: Sequence[str]) -> tuple[Offer, ...]:
    """The newest state that this process holds goes before the books. Raises Problem (422) naming all that are gone."""
    now = services.clock()
    held = {offer_id: services.answers.offer(offer_id, now) for offer_id in ids}
    if missing := [offer_id for offer_id, offer in held.items() if offer is None]:
        async with transaction(services.engine) as connection:
            held |= {offer_id: await offers.get(connection, offer_id) for offer_id in missing}
    found = tuple(held[offer_id] for offer_id in ids)
    if flaws := tuple(_flaws(ids, found, now)):
        raise invalid(flaws)
    return tuple(offer for offer in found if offer is not None)


def _flaws(ids: Sequence[str], found: Sequence[Offer | None], now: datetime) -> Iterator[Flaw]:
    for number, (offer_id, offer) in enumerate(zip(ids, found, strict=True)):
        if offer_id in ids[:number]:
            yield Flaw(pointer=f"/offers/{number}", detail="is there twice")
        elif offer is None or offer.expired(now):
            yield Flaw(pointer=f"/offers/{number}", detail="is unknown or can't be booked any more; search again")


def _components(found: Sequence[Offer]) -> Iterator[ComparedComponent]:
    """In the order of the kinds, those that no offer has left out."""
    for kind in ComponentKind:
        amounts = tuple(_came_to(offer, kind, on_site=False) for offer in found)
        if any(amount is not None for amount in amounts):
            on_site = tuple(_came_to(offer, kind, on_site=True) for offer in found)
            yield ComparedComponent(
                kind=kind,
                amounts=tuple(perhaps_priced(amount) for amount in amounts),
                on_site=tuple(perhaps_priced(amount) for amount in on_site),
                differs=_differ(amounts) or _differ(on_site),
            )


def _came_to(offer: Offer, kind: ComponentKind, *, on_site: bool) -> Money | None:
    parts = [part.amount for part in offer.price_components if part.kind is kind and (part.on_site or not on_site)]
    return total(parts, offer.price.currency) if parts else None


def _terms(shown: Sequence[Any]) -> Iterator[ComparedTerm]:
    for field in shown[0].conditions.__struct_fields__:
        values = tuple(getattr(offer.conditions, field) for offer in shown)
        yield ComparedTerm(field=field, values=values, differs=_differ(values))


def _differences(
    found: Sequence[Offer], components: Sequence[ComparedComponent], terms: Sequence[ComparedTerm]
) -> Iterator[str]:
    if _differ([offer.price for offer in found]):
        yield "price"
    yield from (f"price_components.{row.kind}" for row in components if row.differs)
    yield from (f"conditions.{row.field}" for row in terms if row.differs)


def _differ(values: Sequence[object]) -> bool:
    return any(value != values[0] for value in values)
