"""The panels of lesson 1.3 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.data import load
from gvclab.models import gravity, iotable
from gvclab.panels.pandemic import ClosingLab, ExposureLab
from gvclab.panels.pandemic import places as of

from .labs import mark, said


@pytest.fixture(scope="module")
def exposure():
    """(G, G) of the real table, in the order of the panels."""
    table = load("icio", year=2011)
    order = [table.countries.index(code) for code in of.REGIONS]
    return iotable.pandemic_matrix(*iotable.sourcing_shares(table))[np.ix_(order, order)]


def names(panel) -> list[str]:
    return panel.solution.places.names


class TestPlaces:
    def test_all_regions_of_the_table_are_shown_once(self):
        table = load("icio", year=2011)
        assert sorted(of.REGIONS) == sorted(table.countries)
        places, usa = of.real("regions"), table.country("USA")
        assert places.weight[of.REGIONS.index("USA")] == pytest.approx(table.gdp[usa] / table.gdp.sum())
        assert len(of.real("poles").names) == 4

    def test_openness_keeps_shares(self):
        places = of.real("regions")
        for times in (0, 0.5, 1, 2):
            shares = places.opened(times)
            assert shares.min() >= 0 and shares.sum(axis=1) == pytest.approx(np.ones(12))
        assert places.opened(1) == pytest.approx(places.Pi)
        assert places.opened(0) == pytest.approx(np.eye(12))


class TestExposure:
    @pytest.mark.parametrize("code", of.REGIONS)
    def test_bars_add_up_to_a_column_of_the_matrix(self, exposure, code):
        panel = ExposureLab(place=code, depth=20)
        at = of.REGIONS.index(code)
        felt = dict(zip(names(panel), 20 * exposure[:, at], strict=True))
        bars = [mark(panel, route) for route in ("direct", "home", "third")]
        for k, place in enumerate(bars[0].y):
            assert sum(bar.x[k] for bar in bars) == pytest.approx(felt[place])
        own, spared = mark(panel, "self"), mark(panel, "spared")
        assert own.x[0] == pytest.approx(felt[names(panel)[at]]) and own.x[0] + spared.x[0] == pytest.approx(20)

    def test_those_that_lose_most_come_first_and_all_others_are_there(self):
        panel = ExposureLab()
        loss = [float(text) for text in mark(panel, "total").text]
        assert loss == sorted(loss, reverse=True) and len(loss) == 11
        assert panel.figure.layout.yaxis2.categoryarray == mark(panel, "direct").y

    def test_korea_feels_china_most(self):
        assert said(ExposureLab())["abroad"] == {"most": "Korea", "loss": pytest.approx(2.2, abs=0.05)}
        assert said(ExposureLab())["self"]["own"] == pytest.approx(23.8, abs=0.05)

    def test_the_scale_stands_still_while_losses_are_small(self):
        ranges = [ExposureLab(depth=depth).figure.layout.xaxis2.range for depth in (10, 30)]
        assert ranges[0] == ranges[1]
        assert ExposureLab(place="USA", openness=2.0).figure.layout.xaxis2.range[1] > 6.5

    def test_nothing_to_feel(self):
        assert list(said(ExposureLab(depth=0))) == ["none"]
        assert list(said(ExposureLab(openness=0.0))) == ["alone"]
        assert mark(ExposureLab(openness=0.0), "self").x[0] == pytest.approx(30)


class TestClosing:
    def test_dots_and_rings_are_the_model(self, exposure):
        panel = ClosingLab(north_america=11, europe=7, asia=23, rest=3)
        depth = {"NAM": 11, "EUR": 7, "ASI": 23, "RST": 3}
        own = np.array([depth[pole] for pole in of.real("regions").poles])
        assert mark(panel, "open").x == pytest.approx(exposure @ own)
        assert mark(panel, "closed").x == pytest.approx(own)

    def test_a_stroke_from_each_dot_to_its_ring_on_the_side_of_its_sign(self):
        panel = ClosingLab()
        gain = panel.solution.gain
        for name, shown in (("helps", gain > 0), ("hurts", gain < 0)):
            stroke = mark(panel, name)
            assert list(stroke.y[::3]) == [names(panel)[k] for k in np.flatnonzero(shown)]
            ends = np.array([stroke.x[::3], stroke.x[1::3]], float)
            assert ends[0] - ends[1] == pytest.approx(gain[shown])

    @pytest.mark.parametrize(("preset", "helps", "hurts"), [("asia_first", 7, 5), ("asia_spared", 5, 7)])
    def test_winners_and_losers_change_places(self, preset, helps, hurts):
        panel = ClosingLab()
        panel.preset(preset)
        assert said(panel)["now"] == {"helps": helps, "hurts": hurts, "all": 12}
        asia = np.array(of.real("regions").poles) == "ASI"
        assert ((panel.solution.gain > 0) == (asia if preset == "asia_spared" else ~asia)).all()

    def test_the_same_everywhere_changes_nothing(self):
        panel = ClosingLab()
        panel.preset("same")
        assert said(panel) == {"same": {"mean": pytest.approx(15)}}
        assert len(mark(panel, "helps").x) == len(mark(panel, "hurts").x) == 0

    def test_the_price_is_that_of_the_gravity_model(self):
        panel = ClosingLab()
        table = load("icio", year=2011)
        cost = 100 * gravity.closing_cost(gravity.calibrate(table, theta=5.0))
        assert dict(zip(names(panel), mark(panel, "cost").x, strict=True))["Mexico"] == pytest.approx(
            cost[table.country("MEX")]
        )
        before = mark(panel, "cost").x
        panel.preset("same")
        assert mark(panel, "cost").x == pytest.approx(before)  # paid with and without a pandemic

    def test_by_pole(self):
        panel = ClosingLab(detail="poles")
        assert list(mark(panel, "open").y) == ["North America", "Europe", "Asia", "rest of the world"]
        assert panel.figure.layout.yaxis.categoryarray == mark(panel, "open").y

    @pytest.mark.parametrize("detail", ["regions", "poles"])
    def test_a_bar_stands_beside_its_dot(self, detail):
        layout = ClosingLab(detail=detail).figure.layout
        assert layout.yaxis.range == layout.yaxis2.range
        assert layout.yaxis.categoryarray == layout.yaxis2.categoryarray
