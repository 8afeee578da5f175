"""Finding airports as people type them."""

import pytest

from api.names import Index, Known, Rank, folded, spellings

PLACES = {
    "ZRH": Known(code="ZRH", groups=("ZRH", "LSZH"), titles=("Zürich", "Zürich")),
    "LHR": Known(code="LHR", groups=("LON", "EGLL"), titles=("London", "London Heathrow")),
    "ELS": Known(code="ELS", groups=(None, "FAEL"), titles=("East London", "King Phalo")),
    "GRU": Known(code="GRU", groups=("SAO", "SBGR"), titles=("São Paulo", "Guarulhos")),
    "ORD": Known(code="ORD", groups=("CHI", "KORD"), titles=("Chicago", "O'Hare International")),
    "LON": Known(code="LNX", groups=(), titles=("Lonavala",)),
    "CPH": Known(code="CPH", groups=("CPH", "EKCH"), titles=("København", "Kastrup")),
}
INDEX = Index((name, known) for name, known in PLACES.items())


def found(typed: str) -> list[str]:
    return [name for _, name in sorted(INDEX.found(typed))]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("zurich", "ZRH"),
        ("Zürich", "ZRH"),
        ("ZUERICH", "ZRH"),
        ("Zu\u0308rich", "ZRH"),
        ("zrh", "ZRH"),
        ("lszh", "ZRH"),
        ("sao paulo", "GRU"),
        ("são", "GRU"),
        ("paulo", "GRU"),
        ("ohare", "ORD"),
        ("O’Hare", "ORD"),  # noqa: RUF001  # phones type this apostrophe
        ("kobenhavn", "CPH"),
        ("koebenhavn", "CPH"),
        ("  London,heathrow ", "LHR"),
        ("heath lon", "LHR"),
    ],
)
def test_people_find_what_they_mean(typed: str, place: str) -> None:
    assert found(typed)[0] == place


def test_the_exact_code_goes_before_the_city_and_the_city_before_a_word_of_a_name() -> None:
    ranks = {name: rank for rank, name in INDEX.found("lon")}
    assert ranks["LHR"] is Rank.GROUP
    assert ranks["LON"] is Rank.TITLE_BEGINS
    assert ranks["ELS"] is Rank.WORDS_BEGIN
    assert {name: rank for rank, name in INDEX.found("zrh")}["ZRH"] is Rank.CODE
    assert found("london") == ["LHR", "ELS"]


@pytest.mark.parametrize("typed", ["", "   ", "...", "xyzzy", "zurich paris"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert found(typed) == []


def test_umlauts_have_two_spellings_and_other_letters_one() -> None:
    assert list(spellings("Zürich")) == ["zurich", "zuerich"]
    assert list(spellings("Nice")) == ["nice"]
    assert folded("Łódź – Reymont") == "lodz reymont"  # noqa: RUF001  # the dash is meant
