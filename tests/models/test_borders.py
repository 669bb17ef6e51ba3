"""What borders cost and where value is added, year by year: tables made by hand, one function by another, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.models import gravity, iotable, world

PLACES, SECTORS = ("A", "B", "C", "D"), ("steel", "banks")
POLES = {"A": "one", "B": "one", "C": "other"}  # D is in none


def table(F, Z=None) -> iotable.ICIO:
    """Steel and banks of four places; F is what each place's steel sells to each for final use."""
    F = np.kron(np.asarray(F, float), [[1.0], [0.0]])
    return iotable.from_arrays(
        np.zeros((8, 8)) if Z is None else Z, F + np.kron(np.eye(4), [[0], [3]]), PLACES, SECTORS
    )


HAND = table([[100, 10, 1, 1], [10, 100, 1, 1], [1, 1, 100, 1], [50, 50, 50, 100]])


def test_borders_by_hand():
    """Home sales of 100 against 10 and 10, and against 1 and 1; sales to and from D count nowhere."""
    within, between = gravity.border_costs(HAND, POLES, ["steel"], theta=5.0)
    assert within == pytest.approx(10 ** (1 / 5)) and between == pytest.approx(100 ** (1 / 5))


def test_borders_are_means_of_head_and_ries():
    made, poles = world.icio(), {code: pole for code, pole in world.POLES.items() if pole != "Rest"}
    pairs = np.log(gravity.head_ries(made.by_country(made.sales), 4.0))
    near = [pairs[made.country(a), made.country(b)] for a in poles for b in poles if a != b and poles[a] == poles[b]]
    far = [pairs[made.country(a), made.country(b)] for a in poles for b in poles if poles[a] != poles[b]]
    assert gravity.border_costs(made, poles, theta=4.0) == pytest.approx((np.exp(np.mean(near)), np.exp(np.mean(far))))


def test_borders_of_several_years():
    found = gravity.border_costs_by_year({2001: HAND, 2002: HAND}, POLES, ["steel"])
    assert found.year.tolist() == [2001, 2001, 2002, 2002]
    assert found.border.tolist() == ["WITHIN", "BETWEEN"] * 2
    assert found.cost[:2].tolist() == pytest.approx(gravity.border_costs(HAND, POLES, ["steel"]))


@pytest.mark.parametrize("poles", [{"A": "one", "B": "one"}, {"A": "one", "C": "other"}])
def test_without_a_border_of_both_kinds_there_is_no_mean(poles):
    with pytest.raises(ValueError, match="two places in one pole"):
        gravity.border_costs(HAND, poles)


def test_reach_by_hand():
    """A's steel takes 20 of B's, 30 of C's and 10 of D's banks; D's own steel counts nowhere."""
    Z = np.zeros((8, 8))
    Z[[3, 5, 7], 0] = 20, 30, 10
    final = np.diag([100.0, 100, 100, 100])
    found = iotable.reach_by_year({2001: table(final, Z)}, POLES, ["steel"])
    assert found["where"].tolist() == ["REGION", "BEYOND"]
    assert found.percent.tolist() == pytest.approx([20 / 3, 40 / 3])
    # Of 40 + 100 + 100 earned in steel nothing is foreign; of 60 earned in banks all is.
    assert iotable.reach_by_year({2001: table(final, Z)}, POLES, ["steel"], ["steel"]).percent.tolist() == [0, 0]
    banks = iotable.reach_by_year({2001: table(final, Z)}, POLES, ["steel"], ["banks"])
    assert banks.percent.tolist() == pytest.approx([100 / 3, 200 / 3])


def test_reach_is_the_mean_of_reach():
    made = world.icio()
    poles = {code: pole for code, pole in world.POLES.items() if pole != "Rest"}
    origin = iotable.va_in(made, made.F.sum(axis=1))
    parts, value = iotable.reach(origin, [poles.get(code, code) for code in made.countries]), origin.sum(axis=0)
    at = [made.country(code) for code in poles]
    region, beyond = iotable.reach_by_year({2011: made}, poles).percent
    assert region == pytest.approx(100 * (parts.region * value)[at].sum() / value[at].sum())
    assert beyond == pytest.approx(100 * (parts.beyond * value)[at].sum() / value[at].sum())
