"""XML: what a supplier says becomes wire structs, and what would harm us is refused before it can."""

import tracemalloc
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.kit.auth import InBody
from adapters.kit.calls import Call
from adapters.kit.failures import GiveUp
from adapters.kit.xml import (
    Element,
    Limits,
    Secret,
    Value,
    converted,
    decoded_xml,
    document,
    each_element,
    escaped,
    plain,
    tag,
    written,
)
from tests.adapters.kit import declared
from tests.builders import NOW


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    code: str = msgspec.field(name="Code")
    name: str = msgspec.field(name="#text", default="")


class Fee(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    amount: Decimal
    included: bool = False


class Car(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    total: Decimal
    vendor: Vendor | None = None
    seats: int | None = None
    fee: list[Fee] = []
    city: str | None = None


class Cars(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    car: list[Car] = []
    remark: str | None = None


class CarsApart(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    car: list[Any] = []


LHR = """<?xml version="1.0" encoding="UTF-8"?>
<Cars xmlns="http://cars.example/2003" xmlns:x="http://x.example">
  <!-- two of them -->
  <Car Total="264.10" x:Total="1" Seats="4"><Vendor Code="HE">Heron &amp; Sons</Vendor>
    <Fee Amount="20.00" Included="true"/><Fee Amount="0.1000000000000000000000001"/></Car>
  <x:Car Total="99" Seats=""><City> Zürich </City><Fee Amount="1"/></x:Car>
</Cars>""".encode()


def read(body: bytes) -> Cars:
    return decoded_xml(declared.reply(body), Cars, root="Cars")


def wrong(body: bytes) -> str:
    with pytest.raises(GiveUp) as failure:
        read(body)
    return failure.value.detail


def test_a_document_becomes_cars_with_prices_to_the_digit() -> None:
    assert read(LHR) == Cars(
        car=[
            Car(
                total=Decimal("264.10"),
                vendor=Vendor(code="HE", name="Heron & Sons"),
                seats=4,
                fee=[
                    Fee(amount=Decimal("20.00"), included=True),
                    Fee(amount=Decimal("0.1000000000000000000000001")),
                ],
            ),
            Car(total=Decimal(99), fee=[Fee(amount=Decimal(1))], city="Zürich"),
        ]
    )
    assert str(read(LHR).car[0].total) == "264.10"


def test_one_car_alone_is_a_list_of_one_and_none_is_an_empty_one() -> None:
    assert read(b'<Cars><Car Total="1"/></Cars>').car == [Car(total=Decimal(1))]
    assert read(b"<Cars/>").car == []


@pytest.mark.parametrize("price", ["cheap", "NaN", "Infinity", "1_000", "1E+999999", "", "\u0665", "1" * 60])
def test_what_is_no_price_is_refused_by_its_path(price: str) -> None:
    assert "$.Car[1].Total" in wrong(f'<Cars><Car Total="1"/><Car Total="{price}"/></Cars>'.encode())


def test_a_struct_that_holds_itself_is_read_to_its_end() -> None:
    told = document(b'<Region Name="World"><Region Name="Europe"><Region Name="Iceland"/></Region></Region>')
    assert converted(told, Region) == Region(
        name="World", region=[Region(name="Europe", region=[Region(name="Iceland")])]
    )


class Region(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    name: str
    region: list["Region"] = []


def test_two_where_one_is_expected_are_refused_by_path_and_not_halved() -> None:
    assert "$.Car[0].Vendor" in wrong(b'<Cars><Car Total="1"><Vendor Code="A"/><Vendor Code="B"/></Car></Cars>')


def test_a_bad_record_spoils_one_record() -> None:
    body = b'<Cars><Car Total="1"/><Car Total="?"/><Car/><Car Total="2"><Fee/></Car><Car Total="3"/><Car Total="0"/></Cars>'
    apart = decoded_xml(declared.reply(body), CarsApart, root="Cars")

    def made(car: Car) -> Decimal:
        return 6 / car.total

    records, skipped = each_element(apart.car, Car, made, "Car")
    assert records == (Decimal(6), Decimal(2))
    assert [record.where for record in skipped] == ["Car[1]", "Car[2]", "Car[3]", "Car[5]"]
    assert "$.Total" in skipped[0].why
    assert "Total" in skipped[1].why
    assert "$.Fee[0]" in skipped[2].why


def test_the_plain_value_holds_attributes_children_and_text_by_name() -> None:
    told = document(b'<a one="1"><b>x</b><b two="2"/><c> </c>tail</a>')
    assert plain(told) == {"one": "1", "b": [{"#text": "x"}, {"two": "2"}], "c": [{}], "#text": "tail"}


def test_another_root_is_another_answer() -> None:
    assert wrong(b"<html><body>down for repairs</body></html>") == "unreadable reply: a html, expected a Cars"


BILLION_LAUGHS = (
    b'<?xml version="1.0"?>\n<!-- <Cars> --><!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(12))
    + b"]><Cars>&m;</Cars>"
)


@pytest.mark.parametrize(
    "body",
    [
        BILLION_LAUGHS,
        b'<!DOCTYPE Cars [<!ENTITY x SYSTEM "file:///etc/passwd">]><Cars>&x;</Cars>',
        b'<!DOCTYPE Cars [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><Cars/>',
        b'<!DOCTYPE Cars SYSTEM "http://127.0.0.1:9/cars.dtd"><Cars/>',
        b"<!DOCTYPE Cars><Cars/>",
        b"\xef\xbb\xbf<!DOCTYPE Cars><Cars/>",
        "<!DOCTYPE Cars><Cars/>".encode("utf-16"),
        b"<?a?>" * 20_000 + b"<!-- > -->  <!DOCTYPE Cars><Cars/>",
        '<?xml version="1.0" encoding="iso-8859-1"?><!-- \xe9 --><!DOCTYPE Cars><Cars/>'.encode("latin-1"),
    ],
    ids=["billion laughs", "a file", "a parameter", "from afar", "bare", "marked", "utf-16", "far below", "latin-1"],
)
def test_a_doctype_is_refused_whatever_it_says(body: bytes) -> None:
    assert wrong(body) == "unreadable reply: has a DOCTYPE"


def test_a_doctype_that_is_only_talked_about_does_no_harm() -> None:
    assert (
        read(b"<Cars><!-- <!DOCTYPE --><Remark><![CDATA[<!DOCTYPE html>]]></Remark></Cars>").remark == "<!DOCTYPE html>"
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<a>" * 65 + b"</a>" * 65, "deeper than 64 elements"),
        (b"<a>" * 1_000_000, "deeper than 64 elements"),
        (b"<Cars>" + b"<a/>" * 500_000 + b"</Cars>", "more than 500000 elements"),
        (b"<Cars " + b" ".join(b'a%d=""' % n for n in range(101)) + b"/>", "more than 100 attributes at Cars"),
        (b'<Cars a="' + b"x" * 1_000_001 + b'"/>', "more than 1000000 characters in one place"),
        (b"<Cars>" + b"text " * 2_000_000 + b"</Cars>", "more than 1000000 characters in one place"),
        (b"<Cars>" + b"text &#65;" * 200_000 + b"</Cars>", "more than 1000000 characters in one place"),
        (b" " * 20_000_001, "larger than 20000000 bytes"),
    ],
    ids=["deep", "deeper", "many", "attributes", "a huge attribute", "10 MB of text", "text in pieces", "huge"],
)
def test_nothing_is_without_bounds(body: bytes, why: str) -> None:
    assert wrong(body) == f"unreadable reply: {why}"


def test_what_is_refused_takes_little_memory() -> None:
    body = b"<Cars>" + b"text " * 2_000_000 + b"</Cars>"
    tracemalloc.start()
    wrong(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * len(body)


def test_the_bounds_can_be_set_for_a_document() -> None:
    with pytest.raises(ValueError, match="more than 2 elements"):
        document(b"<a><b/><b/></a>", limits=Limits(elements=2))


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"<Cars>", LHR[: len(LHR) // 2], b"<Cars/><Cars/>", b"<Cars/>more", b"{}", b"<Cars>&nbsp;</Cars>",
     b"<y:Cars/>", b"<Cars a='1' a='2'/>", b"<Cars><Car></Cars></Car>", b"<Cars>&#0;</Cars>", b"<Cars>\x00</Cars>",
     b"<!doctype html><html></html>"],
    ids=["empty", "blank", "open", "cut", "two roots", "a tail", "JSON", "an entity", "no such prefix", "twice", "crossed",
         "a NUL written", "a NUL", "HTML"],
)  # fmt: skip
def test_what_is_not_well_formed_is_given_up(body: bytes) -> None:
    assert wrong(body).startswith("unreadable reply: not well-formed: ")


@pytest.mark.parametrize("sign", ["&#x85;", "\x7f", "&#x9b;", "\x80"])
def test_control_characters_reach_no_book(sign: str) -> None:
    assert "control character" in wrong(f"<Cars><Remark>{sign}</Remark></Cars>".encode())
    assert "control character" in wrong(f'<Cars><Car Total="{sign}"/></Cars>'.encode())


@pytest.mark.parametrize(
    ("declared_as", "written_as", "remark"),
    [
        ("UTF-8", "utf-8", "Zürich 北京"),
        ("utf-8", "utf-8-sig", "Zürich"),
        ("ISO-8859-1", "latin-1", "Zürich"),
        ("ISO-8859-1", "cp1252", "Zürich\u2019s"),
        ("windows-1252", "cp1252", "10 €"),
        ("ISO-8859-15", "iso-8859-15", "10 €"),
        ("UTF-16", "utf-16", "Zürich 北京"),
        ("iso-8859-1", "utf-16", "the mark goes first: 北京"),
    ],
)
def test_an_encoding_is_read_as_it_was_written(declared_as: str, written_as: str, remark: str) -> None:
    body = f"<?xml version='1.0' encoding='{declared_as}'?><Cars><Remark>{remark}</Remark></Cars>"
    assert read(body.encode(written_as)).remark == remark


@pytest.mark.parametrize(
    ("declared_as", "written_as"),
    [("UTF-8", "latin-1"), ("us-ascii", "utf-8"), ("UTF-16", "utf-8"), ("utf-7", "utf-8"), ("Shift_JIS", "shift_jis"),
     ("x-no-such", "utf-8"), ("unicode_escape", "utf-8"), ("utf-8", "utf-16-le"), ("utf-8", "utf-32")],
)  # fmt: skip
def test_an_encoding_that_is_not_true_is_refused_and_never_guessed(declared_as: str, written_as: str) -> None:
    sign = "é" if written_as != "shift_jis" else "京"
    body = f'<?xml version="1.0" encoding="{declared_as}"?><Cars><Remark>{sign}</Remark></Cars>'
    assert wrong(body.encode(written_as)).startswith("unreadable reply: ")


def test_what_we_write_is_read_back_as_it_was() -> None:
    name = """<O'Neil> & "Söhne" ]]> {KEY}"""
    told = document(f'<Cars Remark="{escaped(name)}"><Remark>{escaped(name)}</Remark></Cars>'.encode())
    assert told.attributes["Remark"] == told.children["Remark"][0].text == name


def test_a_traveller_with_a_control_character_is_not_written() -> None:
    with pytest.raises(ValueError, match=r"U\+0000"):
        escaped("Smith\x00")


def test_an_element_that_says_nothing_is_none_where_that_is_possible() -> None:
    told = Element(name="Car", attributes={"Total": "1", "Seats": "", "City": ""}, children={}, text="")
    assert converted(told, Car) == Car(total=Decimal(1))


@pytest.mark.parametrize(
    ("value", "told"),
    [("Söhne & Co", "Söhne & Co"), (7, "7"), (Decimal("1E+3"), "1000"), (Decimal("264.10"), "264.10"), (True, "true"),
     (False, "false"), ("<b>", "<b>"), ("two\r\n\tlines", "two\r\n\tlines")],
)  # fmt: skip
def test_a_request_holds_what_was_meant_in_either_place(value: Value, told: str) -> None:
    request = document(written(tag("Cars", tag("Remark", value), Remark=value, Seats=None)))
    assert request.attributes == {"Remark": told}
    assert request.children["Remark"][0].text == told


def test_what_is_left_open_is_left_out() -> None:
    assert written(tag("Cars", None, tag("Car"), xmlns="http://cars.example/2003")) == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Cars xmlns="http://cars.example/2003"><Car/></Cars>'
    )


def test_a_secret_has_its_place_and_a_traveller_never_takes_it() -> None:
    body = written(tag("Cars", tag("Surname", "&HERON_ID;"), ID=Secret("HERON_ID")))
    call = Call(operation="book", path="/", method="POST", body=body)
    signed = InBody(secrets=("HERON_ID",)).signed(call, {"HERON_ID": "4<2"}, NOW)
    assert signed.body is not None
    told = document(signed.body)
    assert told.attributes["ID"] == "4<2"
    assert told.children["Surname"][0].text == "&HERON_ID;"


@pytest.mark.parametrize("name", ["", "1st", "a b", "a>", "ä", "xml:x:y"])
def test_a_name_that_is_none_is_not_written(name: str) -> None:
    with pytest.raises(ValueError, match="is not a name"):
        written(tag(name))
    with pytest.raises(ValueError, match="is not a name"):
        written(tag("Cars", **{name: "1"}))


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(st.data())
def test_a_document_with_some_bytes_changed_is_cars_or_a_named_refusal(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([LHR, LHR.decode().encode("utf-16"), BILLION_LAUGHS])))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 20))] = data.draw(
            st.sampled_from([b"", b"<", b">", b"&", b'"', b"<a>", b"</Car>", b"\x00", b"\xff", b"NaN", b"<!", b"]]>"])
        )
    with suppress(GiveUp):  # and nothing else
        assert all(car.total.is_finite() for car in read(bytes(body)).car)
