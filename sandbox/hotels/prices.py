"""What a seller asks for a hotel's rooms now: by stars, city, season, weekday, time to arrival and the market."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from sandbox.chance import pick
from sandbox.hotels.cities import cities
from sandbox.hotels.countries import country
from sandbox.hotels.facts import Hotel, RoomType
from sandbox.hotels.offers import Charge, Night, Party, Rate, RoomPrice
from sandbox.hotels.plans import MEALS, Plan, ladder, plans_of, refundable
from sandbox.hotels.rooms import price_percent
from sandbox.hotels.stock import Stock
from sandbox.hotels.taxes import Rule, by_stars, rules_for
from sandbox.stations import Rank

# All reckoning is in whole cents, all factors are per cent.
_DOUBLE: Final = (4_200, 5_600, 8_200, 13_400, 25_500)  # a night for two, from one star to five
_BY_RANK: Final = {Rank.CROSSROADS: 124, Rank.HUB: 106, Rank.LARGE: 96, Rank.SMALL: 84}
_WEEKDAY: Final = (100, 101, 102, 103, 112, 114, 96)  # Monday first
_MONTH_NORTH: Final = (82, 84, 92, 101, 108, 114, 118, 120, 110, 104, 90, 98)
_RESORTS_SWING: Final = 2  # times as far from the middle of the year
# at least so many days ahead -> factor
_AHEAD: Final = ((60, 92), (30, 97), (14, 102), (7, 109), (3, 116), (1, 124), (0, 118))
_ALONE: Final = 92  # one guest in a room for two
# from this age -> what one person more costs, of a night in the room
_ONE_MORE: Final = ((12, 18), (3, 9), (0, 0))
_STEP_SECONDS: Final = 600
_TIDE_STEPS: Final = 36
_TIDE_PERCENT: Final = 6


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question to one hotel, with what does not differ between its rooms: `doubles` are the cents of a room for two."""

    hotel: Hotel
    days: tuple[date, ...]
    parties: Sequence[Party]
    doubles: tuple[int, ...]
    rules: tuple[Rule, ...]
    seed: int
    now: datetime


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
    """By room and plan, the smallest room first."""
    doubles = _doubles(hotel, days, seed=seed, now=now)
    margin = _margin(seller, hotel, seed)
    asked = _Asked(
        hotel=hotel,
        days=days,
        parties=parties,
        doubles=tuple(cents * margin // 1_000 for cents in doubles),
        rules=rules_for(hotel),
        seed=seed,
        now=now,
    )
    plans = plans_of(hotel, seller, seed)
    return tuple(
        _rate(asked, room, plan, rooms_left)
        for room in hotel.rooms
        if all(fits(room, party) for party in parties) and (left := stock.left(hotel, room, days, now)) >= len(parties)
        for plan in plans
        if (rooms_left := left - room.count * plan.held_back // 100) >= len(parties)
    )


def fits(room: RoomType, party: Party) -> bool:
    return (
        1 <= party.adults <= room.adults
        and len(party.children) <= room.children
        and party.adults + len(party.children) <= room.sleeps
    )


def _doubles(hotel: Hotel, days: tuple[date, ...], *, seed: int, now: datetime) -> tuple[int, ...]:
    """What a standard room for two costs on each of the days, in cents, before the seller's margin."""
    cents = by_stars(_DOUBLE, hotel) * country(hotel.country).level * _BY_RANK[cities()[hotel.city_code].rank]
    cents = cents * (78 + pick(54, seed, "quality", hotel.id)) // 1_000_000
    ahead = max(0, (days[0] - now.date()).days)
    soon = next(factor for at_least, factor in _AHEAD if ahead >= at_least)
    tide = _tide(hotel.id, seed=seed, now=now)
    return tuple(cents * soon * tide * _day(hotel, day, seed) // 100_000_000 for day in days)


def _day(hotel: Hotel, day: date, seed: int) -> int:
    """Weekday, season and what is on in the city that week; in ten-thousandths."""
    month = day.month - 1 if hotel.latitude >= 0 else (day.month + 5) % 12
    season = _MONTH_NORTH[month]
    if hotel.kind == "resort":
        season = 100 + _RESORTS_SWING * (season - 100)
    fair = pick(12, seed, "fair", hotel.city_code, *day.isocalendar()[:2])
    return _WEEKDAY[day.weekday()] * season * (128 if fair == 0 else 96 + fair) // 100


def _tide(hotel_id: str, *, seed: int, now: datetime) -> int:
    """Wanders within six per cent of 100 and holds still for ten minutes at least, as fares do."""
    step = int(now.timestamp()) // _STEP_SECONDS + pick(_TIDE_STEPS, seed, "phase", hotel_id)
    tide, into = divmod(step, _TIDE_STEPS)
    one, other = (
        pick(2 * _TIDE_PERCENT + 1, seed, "tide", hotel_id, number) - _TIDE_PERCENT for number in (tide, tide + 1)
    )
    return 100 + (one * (_TIDE_STEPS - into) + other * into) // _TIDE_STEPS


def _margin(seller: str, hotel: Hotel, seed: int) -> int:
    """In thousandths: a seller is a little dearer or cheaper than others, and with each hotel has a deal of its own."""
    return 970 + pick(41, seed, "margin", seller) + pick(31, seed, "deal", seller, hotel.id)


def _rate(asked: _Asked, room: RoomType, plan: Plan, rooms_left: int) -> Rate:
    rooms = tuple(_room_price(asked, room, plan, party) for party in asked.parties)
    total = sum((one.total_eur for one in rooms), Decimal(0))
    by_night = [
        sum((night.base_eur + night.extra_persons_eur + night.taxes_eur for night in nights), Decimal(0))
        for nights in zip(*(one.nights for one in rooms), strict=True)
    ]
    steps = ladder(plan, asked.hotel, asked.days[0], total=total, first_nights=by_night, seed=asked.seed, now=asked.now)
    return Rate(
        room=room,
        plan=plan.code,
        plan_name=plan.name,
        board=plan.board,
        refundable=refundable(steps, total),
        ladder=steps,
        payment=plan.payment,
        rooms=rooms,
        rooms_left=rooms_left,
    )


def _room_price(asked: _Asked, room: RoomType, plan: Plan, party: Party) -> RoomPrice:
    meals = by_stars(MEALS[plan.board], asked.hotel) * (2 * party.adults + len(party.children)) // 2
    alone = _ALONE if party.adults + len(party.children) == 1 < room.sleeps else 100
    more = _more_persons(room, party)
    priced = [cents * price_percent(room) * plan.percent // 10_000 for cents in asked.doubles]
    bases = [cents * alone // 100 + meals for cents in priced]
    extras = [cents * more // 100 for cents in priced]
    inside = next((rule for rule in asked.rules if rule.place == "in_rate"), None)
    net_bases = [_without(inside, cents) for cents in bases]
    net_extras = [_without(inside, cents) for cents in extras]
    nets = [base + extra for base, extra in zip(net_bases, net_extras, strict=True)]
    vat = [base + extra - net for base, extra, net in zip(bases, extras, nets, strict=True)]
    taxes = [0] * len(asked.days)
    charges = []
    for rule in asked.rules:
        if rule.code == "breakfast" and plan.board != "room_only":
            continue
        each = vat if rule is inside else _charged(rule, asked.hotel, party, nets)
        charges.append(_charge(rule, asked.hotel, sum(each)))
        if rule.place in ("in_rate", "added") and rule.mode != "per_stay":
            taxes = [sofar + one for sofar, one in zip(taxes, each, strict=True)]
    return RoomPrice(
        adults=party.adults,
        children=tuple(party.children),
        nights=tuple(
            Night(day=day, base_eur=_euros(base), extra_persons_eur=_euros(extra), taxes_eur=_euros(tax))
            for day, base, extra, tax in zip(asked.days, net_bases, net_extras, taxes, strict=True)
        ),
        charges=tuple(charges),
    )


def _more_persons(room: RoomType, party: Party) -> int:
    """Per cent of a night for those beyond the two, or the one, for whom the room is priced."""
    ages = sorted((*[99] * party.adults, *party.children), reverse=True)
    return sum(next(share for age, share in _ONE_MORE if told >= age) for told in ages[2:]) if room.sleeps > 2 else 0


def _without(inside: Rule | None, cents: int) -> int:
    """The price before the tax that it contains, rounded half up."""
    if inside is None:
        return cents
    points = 10_000 + int(inside.percent * 100)
    return (2 * cents * 10_000 + points) // (2 * points)


def _charged(rule: Rule, hotel: Hotel, party: Party, nets: Sequence[int]) -> list[int]:
    """Cents for each night; a charge for the whole stay is due on the first."""
    persons = party.adults + sum(age >= rule.from_age for age in party.children)
    unit = by_stars(rule.cents, hotel)
    if rule.mode == "percentage":
        points = int(rule.percent * 100)
        return [(2 * net * points + 10_000) // 20_000 for net in nets]
    if rule.mode in ("per_person_per_night", "per_person_per_stay"):
        unit *= persons
    due = rule.most_nights if rule.mode in ("per_night", "per_person_per_night") else 1
    return [unit if number < due else 0 for number in range(len(nets))]


def _charge(rule: Rule, hotel: Hotel, cents: int) -> Charge:
    by_share = rule.mode == "percentage"
    return Charge(
        code=rule.code,
        name=rule.name,
        place=rule.place,
        mode=rule.mode,
        percent=rule.percent if by_share else None,
        unit_eur=None if by_share else _euros(by_stars(rule.cents, hotel)),
        amount_eur=_euros(cents),
    )


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
