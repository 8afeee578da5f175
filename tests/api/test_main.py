"""The web process as operators start it: gunicorn, its settings, its end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from storage.embedded import Servers
from tests.api.hub import TOKEN

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def web(
    servers: Servers, database_url: str, redis_url: str, port: int, tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Two processes behind one port, with a home and a temporary folder of their own."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PORT": str(port),
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "ADMIN_TOKEN": TOKEN, "WEB_CONCURRENCY": "2",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "api/gunicorn.conf.py", "api.main:app"]
    with subprocess.Popen(command, cwd=HOUSE, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def test_the_web_process_serves_counts_together_and_ends_leaving_nothing(
    web: "subprocess.Popen[bytes]", port: int, tmp_path: Path
) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        assert any(ready(client) for _ in range(300))
        for _ in range(20):
            assert client.get("/v1/airports").status_code == 200
        metrics = client.get("/v1/admin/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        labels = 'answered_by="call",method="GET",route="/v1/airports",status="200"'
        assert f"travelhub_request_seconds_count{{{labels}}} 20.0" in metrics.text
    web.send_signal(signal.SIGTERM)
    assert web.wait(60) == 0
    assert list(tmp_path.iterdir()) == []


def ready(client: httpx.Client) -> bool:
    """Whether it is, after a moment for it to become so."""
    try:
        if client.get("/readyz").status_code == 200:
            return True
    except httpx.TransportError:
        pass
    time.sleep(0.1)
    return False
