"""People who are somebody elsewhere: believed by what their issuer publishes, and new here when they come first."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import falcon.testing
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import get_default_algorithms

from adapters.identity.oidc import IdentityDesk
from adapters.kit.failures import Failure
from domain.enquiries import SignInEnquiry
from domain.issuers import Issuer, PublicKey, Published
from domain.jobs import Queue, RefreshIssuers
from domain.people import Role
from storage import issuers, people
from storage.engine import transaction
from tests.adapters.identity.issuer import ISSUER, URL, came_back, network, ordered
from tests.api.answering import enquiries, tell
from tests.api.hub import Hub, hub, json, until
from tests.api.people.somebody import post, registered
from tests.builders import report

OTHER: Final = Issuer(url="https://project.example/auth/v1", audience="authenticated")


class Abroad:
    """An API process that believes two issuers, and the network on which one of them is."""

    def __init__(self, api: Hub, over: httpx.AsyncBaseTransport) -> None:
        self.api: Final = api
        self.over: Final = over
        self.desk: Final = IdentityDesk({URL: ISSUER}, over=over)

    async def read(self) -> None:
        """What the worker does."""
        async with transaction(self.api.services.engine) as connection:
            await issuers.keep(connection, await self.desk.published(ISSUER), now=self.api.clock.now)

    async def left(self) -> tuple[str, str]:
        """Where the redirect leads, and the cookie."""
        answer = await self.api.get("/v1/auth/google/redirect")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"], answer.headers["Set-Cookie"].partition(";")[0]

    async def returned(self, brought: dict[str, str], cookie: str) -> falcon.testing.Result:
        """The answer of the callback, whose code the worker exchanges as soon as it is asked to."""
        path = f"/v1/auth/google/callback?{urlencode(brought)}"
        before = len(enquiries(self.api))
        answer = asyncio.create_task(self.api.get(path, Cookie=cookie))
        await until(lambda: answer.done() or len(enquiries(self.api)) > before)
        if not answer.done():
            await self._exchange()
        return await answer

    async def _exchange(self) -> None:
        enquiry = enquiries(self.api)[-1]
        assert isinstance(enquiry, SignInEnquiry)
        begun = await issuers.take(self.api.services.redis, enquiry.ticket)
        assert begun is not None
        try:
            token = await self.desk.exchanged(await self.desk.published(ISSUER), ISSUER, begun)
        except Failure as failure:
            part = report(supplier="127.0.0.1", status=failure.outcome, detail=failure.detail, fetched_at=None)
            await tell(self.api, enquiry, reports=(part,))
        else:
            await tell(self.api, enquiry, token)


@pytest.fixture
async def abroad(database_url: str, redis_url: str) -> AsyncIterator[Abroad]:
    believed = {URL: ISSUER, OTHER.url: OTHER}
    async with hub(database_url=database_url, redis_url=redis_url, believed=believed, ready=False) as api:
        made = Abroad(api, network())
        await made.read()
        await api.services.outside.look()
        yield made


async def test_somebody_who_signs_in_elsewhere_is_somebody_here_and_the_same_next_time(abroad: Abroad) -> None:
    people_seen = []
    for _ in range(2):
        place, cookie = await abroad.left()
        answer = await abroad.returned(await came_back(abroad.over, place), cookie)
        assert answer.status_code == 200, answer.text
        shown = {"Authorization": f"Bearer {json(answer)['access_token']}"}
        people_seen.append(json(await abroad.api.get("/v1/auth/me", **shown)))
    first, again = people_seen
    assert first == again
    assert (first["email"], first["email_verified"], first["name"]) == ("amelia@sandbox.example", True, "Amelia E.")
    place, cookie = await abroad.left()
    other = await abroad.returned(await came_back(abroad.over, place, "bessie"), cookie)
    shown = {"Authorization": f"Bearer {json(other)['access_token']}"}
    assert json(await abroad.api.get("/v1/auth/me", **shown))["id"] != first["id"]


async def test_the_way_there_asks_for_a_code_with_a_secret_of_our_own(abroad: Abroad) -> None:
    place, cookie = await abroad.left()
    asked = {name: told[0] for name, told in parse_qs(urlsplit(place).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/v1/auth/google/callback"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert asked["state"] not in cookie
    answer = await abroad.api.get("/v1/auth/google/redirect")
    assert "HttpOnly; SameSite=Lax" in answer.headers["Set-Cookie"]


async def test_a_sign_in_that_another_browser_began_is_refused(abroad: Abroad) -> None:
    place, _ = await abroad.left()
    brought = await came_back(abroad.over, place)
    for cookie in ("", "travelhub_sign_in=", (await abroad.left())[1]):
        place, _ = await abroad.left()
        brought = await came_back(abroad.over, place)
        assert (await abroad.returned(brought, cookie)).status_code == 401


async def test_a_sign_in_ends_once(abroad: Abroad) -> None:
    place, cookie = await abroad.left()
    brought = await came_back(abroad.over, place)
    statuses = [(await abroad.returned(brought, cookie)).status_code for _ in range(2)]
    assert statuses == [200, 401]
    assert (await abroad.returned(brought | {"state": "made up"}, cookie)).status_code == 401


async def test_whoever_says_no_there_is_nobody_here(abroad: Abroad) -> None:
    place, cookie = await abroad.left()
    assert (await abroad.returned(await came_back(abroad.over, place, "deny"), cookie)).status_code == 401


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        ("down", 502), ("another_issuer", 401), ("another_audience", 401), ("another_nonce", 401), ("expired", 401),
        ("unknown_key", 401), ("no_signature", 401),
    ],
)  # fmt: skip
async def test_what_comes_back_wrong_signs_nobody_in(abroad: Abroad, trouble: str, status: int) -> None:
    place, cookie = await abroad.left()
    brought = await came_back(abroad.over, place)
    await ordered(abroad.over, "trouble", trouble=trouble)
    assert (await abroad.returned(brought, cookie)).status_code == status
    async with transaction(abroad.api.services.engine) as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM people")).scalar_one() == 0


async def test_an_address_that_has_an_account_here_opens_it_to_no_issuer(abroad: Abroad) -> None:
    await registered(abroad.api, "Amelia@sandbox.example")
    place, cookie = await abroad.left()
    answer = await abroad.returned(await came_back(abroad.over, place), cookie)
    shown = {"Authorization": f"Bearer {json(answer)['access_token']}"}
    assert json(await abroad.api.get("/v1/auth/me", **shown))["email"] is None
    await post(abroad.api, "/v1/auth/login", 401, email="amelia@sandbox.example", password="anything at all")


async def test_where_nobody_signs_in_elsewhere_there_is_no_such_place(api: Hub) -> None:
    assert (await api.get("/v1/auth/google/redirect")).status_code == 404
    assert (await api.get("/v1/auth/google/callback?state=s&code=c")).status_code == 404


RSA, CURVE = rsa.generate_private_key(public_exponent=65537, key_size=2048), ec.generate_private_key(ec.SECP256R1())


def jwk(private: Any, algorithm: str, name: str) -> PublicKey:
    told = get_default_algorithms()[algorithm].to_jwk(private.public_key(), as_dict=True)
    return PublicKey(id=name, algorithm=algorithm, jwk=told)


async def published(api: Hub, *keys: PublicKey) -> None:
    async with transaction(api.services.engine) as connection:
        await issuers.keep(connection, Published(issuer=OTHER.url, keys=keys), now=api.clock.now)
    await api.services.outside.look()


def token(
    api: Hub, private: Any = RSA, algorithm: str = "RS256", *, head: dict[str, Any] | None = None, **claims: Any
) -> dict[str, str]:
    """As the other issuer would write it, but for what is told; None leaves a claim out."""
    now = int(api.clock.now.timestamp())
    true = {
        "iss": OTHER.url, "aud": OTHER.audience, "sub": "u-1", "iat": now, "exp": now + 3600, "role": "authenticated",
        "email": "amelia@project.example", "user_metadata": {"email_verified": True},
    }  # fmt: skip
    told = {name: value for name, value in (true | claims).items() if value is not None}
    headers = {name: value for name, value in ({"kid": "k1"} | (head or {})).items() if value is not None}
    made = jwt.encode(told, private, algorithm=algorithm, headers=headers)
    return {"Authorization": f"Bearer {made}"}


async def test_a_token_of_an_outside_issuer_is_believed_and_its_role_is_not(abroad: Abroad) -> None:
    api = abroad.api
    await published(api, jwk(RSA, "RS256", "k1"), jwk(CURVE, "ES256", "k2"))
    me = json(await api.get("/v1/auth/me", **token(api, role="admin")))
    assert (me["role"], me["email"], me["email_verified"]) == ("traveller", "amelia@project.example", True)
    same = json(await api.get("/v1/auth/me", **token(api, CURVE, "ES256", head={"kid": "k2"})))
    assert same["id"] == me["id"]
    async with transaction(api.services.engine) as connection:
        await people.set_role(connection, me["id"], Role.OPERATOR)
    assert json(await api.get("/v1/auth/me", **token(api, jti="2")))["role"] == "operator"


async def test_an_address_that_its_issuer_does_not_vouch_for_is_not_theirs(abroad: Abroad) -> None:
    await published(abroad.api, jwk(RSA, "RS256", "k1"))
    me = json(await abroad.api.get("/v1/auth/me", **token(abroad.api, user_metadata={})))
    assert (me["email"], me["email_verified"]) == (None, False)


async def test_what_is_forged_in_the_name_of_an_issuer_is_refused(abroad: Abroad) -> None:
    api = abroad.api
    await published(api, jwk(RSA, "RS256", "k1"))
    now = int(api.clock.now.timestamp())
    public = str(RSA.public_key().public_numbers().n).encode()
    forged = {
        "another key": token(api, rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        "a key that is not published": token(api, head={"kid": "k9"}),
        "no name of a key": token(api, head={"kid": None}),
        "another algorithm of the same key": token(api, algorithm="RS512"),
        "a shared secret made of what is public": token(api, public, "HS256"),
        "no signature": token(api, "", "none"),
        "another audience": token(api, aud="another"),
        "an issuer that nobody believes": token(api, iss="https://evil.example"),
        "an issuer by a longer name": token(api, iss=f"{OTHER.url}/"),
        "one issuer's token by another's key": token(api, iss=URL, aud=ISSUER.audience),
        "expired": token(api, exp=now - 31),
        "not good yet": token(api, nbf=now + 31),
        "made tomorrow": token(api, iat=now + 86_400),
        "without an end": token(api, exp=None),
        "of nobody": token(api, sub=None),
        "of an empty name": token(api, sub=""),
    }
    statuses = {name: (await api.get("/v1/auth/me", **shown)).status_code for name, shown in forged.items()}
    assert set(statuses.values()) == {401}, statuses
    assert (await api.get("/v1/auth/me", **token(api))).status_code == 200


async def test_a_new_key_is_asked_for_once_and_believed_when_a_worker_has_read_it(abroad: Abroad) -> None:
    api = abroad.api
    await published(api, jwk(RSA, "RS256", "k1"))
    await api.services.redis.flushdb()
    for _ in range(3):
        assert (await api.get("/v1/auth/me", **token(api, CURVE, "ES256", head={"kid": "k2"}))).status_code == 401
    assert [job for job in api.jobs(Queue.REFRESH) if isinstance(job, RefreshIssuers)] == [RefreshIssuers()]
    await published(api, jwk(RSA, "RS256", "k1"), jwk(CURVE, "ES256", "k2"))
    assert (await api.get("/v1/auth/me", **token(api, CURVE, "ES256", head={"kid": "k2"}))).status_code == 200


async def test_somebody_from_elsewhere_who_has_left_is_somebody_new_when_they_come_again(abroad: Abroad) -> None:
    api = abroad.api
    await published(api, jwk(RSA, "RS256", "k1"))
    before = json(await api.get("/v1/auth/me", **token(api)))
    assert (await api._asked("DELETE", "/v1/users/me", token(api))).status_code == 204
    after = json(await api.get("/v1/auth/me", **token(api, jti="later")))
    assert after["id"] != before["id"]
