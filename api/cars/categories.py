"""What the four letters of a car's class mean, for whoever lets people choose by them."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.services import Services
from domain.acriss import CATEGORIES, FUELS, GEARS, TYPES, Transmission

_LISTED: Final = "public, max-age=86400"
Letter = Annotated[str, Meta(pattern="^[A-Z]$", examples=["E"])]


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """The first letter: size and class. `category` is the word that the filter of a search takes."""

    letter: Letter
    category: str


class BodyType(msgspec.Struct, frozen=True, kw_only=True):
    """The second letter."""

    letter: Letter
    type: str


class Gears(msgspec.Struct, frozen=True, kw_only=True):
    """The third letter. `drive` is 4WD, AWD or null, which is not specified."""

    letter: Letter
    transmission: Transmission
    drive: str | None


class Fuel(msgspec.Struct, frozen=True, kw_only=True):
    """The fourth letter. `fuel` is null where the letter leaves it open."""

    letter: Letter
    fuel: str | None
    air_conditioning: bool


class CarClasses(msgspec.Struct, frozen=True, kw_only=True):
    """A class of cars is one letter of each list, in this order: ECMR is an economy car with manual gears."""

    categories: tuple[Category, ...]
    types: tuple[BodyType, ...]
    gears: tuple[Gears, ...]
    fuels: tuple[Fuel, ...]


CLASSES: Final = CarClasses(
    categories=tuple(Category(letter=letter, category=word) for letter, word in CATEGORIES.items()),
    types=tuple(BodyType(letter=letter, type=word) for letter, word in TYPES.items()),
    gears=tuple(Gears(letter=letter, transmission=how, drive=drive) for letter, (how, drive) in GEARS.items()),
    fuels=tuple(Fuel(letter=letter, fuel=fuel, air_conditioning=cool) for letter, (fuel, cool) in FUELS.items()),
)


async def categories(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return reply(services, asked, CLASSES, cache_control=_LISTED)
