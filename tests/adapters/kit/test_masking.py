"""What is kept tells neither a secret nor a traveller, and is otherwise what was said."""

import json
from base64 import b64encode
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit import masking
from adapters.kit.masking import MASK, without_private, without_secrets

SECRET = """pl4nted/s3cret & "more" 'é'+<x>"""
NAMES = frozenset({"email", "surname", "Surname", "guest", "PersonName"})


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        escape(SECRET),
        escape(SECRET, quote=False),
        SECRET.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&apos;"),
        b64encode(SECRET.encode()).decode(),
        b64encode(f"me:{SECRET}".encode()).decode(),
    ],
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    body = f'{{"before": 1, "said": "{written}", "after": 2}}'.encode()
    kept = without_secrets(body, ("me", SECRET))
    assert written.encode() not in kept
    assert kept.startswith(b'{"before": 1, "said": "[redacted]')
    assert kept.endswith(b'", "after": 2}')


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_a_secret_is_masked_in_every_encoding(encoding: str) -> None:
    kept = without_secrets(f"<a>{SECRET}</a>".encode(encoding), (SECRET,))
    assert kept.decode(encoding) == f"<a>{MASK}</a>"


def test_a_secret_that_latin_letters_cannot_write_spoils_no_other_word() -> None:
    told = "北京 ab Zürich".encode()
    assert without_secrets(told, ("北京ab", "東京都庁")) == told
    assert without_secrets("東京都庁 ab".encode(), ("東京都庁",)) == f"{MASK} ab".encode()


def test_a_mask_never_cuts_a_letter_in_two() -> None:
    assert without_secrets("\u017fkey".encode(), ("\u00bfkey",)) == "\u017fkey".encode()


def test_one_secret_within_another_leaves_nothing_of_either() -> None:
    assert without_secrets(b"heron-key-42 heron-key", ("heron-key", "heron-key-42")) == b"[redacted] [redacted]"


def test_what_is_too_short_to_be_a_secret_spoils_no_word() -> None:
    assert without_secrets(b"the CP of all the cars", ("CP", "")) == b"the CP of all the cars"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (b'{"email" : "ada@x.example", "a": 1.10}', b'{"email" : "[redacted]", "a": 1.10}'),
        (b'{"a": {"surname": "L\xc3\xb6w \\"x\\"", "b": "c"}}', b'{"a": {"surname": "[redacted]", "b": "c"}}'),
        (b'{"guest": {"first": "Ada", "age": 36, "tags": ["a", null, true]}, "a": "b"}',
         b'{"guest": {"first": "[redacted]", "age": "[redacted]", "tags": ["[redacted]", null, "[redacted]"]}, "a": "b"}'),
        (b'{"surname": ["Ada", {"x": "y"}], "a": [1]}', b'{"surname": ["[redacted]", {"x": "[redacted]"}], "a": [1]}'),
        (b'[{"email": null}, {"email": 5}, {"a": "email"}]', b'[{"email": null}, {"email": "[redacted]"}, {"a": "email"}]'),
        (b'{"\\u0065mail": "ada@x.example"}', b'{"\\u0065mail": "[redacted]"}'),
        (b'{"a": 1, "surname": "Ada Lovel', b'{"a": 1, "surname": "[redacted]"'),
        (b'{"surnames": "kept", "xemail": "kept"}', b'{"surnames": "kept", "xemail": "kept"}'),
        (b'{"email": "\xff\xfe", "b": "\xff"}', b'{"email": "[redacted]", "b": "\xff"}'),
    ],
    ids=["a field", "within", "all beneath", "a list", "nothing", "a name in disguise", "cut", "other names", "no text"],
)  # fmt: skip
def test_what_json_tells_of_a_traveller_is_masked(told: bytes, kept: bytes) -> None:
    assert without_private(told, NAMES) == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (b"<a><Surname>Ada</Surname><b>c</b></a>", b"<a><Surname>[redacted]</Surname><b>c</b></a>"),
        (b'<o:a xmlns:o="u"><o:Surname x="1">Ada</o:Surname></o:a>', b'<o:a xmlns:o="u"><o:Surname x="[redacted]">[redacted]</o:Surname></o:a>'),
        (b"<a email='ada>x' b = \"c\"/>", b"<a email='[redacted]' b = \"c\"/>"),
        (b"<PersonName>\n <Given>Ada</Given><x y='z'/></PersonName><q>z</q>",
         b"<PersonName>\n <Given>[redacted]</Given><x y='[redacted]'/></PersonName><q>z</q>"),
        (b"<Surname><![CDATA[A<d>a]]></Surname>", b"<Surname>[redacted]</Surname>"),
        (b"<Surname/><b>c</b><Surname><!-- Ada --></Surname>", b"<Surname/><b>c</b><Surname>[redacted]</Surname>"),
        (b"<a><Surname>Ada Lovel", b"<a><Surname>[redacted]"),
        (b'<a b="c" email="ada@x', b'<a b="c" email="[redacted]"'),
        (b"<Surnames>kept</Surnames><!-- Surname='kept' -->", b"<Surnames>kept</Surnames><!-- Surname='kept' -->"),
    ],
    ids=["an element", "a prefix", "an attribute", "all beneath", "verbatim", "empty", "cut", "cut within", "other names"],
)  # fmt: skip
def test_what_xml_tells_of_a_traveller_is_masked(told: bytes, kept: bytes) -> None:
    assert without_private(told, NAMES) == kept


def test_xml_of_two_bytes_a_sign_is_masked_too() -> None:
    kept = without_private("<a><Surname>Ada</Surname></a>".encode("utf-16"), NAMES)
    assert kept.decode("utf-16") == f"<a><Surname>{MASK}</Surname></a>"


def test_what_a_form_tells_of_a_traveller_is_masked() -> None:
    assert without_private(b"a=b&email=ada%40x&surname=&c", NAMES) == b"a=b&email=[redacted]&surname=[redacted]&c"


def test_headers_are_named_with_or_without_capitals() -> None:
    pairs = (("Customer-Ip", "10.0.0.1"), ("accept", "x"))
    assert masking.private_pairs(pairs, frozenset({"customer-ip"})) == (("Customer-Ip", MASK), ("accept", "x"))


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"[", b"<", b"<a ", b'{"x": "']))
def test_what_names_nobody_stays_byte_for_byte(noise: bytes, start: bytes) -> None:
    told = start + noise + b"\\u"  # the sign that makes it look
    if not told.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert without_private(told, frozenset({"nobody is called so"})) == told
