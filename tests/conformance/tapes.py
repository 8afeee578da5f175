"""Cassettes: what a supplier said once, without our keys, in a form that people can review."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import vcr
import yaml
from vcr.serializers import yamlserializer

from adapters.kit.supplier import Supplier
from adapters.kit.transport import redacted
from tests.conformance.pretend import ROOT

CASSETTES: Final = ROOT / "fixtures" / "cassettes"
OUTCOMES: Final = ("success", "refusal")

_MOST_RECORDS: Final = 5
_TELLING: Final = {"accept", "accept-language", "content-type", "retry-after"}  # headers worth a reviewer's eye


def tape(slug: str, operation: str, outcome: str) -> Path:
    return CASSETTES / slug / f"{operation}-{outcome}.yaml"


def deck(supplier: Supplier, secrets: Mapping[str, str], *, base_url: str, record: bool) -> Any:
    """A vcr that files every request under the supplier's live address, whatever it was recorded from."""

    def public(request: Any) -> Any:
        request.uri = redacted(request.uri.replace(base_url, supplier.live_url, 1), secrets)
        request.headers = {name: value for name, value in request.headers.items() if name.lower() in _TELLING}
        if request.body:
            request.body = redacted(request.body.decode(), secrets).encode()
        return request

    def readable(response: dict[str, Any]) -> dict[str, Any]:
        headers = {name: told for name, told in response["headers"].items() if name.lower() in _TELLING}
        body = redacted(_short(response["body"]["string"]).decode(), secrets).encode()
        return {**response, "headers": headers, "body": {"string": body}}

    machine = vcr.VCR(
        record_mode=vcr.mode.ONCE if record else vcr.mode.NONE,
        before_record_request=public,
        before_record_response=readable,
        serializer="readable",
        decode_compressed_response=True,
    )
    machine.register_serializer("readable", _Readable)
    return machine


def _short(body: bytes) -> bytes:
    """Lists at the top of the reply end after a few records. Numbers and order stay as they were written."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return body
    short = {name: _first_few(value) for name, value in fields.items()}
    return msgspec.json.format(msgspec.json.encode(short), indent=1) + b"\n"


def _first_few(value: msgspec.Raw) -> msgspec.Raw | list[msgspec.Raw]:
    try:
        return msgspec.json.decode(value, type=list[msgspec.Raw])[:_MOST_RECORDS]
    except msgspec.ValidationError:
        return value


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML brings no types
    """Text of several lines stands as a block, one line of the reply in one line of the file."""


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


class _Readable:
    @staticmethod
    def serialize(tape: dict[str, Any]) -> str:
        return str(yaml.dump(tape, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120))

    @staticmethod
    def deserialize(text: str) -> Any:
        return yamlserializer.deserialize(text)
