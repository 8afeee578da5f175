"""Hotels of the pretend world, as each supplier's own reader describes them: who is who is mostly found, and rarely wrong."""

import pytest

from bench.matching import matched

CITIES = ("LON", "PRG")


@pytest.mark.parametrize(("noise", "precision", "recall"), [(1.0, 0.99, 0.95), (2.0, 0.98, 0.8)])
def test_suppliers_hotels_are_found_to_be_one_and_hardly_ever_wrongly(
    noise: float, precision: float, recall: float
) -> None:
    outcome = matched(noise=noise, seed=7, cities=CITIES)
    assert outcome.true > 100
    assert outcome.precision >= precision
    assert outcome.recall >= recall
