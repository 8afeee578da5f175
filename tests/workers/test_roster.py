"""To whom a worker says it is connected."""

from storage.suppliers import Allowance
from tests.builders import ALBATROSS, BLUEBIRD
from tests.workers.conftest import MakeTools, cataloguer, fares
from workers.roster import roster


async def test_everybody_is_told_with_what_we_may_ask_of_them(tools: MakeTools) -> None:
    bluebird, albatross = tools({BLUEBIRD: fares(), ALBATROSS: fares()}).clients.values()
    told = roster([bluebird, albatross])
    assert [(one.slug, one.sells, one.lists, one.live) for one in told] == [
        (ALBATROSS, ("flights",), (), False),
        (BLUEBIRD, ("flights",), (), False),
    ]
    (window,) = albatross.access.budget.windows
    assert told[0].allowances == (Allowance(id=window.id, calls=1000, seconds=1),)
    assert told[0].concurrency == albatross.access.budget.concurrency


async def test_a_live_supplier_and_what_it_lists_is_told(tools: MakeTools) -> None:
    (one,) = roster(tools({ALBATROSS: fares()}, suppliers=cataloguer, live=True).clients.values())
    assert (one.live, one.sells, one.lists) == (True, (), ("airports",))
