"""One exchange asked and read in a process of its own: `python -m tests.conformance.reread <name>`, the reply on stdin.

Another process has another hash seed, and the test gives it another time zone, so that what hangs on either shows.
"""

import sys

import msgspec

from adapters.kit.calls import Reply
from tests.conformance.exchanges import Exchange, exchange_named


def traces(exchange: Exchange, reply: Reply) -> bytes:
    """What is asked and what is read, as bytes that are equal only for equal values in the same order."""
    return msgspec.json.encode((exchange.ask(), exchange.read(reply)))


if __name__ == "__main__":
    told = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Reply)
    sys.stdout.buffer.write(traces(exchange_named(sys.argv[1]), told))
