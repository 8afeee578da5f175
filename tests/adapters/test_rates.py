"""The feed of rates: where it is, what is read of it, and what is no such feed."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from adapters.kit.calls import Reply
from adapters.kit.failures import GiveUp, TryLater
from adapters.open_data.rates import Feed, feed, published, read
from tests.builders import NOW

FEED = Feed(url="https://bank.test/daily.xml", pretend=False)


def reply(cubes: str, *, head: str = "") -> Reply:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>{cubes}</Cube>
</gesmes:Envelope>"""
    return Reply(status=200, headers={}, body=body.encode(), received_at=NOW)


def cube(day: str, **told: str) -> str:
    rows = "".join(f"<Cube currency='{code}' rate='{units}'/>" for code, units in told.items())
    return f"<Cube time='{day}'>{rows}</Cube>"


def test_a_day_is_read_to_the_digit() -> None:
    (day,) = read(reply(cube("2027-01-15", USD="1.0842", JPY="163.420", IDR="17085.00"))).days
    assert day.day == date(2027, 1, 15)
    assert {code: str(units) for code, units in day.per_euro.items()} == {
        "USD": "1.0842", "JPY": "163.420", "IDR": "17085.00",
    }  # fmt: skip


def test_ninety_days_are_read_as_one_and_the_oldest_comes_first() -> None:
    told = read(reply(cube("2027-01-15", USD="1.09") + cube("2027-01-14", USD="1.08") + cube("2027-01-13", USD="1.07")))
    assert [(day.day.day, day.per_euro["USD"]) for day in told.days] == [
        (13, Decimal("1.07")), (14, Decimal("1.08")), (15, Decimal("1.09")),
    ]  # fmt: skip


def test_a_currency_that_we_do_not_know_is_named_and_spoils_no_other() -> None:
    told = read(reply(cube("2027-01-15", USD="1.0842", QQQ="3.1")))
    assert told.unknown == ("QQQ",)
    assert set(told.days[0].per_euro) == {"USD"}


def test_a_euro_that_is_one_euro_needs_no_mention_and_another_one_is_kept_to_be_refused() -> None:
    assert set(read(reply(cube("2027-01-15", EUR="1.0000", USD="1.0842"))).days[0].per_euro) == {"USD"}
    assert set(read(reply(cube("2027-01-15", EUR="0.9221", GBP="0.7868"))).days[0].per_euro) == {"EUR", "GBP"}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (reply(""), "missing required field `Cube`"),
        (reply(cube("yesterday", USD="1.08")), "Invalid RFC3339 encoded date"),
        (reply(cube("2027-01-15", USD="1,08")), "Invalid decimal string"),
        (reply(cube("2027-01-15", USD="NaN")), "Invalid decimal string"),
        (reply(cube("2027-01-15")), "missing required field `Cube`"),
        (reply(cube("2027-01-15", USD="1.08") * 2), "the feed tells a day twice"),
        (reply(cube("2027-01-15", USD="1.08"), head="<!DOCTYPE x>"), "has a DOCTYPE"),
        (Reply(status=200, headers={}, body=b"<html><body>Moved</body></html>", received_at=NOW), "a html, expected"),
        (Reply(status=200, headers={}, body=b"", received_at=NOW), "not well-formed"),
    ],
)
def test_what_is_no_such_feed_is_given_up_with_the_reason(told: Reply, why: str) -> None:
    with pytest.raises(GiveUp, match=why):
        read(told)


async def test_a_feed_is_asked_for_as_it_is_written() -> None:
    asked: list[httpx.Request] = []

    def desk(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"told")

    told = await published(
        Feed(url="https://bank.test/rates.xml?days=1", pretend=False), over=httpx.MockTransport(desk)
    )
    assert told.body == b"told"
    assert str(asked[0].url) == "https://bank.test/rates.xml?days=1"
    assert asked[0].headers["accept"] == "application/xml, text/xml"


@pytest.mark.parametrize("status", [301, 404, 500, 503])
async def test_a_feed_that_does_not_answer_well_is_asked_again_later(status: int) -> None:
    over = httpx.MockTransport(lambda _: httpx.Response(status))
    with pytest.raises(TryLater, match=str(status)):
        await published(FEED, over=over)


def test_the_feed_is_the_one_that_is_set_else_the_sandboxs_else_none() -> None:
    true = feed({"RATES_URL": FEED.url, "SANDBOX_URL": "http://127.0.0.1:8900"})
    assert true is not None
    assert (true.url, true.pretend, true.source) == (FEED.url, False, "bank.test")
    pretend = feed({"SANDBOX_URL": "http://127.0.0.1:8900/"})
    assert pretend is not None
    assert (pretend.url, pretend.pretend) == ("http://127.0.0.1:8900/_rates/eurofxref-daily.xml", True)
    assert feed({}) is None


@pytest.mark.parametrize("url", ["bank.test/daily.xml", "file:///rates.xml", "https://"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="RATES_URL is"):
        feed({"RATES_URL": url})
