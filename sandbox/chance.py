"""Chance that repeats: the same seed and the same words give the same luck in every process."""

import hashlib
import random
from typing import Final

_SCALE: Final = 1 << 64


def luck(seed: int, *parts: object) -> float:
    """A number in [0, 1). `hash()` would not do: it differs from one process to the next."""
    return _digest(seed, parts) / _SCALE


def pick(count: int, seed: int, *parts: object) -> int:
    """A number in range(count)."""
    return _digest(seed, parts) % count


def generator(seed: int, *parts: object) -> random.Random:
    return random.Random(_digest(seed, parts))  # noqa: S311  # chance that must repeat, nothing to keep secret


def _digest(seed: int, parts: tuple[object, ...]) -> int:
    words = "\x1f".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")
