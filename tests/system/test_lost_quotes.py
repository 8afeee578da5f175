"""A quote whose worker dies while its supplier is being asked: whoever waits gets it from another one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.stack import until
from tests.system.hub import Hub
from tests.system.test_quotes import SELLERS, asked_now, calls, goes, offered

pytestmark = pytest.mark.slow


def test_a_quote_outlives_the_worker_that_was_killed_in_the_middle_of_it(mortal_workers: Hub) -> None:
    hub = mortal_workers
    with ThreadPoolExecutor(1) as somebody:
        seller = SELLERS[0]
        offer = offered(hub, seller)
        before = calls(hub, seller)
        goes(hub, seller, kind="hang", count=1)
        waiting = somebody.submit(asked_now, hub, offer, wait=20)
        until(lambda: calls(hub, seller) > before, "the supplier is asked")
        hub.the("worker").kill()
        hub.stack.start("worker")
        answered = waiting.result(timeout=30)
        assert (answered.status_code, answered.json()["status"]) == (200, "same")
        assert calls(hub, seller) == before + 2
