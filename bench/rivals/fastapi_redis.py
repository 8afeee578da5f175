"""The usual design: FastAPI, a JSON document in Redis, response models that validate it on every request.

The models are as strict as people write them: every field typed, so that the documentation is right and a bad document is
never sent. BENCH_BODY names the file whose bytes stand in Redis under the search's key: the whole search, from which each
request takes its page, or a page that was cut beforehand.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import redis.asyncio
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel

_DOCUMENT: Final = Path(os.environ["BENCH_BODY"])
_BODY: Final = _DOCUMENT.read_bytes()
_REDIS: Final = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])


class Money(BaseModel):
    amount: str
    currency: str


class PriceComponent(BaseModel):
    kind: str
    amount: Money
    label: str | None = None


class Conditions(BaseModel):
    refundable: bool | None = None
    changeable: bool | None = None
    cabin_bags: int | None = None
    checked_bags: int | None = None
    fare_family: str | None = None
    separate_tickets: int | None = None
    connection_guaranteed: bool | None = None


class Offer(BaseModel):
    id: str
    supplier: str
    price: Money
    price_components: list[PriceComponent]
    conditions: Conditions
    sold_as: list[str]
    fetched_at: datetime
    expires_at: datetime
    bookable: bool
    seats_left: int | None = None
    supplier_extra: dict[str, str] = {}


class Segment(BaseModel):
    flight: str
    carrier: str
    number: str
    operating_carrier: str | None = None
    operating_number: str | None = None
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    duration_minutes: int
    cabin: str | None = None
    booking_class: str | None = None
    fare_basis: str | None = None
    aircraft: str | None = None


class Slice(BaseModel):
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    duration_minutes: int
    stops: int
    days_later: int
    segments: list[Segment]


class Itinerary(BaseModel):
    slices: list[Slice]
    duration_minutes: int
    stops: int


class Result(BaseModel):
    id: str
    product: Itinerary
    offers: list[Offer]


class SupplierReport(BaseModel):
    supplier: str
    status: str
    offers: int
    took_ms: int | None = None
    fetched_at: datetime | None = None
    skipped_records: int


class Search(BaseModel):
    id: str
    vertical: str
    status: str
    freshness: str
    fetched_at: datetime
    expires_at: datetime
    age_seconds: int
    suppliers: list[SupplierReport]


class Page(BaseModel):
    next: str | None
    total: int


class Answer(BaseModel):
    search: Search
    results: list[Result]
    facets: dict[str, Any]
    page: Page


@asynccontextmanager
async def _filled(_: FastAPI) -> AsyncIterator[None]:
    await _REDIS.set(_key("LHR", "JFK", date.fromisoformat(os.environ["BENCH_DAY"])), _BODY)
    yield
    await _REDIS.aclose()


app = FastAPI(lifespan=_filled)


@app.get("/v1/flights/search")
async def search(
    origin: Annotated[str, Query(pattern="^[A-Z]{3}$")],
    destination: Annotated[str, Query(pattern="^[A-Z]{3}$")],
    departure_date: date,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Answer:
    held = await _REDIS.get(_key(origin, destination, departure_date))
    if held is None:
        raise HTTPException(404)
    answer = Answer.model_validate_json(held)
    answer.results = answer.results[:limit]
    return answer


def _key(origin: str, destination: str, day: date) -> str:
    return f"{_DOCUMENT.stem}:{origin}:{destination}:{day}"
