"""One spelling for what is spelt in many ways: accents, other alphabets, signs, and words that mean the same."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Letters that Unicode does not split into a plain one and a mark; Greek and Cyrillic as passports write them.
_GREEK: Final = "αβγδεζηθικλμνξοπρστυφχψως"
_GREEK_LATIN: Final = "a v g d e z i th i k l m n x o p r s t y f ch ps o s"
_CYRILLIC: Final = "абвгдеёжзийклмнопрстуфхцчшщыэюяіїєґ"
_CYRILLIC_LATIN: Final = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya i yi ye g"
_LETTERS: Final = {
    **dict(zip("ßøłđıæœþðħ", ("ss", "o", "l", "d", "i", "ae", "oe", "th", "d", "h"), strict=True)),
    **dict(zip(_GREEK, _GREEK_LATIN.split(), strict=True)),
    **dict(zip(_CYRILLIC, _CYRILLIC_LATIN.split(), strict=True)),
    "ъ": "",
    "ь": "",
    "&": " and ",
    "+": " and ",
    "@": " at ",
    "'": "",
    "\u2019": "",
    "`": "",
}
_SIGNS: Final = str.maketrans(_LETTERS)
_BREAKS: Final = re.compile(r"[^\w]+|_")
_UMLAUTS: Final = re.compile(r"(?<=[aou])e(?![aiou])")


@lru_cache(maxsize=65_536)  # the same few thousand words come again with every city
def folded(text: str) -> str:
    """Lower-case words between single spaces, without accents and signs; ü, ue and u are one.

    Writing that has no transcription here, such as Chinese, stays as it is.
    """
    lowered = text.casefold().translate(_SIGNS)
    if not lowered.isascii():
        split = unicodedata.normalize("NFKD", lowered).translate(_SIGNS)  # a Greek letter loses its accent first
        lowered = "".join([sign for sign in split if not unicodedata.combining(sign)])
    return _UMLAUTS.sub("", " ".join(_BREAKS.sub(" ", lowered).split()))
