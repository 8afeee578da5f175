"""What Kiwi said is kept so that the same reader gives the same offers, byte for byte, days later."""

from pathlib import Path
from typing import Final

import msgspec
import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.archive import about
from adapters.kit.calls import Reply
from adapters.kit.drift import Shape, sampled
from adapters.suppliers.kiwi import SUPPLIER, wire
from adapters.suppliers.kiwi.flights import ask, read
from storage import replies
from storage.engine import transaction
from tests.builders import NOW, flight_query
from tests.conformance.parts import atlas
from workers.archiving import archiving, replayed

ROOT: Final = Path(__file__).parents[3]
TAPE: Final = ROOT / "fixtures" / "cassettes" / SUPPLIER.slug / "search-success.yaml"
QUERY: Final = flight_query()


def recorded() -> Reply:
    told = yaml.safe_load(TAPE.read_text(encoding="utf-8"))["interactions"][0]["response"]
    body = told["body"]["string"].encode()
    return Reply(
        status=told["status"]["code"], headers={"content-type": "application/json"}, body=body, received_at=NOW
    )


async def test_a_reply_that_was_kept_gives_the_same_offers_again(engine: AsyncEngine) -> None:
    call, reply = ask(QUERY), recorded()
    async with archiving(engine, {SUPPLIER.slug: SUPPLIER}, every=0.01) as archive:
        with about("search 1"):
            archive.keep(SUPPLIER.slug, call, reply, hidden=tuple(SUPPLIER.sandbox_secrets.values()))
    async with transaction(engine) as connection:
        (number,) = await replies.ids(connection, about="search 1")
        kept = await replies.read(connection, number)
    assert kept is not None
    assert len(kept.body) < len(reply.body) / 3
    asked, again = replayed(kept)
    assert asked == call
    then, now = read(reply, call, QUERY, atlas()), read(again, asked, QUERY, atlas())
    assert len(then.records) > 1
    assert msgspec.json.encode(now) == msgspec.json.encode(then)


def test_the_words_that_we_read_are_found_in_what_kiwi_says() -> None:
    records = {"data[]": wire.Itinerary, "data[].route[]": wire.Segment}
    told = sampled(recorded().body, Shape(type=wire.SearchReply[msgspec.Raw], records=records))
    assert told is not None
    required = {"currency", "data", "data[].price", "data[].booking_token", "data[].route[].flyFrom"}
    assert required <= set(told.read)
    assert not required & told.missed
    assert "data[].cityCodeFrom" in told.unknown
