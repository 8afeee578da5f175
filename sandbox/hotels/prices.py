"""What a seller asks for a hotel's rooms now."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sandbox.hotels.facts import Hotel, RoomType
from sandbox.hotels.offers import Night, Party, Rate, RoomPrice, Step
from sandbox.hotels.stock import Stock


def rates(
    hotel: Hotel,
    days: tuple[date, ...],
    parties: Sequence[Party],
    seller: str,
    *,
    seed: int,
    now: datetime,
    stock: Stock,
) -> tuple[Rate, ...]:
    return tuple(
        _rate(hotel, room, days, parties, left)
        for room in hotel.rooms
        if all(fits(room, party) for party in parties)
        and (left := stock.left(hotel, room, days, now.date())) >= len(parties)
    )


def fits(room: RoomType, party: Party) -> bool:
    return (
        1 <= party.adults <= room.adults
        and len(party.children) <= room.children
        and party.adults + len(party.children) <= room.sleeps
    )


def _rate(hotel: Hotel, room: RoomType, days: tuple[date, ...], parties: Sequence[Party], left: int) -> Rate:
    return Rate(
        room=room,
        plan="FLEX-RO",
        plan_name="Flexible rate, room only",
        board="room_only",
        refundable="free_cancellation",
        ladder=(Step(starts=None, days_before=None, nights=None, percent=0, fee_eur=Decimal(0)),),
        payment="at_hotel",
        rooms=tuple(
            RoomPrice(
                adults=party.adults,
                children=tuple(party.children),
                nights=tuple(
                    Night(day=day, base_eur=Decimal("95.00"), extra_persons_eur=Decimal(0), taxes_eur=Decimal(0))
                    for day in days
                ),
                charges=(),
            )
            for party in parties
        ),
        rooms_left=left,
    )
