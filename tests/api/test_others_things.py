"""What belongs to somebody else is not there, over every call that the document has; operators find it."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.webhooks.addresses import Addresses
from domain.bookings import BookingStatus
from domain.findings import Finding, FindingKind
from domain.jobs import Queue
from domain.people import Role
from storage import findings
from storage.engine import transaction
from tests.api.bookings.shop import CONTACT, asked, booked, captured, worked
from tests.api.hub import Hub, filled, hub, json
from tests.api.people.somebody import signed_in
from tests.api.test_openapi import DOCUMENT
from tests.builders import money

Call = tuple[str, str]
OPERATOR: Final = "otto"

# What everybody may see, because it is nobody's: by the name in the path or the body.
PUBLIC: Final[Mapping[str, str]] = {
    "search_id": "a question and its answer, the same for whoever asks it",
    "offer_id": "an offer of a supplier's, made to everybody",
    "quote_id": "what a supplier asks for an offer, whoever asked",
    "availability_id": "what a supplier has left, whoever asked",
    "hotel_id": "a hotel",
    "iata": "an airport",
    "designator": "an airline",
    "flight_number": "a flight",
    "identifier": "an aircraft in the air",
    "provider": "a gateway, which signs what it sends",
}
# What is so much somebody's own that operators have no business with it.
NOT_EVEN_FOR_OPERATORS: Final[Mapping[str, str]] = {
    "alert_id": "what somebody hopes to pay",
    "favorite_id": "what somebody likes",
    "key_id": "a credential",
}
BODIES: Final[Mapping[Call, Mapping[str, Any]]] = {
    ("PUT", "/v1/bookings/{booking_id}"): {"contact": CONTACT},
    ("POST", "/v1/payments"): {"token": "pm_card_visa"},
    ("POST", "/v1/payments/process"): {"token": "pm_card_visa"},
    ("POST", "/v1/payments/{payment_id}/refund"): {},
    ("POST", "/v1/webhooks/test"): {},
    ("POST", "/v1/admin/findings/{finding_id}/settle"): {"state": "resolved", "note": "by telephone"},
    ("POST", "/v1/admin/bookings/{booking_id}/items/{number}/resolve"): {
        "outcome": "not_booked",
        "note": "by telephone",
    },
    ("POST", "/v1/admin/queues/{queue}/dead-letters/replay"): {},
}
MALFORMED: Final = ("nonsense", "%00", "..%2F..", "a" * 300, "1' OR '1'='1")


def named_in(operation: Any) -> frozenset[str]:
    """What a body names by an id."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return frozenset(re.findall(r"'(\w+_ids?)'", str(_whole(schema))))


def _whole(schema: Any) -> Any:
    """With what it refers to, as far as one step goes: ids stand on the first or second level."""
    shapes = DOCUMENT["components"]["schemas"]
    told = [schema, *(shapes[name] for name in re.findall(r"schemas/([\w.]+)", str(schema)))]
    return [*told, *(shapes[name] for one in told[1:] for name in re.findall(r"schemas/([\w.]+)", str(one)))]


