"""Four letters say what kind of car it is."""

import pytest

from domain.acriss import CATEGORIES, TYPES, CarClass, Transmission, car_class


def test_an_economy_car_with_gears_to_change_by_hand() -> None:
    assert car_class("ECMR") == CarClass(
        code="ECMR",
        category="economy",
        type="2/4 door",
        transmission=Transmission.MANUAL,
        drive=None,
        fuel=None,
        air_conditioning=True,
    )


def test_an_electric_four_wheel_driven_suv() -> None:
    found = car_class("ifbe")
    assert (found.code, found.category, found.type, found.drive, found.fuel) == (
        "IFBE", "intermediate", "SUV", "4WD", "electric",
    )  # fmt: skip
    assert found.transmission is Transmission.AUTOMATIC


@pytest.mark.parametrize("fuel", ["N", "Q", "S", "B", "F", "Z", "X"])
def test_some_letters_mean_no_air_conditioning(fuel: str) -> None:
    assert not car_class(f"ECM{fuel}").air_conditioning


@pytest.mark.parametrize("code", ["", "EC", "ECMRX", "1CMR", "E?MR", "ECXR", "ECM1", "ÉCMR"])
def test_what_is_not_in_the_matrix_is_refused_by_name(code: str) -> None:
    with pytest.raises(ValueError, match="is not an ACRISS code"):
        car_class(code)


def test_every_letter_means_something_of_its_own() -> None:
    for table in (CATEGORIES, TYPES):
        assert len(set(table.values())) == len(table)
