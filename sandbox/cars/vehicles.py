"""The classes of cars that are rented out, by their ACRISS code, with what stands in the yard for each."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import msgspec


class VehicleClass(msgspec.Struct, frozen=True, kw_only=True):
    """`mpg` are miles for a US gallon in town and on the motorway, None for an electric car.

    `euros` is a day of an ordinary rental at an ordinary price, `share` how many of them a yard has beside a common class.
    """

    acriss: str
    models: tuple[str, ...]
    doors: int
    seats: int
    large_bags: int
    small_bags: int
    mpg: tuple[int, int] | None
    euros: Decimal
    minimum_age: int
    share: float

    @property
    def transmission(self) -> str:
        return "manual" if self.acriss[2] == "M" else "automatic"

    @property
    def fuel(self) -> str:
        return _FUELS[self.acriss[3]]

    @property
    def air_conditioning(self) -> bool:
        return self.acriss[3] != "N"


_FUELS: Final = {"R": "petrol", "N": "petrol", "D": "diesel", "H": "hybrid", "E": "electric", "C": "electric"}

# code | example models | doors seats large and small bags | mpg | euros a day | minimum age | share of the yard
_CLASSES: Final = """
MBMN | Citroen C1, Toyota Aygo, Dacia Spring | 3 4 1 0 | 44 55 | 19 | 19 | 0.5
MBMR | Fiat 500, Toyota Aygo X, Kia Picanto | 3 4 1 1 | 42 53 | 22 | 19 | 0.9
MDMR | Hyundai i10, Renault Twingo, Volkswagen Up | 5 4 1 1 | 42 52 | 23 | 19 | 0.8
ECMR | Opel Corsa, Peugeot 208, Dacia Sandero | 3 5 1 1 | 38 50 | 25 | 19 | 1.0
EDMR | Volkswagen Polo, Renault Clio, Ford Fiesta | 5 5 1 2 | 38 50 | 26 | 19 | 1.2
ECAR | Kia Rio, Nissan Versa, Mitsubishi Mirage | 4 5 1 1 | 32 41 | 30 | 20 | 1.1
CDMR | Volkswagen Golf, Ford Focus, Opel Astra | 5 5 1 2 | 34 46 | 31 | 21 | 1.3
CDAR | Toyota Corolla, Volkswagen Golf Automatic, Nissan Sentra | 5 5 1 2 | 31 40 | 36 | 21 | 1.3
CDAH | Toyota Yaris Hybrid, Honda Jazz Hybrid, Renault Clio Hybrid | 5 5 1 2 | 53 52 | 37 | 21 | 0.6
CDAE | Volkswagen ID.3, Nissan Leaf, Renault Megane E-Tech | 5 5 1 2 | - | 43 | 23 | 0.4
IDMR | Skoda Octavia, Seat Leon, Peugeot 308 | 5 5 2 2 | 33 45 | 35 | 21 | 1.1
IDAR | Hyundai Elantra, Skoda Octavia Automatic, Kia Forte | 4 5 2 2 | 30 40 | 40 | 21 | 1.2
IDAH | Toyota Prius, Toyota Corolla Hybrid, Kia Niro | 5 5 2 2 | 54 50 | 45 | 23 | 0.5
IWMD | Skoda Octavia Estate, Ford Focus Estate, Peugeot 308 SW | 5 5 3 2 | 39 52 | 41 | 21 | 0.7
SDMR | Volkswagen Passat, Mazda 6, Opel Insignia | 5 5 2 2 | 30 42 | 44 | 23 | 0.7
SDAR | Volkswagen Jetta, Volkswagen Passat Automatic, Mazda 6 | 4 5 2 2 | 28 38 | 48 | 23 | 1.0
FDAR | Toyota Camry, Chevrolet Malibu, Skoda Superb | 4 5 3 2 | 27 37 | 55 | 23 | 0.9
PDAR | BMW 5 Series, Audi A6, Volvo S90 | 4 5 3 2 | 24 33 | 89 | 25 | 0.4
PDAC | Tesla Model 3, Polestar 2, BMW i4 | 4 5 2 2 | - | 84 | 25 | 0.4
LDAR | Mercedes-Benz S-Class, BMW 7 Series, Audi A8 | 4 5 3 2 | 20 29 | 158 | 30 | 0.2
CFMR | Dacia Duster, Renault Captur, Peugeot 2008 | 5 5 2 1 | 33 42 | 38 | 21 | 0.9
CFAR | Nissan Kicks, Hyundai Kona, Ford EcoSport | 5 5 2 1 | 28 34 | 44 | 21 | 1.0
IFAR | Toyota RAV4, Nissan Rogue, Volkswagen Tiguan | 5 5 3 2 | 26 33 | 52 | 23 | 1.0
SFAR | Hyundai Santa Fe, Ford Edge, Skoda Kodiaq | 5 5 3 2 | 22 29 | 66 | 23 | 0.8
FFAR | Chevrolet Tahoe, Nissan Armada, Toyota Land Cruiser | 5 7 4 2 | 15 20 | 98 | 25 | 0.4
STAR | Ford Mustang Convertible, Mini Cabrio, BMW 2 Series Cabrio | 2 4 1 1 | 21 30 | 92 | 25 | 0.3
MVAR | Chrysler Pacifica, Kia Carnival, Toyota Sienna | 5 7 3 2 | 20 28 | 79 | 23 | 0.6
SVMD | Volkswagen Touran, Citroen Grand C4 SpaceTourer, Opel Zafira | 5 7 2 2 | 35 47 | 68 | 23 | 0.5
FVMD | Ford Transit Custom, Mercedes-Benz Vito, Volkswagen Transporter | 5 9 5 3 | 25 33 | 96 | 25 | 0.4
SQAR | Ford F-150, Toyota Hilux, Nissan Navara | 4 5 2 2 | 19 25 | 74 | 25 | 0.4
"""


def _vehicle(line: str) -> VehicleClass:
    acriss, models, room, mpg, euros, age, share = (cell.strip() for cell in line.split("|"))
    doors, seats, large, small = map(int, room.split())
    return VehicleClass(
        acriss=acriss,
        models=tuple(models.split(", ")),
        doors=doors,
        seats=seats,
        large_bags=large,
        small_bags=small,
        mpg=None if mpg == "-" else _town_and_motorway(mpg),
        euros=Decimal(euros),
        minimum_age=int(age),
        share=float(share),
    )


def _town_and_motorway(mpg: str) -> tuple[int, int]:
    town, motorway = map(int, mpg.split())
    return town, motorway


VEHICLES: Final[Mapping[str, VehicleClass]] = MappingProxyType(
    {vehicle.acriss: vehicle for vehicle in map(_vehicle, _CLASSES.strip().splitlines())}
)
