"""Talks to a running API: bodies as they came, and every trouble as one sentence."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
import msgspec

from cli.stops import Stop

_SECONDS: Final = 35.0  # more than the longest `wait` that the API grants
_CONNECT_SECONDS: Final = 3.0

Answer = TypeVar("Answer")


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What we say of a problem document."""

    title: str = ""
    detail: str = ""


class Api:
    """One API at one URL. Every method raises Stop."""

    def __init__(self, url: str) -> None:
        self.url: Final = url.rstrip("/")
        try:
            timeout = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)
            self._http: Final = httpx.Client(base_url=self.url, timeout=timeout, trust_env=False)
        except httpx.InvalidURL as error:
            raise Stop(f"{url} is not a URL: {error}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, str] | None = None, *, token: str = "") -> bytes:
        return self._answered("GET", path, params=params, headers=_shown(token))

    def post(self, path: str, *, token: str, body: Mapping[str, Any] | None = None) -> bytes:
        return self._answered("POST", path, headers=_shown(token), body=body)

    def _answered(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> bytes:
        try:
            response = self._http.request(method, path, params=params, headers=headers, json=body)
        except httpx.TimeoutException as error:
            raise Stop(f"{self.url} did not answer in time.") from error
        except (httpx.TransportError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Stop(f"Nobody answers at {self.url}: start TravelHub with `make run`, or set --url.") from error
        if not response.is_success:
            raise Stop(_said(response))
        return response.content


def _shown(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def read(body: bytes, kind: type[Answer]) -> Answer:
    """The parts of an answer that are shown. Raises Stop when it is none of TravelHub's."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Stop(f"That is not how TravelHub answers: {error}.") from error


def _said(response: httpx.Response) -> str:
    try:
        problem = msgspec.json.decode(response.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        problem = _Problem()
    said = problem.detail or problem.title or response.reason_phrase or "no reason given"
    return f"The API refused ({response.status_code}): {said.rstrip('.')}."
