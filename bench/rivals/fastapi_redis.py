"""The usual design: FastAPI, a JSON document in Redis, response models that validate it on every request.

The models are as strict as people write them: every field typed, so that the documentation is right and a bad document is
never sent. BENCH_BODY names the file whose bytes are put into Redis at start under the search's key.
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

_BODY: Final = Path(os.environ["BENCH_BODY"]).read_bytes()
_REDIS: Final = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])


class Money(BaseModel):
    amount: str
    currency: str


class PriceComponent(BaseModel):
    kind: str
    amount: Money
    label: str | None = None


class Offer(BaseModel):
    id: str
    supplier: str
    price: Money
    price_components: list[PriceComponent]
    conditions: dict[str, Any]
    fetched_at: datetime
    expires_at: datetime
    bookable: bool
    seats_left: int | None = None


class Segment(BaseModel):
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    carrier: str


class Slice(BaseModel):
    segments: list[Segment]


class Result(BaseModel):
    id: str
    slices: list[Slice]
    offers: list[Offer]


class SupplierReport(BaseModel):
    supplier: str
    status: str
    offers: int


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
    await _REDIS.set(_key("LHR", "JFK", date(2027, 1, 19)), _BODY)
    yield
    await _REDIS.aclose()


app = FastAPI(lifespan=_filled)


@app.get("/v1/flights/search")
async def search(
    origin: Annotated[str, Query(pattern="^[A-Z]{3}$")],
    destination: Annotated[str, Query(pattern="^[A-Z]{3}$")],
    departure_date: date,
    adults: Annotated[int, Query(ge=1, le=9)] = 1,  # noqa: ARG001 - a real handler would use it in the key
) -> Answer:
    held = await _REDIS.get(_key(origin, destination, departure_date))
    if held is None:
        raise HTTPException(404)
    return Answer.model_validate_json(held)


def _key(origin: str, destination: str, day: date) -> str:
    return f"search:{origin}:{destination}:{day}"
