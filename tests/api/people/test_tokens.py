"""A token is believed when we have signed it, for as long as it says, and for nothing else."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from api.people.tokens import GOOD_FOR, LEEWAY, BadToken, TokenRing
from domain.people import Role, Shown

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
KEY, OTHER = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"a", b"b"))
RING = TokenRing([KEY])


def token(ring: TokenRing = RING, *, now: datetime = NOON) -> str:
    return ring.signed(owner="anna", role=Role.OPERATOR, session="monday", number="1", now=now)


def forged(head: dict[str, Any] | None = None, *, key: str = KEY, algorithm: str = "HS256", **claims: Any) -> str:
    """Ours but for what is told; None leaves a claim out."""
    true = jwt.decode(token(), options={"verify_signature": False})
    told = {name: value for name, value in (true | claims).items() if value is not None}
    headers = {"kid": jwt.get_unverified_header(token())["kid"], "typ": "at+jwt"} | (head or {})
    secret = "" if algorithm == "none" else base64.urlsafe_b64decode(key) * 2
    if algorithm == "HS256":
        secret = base64.urlsafe_b64decode(key)
    return jwt.encode(told, secret, algorithm=algorithm, headers=headers)


def test_a_token_says_who_somebody_is_until_it_ends() -> None:
    told = RING.read(token(), NOON)
    assert (told.owner, told.role, told.shown, told.session) == ("anna", Role.OPERATOR, Shown.TOKEN, "monday")
    assert told.until == NOON + GOOD_FOR + LEEWAY
    assert RING.read(token(), NOON + GOOD_FOR) == told
    assert RING.read(forged(), NOON) == told


def test_a_token_that_has_ended_is_refused() -> None:
    with pytest.raises(BadToken, match="expired"):
        RING.read(token(), NOON + GOOD_FOR + LEEWAY)


def test_a_token_of_tomorrow_is_refused() -> None:
    RING.read(token(now=NOON + LEEWAY), NOON)
    with pytest.raises(BadToken, match="not good yet"):
        RING.read(token(now=NOON + LEEWAY + timedelta(seconds=1)), NOON)


def test_the_old_key_is_believed_until_it_leaves_and_the_new_one_signs() -> None:
    both = TokenRing([OTHER, KEY])
    assert both.read(token(), NOON).owner == "anna"
    assert TokenRing([OTHER]).read(token(both), NOON).owner == "anna"
    with pytest.raises(BadToken):
        TokenRing([OTHER]).read(token(), NOON)


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(forged(key=OTHER), id="another key"),
        pytest.param(forged(algorithm="none"), id="no signature"),
        pytest.param(forged(algorithm="HS512"), id="another algorithm with the same key"),
        pytest.param(forged({"kid": "unknown"}), id="a key that nobody knows"),
        pytest.param(forged({"kid": "../../dev/null"}), id="a key by its path"),
        pytest.param(forged({"typ": "JWT"}), id="a token of another kind"),
        pytest.param(forged({"jku": "https://evil.example", "kid": "theirs"}), id="a key from somewhere else"),
        pytest.param(forged(iss="https://evil.example"), id="another issuer"),
        pytest.param(forged(aud="another service"), id="for somebody else"),
        pytest.param(forged(exp=None), id="without an end"),
        pytest.param(forged(exp="tomorrow"), id="an end that is none"),
        pytest.param(forged(exp=2**60), id="an end beyond all calendars"),
        pytest.param(forged(exp=int(NOON.timestamp()) + 3600), id="longer than any of ours"),
        pytest.param(forged(nbf=None), id="without a beginning"),
        pytest.param(forged(sub=None), id="of nobody"),
        pytest.param(forged(sid=None), id="of no session"),
        pytest.param(forged(jti=None), id="without a number"),
        pytest.param(forged(role="emperor"), id="a role that there is not"),
        pytest.param(forged(role=None), id="without a role"),
        pytest.param(token()[:-2], id="cut"),
        pytest.param("", id="nothing"),
        pytest.param("a.b.c", id="not a token"),
        pytest.param("é.é.é", id="not even letters of one"),
    ],
)
def test_what_is_forged_is_refused(shown: str) -> None:
    with pytest.raises(BadToken):
        RING.read(shown, NOON)


def test_a_changed_claim_breaks_the_signature() -> None:
    head, _, signature = token().split(".")
    claims = jwt.decode(token(), options={"verify_signature": False}) | {"role": "admin"}
    changed = jwt.encode(claims, b"x" * 32, algorithm="HS256").split(".")[1]
    with pytest.raises(BadToken):
        RING.read(f"{head}.{changed}.{signature}", NOON)


@pytest.mark.parametrize("key", ["short", base64.urlsafe_b64encode(b"x" * 31).decode(), "no base64 at all!"])
def test_a_key_that_is_none_is_said_so_without_telling_it(key: str) -> None:
    with pytest.raises(ValueError, match="TOKEN_KEYS") as told:
        TokenRing([key])
    assert key not in str(told.value)


def test_without_a_key_nobody_is_believed_and_nobody_can_sign_in() -> None:
    with pytest.raises(BadToken):
        TokenRing([]).read(token(), NOON)
    with pytest.raises(ValueError, match="TOKEN_KEYS"):
        token(TokenRing([]))
