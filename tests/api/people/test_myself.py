"""What is kept for somebody, by whichever credential they come, and what is left when they have gone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Table, func, select

from api.people.accounts import new_id
from domain.bookings import Booking, BookingStatus, Item
from domain.payments import Method
from storage import bookings, forgetting
from storage.booking_tables import BOOKINGS
from storage.engine import transaction
from storage.people_tables import PEOPLE
from storage.tables import METADATA
from tests.api.hub import Hub, json
from tests.api.people.somebody import PASSWORD, Somebody, post, signed_in


async def told(api: Hub, who: Somebody, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
    headers = who.shown | ({"Content-Type": "application/json"} if body is not None else {})
    answer = await api._asked(method, path, headers, body=msgspec.json.encode(body) if body is not None else None)
    assert answer.status_code == status, answer.text
    return json(answer) if answer.content else None


async def test_preferences_are_kept_and_replaced_as_a_whole(api: Hub) -> None:
    amelia, other = await signed_in(api), await signed_in(api)
    nothing = await told(api, amelia, "GET", "/v1/users/me/preferences")
    assert set(nothing.values()) == {None}
    wished = {"currency": "CHF", "language": "de-CH", "market": "CH", "home_airport": "ZRH", "cabin": "business"}
    assert await told(api, amelia, "PUT", "/v1/users/me/preferences", wished) == nothing | wished
    assert await told(api, amelia, "GET", "/v1/users/me/preferences") == nothing | wished
    assert await told(api, amelia, "PUT", "/v1/users/me/preferences", {"adults": 2}) == nothing | {"adults": 2}
    assert await told(api, other, "GET", "/v1/users/me/preferences") == nothing


@pytest.mark.parametrize(
    "wished",
    [
        {"currency": "ZZZ"}, {"currency": "eur"}, {"home_airport": "QQQ"}, {"market": "Germany"}, {"adults": 0},
        {"cabin": "cargo"}, {"language": "Deutsch!"}, {"colour": "blue"},
    ],
)  # fmt: skip
async def test_what_nobody_can_prefer_is_named(api: Hub, wished: dict[str, object]) -> None:
    refused = await told(api, await signed_in(api), "PUT", "/v1/users/me/preferences", wished, status=422)
    assert [flaw["pointer"] for flaw in refused["errors"]] == [f"/{name}" for name in wished]


async def test_favorites_are_found_again_by_nobody_else(api: Hub) -> None:
    amelia, other = await signed_in(api), await signed_in(api)
    path = "/v1/users/me/favorites"
    home = await told(api, amelia, "POST", path, {"kind": "airport", "about": "ZRH", "note": "home"}, status=201)
    api.clock.forward(seconds=1)
    city = await told(api, amelia, "POST", path, {"kind": "city", "about": "PAR"}, status=201)
    again = await told(api, amelia, "POST", path, {"kind": "airport", "about": "ZRH", "note": "was home"})
    assert again == home | {"note": "was home"}
    listed = await told(api, amelia, "GET", path)
    assert (listed["data"], listed["page"]["total"]) == ([city, again], 2)
    first = await told(api, amelia, "GET", f"{path}?limit=1")
    rest = await told(api, amelia, "GET", f"{path}?limit=1&cursor={first['page']['next']}")
    assert [*first["data"], *rest["data"]] == listed["data"]
    assert (await told(api, other, "GET", path))["data"] == []
    await told(api, other, "DELETE", f"{path}/{home['id']}", status=404)
    await told(api, amelia, "DELETE", f"{path}/{home['id']}", status=204)
    await told(api, amelia, "DELETE", f"{path}/{home['id']}", status=404)


async def test_a_name_and_a_language_are_changed_together(api: Hub) -> None:
    amelia = await signed_in(api)
    after = await told(api, amelia, "PUT", "/v1/users/me", {"name": "A. Earhart", "language": "de"})
    assert (after["name"], after["language"], after["email"]) == ("A. Earhart", "de", amelia.email)
    assert await told(api, amelia, "GET", "/v1/users/me") == after


def owned() -> dict[str, str]:
    """Every table that knows whose its rows are, with the column."""
    columns = {"owner", "caller", "person_id"}
    return {
        table.name: column.name
        for table in METADATA.tables.values()
        for column in table.columns
        if column.name in columns
    }


def test_every_table_that_knows_an_owner_says_what_becomes_of_theirs() -> None:
    said = {table.name: column for table, column in (*forgetting.GOES.items(), *forgetting.STAYS.items())}
    assert said == owned()


async def rows_of(api: Hub, owner: str, tables: Sequence[Table]) -> dict[str, int]:
    counts = {}
    async with transaction(api.services.engine) as connection:
        for table in tables:
            column = table.c[owned()[table.name]]
            found = await connection.execute(select(func.count()).select_from(table).where(column == owner))
            counts[table.name] = found.scalar_one()
    return counts


async def test_whoever_leaves_leaves_nothing_that_is_not_business(api: Hub) -> None:
    amelia, other = await signed_in(api), await signed_in(api)
    for who in (amelia, other):
        await told(api, who, "PUT", "/v1/users/me/preferences", {"currency": "EUR"})
        await told(api, who, "POST", "/v1/users/me/favorites", {"kind": "airport", "about": "ZRH"}, status=201)
        await told(api, who, "POST", "/v1/api-keys", {"name": "app"}, status=201)
        wish = {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "below": "400.00"}
        await told(api, who, "POST", "/v1/alerts", wish, status=201)
        await api.get(api.search_path(), **who.shown)
    await api.services.notebook.write()
    await api.get(api.stay_path(), **amelia.shown)  # noted, and not written yet
    tables = tuple(forgetting.GOES)
    before = await rows_of(api, other.id, tables)
    assert sum(before.values()) >= 6
    await told(api, amelia, "DELETE", "/v1/users/me", status=204)
    await api.services.notebook.write()
    assert set((await rows_of(api, amelia.id, tables)).values()) == {0}
    assert await rows_of(api, other.id, tables) == before
    async with transaction(api.services.engine) as connection:
        row = (await connection.execute(select(PEOPLE).where(PEOPLE.c.id == amelia.id))).one()
    assert (row.email, row.email_typed, row.name, row.password, row.verified_at) == (None,) * 5
    assert row.closed_at is not None


async def test_whoever_has_left_is_known_no_more_and_may_come_again_as_somebody_new(api: Hub) -> None:
    amelia = await signed_in(api)
    key = {"X-Api-Key": (await told(api, amelia, "POST", "/v1/api-keys", {"name": "app"}, status=201))["secret"]}
    assert (await api.get("/v1/auth/me", **key)).status_code == 200
    await told(api, amelia, "DELETE", "/v1/users/me", status=204)
    assert (await api.get("/v1/auth/me", **amelia.shown)).status_code == 401
    assert (await api.get("/v1/auth/me", **key)).status_code == 401
    await post(api, "/v1/auth/login", 401, email=amelia.email, password=PASSWORD)
    await post(api, "/v1/auth/refresh", 401, refresh_token=amelia.tokens["refresh_token"])
    await post(api, "/v1/auth/register", 202, email=amelia.email, password=PASSWORD)
    assert (await signed_in(api, amelia.email)).id != amelia.id


async def booked(api: Hub, owner: str, status: BookingStatus) -> str:
    """A booking of theirs, by its reference: a flight in sixty days."""
    offer, name = api.offer(), new_id()
    made = Booking(
        id=name,
        reference=name[:6].upper(),
        owner=owner,
        created_at=api.clock.now,
        items=(Item(number=1, offer=offer, query=api.query(), price=offer.price, reference=f"{name}-1"),),
        method=Method.CARD,
        gateway="heron",
        status=status,
    )
    async with transaction(api.services.engine) as connection:
        assert await bookings.create(connection, made, b"sealed", due_at=api.clock.now)
    return made.reference


async def travellers_kept(api: Hub, owner: str) -> dict[str, bool]:
    async with transaction(api.services.engine) as connection:
        rows = await connection.execute(select(BOOKINGS).where(BOOKINGS.c.owner == owner))
        return {row.reference: row.people is not None for row in rows}


async def test_a_booking_that_is_under_way_has_to_end_first_and_is_named(api: Hub) -> None:
    amelia = await signed_in(api)
    reference = await booked(api, amelia.id, BookingStatus.IN_DOUBT)
    refused = await told(api, amelia, "DELETE", "/v1/users/me", status=409)
    assert reference in refused["detail"]
    assert (await told(api, amelia, "GET", "/v1/users/me"))["email"] == amelia.email


async def test_travellers_are_forgotten_at_once_where_nothing_lies_ahead_and_else_after_the_journey(api: Hub) -> None:
    amelia = await signed_in(api)
    failed = await booked(api, amelia.id, BookingStatus.FAILED)
    ahead = await booked(api, amelia.id, BookingStatus.CONFIRMED)
    await told(api, amelia, "DELETE", "/v1/users/me", status=204)
    assert await travellers_kept(api, amelia.id) == {failed: False, ahead: True}
    for days, kept in ((66, True), (68, False)):
        async with transaction(api.services.engine) as connection:
            assert (amelia.id in await forgetting.with_travellers_left(connection)) or not kept
            await forgetting.forget_travellers(connection, amelia.id, now=api.clock.now + timedelta(days=days))
        assert await travellers_kept(api, amelia.id) == {failed: False, ahead: kept}
    async with transaction(api.services.engine) as connection:
        assert amelia.id not in await forgetting.with_travellers_left(connection)
