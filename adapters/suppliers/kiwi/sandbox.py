"""A pretend Tequila over the sandbox's world: search, locations, keys and quota, as its documents describe them."""

import base64
import hashlib
import math
import operator
import re
import unicodedata
import uuid
import zlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import chain, groupby, pairwise, product
from random import Random
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qs

import falcon.asgi
import msgspec
import orjson

OPERATIONS: Final = (("GET", r"/v2/search", "search"), ("GET", r"/locations/(query|id)", "locations"))

_KEY: Final = re.compile(r"sandbox-kiwi-.+")
_QUOTA: Final = ((600, timedelta(seconds=60)), (100, timedelta(seconds=5)))  # calls, in any window of this length
_DEFAULT_LIMIT, _HIGHEST_LIMIT = 200, 500
_MOST_EACH_WAY: Final = 15  # a return combines no more than the cheapest of both directions
_MOST_ROUTES: Final = 120  # pairs of airports times days, for one question
_MOST_SEATS_TOLD: Final = 9  # as many as reservation systems tell; more is null
_CABINS: Final = {"M": "economy", "W": "premium_economy", "C": "business", "F": "first"}
_CHILD, _INFANT = Decimal("0.75"), Decimal("0.10")
_DIGITS: Final = {  # behind the point of a price, two where nothing is said
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BIF", "DJF", "GNF", "KMF", "RWF", "UYI", "VUV"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_NEVER: Final = "1970-01-01T00:00:00.000Z"

T = TypeVar("T")


class AirportFact(Protocol):
    iata: str
    icao: str | None
    name: str
    city: str
    city_code: str | None
    country: str
    timezone: str
    latitude: float
    longitude: float


class Leg(Protocol):
    carrier: str
    number: int
    operating_carrier: str
    operating_number: int
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    aircraft: str


class Journey(Protocol):
    id: str
    legs: tuple[Leg, ...]


class Fare(Protocol):
    family: str
    booking_class: str
    fare_basis: str
    base_eur: Decimal
    taxes_eur: Decimal
    checked_bags: int
    cabin_bags: int
    seats: int


class World(Protocol):
    airports: Mapping[str, Any]

    def now(self) -> datetime: ...
    def journeys(self, origin: str, destination: str, day: date, /) -> tuple[Any, ...]: ...
    def fares(self, journey: Any, cabin: str, /) -> tuple[Any, ...]: ...
    def rate(self, currency: str, /) -> Decimal | None: ...
    def seed_for(self, *parts: object) -> Random: ...


def credential(scope: Mapping[str, Any]) -> str | None:
    """The `apikey` header; in the query string it was seen to work as well."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"apikey":
            return bytes(value).decode("latin-1")
    return Params(scope.get("query_string", b"").decode("latin-1")).text("apikey")


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    gazetteer = Gazetteer(world.airports)
    app = falcon.asgi.App(middleware=[Gate(Quota(world.now))])
    app.set_error_serializer(_write_error)
    app.add_route("/v2/search", Search(world, gazetteer))
    app.add_route("/locations/query", Locations(world, gazetteer, "term", _by_term))
    app.add_route("/locations/id", Locations(world, gazetteer, "id", _by_id))
    return app


# ---- refusals, keys and quota ----


class BadParameter(falcon.HTTPUnprocessableEntity):
    """A refusal in the older form, a list by parameter, which the locations calls speak."""


def _bad(sentence: str) -> falcon.HTTPError:
    return falcon.HTTPBadRequest(title="Bad Request", description=sentence)


def _unprocessable(sentence: str) -> falcon.HTTPError:
    return falcon.HTTPUnprocessableEntity(title="Unprocessable Entity", description=sentence)


def _write_error(_: falcon.asgi.Request, response: falcon.asgi.Response, error: falcon.HTTPError) -> None:
    body: dict[str, Any] = {"status": error.title, "error": error.description or error.title}
    if isinstance(error, BadParameter):
        body = {"message": [{"param": error.title, "errors": [error.description]}]}
    response.content_type = falcon.MEDIA_JSON
    response.data = orjson.dumps(body)


class Quota:
    """Remembers when each key was let in, to the instant. A refused call costs nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._let_in: dict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=max(calls for calls, _ in _QUOTA)))

    def allows(self, key: str) -> bool:
        now, let_in = self._now(), self._let_in[key]
        if any(len(let_in) >= calls and let_in[-calls] > now - span for calls, span in _QUOTA):
            return False
        let_in.append(now)
        return True


