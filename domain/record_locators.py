"""Record locators: six letters and digits by which people name a booking to each other."""

from collections.abc import Callable
from typing import Final

# Without what passes for something else on paper or on the telephone (0 O D Q, 1 I L, 2 Z, 5 S, 8 B), and without vowels,
# so that no words come out.
ALPHABET: Final = "CFGHJKMNPRTVWXY34679"
LENGTH: Final = 6


def record_locator(below: Callable[[int], int]) -> str:
    """One of 64 million. `below(n)` is a whole number from 0 up to n, by chance."""
    return "".join(ALPHABET[below(len(ALPHABET))] for _ in range(LENGTH))


def read(typed: str) -> str | None:
    """The locator that somebody has typed, however they have; None for what is none."""
    letters = typed.upper()
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else None
