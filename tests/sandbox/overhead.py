"""One world whose airlines are planned once for all tests that look up at its sky, with a clock in the test's hand."""

from typing import Final

from sandbox.world import World
from tests.builders import NOW
from tests.sandbox.travel import Clock

CLOCK: Final = Clock(NOW)
WORLD: Final = World(seed=1, clock=CLOCK)
