"""Structured logs: dot-named events with fields, on standard error, never a secret."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(process: str, *, level: int = logging.INFO) -> None:
    """Once at the start of a process: our events and the libraries' own lines leave in one form.

    A person at a terminal gets readable lines, everything else one JSON object a line.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _named(process),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    readable = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    last: Any = readable if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "apscheduler", "dramatiq", "pika", "asyncio", "stripe"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _named(process: str) -> Any:
    """Says in every line which process it is from, whichever thread wrote it."""

    def name(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return name