class Gate:
    """Who asks, and whether they may ask now. Falcon comes here only for paths that exist."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota

    async def process_resource(
        self, request: falcon.asgi.Request, _: falcon.asgi.Response, __: object, ___: object
    ) -> None:
        key = credential(request.scope)
        if key is None or not _KEY.fullmatch(key):
            raise _bad("unknown partner provided - check the apikey header")
        if not self._quota.allows(key):
            raise falcon.HTTPTooManyRequests(title="Too Many Requests", description="the quota of this key is used up")


class Params:
    """The query string. Unknown names are ignored; the camelCase dates of old clients work."""

    _OLD_NAMES: Final = {"dateFrom": "date_from", "dateTo": "date_to"}

    def __init__(self, query_string: str) -> None:
        self._values = {self._OLD_NAMES.get(name, name): values for name, values in parse_qs(query_string).items()}

    def text(self, name: str) -> str | None:
        return self._values.get(name, [None])[-1]

    def words(self, name: str) -> tuple[str, ...]:
        """Repeated and comma-separated values alike."""
        return tuple(word for value in self._values.get(name, ()) for word in value.split(",") if word)

    def flag(self, name: str, *, default: bool) -> bool:
        return (self.text(name) or str(default)).lower() in {"1", "true"}

    def number(self, name: str) -> Decimal | None:
        return self._read(name, Decimal, "a number")

    def count(self, name: str) -> int | None:
        return self._read(name, _whole, "a whole number from zero up")

    def hours(self, name: str) -> timedelta | None:
        return self._read(name, lambda text: timedelta(hours=_whole(text)), "a whole number of hours")

    def clock(self, name: str) -> timedelta | None:
        return self._read(name, _since_midnight, "HH:MM")

    def day(self, name: str) -> date | None:
        return self._read(name, _day, "dd/mm/yyyy")

    def days(self, first: str, last: str) -> tuple[date, ...]:
        """Every day of an inclusive window; none where no window is asked for."""
        start, end = self.day(first), self.day(last)
        if start is None or end is None:
            if start is not end:
                raise _bad(f"{first} and {last} belong together")
            return ()
        if end < start:
            raise _bad(f"{last} is before {first}")
        return tuple(start + timedelta(days=later) for later in range((end - start).days + 1))

    def _read(self, name: str, reader: Callable[[str], T], form: str) -> T | None:
        text = self.text(name)
        try:
            return None if text is None else reader(text)
        except (ValueError, InvalidOperation) as error:
            raise _bad(f"Could not parse {name}: {text!r} is not {form}") from error


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _since_midnight(text: str) -> timedelta:
    hours, minutes = map(_whole, text.split(":"))
    return timedelta(hours=hours, minutes=minutes)


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC).date()


# ---- places ----


class City(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    code: str
    airports: tuple[Any, ...]


class Gazetteer:
    """The places that can be asked for, by the names that are taken for them."""

    def __init__(self, airports: Mapping[str, AirportFact]) -> None:
        self.airports: Final = airports
        self.cities: Final = {city.id: city for city in _cities(airports.values())}
        self._city_of = {airport.iata: city for city in self.cities.values() for airport in city.airports}
        self._countries: dict[str, list[str]] = defaultdict(list)
        self._codes: dict[str, list[str]] = defaultdict(list)
        for iata, airport in airports.items():
            self._countries[airport.country].append(iata)
            self._codes[self._city_of[iata].code].append(iata)

    def city_of(self, iata: str) -> City:
        return self._city_of[iata]

    def airports_of(self, place: str) -> list[str]:
        """airport:LHR, city:LON, london_gb, GB, or a bare code, which is the city where it could be both."""
        kind, _, code = place.rpartition(":")
        airport = [code] if code in self.airports else []
        named = self.cities.get(code)
        city = [at.iata for at in named.airports] if named else self._codes.get(code, [])
        readings = {"airport": airport, "city": city, "": city or airport or self._countries.get(code)}
        found = readings.get(kind)
        if not found:
            raise _unprocessable(f"Not recognized location: {place}")
        return found

    def all_of(self, places: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(map(self.airports_of, places))))


def _cities(airports: Iterable[AirportFact]) -> Iterator[City]:
    by_id: dict[str, list[AirportFact]] = defaultdict(list)
    for airport in airports:
        by_id[f"{_slug(airport.city)}_{airport.country.lower()}"].append(airport)
    for identifier, served_by in by_id.items():
        code = next((airport.city_code for airport in served_by if airport.city_code), served_by[0].iata)
        yield City(id=identifier, code=code, airports=tuple(served_by))


def _folded(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(letters).casefold()


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _folded(text)).strip("-")


Place = dict[str, Any]


class Locations:
    """One of the locations calls: a parameter, and how places are found by it."""

    def __init__(
        self, world: World, gazetteer: Gazetteer, param: str, find: Callable[[Gazetteer, Params], Iterable[Place]]
    ) -> None:
        self._world, self._gazetteer, self._param, self._find = world, gazetteer, param, find

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        params = Params(request.query_string)
        if not params.text(self._param):
            raise BadParameter(title=self._param, description="Missing data for required field.")
        found = list(self._find(self._gazetteer, params))
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(
            {
                "locations": found,
                "meta": {"locale": {"code": params.text("locale") or "en-US", "status": "00"}},
                "last_refresh": int(self._world.now().timestamp()),
                "results_retrieved": len(found),
            }
        )


def _by_id(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    for identifier in params.words("id"):
        if identifier in gazetteer.airports:
            yield _airport_place(gazetteer, gazetteer.airports[identifier])
        elif identifier in gazetteer.cities:
            yield _city_place(gazetteer.cities[identifier])


def _by_term(gazetteer: Gazetteer, params: Params) -> list[Place]:
    """Exact codes before names that begin with the term before names that contain it."""
    term, kinds = _folded(params.text("term") or ""), params.words("location_types") or ("airport", "city")
    ranked = [
        (_relevance(term, airport.iata, airport.name, airport.city), "airport", airport.iata)
        for airport in gazetteer.airports.values()
    ] + [(_relevance(term, city.code, city.airports[0].city), "city", city.id) for city in gazetteer.cities.values()]
    best = sorted(row for row in ranked if row[0] < 3 and row[1] in kinds)[: params.count("limit") or 10]
    return [
        _airport_place(gazetteer, gazetteer.airports[name])
        if kind == "airport"
        else _city_place(gazetteer.cities[name])
        for _, kind, name in best
    ]


def _relevance(term: str, code: str, *names: str) -> int:
    if term == code.lower():
        return 0
    folded = [_folded(name) for name in names]
    if any(name.startswith(term) for name in folded):
        return 1
    return 2 if any(term in name for name in folded) else 3


def _place(identifier: str, kind: str, code: str, name: str, at: AirportFact) -> Place:
    number = int.from_bytes(hashlib.blake2s(identifier.encode(), digest_size=2).digest(), "big")
    return {
        "id": identifier,
        "int_id": number,
        "active": True,
        "code": code,
        "name": name,
        "slug": _slug(identifier),
        "slug_en": _slug(identifier),
        "alternative_names": [],
        "rank": number % 1000,
        "global_rank_dst": number % 1000,
        "dst_popularity_score": float(number),
        "timezone": at.timezone,
        "type": kind,
        "location": {"lat": at.latitude, "lon": at.longitude},
        "tags": [],
        "providers": [],
        "special": [],
        "tourist_region": [],
        "car_rentals": [],
        "new_ground": False,
    }


def _country(code: str) -> Place:
    """The world knows countries by code alone."""
    return {"id": code, "name": code, "slug": code.lower(), "code": code}


def _airport_place(gazetteer: Gazetteer, airport: AirportFact) -> Place:
    city = gazetteer.city_of(airport.iata)
    return {
        **_place(airport.iata, "airport", airport.iata, airport.name, airport),
        "airport_int_id": int.from_bytes(airport.iata.encode(), "big"),
        "icao": airport.icao,
        "city": {
            "id": city.id,
            "name": airport.city,
            "code": city.code,
            "slug": _slug(city.id),
            "subdivision": None,
            "autonomous_territory": None,
            "country": _country(airport.country),
            "nearby_country": None,
        },
        "alternative_departure_points": [],
        "routing_priority": 0,
    }


def _city_place(city: City) -> Place:
    first = city.airports[0]
    return {
        **_place(city.id, "city", city.code, first.city, first),
        "country": _country(first.country),
        "subdivision": None,
        "airports": len(city.airports),
        "stations": 0,
        "bus_stations": 0,
    }


# ---- search ----


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who flies, in which cabin, and in which money they pay; `rate` is units of it for one EUR."""

    adults: int
    children: int
    infants: int
    cabin: str
    currency: str
    rate: Decimal

    @property
    def seats(self) -> int:
        """Infants sit on a lap."""
        return self.adults + self.children

    def each(self, eur: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """What one adult, one child and one infant pay for what costs an adult `eur`."""
        adult = eur * self.rate
        return self._rounded(adult), self._rounded(adult * _CHILD), self._rounded(adult * _INFANT)

    def together(self, eur: Decimal) -> Decimal:
        adult, child, infant = self.each(eur)
        return adult * self.adults + child * self.children + infant * self.infants

    def _rounded(self, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-_DIGITS.get(self.currency, 2)), ROUND_HALF_UP)


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One direction in one fare."""

    journey: Journey
    fare: Fare

    @property
    def eur(self) -> Decimal:
        return self.fare.base_eur + self.fare.taxes_eur


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """What one item sells: a way out and, on a return, a way back. `price` is for the whole party."""

    tickets: tuple[Ticket, ...]
    price: Decimal

    @property
    def ways(self) -> tuple[tuple[Leg, ...], ...]:
        return tuple(ticket.journey.legs for ticket in self.tickets)

    @property
    def quality(self) -> float:
        """Lower is better: time is money, and so is patience."""
        eur = sum((ticket.eur for ticket in self.tickets), Decimal(0))
        return round(float(eur) + 9 * (_under_way(self) / timedelta(hours=1)) + 25 * _stops(self), 4)


def _under_way(trip: Trip) -> timedelta:
    return sum(map(_travelling, trip.ways), timedelta())


def _travelling(legs: tuple[Leg, ...]) -> timedelta:
    return _elapsed(legs[0].departs, legs[-1].arrives)


def _elapsed(start: datetime, end: datetime) -> timedelta:
    """Counted in UTC: within one zone Python subtracts wall clocks, which is an hour off where they change between."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def _stops(trip: Trip) -> int:
    return sum(len(legs) - 1 for legs in trip.ways)


