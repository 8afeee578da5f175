"""One bad record in a right answer."""

from xml.etree import ElementTree as ET

import pytest

from sandbox.spoiling import spoilt
from tests.sandbox.storekeeper import OFFERS_XML

NAMES = {"ota": "urn:example:heron"}


def offers(body: bytes) -> list[ET.Element]:
    return ET.fromstring(body).findall("ota:Offer", NAMES)  # noqa: S314  # our own words


def test_the_offer_in_the_middle_has_no_numbers_any_more_and_is_still_an_offer() -> None:
    first, middle, last = offers(spoilt(OFFERS_XML.encode()))
    assert middle.attrib == {"Code": "CDMR"}
    assert [part.get("Amount") or part.text for part in middle] == ["a lot", "a lot"]
    assert [part.get("Amount") or part.text for part in (*first, *last)] == ["100.00", "4", "140.00", "5"]


def test_nothing_but_that_offer_changes_to_the_letter() -> None:
    told = spoilt(OFFERS_XML.encode()).decode()
    assert told == OFFERS_XML.replace('"120.50"', '"a lot"').replace(
        '>5</ota:Seats></ota:Offer><ota:Offer Code="IDMR', '>a lot</ota:Seats></ota:Offer><ota:Offer Code="IDMR'
    )


def test_the_offers_are_spoilt_and_not_the_notes_that_outnumber_them() -> None:
    told = spoilt(OFFERS_XML.encode()).decode()
    assert '<ota:Note N="3"/>' in told


def test_records_without_content_and_records_of_nothing_but_a_number_are_spoilt_alone() -> None:
    empty = b'<Cars><Car Way="a > b" P="1"/><Car Way="a /> b" P="2"/><Car P="3"/></Cars>'
    assert spoilt(empty) == empty.replace(b'"2"', b'"a lot"')
    bare = b"<Ids><Id>1</Id><Id>2</Id><Id>3</Id></Ids>"
    assert spoilt(bare) == bare.replace(b"2", b"a lot")


@pytest.mark.parametrize(
    "body",
    [
        b"<Cars><Car Price='1'/></Cars>",
        b"<!DOCTYPE c [<!ENTITY e '2'>]><c><d N='1'/><d N='2'/></c>",
        b"<html><p>1<p>2",
        b'{"count": 3}',
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_an_answer_without_records_stays_as_it_is(body: bytes) -> None:
    assert spoilt(body) == body
