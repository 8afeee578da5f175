"""Having an account, signing in, staying so, and signing out; and nobody learns who has one."""

import asyncio
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

from api.people.passwords import Passwords, argon2id
from api.people.tokens import GOOD_FOR, LEEWAY
from api.problems import Problem
from domain.people import address
from storage import people
from storage.engine import transaction
from storage.login_attempts import MOST_FOR_AN_ACCOUNT, MOST_FROM_AN_ADDRESS, LoginAttempts
from storage.mail_tokens import MOST_AN_HOUR
from storage.sessions import GRACE, TOKEN_GOOD_FOR
from tests.api.hub import Hub, json
from tests.api.people.somebody import PASSWORD, an_address, mailed, post, registered, signed_in

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_an_account_is_made_its_address_proven_and_its_owner_signed_in(api: Hub) -> None:
    email = await registered(api)
    amelia = await signed_in(api, email)
    before = json(await api.get("/v1/auth/me", **amelia.shown))
    assert (before["email"], before["email_verified"], before["name"]) == (email, False, "Amelia")
    assert (before["role"], before["shown"]) == ("traveller", "token")
    ((kind, token),) = await mailed(api, email)
    assert kind == "verify_email"
    await post(api, "/v1/auth/verify-email", 204, token=token)
    assert json(await api.get("/v1/users/me", **amelia.shown))["email_verified"] is True


async def test_an_address_is_one_however_it_is_written_and_is_written_to_as_it_was_typed(api: Hub) -> None:
    email = await registered(api, "Jos\u00e9.1@B\u00fccher.Example.org")
    for written in (email.lower(), email.upper(), "jose\u0301.1@xn--bcher-kva.example.org"):
        assert (await signed_in(api, written)).tokens["access_token"]
    ((kind, _),) = await mailed(api, email)
    assert kind == "verify_email"


@pytest.mark.parametrize(
    "typed", ["amelia", "amelia@", "@example.org", "a b@example.org", "a@b@example.org", "a@localhost", "a@-x.org", "a.@x.org", "a@ex..org", f"{'a' * 65}@example.org", "a\n@x.org", "a@x.org,b@x.org"]
)  # fmt: skip
async def test_what_is_no_address_is_said_so(api: Hub, typed: str) -> None:
    for path in ("register", "login"):
        told = await post(api, f"/v1/auth/{path}", 422, email=typed, password=PASSWORD)
        assert {flaw["pointer"] for flaw in told["errors"]} == {"/email"}


async def test_whoever_has_an_account_already_hears_of_it_by_letter_only(api: Hub) -> None:
    email = await registered(api)
    first = await post(api, "/v1/auth/signup", 202, email=an_address(), password="another password")
    again = await post(api, "/v1/auth/signup", 202, email=email, password="another password")
    assert again == first
    assert {kind for kind, _ in await mailed(api, email)} == {"verify_email", "reset_password"}
    await post(api, "/v1/auth/login", 401, email=email, password="another password")
    await post(api, "/v1/auth/login", email=email, password=PASSWORD)


@pytest.mark.parametrize("path", ["resend-verification", "forgot-password"])
async def test_a_letter_is_promised_to_every_address_and_written_to_those_who_have_an_account(
    api: Hub, path: str
) -> None:
    email, stranger = await registered(api), an_address()
    assert await post(api, f"/v1/auth/{path}", 202, email=email) == await post(
        api, f"/v1/auth/{path}", 202, email=stranger
    )
    assert len(await mailed(api, email)) == 2
    assert await mailed(api, stranger) == []


async def test_a_mailbox_is_not_filled_by_others_and_a_proven_address_is_not_proven_again(api: Hub) -> None:
    email = await registered(api)
    for _ in range(MOST_AN_HOUR + 2):
        await post(api, "/v1/auth/forgot-password", 202, email=email)
    letters = await mailed(api, email)
    assert [kind for kind, _ in letters].count("reset_password") == MOST_AN_HOUR
    await post(api, "/v1/auth/verify-email", 204, token=next(token for kind, token in letters if "verify" in kind))
    await post(api, "/v1/auth/resend-verification", 202, email=email)
    assert len(await mailed(api, email)) == len(letters)


