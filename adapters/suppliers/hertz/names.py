"""Names as Hertz's counters write them: capital letters without accents."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Letters that are no other letter with a mark.
_LETTERS: Final[Mapping[int, str]] = MappingProxyType(
    str.maketrans({"Æ": "AE", "Œ": "OE", "Ø": "O", "Đ": "D", "Ð": "D", "Ł": "L", "Þ": "TH", "Ħ": "H", "ẞ": "SS"})
)


def in_capitals(name: str) -> str:
    """Müller is MULLER, Strauß STRAUSS. Raises ValueError for a name of which nothing would be left."""
    bare = unicodedata.normalize("NFKD", name.upper().translate(_LETTERS))
    written = " ".join(bare.encode("ascii", "ignore").decode().split())
    if not any(letter.isalpha() for letter in written):
        raise ValueError(f"{name!r} can't be written in the letters A to Z")
    return written