def _wall_clock(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _stopovers(legs: tuple[Leg, ...]) -> list[timedelta]:
    return [_elapsed(before.arrives, after.departs) for before, after in pairwise(legs)]


def _nights(trip: Trip) -> int | None:
    if len(trip.ways) == 1:
        return None
    return (trip.ways[1][0].departs.date() - trip.ways[0][-1].arrives.date()).days


# parameter, how it is read, what it bounds, and how: first for one direction, then for the whole trip
_Bound = tuple[str, Callable[[Params, str], Any], Callable[[Any], Any], Callable[[Any, Any], bool]]
_CLOCK_BOUNDS: Final[tuple[_Bound, ...]] = (
    ("dtime_from", Params.clock, lambda legs: _wall_clock(legs[0].departs), operator.ge),
    ("dtime_to", Params.clock, lambda legs: _wall_clock(legs[0].departs), operator.le),
    ("atime_from", Params.clock, lambda legs: _wall_clock(legs[-1].arrives), operator.ge),
    ("atime_to", Params.clock, lambda legs: _wall_clock(legs[-1].arrives), operator.le),
)
_WAY_BOUNDS: Final[tuple[_Bound, ...]] = (
    ("max_sector_stopovers", Params.count, lambda legs: len(legs) - 1, operator.le),
    ("stopover_from", Params.clock, lambda legs: min(_stopovers(legs), default=timedelta.max), operator.ge),
    ("stopover_to", Params.clock, lambda legs: max(_stopovers(legs), default=timedelta.min), operator.le),
)
_TRIP_BOUNDS: Final[tuple[_Bound, ...]] = (
    ("price_from", Params.number, lambda trip: trip.price, operator.ge),
    ("price_to", Params.number, lambda trip: trip.price, operator.le),
    ("max_stopovers", Params.count, _stops, operator.le),
    ("max_fly_duration", Params.hours, lambda trip: max(map(_travelling, trip.ways)), operator.le),
    ("nights_in_dst_from", Params.count, lambda trip: _nights(trip) or 0, operator.ge),
    ("nights_in_dst_to", Params.count, lambda trip: _nights(trip) or 0, operator.le),
)
# parameter, and which of a direction's codes must all be among its values, or with `<parameter>_exclude` none
_CHOICES: Final[tuple[tuple[str, Callable[[tuple[Leg, ...]], set[str]]], ...]] = (
    ("select_airlines", lambda legs: {leg.carrier for leg in legs}),
    ("select_stop_airport", lambda legs: {leg.origin for leg in legs[1:]}),
)
_SORTED_BY: Final[Mapping[str, Callable[[Trip], Any]]] = {
    "price": lambda trip: trip.price,
    "duration": _under_way,
    "quality": lambda trip: trip.quality,
    "date": lambda trip: trip.ways[0][0].departs,
}


def _tests(bounds: Iterable[_Bound], params: Params, prefix: str = "") -> list[Callable[[Any], bool]]:
    """Read before anything is searched, so that a bad value is refused on an empty route too."""
    read = ((reader(params, prefix + name), measure, compare) for name, reader, measure, compare in bounds)
    return [_test(bound, measure, compare) for bound, measure, compare in read if bound is not None]


def _test(bound: Any, measure: Callable[[Any], Any], compare: Callable[[Any, Any], bool]) -> Callable[[Any], bool]:
    return lambda subject: compare(measure(subject), bound)


def _choices(params: Params) -> Iterator[Callable[[Any], bool]]:
    for name, codes in _CHOICES:
        if chosen := set(params.words(name)):
            compare = set.isdisjoint if params.flag(f"{name}_exclude", default=False) else set.issubset
            yield _test(chosen, codes, compare)


class Search:
    """GET /v2/search."""

    def __init__(self, world: World, gazetteer: Gazetteer) -> None:
        self._world, self._gazetteer = world, gazetteer

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        params = Params(request.query_string)
        party = self._party(params)
        trips = self._trips(params, party)
        sort = params.text("sort") or "price"
        if sort not in _SORTED_BY:
            raise _bad(f"unknown sort {sort!r}")
        trips.sort(key=_SORTED_BY[sort], reverse=not params.flag("asc", default=True))
        limit = params.count("limit")
        kept = trips[: min(_DEFAULT_LIMIT if limit is None else limit, _HIGHEST_LIMIT)]
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(self._envelope(kept, params, party))

    def _party(self, params: Params) -> Party:
        currency, letter = (params.text("curr") or "EUR").upper(), params.text("selected_cabins") or "M"
        rate = self._world.rate(currency)
        counts = {"adults": 1, "children": 0, "infants": 0}
        for name, count in ((name, params.count(name)) for name in tuple(counts)):
            counts[name] = counts[name] if count is None else count
        if rate is None:
            raise _bad(f"unknown currency {currency!r}")
        if letter not in _CABINS:
            raise _bad(f"unknown cabin {letter!r}")
        if not 1 <= sum(counts.values()) <= 9 or counts["infants"] > counts["adults"]:
            raise _bad("one to nine passengers, and an adult for each infant")
        return Party(**counts, cabin=letter, currency=currency, rate=rate)

    def _trips(self, params: Params, party: Party) -> list[Trip]:
        origins, destinations = (self._places(params, name) for name in ("fly_from", "fly_to"))
        out_days, back_days = params.days("date_from", "date_to"), params.days("return_from", "return_to")
        if not out_days:
            raise _bad("date_from is missing")
        wanted, to_test = _tests(_TRIP_BOUNDS, params), [*_tests(_WAY_BOUNDS, params), *_choices(params)]
        out_tests, back_tests = (_tests(_CLOCK_BOUNDS, params, prefix) + to_test for prefix in ("", "ret_"))
        if "aircraft" not in (params.words("vehicle_type") or ("aircraft",)):
            return []  # the world has neither buses nor trains
        ways = [self._tickets(origins, destinations, out_days, party, out_tests)]
        if back_days:
            ways.append(self._tickets(destinations, origins, back_days, party, back_tests))
            ways = [sorted(way, key=lambda ticket: ticket.eur)[:_MOST_EACH_WAY] for way in ways]
        trips = (
            Trip(tickets=tickets, price=party.together(sum((ticket.eur for ticket in tickets), Decimal(0))))
            for tickets in product(*ways)
            if _fit_together(tickets, params)
        )
        return [trip for trip in trips if all(test(trip) for test in wanted)]

    def _places(self, params: Params, name: str) -> tuple[str, ...]:
        places = params.words(name)
        if not places:
            raise _bad(f"{name} is missing: this sandbox does not search anywhere")
        return self._gazetteer.all_of(places)

    def _tickets(
        self,
        origins: tuple[str, ...],
        destinations: tuple[str, ...],
        days: tuple[date, ...],
        party: Party,
        tests: list[Callable[[Any], bool]],
    ) -> list[Ticket]:
        routes = [(start, end, day) for start, end, day in product(origins, destinations, days) if start != end]
        if len(routes) > _MOST_ROUTES:
            raise _unprocessable(f"{len(routes)} routes and days are more than this sandbox searches at once")
        now = self._world.now()
        journeys = chain.from_iterable(self._world.journeys(*route) for route in routes)
        fitting = (
            journey
            for journey in journeys
            if journey.legs[0].departs > now and all(test(journey.legs) for test in tests)
        )
        return [
            Ticket(journey=journey, fare=fare)
            for journey in fitting
            for fare in self._world.fares(journey, _CABINS[party.cabin])
            if fare.seats >= max(party.seats, 1)
        ]

    def _envelope(self, trips: list[Trip], params: Params, party: Party) -> dict[str, Any]:
        now = self._world.now()
        clerk = Clerk(self._gazetteer, party, now)
        chance = self._world.seed_for("kiwi", "search", now.isoformat())
        return {
            "search_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "currency": party.currency,
            "fx_rate": float(party.rate),
            "currency_rate": round(float(1 / party.rate), 6),
            "data": [clerk.item(trip) for trip in trips],
            "search_params": {
                "flyFrom_type": _kind(params.text("fly_from")),
                "to_type": _kind(params.text("fly_to")),
                "seats": {
                    "passengers": party.seats + party.infants,
                    "adults": party.adults,
                    "children": party.children,
                    "infants": party.infants,
                },
            },
            "all_airlines": [],
            "all_stopover_airports": [],
            "time": 1,
            "connections": [],
            "refresh": [],
            "del": None,
            "ref_tasks": [],
            "sort_version": 0,
            "_results": len(trips),
        }


def _kind(place: str | None) -> str:
    return "airport" if place and place.startswith("airport:") else "city"


def _fit_together(tickets: tuple[Ticket, ...], params: Params) -> bool:
    """Back after out, and where it is asked for from and to the same airports."""
    for out, back in pairwise(ticket.journey.legs for ticket in tickets):
        if _elapsed(out[-1].arrives, back[0].departs) <= timedelta():
            return False
        if not params.flag("ret_from_diff_airport", default=True) and back[0].origin != out[-1].destination:
            return False
        if not params.flag("ret_to_diff_airport", default=True) and back[-1].destination != out[0].origin:
            return False
    return True


# ---- answers ----


class Clerk:
    """Writes the items of one answer."""

    def __init__(self, gazetteer: Gazetteer, party: Party, now: datetime) -> None:
        self._gazetteer, self._party, self._now = gazetteer, party, now

    def item(self, trip: Trip) -> dict[str, Any]:
        route: list[dict[str, Any]] = []
        for way, ticket in enumerate(trip.tickets):
            legs = ticket.journey.legs
            for before, leg in zip((None, *legs), legs, strict=False):
                changes = before is not None and before.carrier != leg.carrier
                route.append(self._segment(leg, ticket.fare, way, len(route), changes=changes))
        out, back = trip.ways[0], trip.ways[1:]
        tickets_sold = _record_locators(trip)
        return {
            "id": "|".join(segment["id"] for segment in route),
            **self._ends(out[0].origin, out[-1].destination),
            "countryFrom": self._country(out[0].origin),
            "countryTo": self._country(out[-1].destination),
            **_times(out[0].departs, out[-1].arrives),
            "nightsInDest": _nights(trip),
            "quality": trip.quality,
            "distance": round(sum(map(self._kilometres, out)), 2),
            "duration": {
                "departure": int(_travelling(out).total_seconds()),
                "return": sum(int(_travelling(legs).total_seconds()) for legs in back),
                "total": int(_under_way(trip).total_seconds()),
            },
            **self._prices(trip),
            "baglimit": _BAG_LIMIT,
            "availability": {"seats": _seats_told(trip)},
            "airlines": list(dict.fromkeys(segment["airline"] for segment in route)),
            "route": route,
            "booking_token": _booking_token(trip, self._party, self._now),
            "facilitated_booking_available": True,
            "pnr_count": tickets_sold,
            "has_airport_change": any(
                before.destination != after.origin for legs in trip.ways for before, after in pairwise(legs)
            ),
            "technical_stops": 0,
            "throw_away_ticketing": False,
            "hidden_city_ticketing": False,
            "virtual_interlining": tickets_sold > 1,
            "routes": [[legs[0].origin, legs[-1].destination] for legs in trip.ways],
            "transfers": [],
            "type_flights": [],
            "tracking_pixel": None,
            "rank": 0,
        }

    def _prices(self, trip: Trip) -> dict[str, Any]:
        """The fees are what the taxes leave after everybody's share was rounded, so that both add up to the price."""
        party = self._party
        eur = sum((ticket.eur for ticket in trip.tickets), Decimal(0))
        base = party.together(sum((ticket.fare.base_eur for ticket in trip.tickets), Decimal(0)))
        adult, child, infant = map(_json_number, party.each(eur))
        in_eur = (trip.price / party.rate).quantize(Decimal("0.0001"))
        return {
            "price": _json_number(trip.price),
            "conversion": {"EUR": _json_number(in_eur), party.currency: _json_number(trip.price)},
            "fare": {"adults": adult, "children": child, "infants": infant},
            "price_dropdown": {"base_fare": _json_number(base), "fees": _json_number(trip.price - base)},
            "bags_price": _bags_price(trip, sum(self._kilometres(leg) for legs in trip.ways for leg in legs)),
        }

    def _segment(self, leg: Leg, fare: Fare, way: int, index: int, *, changes: bool) -> dict[str, Any]:
        """`changes`: another carrier than the flight before, so a new ticket, new bag drop and Kiwi's own guarantee."""
        combination = _combination_id(leg)
        return {
            "id": f"{combination}_{index}",
            "combination_id": combination,
            **self._ends(leg.origin, leg.destination),
            **_times(leg.departs, leg.arrives),
            "airline": leg.carrier,
            "flight_no": leg.number,
            "operating_carrier": leg.operating_carrier,
            "operating_flight_no": str(leg.operating_number),
            "fare_basis": fare.fare_basis,
            "fare_category": self._party.cabin,
            "fare_classes": fare.booking_class,
            "fare_family": fare.family,
            "return": way,
            "bags_recheck_required": changes,
            "vi_connection": changes,
            "guarantee": changes,
            "equipment": leg.aircraft or None,
            "vehicle_type": "aircraft",
            "last_seen": _zulu(self._now),
            "refresh_timestamp": _NEVER,
        }

    def _ends(self, origin: str, destination: str) -> dict[str, str]:
        return {
            name + end: value
            for end, iata in (("From", origin), ("To", destination))
            for name, value in (
                ("fly", iata),
                ("city", self._gazetteer.airports[iata].city),
                ("cityCode", self._gazetteer.city_of(iata).code),
            )
        }

    def _country(self, iata: str) -> dict[str, str]:
        code = self._gazetteer.airports[iata].country
        return {"code": code, "name": code}

    def _kilometres(self, leg: Leg) -> float:
        """Great circle, by the cosine of the central angle between unit vectors."""
        start, end = (_unit_vector(self._gazetteer.airports[iata]) for iata in (leg.origin, leg.destination))
        return 6371.0 * math.acos(max(-1.0, min(1.0, sum(map(operator.mul, start, end)))))


_BAG_LIMIT: Final = {
    "hold_height": 52,
    "hold_length": 78,
    "hold_width": 28,
    "hold_weight": 23,
    "hold_dimensions_sum": 158,
    "hand_height": 55,
    "hand_length": 40,
    "hand_width": 23,
    "hand_weight": 8,
    "personal_item_height": 30,
    "personal_item_length": 40,
    "personal_item_width": 15,
    "personal_item_weight": 4,
}


def _unit_vector(airport: AirportFact) -> tuple[float, float, float]:
    latitude, longitude = math.radians(airport.latitude), math.radians(airport.longitude)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )


def _json_number(amount: Decimal) -> int | float:
    """As their answers show money: a whole amount without a point."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _zulu(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _times(departs: datetime, arrives: datetime) -> dict[str, str]:
    """The local clocks carry the same Z as the real UTC, as theirs do."""
    return {
        "local_departure": f"{departs:%Y-%m-%dT%H:%M:%S}.000Z",
        "utc_departure": _zulu(departs),
        "local_arrival": f"{arrives:%Y-%m-%dT%H:%M:%S}.000Z",
        "utc_arrival": _zulu(arrives),
    }


def _combination_id(leg: Leg) -> str:
    """The same flight on the same day is the same combination, in every fare and every itinerary."""
    flight = f"{leg.carrier}{leg.number} {leg.origin}{leg.destination} {_zulu(leg.departs)}"
    return hashlib.blake2s(flight.encode(), digest_size=12).hexdigest()


def _record_locators(trip: Trip) -> int:
    """Each run of one carrier's flights in one fare is a booking of its own at that carrier."""
    sold = ((leg.carrier, ticket.fare.family) for ticket in trip.tickets for leg in ticket.journey.legs)
    return sum(1 for _ in groupby(sold))


def _seats_told(trip: Trip) -> int | None:
    seats = min(ticket.fare.seats for ticket in trip.tickets)
    return seats if seats <= _MOST_SEATS_TOLD else None