class Counting:
    """A hasher that counts its work."""

    def __init__(self) -> None:
        self.hashed = self.verified = 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return CHEAP.hash(password)

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002  # argon2-cffi's own name
        self.verified += 1
        return CHEAP.verify(hash, password)

    def check_needs_rehash(self, hash: str) -> bool:  # noqa: A002  # as above
        return CHEAP.check_needs_rehash(hash)


@pytest.mark.parametrize(
    ("held", "right"),
    [
        pytest.param(None, False, id="nobody"),
        pytest.param(CHEAP.hash(PASSWORD), True, id="the right one"),
        pytest.param(CHEAP.hash("another"), False, id="another one"),
        pytest.param("none", False, id="no hash at all"),
    ],
)
async def test_an_unknown_account_costs_what_a_known_one_does(held: str | None, *, right: bool) -> None:
    counting = Counting()
    passwords = Passwords(counting)
    await passwords.prepare()
    assert counting.hashed == 1
    assert await passwords.matches(held, PASSWORD) is right
    assert (counting.hashed, counting.verified) == (1, 1)
    passwords.close()


async def test_a_password_is_the_same_from_any_keyboard() -> None:
    passwords = Passwords(CHEAP)
    assert await passwords.matches(await passwords.hashed("caf\u00e9 au lait"), "cafe\u0301 au lait")
    passwords.close()


async def test_a_crowd_that_signs_in_at_once_is_asked_to_come_back() -> None:
    passwords = Passwords(CHEAP)
    crowd = await asyncio.gather(*(passwords.hashed(PASSWORD) for _ in range(200)), return_exceptions=True)
    turned_away = [one for one in crowd if isinstance(one, Problem)]
    assert turned_away
    assert {one.kind.status for one in turned_away} == {503}
    assert len(turned_away) < 200
    assert await passwords.hashed(PASSWORD)
    passwords.close()


async def test_a_hash_of_older_parameters_is_made_anew_when_its_owner_signs_in(api: Hub) -> None:
    email = await registered(api)
    older = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    async with transaction(api.services.engine) as connection:
        account = await people.by_address(connection, address(email).compared)
        assert account is not None
        await people.set_password(connection, account.person.id, older)
    await post(api, "/v1/auth/login", email=email, password=PASSWORD)
    async with transaction(api.services.engine) as connection:
        account = await people.by_address(connection, address(email).compared)
    assert account is not None
    assert account.password is not None
    assert not CHEAP.check_needs_rehash(account.password)
    await post(api, "/v1/auth/login", email=email, password=PASSWORD)


def test_passwords_are_hashed_by_argon2id_with_parameters_of_rfc_9106() -> None:
    assert argon2id().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_nobody_signs_in_with_a_wrong_password_or_without_an_account(api: Hub) -> None:
    email = await registered(api)
    wrong = await post(api, "/v1/auth/login", 401, email=email, password="a short way")
    unknown = await post(api, "/v1/auth/login", 401, email=an_address(), password=PASSWORD)
    assert wrong["detail"] == unknown["detail"]


async def test_guessing_ends_after_ten_attempts_and_locks_nobody_else_out(api: Hub) -> None:
    email = await registered(api)
    for _ in range(MOST_FOR_AN_ACCOUNT):
        await post(api, "/v1/auth/login", 401, email=email, password="a guess")
    refused = await api.post("/v1/auth/login", {"email": email, "password": PASSWORD})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    attempts = LoginAttempts(api.services.redis)
    account = address(email).compared
    assert not await attempts.another(account, "")  # a test has no address
    assert await attempts.another(account, "198.51.100.7")


