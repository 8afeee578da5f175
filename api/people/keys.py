"""Keys of client apps: made by a person, shown once, taken back at any time."""

from typing import Final

from api import answers
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.people.accounts import new_id, new_secret
from api.people.answers import ApiKeyList, ApiKeyOfMine, FreshApiKey, NewApiKey
from api.people.lists import ListWishes, paged
from api.people.myself import micros, owner_of
from api.problems import Flaw, invalid, not_there
from api.services import Services
from domain.people import ApiKey
from storage import api_keys, people
from storage.engine import transaction

MOST_KEYS: Final = 50
_ID_LETTERS: Final = 12


async def create(services: Services, asked: Asked[Nothing, NewApiKey]) -> Reply:
    """The key acts for you, with what a traveller may do. Its secret is shown this once, and only its hash is kept."""
    owner, secret = owner_of(asked), new_secret()
    key = ApiKey(id=new_id()[:_ID_LETTERS], name=asked.body.name, created_at=asked.now, last_used_at=None)
    async with transaction(services.engine) as connection:
        if await api_keys.count(connection, owner) >= MOST_KEYS:
            raise invalid([Flaw(pointer="", detail=f"you have {MOST_KEYS} keys, and no more fit: remove some")])
        await api_keys.create(connection, owner, key, secret)
    shown = FreshApiKey(id=key.id, name=key.name, created_at=key.created_at, secret=f"thk_{key.id}_{secret}")
    return reply(services, asked, shown, status=201, headers=(("Location", f"/v1/api-keys/{key.id}"),))


async def listed(services: Services, asked: Asked[ListWishes, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        held = await api_keys.of_owner(connection, owner_of(asked))
    page, headers = paged(asked, ((-micros(one.created_at), one.id, one) for one in held))
    answer = ApiKeyList(data=tuple(map(_shown, page.items)), page=answers.Page(next=page.next, total=page.total))
    return reply(services, asked, answer, headers=headers)


async def remove(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Nobody is let in with it any more: here at once, in other processes within seconds."""
    key_id = asked.place["key_id"]
    async with transaction(services.engine) as connection:
        if not await api_keys.remove(connection, owner_of(asked), key_id):
            raise not_there("There is no such key of yours.")
        await people.revoke(connection, [key_id], now=asked.now)
    services.credentials.revoked([key_id])
    return Reply(status=204)


def _shown(key: ApiKey) -> ApiKeyOfMine:
    return ApiKeyOfMine(id=key.id, name=key.name, created_at=key.created_at, last_used_at=key.last_used_at)
