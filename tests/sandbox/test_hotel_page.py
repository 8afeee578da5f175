"""The page that tells the truth about hotels, beside what each supplier sells them as."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server import create_app
from sandbox.world import World
from tests.sandbox.travel import Clock, PretendSupplier, a_world


class PretendHotelSeller(PretendSupplier):
    SELLS = ("hotels",)


class PretendCarSeller(PretendSupplier):
    SELLS = ("cars",)


@pytest.fixture
def world() -> World:
    return a_world(clock=Clock())


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    suppliers = {
        "heron": PretendHotelSeller(),
        "bluebird": PretendHotelSeller(),
        "wheels": PretendCarSeller(),
        "silent": PretendSupplier(),
    }
    app: Any = create_app(world=world, suppliers=suppliers)  # httpx has a wider word for a scope than ours
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox") as client:
        yield client


async def test_each_true_hotel_stands_beside_what_the_sellers_of_hotels_call_it(
    client: httpx.AsyncClient, world: World
) -> None:
    told = (await client.get("/_world/hotels", params={"city": "PAR"})).json()
    hotels = world.hotels.in_city("PAR")
    assert (told["city"], told["name"], told["count"]) == ("PAR", "Paris", len(hotels))
    assert [row["id"] for row in told["hotels"]] == [hotel.id for hotel in hotels]
    for row, hotel in zip(told["hotels"], hotels, strict=True):
        assert (row["name"], row["latitude"], row["longitude"]) == (hotel.name, hotel.latitude, hotel.longitude)
        assert set(row["sold_as"]) <= {"heron", "bluebird"}
        for seller, sold in row["sold_as"].items():
            listing = world.hotels.listed(seller, sold["id"])
            assert listing is not None
            assert (listing.hotel_id, listing.name) == (hotel.id, sold["name"])
    sellers = [frozenset(row["sold_as"]) for row in told["hotels"]]
    assert {frozenset(), frozenset({"heron"}), frozenset({"bluebird"}), frozenset({"heron", "bluebird"})} == set(
        sellers
    )


async def test_the_code_of_an_airport_shows_its_city(client: httpx.AsyncClient) -> None:
    one, other = [(await client.get("/_world/hotels", params={"city": code})).json() for code in ("PAR", "CDG")]
    assert one == other


@pytest.mark.parametrize("query", ["?city=XXX", "", "?city=", "?town=PAR", "?city=PAR&city=LON"])
async def test_a_city_that_nobody_knows_is_refused_by_name(client: httpx.AsyncClient, query: str) -> None:
    answered = await client.get(f"/_world/hotels{query}")
    assert answered.status_code == 422
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["errors"][0]["parameter"] in ("city", "town")


ASKS_THE_APP = """
import asyncio, httpx
from sandbox.app import app

async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox") as client:
        print((await client.get("/_world/hotels?city=LIS")).json()["noise"])

asyncio.run(ask())
"""


def started(noise: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ASKS_THE_APP],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "SANDBOX_NOISE": noise},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("noise", "told"), [("", "1.0"), ("0", "0.0"), ("2.5", "2.5")])
def test_the_noise_is_one_unless_the_environment_says_otherwise(noise: str, told: str) -> None:
    server = started(noise)
    assert server.stdout.strip() == told, server.stderr


@pytest.mark.parametrize("noise", ["loud", "-1", "nan"])
def test_a_noise_that_is_none_is_named(noise: str) -> None:
    told = started(noise)
    assert told.returncode != 0
    assert f"SANDBOX_NOISE is '{noise}', but a noise" in told.stderr