def _bags_price(trip: Trip, kilometres: float) -> dict[str, int | float]:
    """EUR whatever was asked for. A trip includes what the poorer of its fares includes."""
    hold = min(ticket.fare.checked_bags for ticket in trip.tickets)
    hand = min(ticket.fare.cabin_bags for ticket in trip.tickets)
    first, second = round(20 + kilometres / 250, 3), round(45 + kilometres / 150, 3)
    return {
        "1": 0 if hold >= 1 else first,
        "2": 0 if hold >= 2 else second if hold else round(first + second, 3),
        "hand": 0 if hand >= 1 else 19.5,
        "personal_item": 0,
    }


def _booking_token(trip: Trip, party: Party, now: datetime) -> str:
    """What was sold, when and for how much: length, packed JSON, and a digest that fills up to 860 letters."""
    sold = {
        "at": now.isoformat(),
        "journeys": [[ticket.journey.id, ticket.fare.family] for ticket in trip.tickets],
        "cabin": party.cabin,
        "passengers": [party.adults, party.children, party.infants],
        "price": str(trip.price),
        "currency": party.currency,
    }
    packed = zlib.compress(orjson.dumps(sold))
    room = 645 if len(packed) <= 600 else 750
    filling = hashlib.shake_256(packed).digest(max(room - 2 - len(packed), 0))
    return base64.urlsafe_b64encode(len(packed).to_bytes(2, "big") + packed + filling).decode()
