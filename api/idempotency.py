"""Carrying a request out once, however often it comes: the same key and the same words get the same answer."""

import hashlib
import math
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from api.calls import Asked, Reply, reply
from api.problems import Kind, Problem, unavailable
from api.sealing import vault_of
from api.services import Services
from storage import idempotency
from storage.engine import transaction
from storage.failures import StorageDown
from storage.idempotency import Answer, Asking, Claim, ClaimLost, KeyReused, UnderWay
from storage.vault import Unreadable

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_A_KEY: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


def asking(owner: str, key: str | None, call: str, body: bytes) -> Asking:
    """What is asked, in a form in which equal requests are equal. Raises Problem (400) where the key is no key.

    Two bodies are the same where they say the same, whatever the order of their fields.
    """
    if key is None or not _A_KEY.fullmatch(key):
        raise Problem(
            Kind.MALFORMED,
            f"This call spends or refunds money: send an {HEADER} of 1 to 255 printable characters, a new one for each "
            "thing that you want done, and the same one when you try again.",
        )
    return Asking(owner=owner, key=key, call=call, digest=hashlib.blake2b(_ordered(body), digest_size=32).digest())


async def once(
    services: Services, request: Asking, answer: Callable[[Claim], Awaitable[Reply]], *, accept_encoding: str
) -> Reply:
    """The answer to whoever comes first, and the very same one to all who come later.

    Whatever ends in a problem has done nothing and leaves its key free. Raises Problem: 422 where the key was shown with
    something else, 409 as long as the first request is under way.
    """
    try:
        async with transaction(services.engine) as connection:
            held = await idempotency.claim(connection, request, now=services.clock())
    except KeyReused as error:
        raise Problem(
            Kind.KEY_REUSED, f"This {HEADER} was sent with another request before: take a new one for a new wish."
        ) from error
    except UnderWay as error:
        raise _under_way(services, error) from error
    if isinstance(held, Answer):
        return _replayed(services, held, accept_encoding)
    try:
        return await answer(held)
    except ClaimLost as error:
        raise Problem(Kind.CONFLICT, "This took too long and was not done.", headers=(("Retry-After", "1"),)) from error
    except Exception:
        with suppress(StorageDown):  # then it is free when the claim ends
            async with transaction(services.engine) as connection:
                await idempotency.give_back(connection, held)
        raise


async def done(
    services: Services,
    asked: Asked[Any, Any],
    connection: AsyncConnection,
    answer: msgspec.Struct,
    *,
    status: int,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """The answer, kept for whoever asks again, in the transaction of what it tells of. Only of idempotent calls.

    It is sealed, because answers tell who travels. Raises Problem (503) where no key is set.
    """
    assert asked.claim is not None
    body = vault_of(services).seal(answer)
    await idempotency.answered(connection, asked.claim, Answer(status=status, headers=headers, body=body))
    return reply(services, asked, answer, status=status, headers=headers)


def _replayed(services: Services, held: Answer, accept_encoding: str) -> Reply:
    try:
        body = bytes(vault_of(services).opened(held.body, msgspec.Raw))
    except Unreadable as error:
        raise unavailable("What was answered then can't be opened with the keys of today.") from error
    rendering = services.shelf.rendering(body, accept_encoding, cache_control="no-store")
    return Reply(status=held.status, rendering=rendering, headers=(*held.headers, (REPLAYED, "true")))


def _under_way(services: Services, error: UnderWay) -> Problem:
    left = (error.until - services.clock()).total_seconds()
    return Problem(
        Kind.CONFLICT,
        f"The first request with this {HEADER} is still under way.",
        headers=(("Retry-After", str(max(1, min(2, math.ceil(left))))),),
    )


def _ordered(body: bytes) -> bytes:
    """What can't be read is compared as it is: it is refused in any case."""
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body
