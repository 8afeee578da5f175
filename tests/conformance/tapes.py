"""Cassettes: what a supplier said once, without our keys, in a form that people can review.

A walk through a declaration is recorded as a whole and filed by operation; to replay it, all of the supplier's tapes go
into the machine at once.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import vcr
import yaml
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from adapters.kit.auth import TOKEN, Auth, TokenAuth
from adapters.kit.calls import Call
from adapters.kit.failures import Failure
from adapters.kit.masking import without_private
from adapters.kit.supplier import Supplier
from adapters.kit.transport import redacted
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.pretend import ROOT
from tests.conformance.sandboxed import Sandbox
from tests.conformance.shortening import Shortening, shortened
from tests.conformance.walk import Walk, walked

CASSETTES: Final = ROOT / "fixtures" / "cassettes"
OUTCOMES: Final = ("success", "refusal")
_TELLING: Final = {"accept", "accept-language", "content-type", "retry-after"}  # headers worth a reviewer's eye
_TOKENS: Final = frozenset({"access_token", "refresh_token"})


def tape(slug: str, operation: str, outcome: str) -> Path:
    return CASSETTES / slug / f"{operation}-{outcome}.yaml"


def record_walk(supplier: Supplier, address: str, folder: Path) -> Walk:
    """Everything that the supplier's sandbox says on a walk, one tape for each operation."""
    with httpx.Client(base_url=address, timeout=30) as controls:
        sandbox = Sandbox(address, controls)
        sandbox.reset()
        base_url = sandbox.url_of(supplier)
        files = _ByOperation(folder, lambda: [seen.operation for seen in sandbox.calls(supplier)])
        machine = _deck(supplier, supplier.sandbox_secrets, base_url=base_url, record=True)
        machine.register_persister(files)
        with machine.use_cassette(str(folder)):
            return asyncio.run(_walked(supplier, base_url, sandbox.player(supplier), Shortening()))


def replayed_walk(supplier: Supplier) -> tuple[Walk, int]:
    """The same walk, answered by the tapes, and how many recorded calls it left out. Nothing reaches the network."""
    folder = CASSETTES / supplier.slug
    machine = _deck(supplier, supplier.sandbox_secrets, base_url=supplier.live_url, record=False)
    machine.register_persister(_ByOperation(folder, list))
    with machine.use_cassette(str(folder)) as cassette:
        walk = asyncio.run(_walked(supplier, supplier.live_url, _play_nothing, None))
        return walk, len(cassette) - cassette.play_count


def record_refusal(exchange: Exchange, base_url: str, secrets: Mapping[str, str], path: Path) -> str:
    """The exchange's call with credentials that nobody was given; says what came of it in a few words."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = _deck(exchange.supplier, secrets, base_url=base_url, record=True)
    with machine.use_cassette(str(path)):
        failure = asyncio.run(_refused(exchange, base_url, secrets))
    return f"{type(failure).__name__}: {failure}"


def replayed_refusal(exchange: Exchange, secrets: Mapping[str, str]) -> tuple[Failure | None, bool]:
    """What comes of the call when the tape answers it, and whether the call is the one on the tape."""
    supplier = exchange.supplier
    machine = _deck(supplier, secrets, base_url=supplier.live_url, record=False)
    with machine.use_cassette(str(tape(supplier.slug, exchange.operation, "refusal"))) as cassette:
        failure = asyncio.run(_refused(exchange, supplier.live_url, secrets))
        return failure, cassette.all_played


async def _walked(
    supplier: Supplier,
    base_url: str,
    plays: Callable[[str, str | None], None],
    over: httpx.AsyncBaseTransport | None,
) -> Walk:
    numbers = itertools.count(1)
    async with calling(supplier, base_url, over=over) as client:
        return await walked(supplier, client, lambda: f"TAPE{next(numbers):012d}", plays)


def _play_nothing(_: str, __: str | None) -> None:
    """What was played is on the tape."""


async def _refused(exchange: Exchange, base_url: str, secrets: Mapping[str, str]) -> Failure | None:
    supplier = exchange.supplier
    if isinstance(supplier.auth, TokenAuth):
        supplier = msgspec.structs.replace(supplier, auth=_Shown(supplier.auth, next(iter(secrets.values()))))
    async with calling(supplier, base_url, secrets=secrets) as client:
        try:
            await client.answered(exchange.call, deadline=Sandbox.soon())
        except Failure as failure:
            return failure
    return None


class _Shown:
    """Shows a token that nobody gave, instead of asking for one: the refusal is then that of the call itself."""

    def __init__(self, auth: Auth, token: str) -> None:
        self._auth: Final = auth
        self._token: Final = token

    @property
    def secrets(self) -> tuple[str, ...]:
        return self._auth.secrets

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:
        return self._auth.signed(call, {**secrets, TOKEN: self._token}, at)


class _ByOperation:
    """A vcr's shelf: what was recorded goes to one tape for each operation, in the order in which the sandbox saw it."""

    def __init__(self, folder: Path, operations: Callable[[], Sequence[str]]) -> None:
        self._folder: Final = folder
        self._operations: Final = operations

    def load_cassette(self, _: str, serializer: Any) -> tuple[list[Any], list[Any]]:
        requests: list[Any] = []
        responses: list[Any] = []
        for path in sorted(self._folder.glob("*-success.yaml")):
            asked, told = deserialize(path.read_text(encoding="utf-8"), serializer)
            requests += asked
            responses += told
        if not requests:
            raise CassetteNotFoundError
        return requests, responses

    def save_cassette(self, _: str, cassette: Mapping[str, Sequence[Any]], serializer: Any) -> None:
        filed: dict[str, dict[str, list[Any]]] = {}
        for operation, asked, told in zip(self._operations(), cassette["requests"], cassette["responses"], strict=True):
            held = filed.setdefault(operation, {"requests": [], "responses": []})
            held["requests"].append(asked)
            held["responses"].append(told)
        self._folder.mkdir(parents=True, exist_ok=True)
        for operation, held in filed.items():
            path = self._folder / f"{operation}-success.yaml"
            path.write_text(serialize(held, serializer), encoding="utf-8")


def _deck(supplier: Supplier, secrets: Mapping[str, str], *, base_url: str, record: bool) -> Any:
    """A vcr that files every request under the supplier's live address, whatever it was recorded from."""

    def public(request: Any) -> Any:
        if not request.uri.startswith((base_url, supplier.live_url)):
            return None  # the sandbox's own controls
        request.uri = redacted(request.uri.replace(base_url, supplier.live_url, 1), secrets)
        request.headers = {name: value for name, value in request.headers.items() if name.lower() in _TELLING}
        if request.body:
            request.body = redacted(request.body.decode(), secrets).encode()
        return request

    def readable(response: dict[str, Any]) -> dict[str, Any]:
        headers = {name: told for name, told in response["headers"].items() if name.lower() in _TELLING}
        short = without_private(shortened(response["body"]["string"]), _TOKENS).decode()
        body = redacted(short.replace(base_url, supplier.live_url), secrets).encode()
        return {**response, "headers": headers, "body": {"string": body}}

    machine = vcr.VCR(
        record_mode=vcr.mode.ALL if record else vcr.mode.NONE,
        match_on=("method", "uri", "body"),
        before_record_request=public,
        before_record_response=readable,
        serializer="readable",
        decode_compressed_response=True,
    )
    machine.register_serializer("readable", _Readable)
    return machine


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
