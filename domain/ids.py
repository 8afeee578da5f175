"""Short names for what is long: the same words give the same id, in any process and on any day."""

import hashlib
from typing import Final

# A letter for every byte. Without 0, 1, 8 and 9, which pass for O, l, B and g where people read an id to each other.
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyz234567" * 8


def short_id(words: str) -> str:
    """26 lower-case letters and digits, worth 130 bits, that stand in an address as they are."""
    return hashlib.blake2b(words.encode(), digest_size=26).digest().translate(_LETTERS).decode()