async def test_an_address_has_a_hundred_attempts_over_all_accounts_and_ipv6_ones_count_by_network(api: Hub) -> None:
    attempts = LoginAttempts(api.services.redis)
    tried = [await attempts.another(f"somebody {n}", f"2001:db8::{n:x}") for n in range(MOST_FROM_AN_ADDRESS + 1)]
    assert tried == [True] * MOST_FROM_AN_ADDRESS + [False]
    assert await attempts.another("somebody", "2001:db8:0:1::1")


async def test_whoever_knows_the_password_starts_counting_anew(api: Hub) -> None:
    email = await registered(api)
    for _ in range(2):
        for _ in range(MOST_FOR_AN_ACCOUNT - 1):
            await post(api, "/v1/auth/login", 401, email=email, password="a typo")
        await post(api, "/v1/auth/login", email=email, password=PASSWORD)


async def refreshed(api: Hub, tokens: Any, status: int = 200) -> Any:
    return await post(api, "/v1/auth/refresh", status, refresh_token=tokens["refresh_token"])


async def test_a_session_goes_on_with_each_refresh_token_once(api: Hub) -> None:
    amelia = await signed_in(api)
    api.clock.forward(seconds=(GOOD_FOR + LEEWAY).total_seconds())
    assert (await api.get("/v1/auth/me", **amelia.shown)).status_code == 401
    second = await refreshed(api, amelia.tokens)
    third = await refreshed(api, second)
    assert len({amelia.tokens["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    shown = {"Authorization": f"Bearer {third['access_token']}"}
    assert json(await api.get("/v1/auth/me", **shown))["id"] == amelia.id


async def test_a_refresh_token_that_comes_back_ends_the_session_for_everybody(api: Hub) -> None:
    amelia = await signed_in(api)
    second = await refreshed(api, amelia.tokens)
    api.clock.forward(seconds=GRACE.total_seconds() + 1)
    await refreshed(api, amelia.tokens, 401)
    await refreshed(api, second, 401)
    for tokens in (amelia.tokens, second):
        answer = await api.get("/v1/auth/me", Authorization=f"Bearer {tokens['access_token']}")
        assert answer.status_code == 401


async def test_a_refresh_token_whose_follower_was_used_ends_the_session_however_soon(api: Hub) -> None:
    amelia = await signed_in(api)
    second = await refreshed(api, amelia.tokens)
    third = await refreshed(api, second)
    await refreshed(api, amelia.tokens, 401)
    await refreshed(api, third, 401)


async def test_a_lost_answer_is_asked_for_again_and_only_the_newer_one_counts(api: Hub) -> None:
    amelia = await signed_in(api)
    lost = await refreshed(api, amelia.tokens)
    api.clock.forward(seconds=GRACE.total_seconds() - 1)
    again = await refreshed(api, amelia.tokens)
    await refreshed(api, again)
    await refreshed(api, lost, 401)  # whoever has it, the session ends
    await refreshed(api, again, 401)


async def test_of_many_who_show_one_refresh_token_at_once_one_chain_is_left(api: Hub) -> None:
    amelia = await signed_in(api)
    wish = {"refresh_token": amelia.tokens["refresh_token"]}
    answers = await asyncio.gather(*(api.post("/v1/auth/refresh", wish) for _ in range(5)))
    good = [json(answer) for answer in answers if answer.status_code == 200]
    assert good
    usable = [one for one in good if (await api.post("/v1/auth/refresh", {"refresh_token": one["refresh_token"]})).status_code == 200]  # fmt: skip
    assert len(usable) <= 1


@pytest.mark.parametrize("token", ["", "unknown", "é", "x" * 400])
async def test_an_unknown_refresh_token_is_refused(api: Hub, token: str) -> None:
    answer = await api.post("/v1/auth/refresh", {"refresh_token": token})
    assert answer.status_code == (422 if not token else 401)


async def test_a_refresh_token_expires(api: Hub) -> None:
    amelia = await signed_in(api)
    api.clock.forward(seconds=TOKEN_GOOD_FOR.total_seconds())
    await refreshed(api, amelia.tokens, 401)
    api.clock.forward(seconds=-TOKEN_GOOD_FOR.total_seconds())


async def test_signing_out_ends_the_session_and_its_tokens_at_once(api: Hub) -> None:
    email = await registered(api)
    phone, laptop = await signed_in(api, email), await signed_in(api, email)
    await post(api, "/v1/auth/logout", 204, refresh_token=phone.tokens["refresh_token"])
    assert (await api.get("/v1/auth/me", **phone.shown)).status_code == 401
    await refreshed(api, phone.tokens, 401)
    assert (await api.get("/v1/auth/me", **laptop.shown)).status_code == 200
    await post(api, "/v1/auth/logout", 204, refresh_token="unknown")


async def test_signing_out_everywhere_ends_all_sessions(api: Hub) -> None:
    email = await registered(api)
    phone, laptop, friend = await signed_in(api, email), await signed_in(api, email), await signed_in(api)
    await post(api, "/v1/auth/logout", 204, refresh_token=phone.tokens["refresh_token"], everywhere=True)
    statuses = [(await api.get("/v1/auth/me", **one.shown)).status_code for one in (phone, laptop, friend)]
    assert statuses == [401, 401, 200]


async def test_a_new_password_ends_all_sessions_and_proves_the_address(api: Hub) -> None:
    email = await registered(api)
    before = await signed_in(api, email)
    await post(api, "/v1/auth/forgot-password", 202, email=email)
    await post(api, "/v1/auth/forgot-password", 202, email=email)
    first, second = [token for kind, token in await mailed(api, email) if kind == "reset_password"]
    await post(api, "/v1/auth/reset-password", 204, token=first, password="a longer way to go")
    assert (await api.get("/v1/auth/me", **before.shown)).status_code == 401
    await refreshed(api, before.tokens, 401)
    await post(api, "/v1/auth/login", 401, email=email, password=PASSWORD)
    after = await signed_in(api, email, "a longer way to go")
    assert json(await api.get("/v1/auth/me", **after.shown))["email_verified"] is True
    assert "password_changed" in [kind for kind, _ in await mailed(api, email)]
    for token in (first, second):  # the one was used, the other is worth nothing since
        told = await post(api, "/v1/auth/reset-password", 422, token=token, password="yet another way")
        assert told["errors"][0]["pointer"] == "/token"


async def test_a_link_is_good_once_for_its_purpose_and_within_its_time(api: Hub) -> None:
    email = await registered(api)
    ((_, token),) = await mailed(api, email)
    await post(api, "/v1/auth/reset-password", 422, token=token, password="a longer way to go")
    await post(api, "/v1/auth/verify-email", 422, token="made up")
    await post(api, "/v1/auth/verify-email", 204, token=token)
    await post(api, "/v1/auth/verify-email", 422, token=token)
    await post(api, "/v1/auth/forgot-password", 202, email=email)
    late = next(token for kind, token in await mailed(api, email) if kind == "reset_password")
    api.clock.forward(hours=1)
    await post(api, "/v1/auth/reset-password", 422, token=late, password="a longer way to go")
    api.clock.forward(hours=-1)


async def test_a_new_address_counts_when_it_is_proven_and_not_while_it_is_somebody_elses(api: Hub) -> None:
    amelia, taken, new = await signed_in(api), await registered(api), an_address()
    for wished in (taken, new):
        changed = await api._asked(
            "PUT", "/v1/users/me", amelia.shown | {"Content-Type": "application/json"}, body=_profile(wished)
        )
        assert json(changed)["email"] == amelia.email
    theirs = [token for kind, token in await mailed(api, taken) if kind == "verify_email"]
    statuses = [(await api.post("/v1/auth/verify-email", {"token": token})).status_code for token in theirs]
    assert sorted(statuses) == [204, 422]  # their own letter is theirs
    ((_, token),) = await mailed(api, new)
    await post(api, "/v1/auth/verify-email", 204, token=token)
    assert json(await api.get("/v1/auth/me", **amelia.shown))["email"] == new
    await signed_in(api, new)


def _profile(email: str) -> bytes:
    return msgspec.json.encode({"name": "Amelia", "email": email})
