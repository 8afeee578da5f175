"""Typed reading of replies: what can't be read is named, and one bad record spoils one record."""

from decimal import Decimal

import msgspec
import pytest

from adapters.kit.decode import decoded, decoded_together, each
from adapters.kit.failures import GiveUp
from domain.searches import SkippedRecord
from tests.adapters.kit import declared


class Fare(msgspec.Struct):
    price: Decimal
    seats: int


class Page(msgspec.Struct):
    fares: list[msgspec.Raw]


PAGE = msgspec.json.Decoder(Page)
FARE = msgspec.json.Decoder(Fare)


def made(fare: Fare) -> Fare:
    if fare.seats < 0:
        raise ValueError("fewer than no seats")
    if fare.seats == 0:
        raise ZeroDivisionError
    return fare


def test_a_price_is_the_digits_that_were_sent() -> None:
    fares, _ = each([msgspec.Raw(b'{"price": 0.1000000000000000000001, "seats": 1}')], FARE, made, "fares")
    assert fares[0].price == Decimal("0.1000000000000000000001")


def test_bad_records_are_named_and_the_others_kept() -> None:
    body = b"""{"fares": [
        {"price": 1, "seats": 1}, {"price": "cheap", "seats": 1}, {"price": 1, "seats": -1}, [], {"price": 1},
        {"price": 1, "seats": 0}, {"price": 2, "seats": 2}
    ]}"""
    page = decoded(declared.reply(body), PAGE)
    fares, skipped = each(page.fares, FARE, made, "fares")
    assert [fare.seats for fare in fares] == [1, 2]
    assert [record.where for record in skipped] == [f"fares[{n}]" for n in (1, 2, 3, 4, 5)]
    assert skipped[1] == SkippedRecord(where="fares[2]", why="fewer than no seats")
    assert "$.price" in skipped[0].why
    assert skipped[4].why == "ZeroDivisionError"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>down for repairs</html>", b'{"fares": [', b"[]", b'{"fares": {}}', b"null", b"\xff\xfe", b"[" * 100_000,
     b'{"fares": ' + b"[" * 100_000],
    ids=["empty", "html", "cut", "list", "wrong", "null", "binary", "deep", "deep inside"],
)  # fmt: skip
def test_a_reply_that_nobody_can_read_is_given_up(body: bytes) -> None:
    with pytest.raises(GiveUp, match="unreadable reply"):
        decoded(declared.reply(body), PAGE)


class WholePage(msgspec.Struct):
    fares: list[Fare]


WHOLE = msgspec.json.Decoder(WholePage)


def read_together(body: bytes) -> tuple[tuple[Fare, ...], tuple[SkippedRecord, ...]]:
    page = decoded_together(declared.reply(body), WHOLE, PAGE)
    return each(page.fares, FARE, made, "fares")


def test_records_that_are_all_good_are_decoded_in_one_go() -> None:
    page = decoded_together(declared.reply(b'{"fares": [{"price": 1, "seats": 1}]}'), WHOLE, PAGE)
    assert page == WholePage(fares=[Fare(price=Decimal(1), seats=1)])


def test_one_bad_record_among_those_decoded_together_spoils_only_itself() -> None:
    fares, skipped = read_together(b'{"fares": [{"price": 1, "seats": 1}, {"price": "?"}, {"price": 2, "seats": 2}]}')
    assert [fare.seats for fare in fares] == [1, 2]
    assert [record.where for record in skipped] == ["fares[1]"]


def test_what_is_no_reply_at_all_is_given_up_together_too() -> None:
    with pytest.raises(GiveUp, match="unreadable"):
        read_together(b"<html>")


def test_a_record_that_no_database_keeps_is_skipped_by_name() -> None:
    good, bad = b'{"price": 1, "seats": 1, "note": "window"}', b'{"price": 1, "seats": 2, "note": "\\u0000"}'
    fares, skipped = read_together(b'{"fares": [%s, %s]}' % (good, bad))
    assert [fare.seats for fare in fares] == [1]
    assert skipped == (SkippedRecord(where="fares[1]", why="holds a NUL character"),)
