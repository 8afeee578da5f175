"""PostgreSQL goes away: travellers hardly notice, operators are told, and the books are complete in the end."""

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bench.stack import until
from tests.system.hub import Hub, Witness

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(mortal: Hub) -> Hub:
    return mortal


def offers_in_the_books(hub: Hub, search_id: str) -> set[str]:
    url = make_url(hub.stack.servers.database_url)
    where = f"host={url.query['host']} port={url.query['port']} user={url.username} dbname={url.database}"
    with psycopg.connect(where, connect_timeout=5) as connection:
        rows = connection.execute("SELECT id FROM offers WHERE search_id = %s", (search_id,)).fetchall()
    return {row[0] for row in rows}


def test_while_postgresql_is_away_flights_are_found_and_the_books_are_kept_afterwards(hub: Hub) -> None:
    known, unknown = hub.question(), hub.question()
    search = hub.found(known)["search"]
    hub.stack.servers.postgres.stop()
    try:
        with Witness(
            hub,
            known=lambda client: client.get("/v1/flights/search", params=known),
            by_id=lambda client: client.get(f"/v1/searches/{search['id']}"),
            airport=lambda client: client.get("/v1/airports/ZRH"),
        ) as witness:
            status, standing = hub.health()
            assert (status, standing["postgres"], standing["redis"]) == (503, "down", "up")
            found = hub.found(unknown, limit=200)
            assert found["search"]["status"] == "complete"
            until(lambda: len(witness.seen) >= 30, "a few questions more")
    finally:
        hub.stack.servers.postgres.start()
    assert {seen.status for seen in witness.seen} == {200}
    until(lambda: hub.health()[0] == 200, "everything is well again")
    shown = {offer["id"] for result in found["results"] for offer in result["offers"]}
    assert shown
    until(lambda: shown <= offers_in_the_books(hub, found["search"]["id"]), "the offers are in the books")


def test_after_postgresql_was_away_airports_are_synced_as_before(hub: Hub) -> None:
    hub.stack.servers.postgres.kill()
    hub.stack.servers.postgres.start()
    until(lambda: hub.health()[0] == 200, "everything is well again")
    asked = hub.api.post("/v1/airports/sync", headers=hub.stack.admin())
    assert asked.status_code == 202, asked.text
    job = asked.headers["location"]
    until(lambda: hub.api.get(job, headers=hub.stack.admin()).json()["state"] == "done", "the airports are synced")
