"""A whole API process in the test's own loop, and a worker that publishes what it is told to."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeVar

import falcon.testing
import msgspec
import orjson
import redis
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from api import dependencies
from api.app import create_app
from api.bodies import Coding
from api.memory import Held
from api.services import Services, services
from api.verticals import VERTICALS
from api.webhooks.addresses import Addresses
from domain.issuers import Issuer
from domain.jobs import AskSuppliers, Job, Queue
from domain.matching.verticals import MERGED
from domain.offers import FlightOffer, Offer, RentalOffer, StayOffer
from domain.payments import Verify
from domain.people import Role
from domain.places import City
from domain.queries import CarQuery, FlightQuery, HotelQuery, Query
from domain.searches import Outcome, Search, arrived, begun
from storage import airlines, airports, cities, health
from storage.cache import connect
from storage.engine import create_engine, transaction
from storage.queue import JobQueue, broker, job_of
from tests.builders import (
    ALBATROSS,
    BLUEBIRD,
    PARIS,
    airline,
    car_query,
    direction,
    flight_query,
    hotel_query,
    itinerary,
    money,
    offer,
    report,
    segment,
)
from tests.builders import airports as some_airports

Sold = TypeVar("Sold", StayOffer, RentalOffer)

TOKEN: Final = "open-sesame"
TOKEN_KEYS: Final = (urlsafe_b64encode(b"tests of travelhub sign like so.").decode(),)
ENCRYPTION_KEYS: Final = (urlsafe_b64encode(b"and they seal what is sealed so.").decode(),)
SUPPLIERS: Final = (ALBATROSS, BLUEBIRD)
AIRLINES: Final = (
    airline(),
    airline(iata="LX", icao="SWR", name="Swiss International Air Lines", country="CH", callsign="SWISS"),
    airline(iata="KM", icao="AMC", name="Air Malta", country="MT", callsign="AIR MALTA", active=False),
)


CITIES: Final = (
    City(code="PAR", name="Paris", country="FR", location=PARIS, population=2_138_551, timezone="Europe/Paris"),
)


class Clock:
    """The time of day as this test has it; Redis has its own, so it starts with the true one."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **some: float) -> None:
        self.now += timedelta(**some)


