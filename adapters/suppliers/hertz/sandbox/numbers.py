"""Confirmation numbers: eleven characters, a letter first, none given twice."""

import re
from random import Random
from typing import Final

NUMBER: Final = re.compile(r"[A-Z][0-9A-Z]{10}")

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Numbers:
    def __init__(self, chance: Random) -> None:
        self._chance: Final = chance
        self._given: Final[set[str]] = set()

    def next(self) -> str:
        """Nobody guesses the next one from the last."""
        while True:
            ends = "".join(self._chance.choices(_LETTERS, k=2))
            number = f"{self._chance.choice(_LETTERS)}{self._chance.randrange(10**8):08}{ends}"
            if number not in self._given:
                self._given.add(number)
                return number