def calls() -> Iterator[tuple[Call, frozenset[str]]]:
    """Every call that is about something in particular, with the names of what it is about."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            names = frozenset(re.findall(r"{(\w+)}", path)) | named_in(operation)
            if names:
                yield (method.upper(), path), names


def for_operators(call: Call) -> bool:
    """A call that the document keeps to them: who is none is told so, whether the thing is there or not."""
    schemes = [scheme for one in DOCUMENT["paths"][call[1]][call[0].lower()].get("security", ()) for scheme in one]
    return "administrator" in schemes


CALLS: Final = dict(calls())
OWNED: Final = {call: names for call, names in CALLS.items() if names - PUBLIC.keys() and not for_operators(call)}


def test_the_tables_know_everything_that_a_call_is_about() -> None:
    things = {"booking_id", "payment_id", "subscription_id", "delivery_id", "job_id"}
    told = PUBLIC.keys() | NOT_EVEN_FOR_OPERATORS.keys() | things
    found = {name for call, names in CALLS.items() if not for_operators(call) for name in names}
    assert found == told
    assert all(call in CALLS for call in BODIES)


async def _address(_: str) -> Sequence[str]:
    return ("93.184.215.14",)


@pytest.fixture
async def api(database_url: str, engine: AsyncEngine, redis_url: str) -> AsyncIterator[Hub]:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=redis_url, addresses=Addresses(resolve=_address)) as running:
        yield running


async def made(api: Hub, owner: str) -> dict[str, str]:
    """One of everything, made over the API by one person, by the name that it goes by in paths and bodies."""
    booking = await booked(api, who=owner)
    taken = captured(booking["id"], money())
    await worked(api, booking["id"], status=BookingStatus.CONFIRMING)
    await worked(api, booking["id"], status=BookingStatus.CONFIRMED, charges=(taken,))
    wish = {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "below": "400.00"}
    alert = await asked(api, "POST", "/v1/alerts", wish, who=owner)
    favorite = await asked(api, "POST", "/v1/users/me/favorites", {"kind": "airport", "about": "ZRH"}, who=owner)
    key = await asked(api, "POST", "/v1/api-keys", {"name": "my app"}, who=owner)
    hooks = {"url": "https://example.com/hooks"}
    subscription = json(await asked(api, "POST", "/v1/webhooks/subscriptions", hooks, who=owner))["subscription"]["id"]
    delivery = await asked(api, "POST", "/v1/webhooks/test", {"subscription_id": subscription}, who=owner)
    return {
        "booking_id": booking["id"],
        "payment_id": taken.id,
        "alert_id": json(alert)["id"],
        "favorite_id": json(favorite)["id"],
        "key_id": json(key)["id"],
        "subscription_id": subscription,
        "delivery_id": json(delivery)["id"],
        "job_id": json(await api.admin("POST", "/v1/airports/sync"))["id"],
    }


async def ask(api: Hub, call: Call, things: Mapping[str, str], **who: Any) -> int:
    """The status of a call about these things."""
    method, path = call
    named = {name: things.get(name, "1") for name in re.findall(r"{(\w+)}", path)}
    place = path.format(**named)
    body = BODIES.get(call)
    if body is not None:
        body = {**body, **{name: things[name] for name in CALLS[call] & things.keys() if f"{{{name}}}" not in path}}
    return int((await asked(api, method, place, body, **who)).status_code)


def deletions_last(some: Mapping[Call, frozenset[str]]) -> list[Call]:
    return sorted(some, key=lambda call: (call[0] == "DELETE", call[1].count("/") < 4, call[1]))


async def test_somebody_elses_things_are_not_there_for_anybody_but_operators(api: Hub) -> None:
    owner, other = (await signed_in(api)).id, (await signed_in(api)).id
    things = await made(api, owner)
    assert {name for names in OWNED.values() for name in names} - PUBLIC.keys() == things.keys()

    found = [call for call in OWNED if await ask(api, call, things, who=other) != 404]
    assert found == [], "a stranger finds them"

    private = {call for call, names in OWNED.items() if names & NOT_EVEN_FOR_OPERATORS.keys()}
    found = [call for call in private if await ask(api, call, things, who=OPERATOR, role=Role.OPERATOR) != 404]
    assert found == [], "an operator finds what is somebody's own"

    syncs = {call for call, names in OWNED.items() if "job_id" in names}
    lost = [call for call in OWNED if call[0] == "GET" and await ask(api, call, things, who=owner) != 200]
    assert set(lost) == syncs, "their owner does not find them"  # syncs are begun by operators

    unseen = []
    for call in deletions_last({call: OWNED[call] for call in OWNED.keys() - private}):
        status = await ask(api, call, things, who=OPERATOR, role=Role.OPERATOR)
        if status not in {200, 202, 204, 409}:
            unseen.append((call, status))
    assert unseen == [], "an operator does not find them"


async def test_what_can_be_no_id_is_not_there_either(api: Hub) -> None:
    owner = (await signed_in(api)).id
    by_path = [call for call in OWNED if "{" in call[1]]
    found = [
        (call, words)
        for call in by_path
        for words in MALFORMED
        if await ask(api, call, dict.fromkeys(OWNED[call], words), who=owner) != 404
    ]
    assert found == []


async def test_calls_of_operators_are_closed_to_everybody_else(api: Hub) -> None:
    """They are told 403 before anybody looks whether the thing is there; operators find it."""
    owner = (await signed_in(api)).id
    booking = await booked(api, who=owner)
    difference = Finding(
        kind=FindingKind.STUCK, booking_id=booking["id"], about="booking", detail="Due long ago.", document={}
    )
    async with transaction(api.services.engine) as connection:
        await findings.found(connection, difference, now=api.clock.now)
    listed = json(await asked(api, "GET", "/v1/admin/findings", who=OPERATOR, role=Role.OPERATOR))
    run = await asked(api, "POST", "/v1/admin/reconcile", {}, who=OPERATOR, role=Role.OPERATOR)
    things = {
        "booking_id": booking["id"], "number": "1", "finding_id": listed["data"][0]["id"], "run_id": json(run)["id"],
        "queue": Queue.BOOKINGS.value,
    }  # fmt: skip
    theirs = {call: names for call, names in CALLS.items() if for_operators(call)}
    open_to_others = [call for call in theirs if await ask(api, call, things, who=owner) != 403]
    assert open_to_others == []
    lost = [
        call
        for call in theirs
        if set(re.findall(r"{(\w+)}", call[1])) <= things.keys()
        if await ask(api, call, things, who=OPERATOR, role=Role.OPERATOR) in {403, 404}
    ]
    assert lost == []


async def test_nobody_at_all_is_asked_who_they_are(api: Hub) -> None:
    things = await made(api, (await signed_in(api)).id)
    headers = {"Content-Type": "application/json"}
    for method, path in OWNED:
        place = path.format(**things)
        answer = await api.conductor.simulate_request(method, place, headers=headers, body=orjson.dumps({}))
        assert answer.status_code == 401, (method, path)