class Hub:
    """One API process under test. `get` and `post` answer as clients see it, bodies as they were on the wire."""

    def __init__(
        self, conductor: falcon.testing.ASGIConductor, services: Services, clock: Clock, redis_url: str
    ) -> None:
        self.conductor: Final = conductor
        self.services: Final = services
        self.clock: Final = clock
        self._redis_url: Final = redis_url

    async def get(self, path: str, **headers: str) -> falcon.testing.Result:
        return await self._asked("GET", path, headers)

    async def head(self, path: str, **headers: str) -> falcon.testing.Result:
        return await self._asked("HEAD", path, headers)

    async def post(self, path: str, body: object = None, **headers: str) -> falcon.testing.Result:
        told = {"Content-Type": "application/json"} | headers
        sent = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self._asked("POST", path, told, body=sent)

    def signed_in(self, who: str = "anna", *, role: Role = Role.TRAVELLER) -> dict[str, str]:
        """The headers of somebody with a token that is good by the clock of this test; `who` is the owner's id."""
        session = f"session of {who}"
        token = self.services.credentials.ring.signed(
            owner=who, role=role, session=session, number="1", now=self.clock.now
        )
        return {"Authorization": f"Bearer {token}"}

    async def admin(self, method: str, path: str) -> falcon.testing.Result:
        return await self._asked(method, path, {"Authorization": f"Bearer {TOKEN}"})

    def soon(self, *, days: int = 60) -> str:
        return (self.clock.now + timedelta(days=days)).date().isoformat()

    def query(self, **wishes: Any) -> FlightQuery:
        return flight_query(departure_date=(self.clock.now + timedelta(days=60)).date(), **wishes)

    def stay(self, **wishes: Any) -> HotelQuery:
        """Three nights in Paris, in sixty days."""
        day = (self.clock.now + timedelta(days=60)).date()
        return hotel_query(**{"check_in": day, "check_out": day + timedelta(days=3)} | wishes)

    def rental(self, **wishes: Any) -> CarQuery:
        """Five days in London, in sixty days, for pounds."""
        morning = datetime.combine((self.clock.now + timedelta(days=60)).date(), time(10))
        return car_query(**{"pick_up_at": morning, "drop_off_at": morning + timedelta(days=5)} | wishes)

    def stay_path(self, **wishes: object) -> str:
        """Asks what `stay` asks."""
        days = {"check_in": self.soon(), "check_out": self.soon(days=63)}
        return _path("/v1/hotels/search", {"destination": "PAR"} | days | {"wait": 0} | wishes)

    def rental_path(self, **wishes: object) -> str:
        """Asks what `rental` asks."""
        times = {"pick_up_at": f"{self.soon()}T10:00", "drop_off_at": f"{self.soon(days=65)}T10:00"}
        return _path("/v1/cars/search", {"pick_up": "LHR"} | times | {"wait": 0} | wishes)

    def search_path(self, **wishes: object) -> str:
        asked = {"origin": "LHR", "destination": "JFK", "departure_date": self.soon(), "wait": 0} | wishes
        return _path("/v1/flights/search", asked)

    def jobs(self, queue: Queue = Queue.SEARCH) -> list[Job]:
        """What waits for workers."""
        with redis.Redis.from_url(self._redis_url) as client:
            bodies = client.hvals(f"travelhub:jobs:{queue}.msgs")
        assert isinstance(bodies, list)
        return [job_of(orjson.loads(body)["args"][0]) for body in bodies]

    def asked_for(self, queue: Queue = Queue.SEARCH) -> list[Query]:
        return [job.query for job in self.jobs(queue) if isinstance(job, AskSuppliers)]

    def begun(self, query: Query | None = None, *, suppliers: Iterable[str] = SUPPLIERS) -> Search:
        return begun(query or self.query(), suppliers, self.clock.now)

    def stays(self, *offers: StayOffer) -> list[StayOffer]:
        """Made just now, and open for thirty hours."""
        return [self._open(offer) for offer in offers]

    def rentals(self, *offers: RentalOffer) -> list[RentalOffer]:
        """Made just now, and open for thirty hours."""
        return [self._open(offer) for offer in offers]

    def _open(self, offer: Sold) -> Sold:
        now = self.clock.now
        return msgspec.structs.replace(offer, fetched_at=now, expires_at=now + timedelta(hours=30))

    def offer(self, **what: Any) -> FlightOffer:
        return offer(**{"fetched_at": self.clock.now, "expires_at": self.clock.now + timedelta(hours=30)} | what)

    async def arrive(
        self, search: Search, supplier: str, *offers: Offer, outcome: Outcome = Outcome.OK, **told: Any
    ) -> Search:
        """What a worker does when a supplier has answered."""
        facts: dict[str, Any] = {"offers": len(offers), "fetched_at": self.clock.now} | told
        part = report(supplier=supplier, status=outcome, **facts)
        grown = arrived(search, part, offers, merge=MERGED[search.query.vertical], now=self.clock.now)
        assert await self.services.cache.publish(grown)
        return grown

    async def found(self, *offers: Offer, query: Query | None = None) -> Search:
        """A whole search: one supplier has these offers (a cheap flight where none are given), the other has none."""
        search = await self.arrive(self.begun(query), BLUEBIRD)
        ended = await self.arrive(search, ALBATROSS, *(offers or (self.offer(),)))
        await self.services.cache.release(ended.id)
        return ended

    async def _asked(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> falcon.testing.Result:
        place, _, query_string = path.partition("?")
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.conductor.simulate_request(method, place, query_string=query_string, headers=told, body=body)


def on_the_wire(search: Search, *, now: datetime) -> bytes:
    """The whole answer to a search, without wishes."""
    view = VERTICALS[search.query.vertical].view(VERTICALS[search.query.vertical].wishes())
    return Held(search, now=now, epoch=0).rendering(view, ("all", Coding.PLAIN), now).body


def ways(count: int, *, fetched_at: datetime) -> list[FlightOffer]:
    """As many flights from London to New York, each at its own price and time."""
    return [
        offer(
            reference=f"fare-{number}",
            product=itinerary(
                direction(
                    segment(
                        number=str(100 + number),
                        departs=f"2027-03-01T{6 + number // 4:02}:{number % 4 * 15:02}",
                        arrives="2027-03-01T23:55",
                    )
                )
            ),
            price=money(f"{300 + number}.00"),
            fetched_at=fetched_at,
            expires_at=fetched_at + timedelta(hours=30),
        )
        for number in range(count)
    ]


def _path(place: str, asked: Mapping[str, object]) -> str:
    return f"{place}?" + "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)


@asynccontextmanager
async def hub(
    *,
    database_url: str,
    redis_url: str,
    clock: Clock | None = None,
    rate_limit: int = 1_000_000,
    default_market: str = "DE",
    addresses: Addresses | None = None,
    signatures: Mapping[str, Verify] | None = None,
    ready: bool = True,
    believed: Mapping[str, Issuer] = MappingProxyType({}),
) -> AsyncIterator[Hub]:
    """With `ready`, it knows the airports and hears of arrivals before the test begins."""
    clock = clock or Clock()
    engine = create_engine(database_url, connections=3, name="travelhub tests")
    client = connect(redis_url)
    jobs = broker(redis_url)
    made = services(
        engine=engine,
        redis_client=client,
        queue=JobQueue(jobs),
        admin_token=TOKEN,
        token_keys=TOKEN_KEYS,
        believed=believed,
        hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
        rate_limit=rate_limit,
        default_market=default_market,
        encryption_keys=ENCRYPTION_KEYS,
        addresses=addresses,
        signatures=signatures,
        clock=clock,
        checks={"postgres": partial(health.ping, engine), "redis": partial(dependencies.redis_answers, client)},
    )
    try:
        async with falcon.testing.ASGIConductor(create_app(made)) as conductor:
            if ready:
                await until(lambda: made.answers.told and not made.catalogue.empty)
            yield Hub(conductor, made, clock, redis_url)
    finally:
        jobs.close()
        await client.aclose()
        await engine.dispose()


async def until(true: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """A wait with an end for what happens in the background."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # nobody sets an event for a test
            await asyncio.sleep(0.005)


async def filled(engine: AsyncEngine) -> None:
    """The catalogue of the builders, as a sync would have written it."""
    now = datetime.now(UTC)
    async with transaction(engine) as connection:
        await airports.upsert(connection, some_airports(), source="test", seen_at=now)
        await airlines.upsert(connection, AIRLINES, source="test", seen_at=now)
        await cities.replace(connection, CITIES)


def json(result: falcon.testing.Result) -> Any:
    return msgspec.json.decode(result.content)
