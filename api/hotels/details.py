"""One hotel with everything that its suppliers tell of it, whoever sells it."""

from collections.abc import Iterable
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api.answers import Instant
from api.calls import Asked, Reply, reply
from api.hotels import answers
from api.hotels.present import shown_property
from api.offers import AN_ID
from api.problems import not_there
from api.services import Services
from domain.hotels import Address, Property, Stay
from domain.matching.properties import Described
from domain.offers import Offer
from storage import matches, properties
from storage.engine import transaction
from storage.properties import ToldProperty

Key = tuple[str, str]


class RoomKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of room by the supplier's own code for it."""

    code: str
    name: str
    beds: str | None


class HotelSource(msgspec.Struct, frozen=True, kw_only=True):
    """One supplier's record of the hotel: `number` is the hotel's there, `told_at` when it was described so."""

    supplier: str
    number: str
    told_at: Instant
    property: answers.Property
    rooms: tuple[RoomKind, ...]
    match_score: Annotated[
        float | None, Meta(description="How like it is to another of the records, 0 to 1; null where it is alone.")
    ]
    match_reasons: tuple[str, ...]


class HotelDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A hotel as the fullest of its descriptions has it, and beside it what each supplier tells.

    `id` is another than was asked for where two hotels have turned out to be one.
    """

    id: str
    property: answers.Property
    sources: tuple[HotelSource, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier tells of a hotel, and why it is taken for the same as the others."""

    told: ToldProperty
    score: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.told.content.supplier, self.told.content.id


class KnownHotel(msgspec.Struct, frozen=True, kw_only=True):
    """At least one record, ordered by supplier and number."""

    id: str
    records: tuple[Record, ...]


_DESCRIBED: Final = tuple(name for name in Property.__struct_fields__ if name not in {"supplier", "id"})
_UNSAID: Final = (None, (), Address())


async def hotel(services: Services, asked: Asked[Any, Any]) -> Reply:
    """What suppliers have told of it so far; nobody is asked."""
    known = await known_hotel(services, asked.place["hotel_id"])
    return reply(services, asked, shown(known), cache_control="no-cache")


async def known_hotel(services: Services, hotel_id: str) -> KnownHotel:
    """As it is in the books; one that was found a moment ago may still be in memory only. Raises Problem (404)."""
    known = None
    if AN_ID.fullmatch(hotel_id):
        known = await _in_the_books(services, hotel_id) or _just_found(services, hotel_id)
    if known is None:
        raise not_there("No such hotel has been found; search where it is.")
    return known


def shown(known: KnownHotel) -> HotelDetails:
    fullest = min(known.records, key=lambda record: (_unsaid(record.told.content), record.key))
    return HotelDetails(
        id=known.id,
        property=shown_property(fullest.told.content),
        sources=tuple(_source(record) for record in known.records),
    )


async def _in_the_books(services: Services, hotel_id: str) -> KnownHotel | None:
    async with transaction(services.engine) as connection:
        found = await matches.of_hotel(connection, hotel_id)
        told = await properties.told(connection, found) if found else {}
    if not found:
        return None
    now = services.clock()
    records = (
        Record(
            told=told.get(key) or ToldProperty(content=_described(key, record.told), told_at=record.judged_at or now),
            score=record.why.score,
            reasons=record.why.reasons,
        )
        for key, record in sorted(found.items())
    )
    lives_as = next(record.hotel_id for record in found.values())
    return KnownHotel(id=lives_as or hotel_id, records=tuple(records))


def _just_found(services: Services, hotel_id: str) -> KnownHotel | None:
    result = services.answers.result(hotel_id, services.clock())
    if result is None or not isinstance(result.product, Stay):
        return None
    return KnownHotel(id=hotel_id, records=tuple(_sold(result.offers)))


def _sold(offers: Iterable[Offer]) -> Iterable[Record]:
    """What the offers of a result tell of the property, once for each record."""
    told = {
        (offer.product.property.supplier, offer.product.property.id): ToldProperty(
            content=offer.product.property, told_at=offer.fetched_at
        )
        for offer in offers
        if isinstance(offer.product, Stay)
    }
    return (Record(told=told[key]) for key in sorted(told))


def _described(key: Key, told: Described) -> Property:
    """As much of a property as was kept of it to be compared with others."""
    address = Address(
        lines=() if told.address is None else (told.address,),
        city=told.city,
        postal_code=told.postal_code,
        country=told.country,
    )
    return Property(
        supplier=key[0],
        id=key[1],
        name=told.name,
        location=told.location,
        address=address,
        chain=told.chain,
        phone=told.phone,
    )


def _source(record: Record) -> HotelSource:
    content = record.told.content
    return HotelSource(
        supplier=content.supplier,
        number=content.id,
        told_at=record.told.told_at,
        property=shown_property(content),
        rooms=tuple(RoomKind(code=kind.code, name=kind.name, beds=kind.beds) for kind in content.room_types),
        match_score=record.score,
        match_reasons=record.reasons,
    )


def _unsaid(content: Property) -> int:
    return sum(getattr(content, name) in _UNSAID for name in _DESCRIBED)
