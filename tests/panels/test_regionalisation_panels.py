"""The panels of lesson 2.2 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.data import load
from gvclab.models import gravity, iotable, world
from gvclab.panels.regionalisation import CostLab, MatrixLab, worlds
from gvclab.panels.regionalisation.matrix import FIRST, ORDER, POLES, ties

from .labs import mark, said

CALM = {"all_borders": 1.0}


def income(panel) -> dict[str, float]:
    return dict(zip(worlds.setting(panel.state.world).world.countries, panel.solution.income, strict=True))


class TestCosts:
    @pytest.mark.parametrize(
        ("values", "share", "incomes"),
        [
            (CALM, 0.4135, {}),
            ({}, 0.4084, {"USA": 2.13, "NAM": 6.67}),
            ({"far_borders": 1 / 0.9}, 0.5288, {}),
            (CALM | {"far_borders": 1.1, "near_borders": 0.9}, 0.6351, {"USA": -0.47, "SEA": 2.73, "ROW": -1.54}),
            (CALM | {"free": True}, 0.4397, {}),
        ],
    )
    def test_reference(self, values, share, incomes):
        panel = CostLab(**values)
        assert panel.solution.now.share == pytest.approx(share, abs=5e-5)
        for region, change in incomes.items():
            assert income(panel)[region] == pytest.approx(change, abs=0.006)

    def test_is_the_gravity_model(self):
        panel = CostLab(all_borders=0.8, far_borders=1.2, near_borders=0.9)
        asked = worlds.setting("stylised")
        khat = np.where(asked.near, 0.72, np.where(asked.far, 0.96, 1))[:, :, None]
        after = gravity.solve(world.make(), khat=khat)
        bars = [mark(panel, name).x for name in ("gains", "loses")]
        shown = [gain if gain is not None else loss for gain, loss in zip(*bars, strict=True)]
        assert shown == pytest.approx(100 * (after.welfare - 1))
        before, now = (flows[:, :, :3].sum(axis=2) for flows in (world.make().flows, after.flows))
        own = np.eye(8, dtype=bool)
        assert mark(panel, "trade.now").y[0] == pytest.approx(100 * now[~own].sum() / before[~own].sum())
        assert mark(panel, "share.now").y[0] == pytest.approx(now[asked.near].sum() / now[~own].sum())
        assert mark(panel, "share.before").y[0] == pytest.approx(before[asked.near].sum() / before[~own].sum())

    def test_nothing_happens_without_a_change(self):
        panel = CostLab(**CALM)
        assert list(said(panel)) == ["same", "trade_same", "nobody"]
        assert panel.solution.income == pytest.approx(np.zeros(8))

    def test_a_number_is_written_as_the_sentence_has_it_and_noughts_stand_on_one_side(self):
        panel = CostLab(**CALM, near_borders=0.9)
        assert "-0.04" in mark(panel, "loses").text and "-0.04" in panel.sentence.replace("−", "-")
        for name in ("gains", "loses"):
            assert {str(each) for each in mark(CostLab(**CALM), name).x} <= {"None", "0.0"}

    def test_presets(self):
        panel = CostLab()
        shares = {}
        for name in CostLab.presets:
            panel.preset(name)
            shares[name] = panel.solution.now.share
        assert shares == pytest.approx({"undone": 0.5277, "tariffs": 0.4397, "agreements": 0.5288}, abs=1e-4)
        assert panel.state.all_borders == 1.0 and panel.state.near_borders == 0.9 and not panel.state.free

    def test_what_grows_and_who_loses_is_said(self):
        both = CostLab(**CALM, near_borders=0.9, far_borders=1.1)
        assert said(both)["some"]["least"] == "rest of the world" and said(both)["trade_up"]["by"] == pytest.approx(
            0.021
        )
        assert "none" in said(CostLab(**CALM, far_borders=1.4)) and "trade_down" in said(
            CostLab(**CALM, far_borders=1.4)
        )
        assert "all" in said(CostLab())

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (CALM | {"near_borders": 0.99}, "rises"),
            ({"all_borders": 0.99, "far_borders": 1.01}, "rises"),
            (CALM | {"near_borders": 1.01}, "falls"),
            (CALM | {"near_borders": 0.9, "far_borders": 1.1}, "some"),
        ],
    )
    def test_a_change_that_rounds_to_nothing_is_not_said(self, values, kind):
        panel = CostLab(**values)
        assert kind in said(panel) and "0.00 %" not in panel.sentence

    def test_no_sentence_on_incomes_says_a_change_of_nothing(self):
        """On the coarse part of the grid around the start, in both worlds."""
        for name in worlds.WORLDS:
            for every in (0.99, 1.0, 1.01):
                for near in (0.99, 1.0, 1.01):
                    for far in (0.99, 1.0, 1.01):
                        panel = CostLab(world=name, all_borders=every, far_borders=far, near_borders=near)
                        assert "0.00 %" not in panel.sentence

    def test_the_extremes(self):
        for name in worlds.WORLDS:
            for every, far in ((0.7, 0.9), (0.7, 1.4), (1.1, 1.4)):
                panel = CostLab(world=name, all_borders=every, far_borders=far, near_borders=0.8, theta=2.0, free=True)
                assert np.isfinite(panel.solution.income).all()
                top = panel.figure.layout.yaxis.range[1]
                assert mark(panel, "trade.now").y[0] < top and panel.solution.now.share < 1

    def test_the_real_table_has_no_tariffs(self):
        panel = CostLab(world="real", free=True, **CALM)
        assert list(said(panel)) == ["same", "trade_same", "nobody", "no_tariffs"]

    def test_the_real_table_gives_the_same_answers(self):
        """With all eleven sectors too."""
        table = load("icio", year=2011)
        near = worlds.setting("real").near
        own = np.eye(12, dtype=bool)
        made = gravity.calibrate(table, theta=5.0)
        after = gravity.solve(made, khat=np.where(near, 0.9, 1.0)[:, :, None])
        goods = after.flows[:, :, :7].sum(axis=2)
        shown = CostLab(world="real", far_borders=1 / 0.9).solution
        assert shown.now.share == pytest.approx(goods[near].sum() / goods[~own].sum(), abs=0.005)
        before = made.flows[:, :, :7].sum(axis=2)
        assert shown.before == pytest.approx(before[near].sum() / before[~own].sum())


class TestMatrix:
    @pytest.mark.parametrize("year", [1995, 2011])
    def test_is_the_linkage_of_the_table(self, year):
        panel = MatrixLab(year=year)
        found = iotable.linkage(load("icio", year=year), worlds.pole_by_region(), "input")
        at = [found.poles.index(pole) for pole in ORDER]
        assert np.array(mark(panel, "cells").z) == pytest.approx(found.share[np.ix_(at, at)])
        panel.set(measure="index")
        wanted = found.introversion[np.ix_(at, at)]
        assert np.array(mark(panel, "cells").z) == pytest.approx(wanted, nan_ok=True)
        for k, pole in enumerate(POLES):
            assert mark(panel, pole).y[year - FIRST] == pytest.approx(wanted[k, k])

    def test_the_rest_of_the_world_trades_with_itself_at_home(self):
        for measure in ("share", "index"):
            assert mark(MatrixLab(measure=measure), "cells").text[-1][-1] == "–"

    def test_columns_or_rows_sum_to_one(self):
        for side, axis in (("backward", 0), ("forward", 1)):
            assert np.array(mark(MatrixLab(side=side), "cells").z).sum(axis=axis) == pytest.approx(np.ones(4))

    def test_forward_is_where_a_pole_sells(self):
        flows = iotable.linkage(load("icio", year=2011), worlds.pole_by_region(), "input")
        q = flows.poles.index("EUR")
        shown = np.array(mark(MatrixLab(side="forward"), "cells").z)
        assert shown[0, 0] == pytest.approx(flows.flows[q, q] / flows.flows[q].sum())

    @pytest.mark.parametrize(
        ("counting", "measure", "value", "listed"),
        [("halves", "backward", 0.81, 0.39), ("quarters", "backward", 0.86, 0.39), ("halves", "index", 1.7, 2.1)],
    )
    def test_the_count_is_said(self, counting, measure, value, listed):
        panel = MatrixLab(counting=counting, measure="index" if measure == "index" else "share")
        values = said(panel)[f"split_{measure}"]
        assert values["pole"] == "Europe"
        assert [values["now"], values["listed"]] == pytest.approx(
            [value, listed], abs=0.05 if measure == "index" else 5e-3
        )

    @pytest.mark.parametrize("side", ["backward", "forward"])
    @pytest.mark.parametrize("year", [2008, 2010, 2011])
    def test_an_index_that_stays_is_not_said_to_move(self, side, year):
        """The index of Asia in halves hardly moves, and North America's moves most."""
        panel = MatrixLab(pole="ASI", counting="halves", measure="index", year=year, side=side)
        values = said(panel)["split_others"]
        assert values["pole"] == "Asia" and values["other"] == "North America"
        assert values["now"] > 1.5 * values["listed"]

    def test_no_sentence_says_that_an_index_is_other_than_itself(self):
        for pole in POLES:
            for side in ("backward", "forward"):
                for counting in ("halves", "quarters"):
                    for year in range(FIRST, 2012):
                        panel = MatrixLab(pole=pole, counting=counting, measure="index", year=year, side=side)
                        (values,) = (each for name, each in said(panel).items() if name.startswith("split_"))
                        assert f"{values['now']:.1f}" != f"{values['listed']:.1f}"

    def test_what_the_sentences_take_for_granted(self):
        """No pole trades mostly within itself as the table counts, and each does when it is split."""
        for side in ("backward", "forward"):
            for pole in POLES:
                at = POLES.index(pole)
                assert all((each.own("share")[:3] < 0.5).all() for each in ties(side, pole, 1))
                assert all(each.own("share")[at] > 0.5 for each in ties(side, pole, 2))

    def test_no_pole_buys_mostly_at_home_until_it_is_counted_so(self):
        assert said(MatrixLab())["none_backward"] == {
            "year": 2011,
            "pole": "Europe",
            "value": pytest.approx(0.387, abs=5e-4),
        }
        assert list(said(MatrixLab(counting="halves"))) == ["split_backward"]
        assert said(MatrixLab(counting="one"))["none_backward"]["pole"] == "North America"

    def test_as_one_country_a_pole_has_neither_share_nor_index(self):
        share, index = (MatrixLab(counting="one", measure=measure) for measure in ("share", "index"))
        assert not any(mark(share, "EUR").y) and np.isnan(mark(index, "EUR").y).all()
        assert "Europe" not in mark(index, "names").text and "one_index" in said(index)

    def test_a_line_of_comparison_only_where_the_count_differs(self):
        assert mark(MatrixLab(), "listed").visible is False
        panel = MatrixLab(counting="quarters")
        assert mark(panel, "listed").y == pytest.approx([each.own("share")[0] for each in panel.solution.listed])

    def test_lines_and_their_names_stay_inside(self):
        panel = MatrixLab(measure="index", pole="ASI", counting="quarters", side="forward")
        top = panel.figure.layout.yaxis2.range[1]
        assert all(np.nanmax(mark(panel, name).y) <= top for name in (*POLES, "listed", "names"))

    def test_names_stand_where_the_lines_end(self):
        panel = MatrixLab()
        names = mark(panel, "names")
        for pole, called in zip(POLES, ("Europe", "North America", "Asia"), strict=True):
            at = names.y[list(names.text).index(called)]
            assert at == pytest.approx(mark(panel, pole).y[-1], abs=0.05)
