"""A client's web server on loopback that takes webhooks: it keeps all that comes, and answers as it was told to."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final

import msgspec
from standardwebhooks import Webhook

_PATIENCE: Final = 10.0


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One request. Names of headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """What it tells. Raises standardwebhooks.WebhookVerificationError where the signature is not of this secret."""
        return Webhook(secret).verify(self.body, dict(self.headers))


# What is done with a request.
Answer = Callable[["Desk"], None]


class Receiver:
    """`answers` are given one after the other, and 204 when there are none left."""

    def __init__(self, server: ThreadingHTTPServer, answers: Sequence[Answer], *, scheme: str) -> None:
        self.port: Final = int(server.server_address[1])
        self.url: Final = f"{scheme}://127.0.0.1:{self.port}/hooks"
        self.letting_go: Final = threading.Event()
        self._answers: Final = list(answers)
        self._received: Final[list[Received]] = []
        self._came: Final = threading.Condition()

    @property
    def received(self) -> list[Received]:
        with self._came:
            return list(self._received)

    def came(self, received: Received) -> Answer:
        with self._came:
            self._received.append(received)
            self._came.notify_all()
            return self._answers.pop(0) if self._answers else status(204)

    def wait_for(self, count: int, *, seconds: float = _PATIENCE) -> list[Received]:
        """Blocks: from asynchronous code call it in a thread. Raises AssertionError when fewer came in time."""
        with self._came:
            came = self._came.wait_for(lambda: len(self._received) >= count, timeout=seconds)
            assert came, f"{len(self._received)} of {count} webhooks came within {seconds} s"
            return list(self._received)


class Desk(BaseHTTPRequestHandler):
    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.came(Received(path=self.path, headers=headers, body=body))(self)

    def do_GET(self) -> None:
        """Whoever follows a redirect comes like this."""
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Tests look at what came, not at a log."""


def status(code: int, **headers: str) -> Answer:
    def answer(desk: Desk) -> None:
        desk.send_response(code)
        for name, value in headers.items():
            desk.send_header(name.replace("_", "-"), value)
        desk.send_header("Content-Length", "0")
        desk.end_headers()

    return answer


def reset(desk: Desk) -> None:
    """The line is cut before an answer."""
    desk.close_connection = True
    desk.connection.close()


def hang(desk: Desk) -> None:
    """No answer until the test is over."""
    desk.receiver.letting_go.wait(_PATIENCE)
    desk.close_connection = True


@contextmanager
def receiver(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listening until the end of the block."""
    server = _Server(("127.0.0.1", 0), Desk)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made = Receiver(server, answers, scheme="http" if tls is None else "https")
    server.RequestHandlerClass = type("Desk", (Desk,), {"receiver": made})
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield made
    finally:
        made.letting_go.set()
        server.shutdown()
        serving.join(_PATIENCE)
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""
