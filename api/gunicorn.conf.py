"""How gunicorn serves the API; read by gunicorn itself, which takes every name below as a setting."""  # noqa: N999  # gunicorn's habit

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "uvicorn_worker.UvicornWorker"
keepalive = 20
timeout = 30
graceful_timeout = 10
accesslog = None
loglevel = "warning"
control_socket_disable = True  # it would leave a socket in the home folder

# Several processes count into files of one folder, so that each of them can tell what all have counted. Set before
# anybody imports prometheus_client, which decides at that moment how it counts.
_OURS = tempfile.mkdtemp(prefix="travelhub-metrics-") if workers > 1 else ""
if _OURS:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _OURS


def child_exit(_server: Any, worker: Any) -> None:
    """A process that has ended holds no searches any more; what it has counted stays."""
    if _OURS:
        for held in Path(_OURS).glob(f"gauge_live*_{worker.pid}.db"):
            held.unlink(missing_ok=True)


def on_exit(_server: Any) -> None:
    if _OURS:
        shutil.rmtree(_OURS, ignore_errors=True)
