"""The lists that the fields of a search are chosen from."""

from api.hotels.amenities import WORDS
from domain.acriss import CATEGORIES, car_class
from domain.hotels import Amenity
from tests.api.hub import Hub, json


async def test_every_amenity_has_words_for_people(api: Hub) -> None:
    shown = json(await api.get("/v1/hotels/amenities"))["data"]
    assert {row["amenity"] for row in shown} == {amenity.value for amenity in Amenity} == set(WORDS)
    assert all(row["words"] for row in shown)


async def test_the_letters_of_a_car_say_what_its_class_says(api: Hub) -> None:
    shown = json(await api.get("/v1/cars/categories"))
    rows = [{row["letter"]: row for row in shown[part]} for part in ("categories", "types", "gears", "fuels")]
    told = car_class("FWBD")
    first, second, third, fourth = (by_letter[letter] for by_letter, letter in zip(rows, "FWBD", strict=True))
    assert (first["category"], second["type"]) == (told.category, told.type) == ("fullsize", "wagon/estate")
    assert (third["transmission"], third["drive"]) == (told.transmission, told.drive) == ("automatic", "4WD")
    assert (fourth["fuel"], fourth["air_conditioning"]) == (told.fuel, told.air_conditioning) == ("diesel", True)
    assert {row["category"] for row in shown["categories"]} == set(CATEGORIES.values())
