"""Bodies without what nobody else may read: secrets however they are written, and what is told of travellers by name."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from html import escape
from itertools import permutations
from typing import Final
from urllib.parse import quote, quote_plus

import msgspec

MASK: Final = "[redacted]"
_SHORTEST: Final = 4  # whoever calls three letters a secret would find them in every second word
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def without_secrets(body: bytes, hidden: Collection[str]) -> bytes:
    """The body with a mask for each of the values, in each form and encoding that it may be written in."""
    values = [value for value in hidden if len(value) >= _SHORTEST]
    pairs = [":".join(two) for two in permutations(filter(None, hidden), 2) if not {*two}.isdisjoint(values)]
    told = {form for value in values for form in ways_to_write(value)} | {_base64(pair) for pair in pairs}
    encodings = _encodings(body)
    for form in sorted(told, key=len, reverse=True):  # the longest first: one secret may be a part of another
        for encoding in encodings:
            with suppress(UnicodeEncodeError):  # what an encoding can't write can't stand there
                body = body.replace(form.encode(encoding), MASK.encode(encoding))
    return body


def _encodings(body: bytes) -> tuple[str, ...]:
    """What text in the body may be written in. What is UTF-8 as a whole is not Latin-1 in between."""
    wide = ("utf-16-le", "utf-16-be") if b"\0" in body else ()
    try:
        body.decode()
    except UnicodeDecodeError:
        return ("utf-8", "latin-1", *wide)
    return ("utf-8", *wide)


def ways_to_write(secret: str) -> frozenset[str]:
    """As it is, and as URLs, JSON, XML and headers write it."""
    quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return frozenset(
        {
            secret,
            *quoted,
            *(_lower_escapes(text) for text in quoted),
            *in_json,
            *(text.replace("/", "\\/") for text in in_json),
            escape(secret, quote=False),
            escape(secret),
            escape(secret, quote=False).replace('"', "&quot;").replace("'", "&apos;"),
            _base64(secret),
            urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        }
    )


def without_private(body: bytes, names: frozenset[str]) -> bytes:
    """The body with a mask for each value that stands under one of the names, at any depth, and for all beneath it.

    JSON, XML (elements and attributes, whatever their prefix) and forms; also when they are cut or not well-formed.
    All other bytes stay as they are.
    """
    if not names or not (body.startswith(_MARKS) or b"\\u" in body or any(name.encode() in body for name in names)):
        return body
    # What is not UTF-8 goes through unharmed: names are ASCII in every encoding that is left.
    encoding, on_error = ("utf-16", "replace") if body.startswith(_MARKS) else ("utf-8", "surrogateescape")
    text = body.decode(encoding, on_error)
    masked = "".join(_grammar(text)(text, names))
    return body if masked == text else masked.encode(encoding, on_error)


def private_pairs(pairs: Collection[tuple[str, str]], names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Parameters or headers with a mask for those of the names; in headers capitals do not matter, so they never do."""
    lower = {name.lower() for name in names}
    return tuple((name, MASK if name.lower() in lower else value) for name, value in pairs)


Grammar = Callable[[str, frozenset[str]], Iterator[str]]


def _grammar(text: str) -> Grammar:
    first = text.lstrip("\ufeff \t\r\n")[:1]
    return _xml if first == "<" else _json if first in ("{", "[") else _form


_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+'
_JSON: Final = re.compile(
    rf'(?P<key>{_STRING}")(?=\s*:)|(?P<value>{_STRING}"?|[^\s"{{}}\[\],:]+)|(?P<open>[{{\[])|(?P<close>[}}\]])|[\s,:]+', re.DOTALL
)  # fmt: skip


def _json(text: str, names: frozenset[str]) -> Iterator[str]:
    depth, hidden_from, named = 0, None, False
    for token in _JSON.finditer(text):
        told = token[0]
        match token.lastgroup:
            case "key":
                named = _key(told) in names
            case "value" if (named or hidden_from is not None) and told != "null":
                told = f'"{MASK}"'
            case "open":
                if named and hidden_from is None:
                    hidden_from = depth
                depth, named = depth + 1, False
            case "close":
                depth, named = depth - 1, False
                if hidden_from is not None and depth <= hidden_from:
                    hidden_from = None
        yield told


def _key(told: str) -> str:
    try:
        return msgspec.json.decode(told, type=str)
    except msgspec.DecodeError:
        return told[1:-1]


_XML: Final = re.compile(
    r"(?P<verbatim><!\[CDATA\[.*?(?:\]\]>|\Z))|(?P<aside><!--.*?(?:-->|\Z)|<[?!][^>]*>?)|(?P<end></[^>]*>?)"
    r"""|(?P<begin><[^>"']*+(?:(?:"[^"]*+"?|'[^']*+'?)[^>"']*+)*+>?)|(?P<text>[^<]+)""",
    re.DOTALL,
)
_ELEMENT: Final = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ATTRIBUTE: Final = re.compile(r"""(?P<name>[\w:.-]+)(?P<is>\s*=\s*)(?P<value>"[^"]*"?|'[^']*'?)""")


def _xml(text: str, names: frozenset[str]) -> Iterator[str]:
    depth, hidden_from = 0, None
    for token in _XML.finditer(text):
        told = token[0]
        match token.lastgroup:
            case "begin":
                element = _ELEMENT.match(told)
                here = hidden_from is not None or (element is not None and element[1] in names)
                yield _attributes(told, names, everything=here)
                if told.endswith("/>"):
                    continue
                if here and hidden_from is None:
                    hidden_from = depth
                depth += 1
            case "end":
                depth -= 1
                if hidden_from is not None and depth <= hidden_from:
                    hidden_from = None
                yield told
            case "text" | "verbatim" | "aside" if hidden_from is not None and told.strip():
                yield MASK
            case _:
                yield told


def _attributes(told: str, names: frozenset[str], *, everything: bool) -> str:
    def mask(attribute: "re.Match[str]") -> str:
        name, value = attribute["name"], attribute["value"]
        hides = name.rpartition(":")[2] in names or (everything and not name.startswith("xmlns"))
        return f"{name}{attribute['is']}{value[0]}{MASK}{value[0]}" if hides else attribute[0]

    return _ATTRIBUTE.sub(mask, told)


def _form(text: str, names: frozenset[str]) -> Iterator[str]:
    for index, pair in enumerate(text.split("&")):
        name, sign, _ = pair.partition("=")
        yield "&" * bool(index) + (f"{name}={MASK}" if sign and name.strip() in names else pair)


def _lower_escapes(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda sign: sign[0].lower(), text)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode().rstrip("=")
