"""The mailbox's entry point: `python -m sandbox.mailbox --smtp-port 8925 --port 8926`, on this machine only."""

import argparse
import asyncio
from typing import Final

import uvicorn

from sandbox.mailbox.letters import Mailbox
from sandbox.mailbox.pages import create_app
from sandbox.mailbox.post import slot

_HOST: Final = "127.0.0.1"


async def _open(port: int, smtp_port: int) -> None:
    """Until SIGTERM or Ctrl-C, which uvicorn hears."""
    mailbox = Mailbox()
    config = uvicorn.Config(
        create_app(mailbox), host=_HOST, port=port, log_level="warning", lifespan="off", timeout_graceful_shutdown=2
    )
    async with slot(mailbox, host=_HOST, port=smtp_port):
        await uvicorn.Server(config).serve()


def main() -> None:
    told = argparse.ArgumentParser(prog="sandbox.mailbox", description="A mailbox for this machine.")
    told.add_argument("--smtp-port", type=int, default=8925, help="where letters are handed in")
    told.add_argument("--port", type=int, default=8926, help="where they are read")
    asked = told.parse_args()
    asyncio.run(_open(asked.port, asked.smtp_port))


if __name__ == "__main__":
    main()
