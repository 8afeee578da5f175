"""A TravelHub API that says what a test wants it to say, on a loopback port of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    path: str
    query: str
    authorization: str | None
    body: bytes = b""


class FakeApi:
    """`answers` maps "GET /v1/…" to statuses and bodies, given one after the other; the last one stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[tuple[int, bytes]]] = {}
        self.heard: list[Heard] = []

    def says(self, call: str, *bodies: bytes, status: int = 200) -> None:
        self.answers[call] = [(status, body) for body in bodies]

    def answer(self, heard: Heard) -> tuple[int, bytes]:
        self.heard.append(heard)
        held = self.answers.get(f"{heard.method} {heard.path}", [(404, b'{"detail": "There is nothing here."}')])
        return held.pop(0) if len(held) > 1 else held[0]


@contextmanager
def fake_api() -> Iterator[FakeApi]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Desk) as server:
        api = FakeApi(f"http://127.0.0.1:{server.server_port}")
        _Desk.api = api
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


class _Desk(BaseHTTPRequestHandler):
    api: FakeApi

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        heard = Heard(
            method=self.command,
            path=path,
            query=query,
            authorization=self.headers["authorization"],
            body=self.rfile.read(int(self.headers["content-length"] or 0)),
        )
        status, body = self.api.answer(heard)
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Tests read what was heard, nobody reads this."""
