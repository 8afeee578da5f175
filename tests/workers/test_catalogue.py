"""Catalogue syncs: every page once, the bad rows named, and an interrupted one goes on where it stood."""

import asyncio
from datetime import timedelta

import httpx
import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.failures import TryLater
from domain.catalogue import JobState, Subject, SyncJob
from domain.jobs import SyncAirlines, SyncAirports, SyncRoutes
from storage import airlines, airports, cities, sync_jobs
from storage.engine import transaction
from storage.news import news
from tests.builders import ALBATROSS, NOW
from tests.workers.conftest import Desk, MakeTools, cataloguer
from workers.catalogue import give_up_sync, sync_airlines, sync_airports, sync_routes
from workers.tools import Tools

PAGES = {"1": ["LHR", "JFK"], "2": ["ZRH", "XXX"], "3": ["SYD"]}


def listing(asked: list[str], *, broken: str | None = None) -> Desk:
    """Serves PAGES and notes which were asked for; the page `broken` answers 503."""

    def desk(request: httpx.Request) -> httpx.Response:
        page = request.url.params["page"]
        asked.append(page)
        if page == broken:
            return httpx.Response(503)
        return httpx.Response(200, content=msgspec.json.encode(PAGES.get(page, [])))

    return desk


async def a_job(engine: AsyncEngine, subject: Subject = Subject.AIRPORTS) -> str:
    async with transaction(engine) as connection:
        return (await sync_jobs.create(connection, subject, at=NOW)).id


async def the_job(tools: Tools, job_id: str) -> SyncJob:
    async with transaction(tools.engine) as connection:
        job = await sync_jobs.get(connection, job_id)
    assert job is not None
    return job


async def test_every_page_is_taken_down_and_the_bad_row_is_named(tools: MakeTools, engine: AsyncEngine) -> None:
    asked: list[str] = []
    held, job_id = tools({ALBATROSS: listing(asked)}, suppliers=cataloguer, live=True), await a_job(engine)

    await sync_airports(SyncAirports(job_id=job_id), held)

    job = await the_job(held, job_id)
    assert asked == ["1", "2", "3", "4"]
    assert (job.state, job.source, job.pages, job.rows) == (JobState.DONE, ALBATROSS, 4, 4)
    assert (job.skipped_records, job.skipped[0].where, job.expected) == (1, "page 2", 6)


async def test_an_interrupted_sync_goes_on_with_the_page_that_failed(tools: MakeTools, engine: AsyncEngine) -> None:
    first: list[str] = []
    second: list[str] = []
    job_id = await a_job(engine)
    with pytest.raises(TryLater):
        await sync_airports(
            SyncAirports(job_id=job_id),
            tools({ALBATROSS: listing(first, broken="3")}, suppliers=cataloguer, live=True),
        )
    held = tools({ALBATROSS: listing(second)}, suppliers=cataloguer, live=True)

    await sync_airports(SyncAirports(job_id=job_id), held)

    job = await the_job(held, job_id)
    assert first == ["1", "2", "3", "3", "3"]
    assert second == ["3", "4"]
    assert (job.state, job.rows) == (JobState.DONE, 4)


async def test_a_sync_that_is_done_is_not_done_again(tools: MakeTools, engine: AsyncEngine) -> None:
    asked: list[str] = []
    held, job_id = tools({ALBATROSS: listing(asked)}, suppliers=cataloguer, live=True), await a_job(engine)
    await sync_airports(SyncAirports(job_id=job_id), held)
    asked.clear()

    await sync_airports(SyncAirports(job_id=job_id), held)

    assert asked == []


async def test_an_airport_that_its_source_no_longer_lists_is_kept_and_marked(
    tools: MakeTools, engine: AsyncEngine
) -> None:
    async with transaction(engine) as connection:
        gone = [listed.airport for listed in await airports.every(connection) if listed.airport.iata == "DXB"]
        await airports.upsert(connection, gone, source=ALBATROSS, seen_at=NOW - timedelta(days=400))
    held, job_id = tools({ALBATROSS: listing([])}, suppliers=cataloguer, live=True, now=NOW), await a_job(engine)

    await sync_airports(SyncAirports(job_id=job_id), held)

    async with transaction(engine) as connection:
        dubai = next(listed for listed in await airports.every(connection) if listed.airport.iata == "DXB")
    assert dubai.vanished_at == NOW
    assert (await the_job(held, job_id)).vanished == 1


async def test_a_sandbox_is_no_source_of_facts(tools: MakeTools, engine: AsyncEngine) -> None:
    asked: list[str] = []
    held, job_id = tools({ALBATROSS: listing(asked)}, suppliers=cataloguer, live=False), await a_job(engine)

    await sync_airports(SyncAirports(job_id=job_id), held)

    job = await the_job(held, job_id)
    assert asked == []
    assert job.source != ALBATROSS
    assert job.rows > 7000


async def test_airlines_come_from_open_data_without_any_key(tools: MakeTools, engine: AsyncEngine) -> None:
    held, job_id = tools(), await a_job(engine, Subject.AIRLINES)

    await sync_airlines(SyncAirlines(job_id=job_id), held)

    async with transaction(engine) as connection:
        held_now = {listed.airline.iata: listed.airline.name for listed in await airlines.every(connection)}
    assert held_now["LH"] == "Lufthansa"
    assert (await the_job(held, job_id)).state is JobState.DONE


async def test_without_a_key_nobody_tells_of_routes_and_the_job_says_so(tools: MakeTools, engine: AsyncEngine) -> None:
    held, job_id = tools(), await a_job(engine, Subject.ROUTES)

    await sync_routes(SyncRoutes(job_id=job_id), held)

    job = await the_job(held, job_id)
    assert (job.state, job.rows, job.vanished) == (JobState.DONE, 0, 0)
    assert job.detail == "No supplier that lists them is connected with a key of its own."


async def test_everybody_hears_that_the_airports_have_changed(tools: MakeTools, engine: AsyncEngine) -> None:
    held, job_id = tools({ALBATROSS: listing([])}, suppliers=cataloguer, live=True), await a_job(engine)
    heard = news(held.redis)
    await anext(heard)

    await sync_airports(SyncAirports(job_id=job_id), held)

    async with asyncio.timeout(60):
        while (subject := await anext(heard)) is None:
            pass
    assert subject is Subject.AIRPORTS


async def test_a_sync_that_is_given_up_says_why(tools: MakeTools, engine: AsyncEngine) -> None:
    held, job_id = tools(), await a_job(engine)

    await give_up_sync(SyncAirports(job_id=job_id), "the key was withdrawn", held)

    job = await the_job(held, job_id)
    assert (job.state, job.detail) == (JobState.FAILED, "the key was withdrawn")


async def test_the_cities_come_with_the_airports_whoever_tells_of_them(tools: MakeTools, engine: AsyncEngine) -> None:
    held = tools({ALBATROSS: listing([])}, suppliers=cataloguer, live=True)
    await sync_airlines(SyncAirlines(job_id=await a_job(engine, Subject.AIRLINES)), tools({}))
    assert (await held.atlas.current()).centre("LON") is None
    await sync_airports(SyncAirports(job_id=await a_job(engine)), held)
    async with transaction(engine) as connection:
        known = {city.code: city.name for city in await cities.every(connection)}
    assert known["LON"] == "London"
