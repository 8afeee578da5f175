"""A search followed as it grows: each arrival once, then the end, however often the line breaks."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import msgspec
import pytest

from bench.stack import until
from tests.system.hub import SELLERS, Hub

pytestmark = pytest.mark.slow


class Event(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    id: str
    data: str


@contextmanager
def following(hub: Hub, search_id: str, *, after: str | None = None) -> Iterator[httpx.Response]:
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
    with hub.api.stream("GET", f"/v1/searches/{search_id}/events", headers=headers) as stream:
        yield stream


def events(stream: httpx.Response) -> Iterator[Event]:
    """Until the stream ends; comments, which keep the line open, are left out."""
    fields: dict[str, str] = {}
    for line in stream.iter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        else:
            if "data" in fields:
                yield Event(kind=fields["event"], id=fields["id"], data=fields["data"])
            fields = {}


def all_events(hub: Hub, search_id: str, *, after: str | None = None) -> list[Event]:
    with following(hub, search_id, after=after) as stream:
        return list(events(stream))


def test_each_arrival_is_told_once_and_then_the_end(hub: Hub) -> None:
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=1)
    search_id = hub.create(hub.question())
    told = all_events(hub, search_id)
    assert [event.kind for event in told] == ["arrival"] * len(SELLERS) + ["completed"]
    assert len({event.id for event in told}) == len(told)
    arrived = [msgspec.json.decode(event.data) for event in told[:-1]]
    assert sorted(arrival["supplier"]["supplier"] for arrival in arrived) == sorted(SELLERS)
    end = msgspec.json.decode(told[-1].data)
    assert (end["id"], end["status"]) == (search_id, "complete")


def test_a_broken_line_is_taken_up_where_it_broke(hub: Hub) -> None:
    search_id = hub.create(hub.question())
    whole = all_events(hub, search_id)
    for number, event in enumerate(whole[:-1], start=1):
        assert all_events(hub, search_id, after=event.id) == whole[number:]
    with following(hub, search_id, after=whole[-1].id) as over:
        assert over.status_code == 204


def test_a_line_that_breaks_before_anything_has_arrived_misses_nothing(hub: Hub) -> None:
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=2)
    search_id = hub.create(hub.question())
    until(hub.asking, "a supplier is asked")
    with following(hub, search_id) as stream:
        assert "following" in next(stream.iter_lines())
    told = all_events(hub, search_id)
    assert [event.kind for event in told] == ["arrival"] * len(SELLERS) + ["completed"]


def test_everybody_who_follows_a_search_is_told_the_same(hub: Hub) -> None:
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=1)
    search_id = hub.create(hub.question())
    with following(hub, search_id) as one, following(hub, search_id) as other:
        ids = [[event.id for event in events(stream)] for stream in (one, other)]
    assert ids[0] == ids[1] == [event.id for event in all_events(hub, search_id)]


def test_nobody_follows_a_search_that_nobody_asked_for(hub: Hub) -> None:
    with following(hub, "a" * 26) as nothing:
        nothing.read()
        assert (nothing.status_code, nothing.headers["content-type"]) == (404, "application/problem+json")
