"""Somebody with an account, a mailbox, and the worker that writes to it."""

import itertools
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from sqlalchemy import select

from domain.jobs import Queue, WriteToAccount
from domain.people import Address
from storage.engine import transaction
from storage.letter_tables import LETTERS
from storage.letters import Addressed
from tests.api.hub import Hub, json
from workers import accounts

PASSWORD: Final = "a long way to go"
_NUMBERS: Final = itertools.count(1)


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    """`tokens` is the answer to their login."""

    id: str
    email: str
    tokens: dict[str, Any]

    @property
    def shown(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}


def an_address() -> str:
    return f"Amelia.{next(_NUMBERS)}@Example.org"


async def post(api: Hub, path: str, status: int = 200, /, **body: object) -> Any:
    """The answer to a call of nobody in particular."""
    answer = await api.post(path, body)
    assert answer.status_code == status, answer.text
    return json(answer) if answer.content else None


async def registered(api: Hub, email: str | None = None) -> str:
    email = email or an_address()
    await post(api, "/v1/auth/register", 202, email=email, password=PASSWORD, name="Amelia")
    return email


async def signed_in(api: Hub, email: str | None = None, password: str = PASSWORD) -> Somebody:
    """With an account that is made where no address is told."""
    email = email or await registered(api)
    tokens = await post(api, "/v1/auth/login", email=email, password=password)
    told = json(await api.get("/v1/auth/me", Authorization=f"Bearer {tokens['access_token']}"))
    return Somebody(id=told["id"], email=email, tokens=tokens)


async def mailed(api: Hub, email: str) -> list[tuple[str, str]]:
    """Kind and token of every letter to this address, once the worker has done what there is to do, oldest first."""
    vault = api.services.vault
    assert vault is not None
    for job in api.jobs(Queue.NOTICES):
        if isinstance(job, WriteToAccount) and vault.opened(job.sealed.encode(), Address).typed == email:
            await accounts.write(job, engine=api.services.engine, vault=vault, now=api.clock.now)
    async with transaction(api.services.engine) as connection:
        rows = (await connection.execute(select(LETTERS).order_by(LETTERS.c.created_at, LETTERS.c.id))).all()
    letters = [(row.kind, vault.opened(row.sealed, Addressed)) for row in rows if row.sealed is not None]
    return [(kind, _token(letter.data)) for kind, letter in letters if letter.to == email]


def _token(data: dict[str, Any]) -> str:
    return parse_qs(urlsplit(data["link"]).query)["token"][0] if "link" in data else ""
