"""Hypothesis thinks of the same examples in every run, so that a red test is red for everybody."""

from hypothesis import HealthCheck, settings

# No deadline and no stopwatch: how long an example takes says more about the neighbours on the machine than about us.
settings.register_profile(
    "the same for everybody",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("the same for everybody")
