"""Two descriptions of different suppliers: the same property, or one that looks like it."""

from decimal import Decimal

import pytest

from domain.hotels import Address, Property
from domain.matching.properties import Described, judged, of
from domain.places import Point
from tests.builders import ALBATROSS

_METRE = 1 / 111_195  # degrees of latitude


def told(name: str, *, metres: float = 0, lodging: bool = True, **more: str | float) -> Described:
    """A hotel so many metres north of where they all stand."""
    here = Point(latitude=48.85 + metres * _METRE, longitude=2.35)
    return Described(name=name, location=here, lodging=lodging, **more)  # type: ignore[arg-type]  # a test's own words


SAME = {
    "accents left out": (told("Hôtel de l'Étoile d'Or"), told("HOTEL DE L ETOILE D OR", metres=40)),
    "a German who writes no umlauts": (told("Gästehaus Königsstuhl"), told("Gaestehaus Koenigsstuhl", metres=40)),
    "Greek letters": (told("Ξενοδοχείο Ποσειδών"), told("Xenodocheio Poseidon", metres=20)),
    "Cyrillic letters": (told("Гостиница Москва"), told("Gostinitsa Moskva", metres=20)),
    "& and and": (told("Willow & Rose Lodge"), told("Willow and Rose Lodge", metres=60)),
    "a saint, shortened": (told("Saint Brannoc House"), told("St. Brannoc House", metres=30)),
    "hotel before and after": (told("Hotel Beauséjour"), told("Beauséjour Hotel", metres=50)),
    "hotel left out": (told("Hotel Vondelhof"), told("Vondelhof", metres=40)),
    "the city in one name": (told("Hotel Alder", city="Paris"), told("Hotel Alder, Paris", metres=40)),
    "the chain said again": (told("Velmont Opéra"), told("Velmont Opéra by Velmont Hotels", metres=40)),
    "two letters changed places": (told("Kingfisher House"), told("Kingfihser House", metres=40)),
    "two words written as one": (told("Rosen Garten"), told("Rosengarten", metres=30)),
    "a word translated": (told("Parkhotel Altstadt"), told("Parkhotel Old Town", metres=40)),
    "a new name, the old number and door": (
        told("Hotel Ayara", address="12 rue Pasteur", phone="+33 1 42 60 12 34"),
        told("The Naga", metres=30, address="12 rue Pasteur", phone="0142601234"),
    ),
}
OTHERS = {
    "neighbours": (told("Hotel Beauséjour"), told("Hotel Montclair", metres=30)),
    "an annexe down the street": (
        told("Hotel Beauséjour", address="12 rue Pasteur"),
        told("Hotel Beauséjour Annexe", metres=60, address="20 rue Pasteur"),
    ),
    "the chain's cheaper sister door to door": (
        told("Lumeo Opéra", address="12 rue Pasteur"),
        told("Lumeo Budget Opéra", metres=30, address="14 rue Pasteur"),
    ),
    "two branches of a chain at eighty metres": (
        told("Velmont Paris Gare", address="3 rue Pasteur"),
        told("Velmont Paris Victor Hugo", metres=80, address="9 avenue Victor Hugo"),
    ),
    "two flats in one building": (
        told("Résidence Mirabelle - Apartment 12", address="3 rue Pasteur"),
        told("Résidence Mirabelle - Apartment 15", address="3 rue Pasteur"),
    ),
    "twin hotels in one building": (
        told("Hotel Beauséjour", address="3 rue Pasteur"),
        told("Montclair Suites", address="3 rue Pasteur"),
    ),
    "two terminals": (told("Velmont Airport Terminal 1"), told("Velmont Airport Terminal 2", metres=200)),
    "one chain's name a kilometre away": (told("Velmont"), told("Velmont", metres=1_000)),
    "one name in two quarters": (
        told("Hotel Bellevue", address="3 rue Pasteur", postal_code="75001"),
        told("Hotel Bellevue", metres=2_500, address="40 rue Gambetta", postal_code="75018"),
    ),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_one_property_is_known_again(left: Described, right: Described) -> None:
    verdict = judged(left, right)
    assert verdict.same, verdict


@pytest.mark.parametrize(("left", "right"), OTHERS.values(), ids=OTHERS)
def test_another_property_is_not_taken_for_it(left: Described, right: Described) -> None:
    verdict = judged(left, right)
    assert not verdict.same, verdict


def test_the_farther_apart_the_less_probable() -> None:
    scores = [judged(told("Hotel Beauséjour"), told("Hotel Beauséjour", metres=apart)).score for apart in (5, 150, 900)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[2]


def test_the_reasons_say_what_was_seen() -> None:
    left = told("Hotel Beauséjour", address="12 rue Pasteur", postal_code="75001", phone="+33 1 42 60 12 34")
    right = told("Hotel Beausejour", metres=120, address="rue Pasteur 12", postal_code="75001", phone="01 42 60 12 34")
    assert judged(left, right).reasons == (
        "names alike: 1.00",
        "120 m apart",
        "same house number",
        "same postal code",
        "same phone number",
    )


def test_the_reasons_against_are_said_as_well() -> None:
    left = told("Velmont Suites 2", chain="Velmont", stars=5.0, address="12 rue Pasteur")
    right = told("Velmont 3", metres=2_300, chain="Kintara", stars=3.0, address="9 place Gambetta")
    assert set(judged(left, right).reasons) >= {
        "2.3 km apart",
        "other street",
        "other number in the name",
        "one has a word that tells a sister house or an annexe",
        "other chain",
        "other stars",
    }


def test_a_spreadsheets_postal_code_is_the_same_code() -> None:
    left, right = told("Hotel Beauséjour", postal_code="059422"), told("Hotel Beauséjour", postal_code="59422.0")
    assert "same postal code" in judged(left, right).reasons


def test_a_missing_address_is_neither_the_same_nor_another() -> None:
    silent = judged(told("Hotel Beauséjour"), told("Hotel Beauséjour", metres=20, address="12 rue Pasteur"))
    assert not any("street" in reason or "number" in reason for reason in silent.reasons)


def test_hotels_on_both_sides_of_the_date_line_are_neighbours() -> None:
    west = Described(name="Hotel Beauséjour", location=Point(latitude=-16.8, longitude=179.9999), lodging=True)
    east = Described(name="Hotel Beauséjour", location=Point(latitude=-16.8, longitude=-179.9999), lodging=True)
    assert judged(west, east).same


def test_a_name_as_long_as_a_book_is_judged_by_its_beginning() -> None:
    novel = told("Hotel Beauséjour " * 20_000)
    assert judged(novel, novel).same


def test_names_of_signs_alone_are_no_crash_and_no_match() -> None:
    assert not judged(told("!!!"), told("Hotel Beauséjour")).same


def test_a_property_is_described_by_what_its_supplier_tells() -> None:
    address = Address(lines=("12 rue Pasteur", "Opéra"), city="Paris", postal_code="75001", country="FR")
    here = Point(latitude=48.85, longitude=2.35)
    content = Property(
        supplier=ALBATROSS, id="7", name="Hotel Beauséjour", location=here, address=address, stars=Decimal("3.5"),
        chain="Velmont", phone="+33 1 42 60 12 34",
    )  # fmt: skip
    assert of(content) == Described(
        name="Hotel Beauséjour", location=here, address="12 rue Pasteur, Opéra", postal_code="75001", city="Paris",
        country="FR", stars=3.5, chain="Velmont", phone="+33 1 42 60 12 34", lodging=True,
    )  # fmt: skip


def test_a_property_without_name_or_place_can_not_be_described() -> None:
    assert of(Property(supplier=ALBATROSS, id="7", name="Hotel Beauséjour")) is None
    assert of(Property(supplier=ALBATROSS, id="7", location=Point(latitude=48.85, longitude=2.35))) is None
