"""Whoever shows a credential that is not good is told so, on every call; whoever shows a good one is known from then on."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.people.credentials import Credentials, Refused, credential_in
from api.people.outside import Outside
from api.people.tokens import TokenRing
from domain.people import ApiKey, Identity, Role, Shown
from storage import api_keys, people
from storage.cache import connect
from storage.engine import create_engine, transaction
from storage.failures import StorageDown
from storage.queue import JobQueue, broker
from tests.api.hub import TOKEN, TOKEN_KEYS, Hub, hub, json
from tests.api.people.somebody import Somebody, signed_in

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
RING = TokenRing(TOKEN_KEYS)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def a_key(api: Hub, owner: Somebody) -> dict[str, str]:
    made = await api.post("/v1/api-keys", {"name": "my app"}, **owner.shown)
    assert made.status_code == 201
    return {"X-Api-Key": json(made)["secret"]}


@pytest.mark.parametrize(
    "shown",
    [
        bearer("nonsense"),
        bearer("a.b.c"),
        bearer(""),
        {"Authorization": "Basic YW1lbGlhOnNlY3JldA=="},
        {"Authorization": ""},
        {"X-Api-Key": ""},
        {"X-Api-Key": "anna"},
        {"X-Api-Key": "thk_aaaaaaaaaaaa_" + "a" * 43},
        {"X-Api-Key": TOKEN},
        {"X-Api-Key": "é"},
        bearer(TOKEN) | {"X-Api-Key": "thk_aaaaaaaaaaaa_" + "a" * 43},
    ],
)
@pytest.mark.parametrize("path", ["/v1/airports/LHR", "/v1/search/history", "/v1/admin/suppliers", "/v1/nowhere"])
async def test_what_is_not_good_is_refused_whatever_is_asked(api: Hub, path: str, shown: dict[str, str]) -> None:
    answer = await api.get(path, **shown)
    assert (answer.status_code, json(answer)["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="travelhub"'
    assert answer.headers["X-Request-Id"] == json(answer)["request_id"]


async def test_a_cached_answer_is_refused_as_any_other(api: Hub) -> None:
    await api.found()
    path = api.search_path()
    assert [(await api.get(path)).status_code for _ in range(2)] == [200, 200]
    assert (await api.get(path, **bearer("nonsense"))).status_code == 401
    assert (await api.get(path, **api.signed_in("anna"))).status_code == 200


async def test_a_token_of_another_system_with_the_same_words_is_refused(api: Hub) -> None:
    strange = TokenRing(["c3RyYW5nZXJzIHRoYXQgc2lnbiBhcyB3ZSBkbyBpdCE="])
    token = strange.signed(owner="anna", role=Role.ADMIN, session="x", number="1", now=api.clock.now)
    assert (await api.get("/v1/admin/suppliers", **bearer(token))).status_code == 401


@pytest.mark.parametrize(("role", "status"), [(Role.TRAVELLER, 403), (Role.OPERATOR, 403), (Role.ADMIN, 202)])
async def test_admins_may_what_the_administrators_token_may(api: Hub, role: Role, status: int) -> None:
    answer = await api._asked("POST", "/v1/airports/sync", api.signed_in("somebody", role=role))
    assert answer.status_code == status
    assert (await api._asked("POST", "/v1/airports/sync", {})).status_code == 401


@pytest.mark.parametrize(("role", "status"), [(Role.TRAVELLER, 403), (Role.OPERATOR, 200), (Role.ADMIN, 200)])
async def test_operators_look_after_suppliers(api: Hub, role: Role, status: int) -> None:
    answer = await api.get("/v1/admin/suppliers", **api.signed_in("somebody", role=role))
    assert answer.status_code == status


async def test_the_administrators_token_is_nobodys_account(api: Hub) -> None:
    for path in ("/v1/auth/me", "/v1/api-keys"):
        assert (await api.get(path, **bearer(TOKEN))).status_code == 403


async def test_a_key_acts_for_whoever_made_it(api: Hub) -> None:
    amelia = await signed_in(api)
    key = await a_key(api, amelia)
    me = json(await api.get("/v1/auth/me", **key))
    assert (me["id"], me["shown"], me["role"]) == (amelia.id, "api_key", "traveller")
    await api.get(api.search_path(), **key)
    assert json(await api.get("/v1/search/history", **amelia.shown))["page"]["total"] == 1


async def test_a_key_can_neither_make_keys_nor_close_the_account(api: Hub) -> None:
    key = await a_key(api, await signed_in(api))
    for method, path in (("GET", "/v1/api-keys"), ("DELETE", "/v1/users/me")):
        answer = await api._asked(method, path, key)
        assert (answer.status_code, json(answer)["code"]) == (403, "forbidden")


async def test_the_key_of_an_operator_is_a_travellers(api: Hub) -> None:
    amelia = await signed_in(api)
    async with transaction(api.services.engine) as connection:
        await people.set_role(connection, amelia.id, Role.ADMIN)
    key = await a_key(api, amelia)
    assert (await api.get("/v1/admin/suppliers", **key)).status_code == 403
    assert json(await api.get("/v1/auth/me", **key))["role"] == "traveller"


async def test_a_secret_is_shown_once_and_kept_as_a_hash_only(api: Hub) -> None:
    amelia = await signed_in(api)
    secret = (await a_key(api, amelia))["X-Api-Key"]
    (listed,) = json(await api.get("/v1/api-keys", **amelia.shown))["data"]
    assert set(listed) == {"id", "name", "created_at", "last_used_at"}
    assert secret.startswith(f"thk_{listed['id']}_")
    async with transaction(api.services.engine) as connection:
        (row,) = (await connection.exec_driver_sql(f"SELECT * FROM api_keys WHERE owner = '{amelia.id}'")).all()  # noqa: S608  # an id of ours
    assert secret.rpartition("_")[2] not in str(row)


async def test_a_key_that_was_taken_back_opens_nothing_here_at_once(api: Hub) -> None:
    amelia, other = await signed_in(api), await signed_in(api)
    key = await a_key(api, amelia)
    assert (await api.get("/v1/auth/me", **key)).status_code == 200
    (listed,) = json(await api.get("/v1/api-keys", **amelia.shown))["data"]
    place = f"/v1/api-keys/{listed['id']}"
    assert (await api._asked("DELETE", place, other.shown)).status_code == 404
    assert (await api._asked("DELETE", place, amelia.shown)).status_code == 204
    assert (await api._asked("DELETE", place, amelia.shown)).status_code == 404
    assert (await api.get("/v1/auth/me", **key)).status_code == 401


async def test_nobody_has_more_than_fifty_keys(api: Hub) -> None:
    amelia = await signed_in(api)
    for _ in range(50):
        await a_key(api, amelia)
    assert (await api.post("/v1/api-keys", {"name": "one more"}, **amelia.shown)).status_code == 422
    first = json(await api.get("/v1/api-keys?limit=30", **amelia.shown))
    rest = json(await api.get(f"/v1/api-keys?limit=30&cursor={first['page']['next']}", **amelia.shown))
    assert len({one["id"] for one in (*first["data"], *rest["data"])}) == 50


async def test_when_a_key_was_used_is_told_after_a_while(api: Hub) -> None:
    amelia = await signed_in(api)
    key = await a_key(api, amelia)
    await api.get("/v1/airports/LHR", **key)
    await api.services.credentials.look()
    (listed,) = json(await api.get("/v1/api-keys", **amelia.shown))["data"]
    assert listed["last_used_at"] == api.clock.now.isoformat().replace("+00:00", "Z")


class Time:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


def known_by(engine: AsyncEngine, clock: Time) -> Credentials:
    client = connect("redis://127.0.0.1:1/0")
    outside = Outside({}, engine=engine, client=client, queue=JobQueue(broker("redis://127.0.0.1:1/0")))
    return Credentials(ring=RING, outside=outside, admin_token=TOKEN, engine=engine, clock=clock)


async def test_another_process_hears_of_what_was_revoked(engine: AsyncEngine) -> None:
    one, clock = known_by(engine, Time()), Time()
    token = RING.signed(owner="anna", role=Role.TRAVELLER, session="monday", number="1", now=NOON)
    shown = credential_in({b"authorization": f"Bearer {token}".encode()})
    assert shown is not None
    assert (await one.verified(shown, NOON)).owner == "anna"
    assert one.known(shown, NOON) is not None
    async with transaction(engine) as connection:
        await people.revoke(connection, ["monday"], now=clock.now)
    await one.look()
    assert one.known(shown, NOON) is None
    with pytest.raises(Refused):
        await one.verified(shown, NOON)


async def test_who_was_known_is_known_without_the_books_and_nobody_else_is(engine: AsyncEngine) -> None:
    key = ApiKey(id="a" * 12, name="app", created_at=NOON, last_used_at=None)
    async with transaction(engine) as connection:
        await api_keys.create(connection, "anna", key, "s" * 43)
    shown = credential_in({b"x-api-key": b"thk_" + b"a" * 12 + b"_" + b"s" * 43})
    assert shown is not None
    one = known_by(engine, Time())
    assert one.known(shown, NOON) is None
    identity = await one.verified(shown, NOON)
    assert identity == Identity(owner="anna", role=Role.TRAVELLER, shown=Shown.API_KEY, session="a" * 12)
    away = create_engine("postgresql://nobody@127.0.0.1:1/none", connections=1, name="travelhub tests")
    assert one.known(shown, NOON) == identity
    with pytest.raises(StorageDown):
        await known_by(away, Time()).verified(shown, NOON)
    await away.dispose()


async def test_while_the_books_are_away_anybody_reads_and_a_key_that_nobody_remembers_is_not_called_wrong(
    redis_url: str,
) -> None:
    async with hub(database_url="postgresql://nobody@127.0.0.1:1/none", redis_url=redis_url, ready=False) as lonely:
        key = {"X-Api-Key": "thk_" + "a" * 12 + "_" + "s" * 43}
        assert (await lonely.get("/livez", **key)).status_code == 200
        assert (await lonely.get("/v1/search/history", **key)).status_code == 503
        assert (await lonely.get("/v1/search/history")).status_code == 401
