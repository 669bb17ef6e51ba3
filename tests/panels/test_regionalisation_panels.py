"""The panels of section 2.2 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.data import load
from gvclab.models import gravity, iotable, world
from gvclab.panels.regionalisation import CostLab, MatrixLab, OriginLab, Params, linked, worlds
from gvclab.panels.regionalisation.origin import PLACES

from .labs import ranges, trace

PANELS = (CostLab, MatrixLab, OriginLab)
# Ranges and defaults: those of the specification for the first panel, those of the table for the others.
SPEC = {
    "tech": (0.7, 1.1, 0.9),
    "inst": (0.9, 1.4, 1.11),
    "rta": (0.8, 1, 1),
    "free": False,
    "theta": (0.5, 2, 1),
    "world": "stylised",
    "year": (1995, 2011, 2011),
    "kind": "input",
    "side": "backward",
    "index": "share",
    "pole": "EUR",
    "counting": "table",
    "place": "ALL",
    "product": "final",
    "primary": True,
    "rest": (0, 1, 0),
}
CALM = {"tech": 1.0, "inst": 1.0}


class TestAll:
    def test_ranges_of_the_specification(self):
        assert ranges(PANELS) == SPEC

    def test_badges(self):
        assert [kind.badge for kind in PANELS] == ["either", "data", "data"]

    def test_linked(self):
        costs, matrix, origin = linked()
        matrix.set(year=2000)
        assert costs.state is matrix.state is origin.state
        assert "In 2000" in origin.sentence
        matrix.reset()
        assert origin.state == Params()


class TestCosts:
    @pytest.mark.parametrize(
        ("values", "share", "welfare"),
        [
            (CALM, 0.4135, {}),
            ({"tech": 0.9, "inst": 1.0}, 0.4084, {"USA": 2.13, "NAM": 6.67}),
            ({"tech": 0.9, "inst": 1 / 0.9}, 0.5288, {}),
            ({"tech": 1.0, "inst": 1.1, "rta": 0.9}, 0.6351, {"USA": -0.47, "SEA": 2.73, "ROW": -1.54}),
            (CALM | {"free": True}, 0.4397, {}),
        ],
    )
    def test_reference(self, values, share, welfare):
        now = CostLab(**values).solution.now
        assert now.share == pytest.approx(share, abs=5e-5)
        for region, change in welfare.items():
            assert 100 * (now.welfare[world.REGIONS.index(region)] - 1) == pytest.approx(change, abs=0.006)

    def test_is_the_gravity_model(self):
        panel = CostLab(tech=0.8, inst=1.2, rta=0.9)
        asked = worlds.setting("stylised")
        khat = np.where(asked.near, 0.72, np.where(asked.far, 0.96, 1))[:, :, None]
        after = gravity.solve(world.make(), khat=khat)
        assert panel.solution.now.welfare == pytest.approx(after.welfare)
        bars = np.array(trace(panel, "gains").x) + np.array(trace(panel, "loses").x)
        assert bars == pytest.approx(100 * (after.welfare - 1))

    def test_nothing_happens_without_a_change(self):
        panel = CostLab(**CALM)
        assert "as before" in panel.sentence and "Nobody gains or loses" in panel.sentence
        assert panel.solution.now.welfare == pytest.approx(np.ones(8))

    def test_share_is_about_relative_cost(self):
        """Technology moves trade and hardly the share; institutions move the share although there is more trade."""
        calm, cheap, adverse = (CostLab(**v).solution.now for v in (CALM, {"tech": 0.9, "inst": 1.0}, {}))
        assert cheap.trade > 1.4 and abs(cheap.share - calm.share) < 0.01
        assert adverse.share > calm.share + 0.1 and adverse.trade > 1.15

    def test_what_undoes_technology(self):
        """Only the product counts on a border: a tenth is undone by a ninth."""
        panel = CostLab(tech=0.9, inst=1 / 0.9)
        khat = np.where(worlds.setting("stylised").near, 0.9, 1.0)[:, :, None]
        assert panel.solution.now.welfare == pytest.approx(gravity.solve(world.make(), khat=khat).welfare, rel=1e-12)
        line = trace(panel, "between poles as before")
        assert np.array(line.x) * np.array(line.y) == pytest.approx(1)

    def test_tariffs_alone_hardly_matter(self):
        change = 100 * (CostLab(**CALM, free=True).solution.now.welfare - 1)
        assert np.abs(change).max() < 0.14
        assert change[world.REGIONS.index("ROW")] < 0

    def test_outsiders_pay_for_agreements(self):
        panel = CostLab(**CostLab.presets["agreements"])
        assert "the largest loss -1.54% (rest of the world)" in panel.sentence

    def test_an_agreement_draws_trade_in(self):
        """T-G6: more within the pole, less with at least one outsider in the same sector."""
        asked = worlds.setting("stylised")
        khat = np.where(asked.near, 0.9, 1.0)[:, :, None]
        before, after = world.make().flows, gravity.solve(world.make(), khat=khat).flows
        assert (after[asked.near] > before[asked.near]).all()
        for sector in range(4):
            assert (after[asked.far][:, sector] < before[asked.far][:, sector]).any()

    @pytest.mark.parametrize("name", worlds.WORLDS)
    @pytest.mark.parametrize("theta", [0.5, 1.0, 2.0])
    def test_the_plane_is_the_model(self, name, theta):
        """Between the points that are solved, the splines miss by half a point at most."""
        plane = worlds.plane(name, theta, 0.9, False)
        for tech, inst in ((0.75, 0.95), (0.93, 1.13), (1.05, 1.33)):
            found = worlds.outcome(name, theta, tech * 0.9, tech * inst, False)
            assert plane.share(tech, inst)[0, 0] == pytest.approx(found.share, abs=0.005)
            assert np.exp(plane.trade(tech, inst)[0, 0]) == pytest.approx(found.trade, rel=0.01)

    def test_curves_pass_through_now(self):
        panel = CostLab(tech=0.8, inst=1.2)
        curve = trace(panel, "this technology")
        assert np.interp(1.2, curve.x, curve.y) == pytest.approx(panel.solution.now.share, abs=0.003)

    def test_the_quick_answer_has_all_but_the_plane(self):
        panel = CostLab(tech=0.8)
        quick = panel.solve(panel.state)
        assert quick.now == panel.solution.now and quick.around is None
        shown = panel.view(panel.state, quick)
        assert shown.sentence == panel.sentence
        assert [k for k, each in enumerate(shown.traces) if not each] == [0, 1, 2, 5, 6, 7]

    def test_the_extremes(self):
        for name in worlds.WORLDS:
            for tech, inst in ((0.7, 0.9), (0.7, 1.4), (1.1, 1.4)):
                panel = CostLab(world=name, tech=tech, inst=inst, rta=0.8, theta=2.0, free=True)
                assert np.isfinite(panel.solution.now.welfare).all()

    def test_the_real_table_has_no_tariffs(self):
        panel = CostLab(world="real", free=True, **CALM)
        assert "no tariffs to remove" in panel.sentence
        assert panel.solution.now.welfare == pytest.approx(np.ones(12))

    def test_the_real_table_gives_the_same_answers(self):
        """With all eleven sectors too."""
        table = load("icio", year=2011)
        pole = np.array([worlds.pole_by_region()[code] for code in table.countries])
        own = np.eye(12, dtype=bool)
        near = np.equal.outer(pole, pole) & ~own
        made = gravity.calibrate(table, theta=5.0)
        after = gravity.solve(made, khat=np.where(near, 0.9, 1.0)[:, :, None])
        goods = after.flows[:, :, :7].sum(axis=2)
        shown = CostLab(world="real", tech=0.9, inst=1 / 0.9).solution
        assert shown.now.share == pytest.approx(goods[near].sum() / goods[~own].sum(), abs=0.005)
        before = made.flows[:, :, :7].sum(axis=2)
        assert shown.before == pytest.approx(before[near].sum() / before[~own].sum())


class TestMatrix:
    @pytest.mark.parametrize("kind", ["input", "final", "total"])
    @pytest.mark.parametrize("year", [1995, 2011])
    def test_is_the_linkage_of_the_table(self, kind, year):
        panel = MatrixLab(kind=kind, year=year)
        found = iotable.linkage(load("icio", year=year), worlds.pole_by_region(), kind)
        at = [found.poles.index(pole) for pole in ("ASI", "NAM", "EUR", "RST")]
        shown = panel.figure.data[0]
        assert np.array(shown.z) == pytest.approx(found.share[np.ix_(at, at)])
        panel.set(index="introversion")
        wanted = found.introversion[np.ix_(at, at)]
        assert np.array(panel.figure.data[0].z) == pytest.approx(wanted, nan_ok=True)
        own = trace(panel, "Asia")
        assert own.y[year - 1995] == pytest.approx(wanted[0, 0])

    def test_columns_or_rows_sum_to_one(self):
        for side, axis in (("backward", 0), ("forward", 1)):
            assert np.array(MatrixLab(side=side).figure.data[0].z).sum(axis=axis) == pytest.approx(np.ones(4))

    def test_forward_is_where_a_pole_sells(self):
        flows = iotable.linkage(load("icio", year=2011), worlds.pole_by_region(), "input")
        q = flows.poles.index("EUR")
        shown = np.array(MatrixLab(side="forward").figure.data[0].z)
        assert shown[2, 2] == pytest.approx(flows.flows[q, q] / flows.flows[q].sum())

    def test_every_pole_prefers_itself(self):
        for side in ("backward", "forward"):
            for year in (1995, 2003, 2011):
                index = MatrixLab(side=side, year=year, index="introversion").figure.data[0].z
                assert (np.diag(index)[:3] > 1).all()

    def test_counting_moves_the_share(self):
        shares = [MatrixLab(counting=each).solution.counted[-1].own("share")[2] for each in ("one", "table", "halves")]
        assert shares[0] == 0 and shares[2] > 2 * shares[1]
        assert "81% instead of 39% and its index 1.7 instead of 2.1" in MatrixLab(counting="halves").sentence
        assert "its share is 0% instead of 39%" in MatrixLab(counting="one").sentence

    def test_splitting_one_pole_moves_the_index_of_the_others(self):
        index = [
            MatrixLab(pole="ASI", counting=each).solution.counted[-1].own("introversion")[1]
            for each in ("table", "halves")
        ]
        assert index[1] > 1.5 * index[0]

    def test_reference_line_only_where_it_differs(self):
        assert not MatrixLab().figure.data[4].visible
        panel = MatrixLab(counting="quarters")
        assert panel.figure.data[4].visible
        assert panel.figure.data[4].y == pytest.approx([each.own("share")[2] for each in panel.solution.listed])

    def test_lines_stay_inside(self):
        panel = MatrixLab(index="introversion", pole="ASI", counting="quarters", side="forward")
        top = panel.figure.layout.yaxis2.range[1]
        assert all(np.nanmax(each.y) <= top for each in panel.figure.data[1:5])

    @pytest.mark.parametrize("side", ["backward", "forward"])
    def test_the_first_year_is_not_compared_with_itself(self, side):
        assert "In 1995 it was" in MatrixLab(side=side).sentence
        assert "it was" not in MatrixLab(side=side, year=1995).sentence


class TestOrigin:
    @pytest.mark.parametrize("year", [1995, 2011])
    def test_parts_are_those_of_the_table(self, year):
        table = load("icio", year=year)
        makers = np.isin(np.tile(table.sectors, 12), ["LTM", "RBM", "CHM", "MEQ", "ELE", "TRE"])
        origin = iotable.va_in(table, makers * table.F.sum(axis=1))
        panel = OriginLab(place="DEU", year=year)
        deu = table.country("DEU")
        near = [table.country(code) for code in ("EUW", "EUE")]
        at = year - 1995
        assert trace(panel, "added in the own region").y[at] == pytest.approx(
            100 * origin[near, deu].sum() / origin[:, deu].sum()
        )
        far = np.delete(np.arange(12), [deu, *near])
        assert trace(panel, "added beyond it").y[at] == pytest.approx(
            100 * origin[far, deu].sum() / origin[:, deu].sum()
        )

    def test_factory_world(self):
        """Los, Timmer and de Vries: value was added mainly beyond the region, everywhere."""
        panel = OriginLab()
        assert "mainly added beyond the region" in panel.sentence
        assert "in 11 of 11 places" in panel.sentence
        assert "11 of 11" in OriginLab(product="exports").sentence

    def test_without_raw_materials_some_of_asia_differs(self):
        panel = OriginLab(**OriginLab.presets["korea"])
        assert "mainly added in the region" in panel.sentence
        region, beyond = (each[-1] - each[0] for each in panel.solution[:2])
        led = [code for code, a, b in zip(PLACES, region, beyond, strict=False) if a > b]
        assert led == ["KOR", "TWN"]

    def test_the_rest_of_the_world_decides_for_asia_alone(self):
        with_, without = OriginLab(rest=1.0).solution, OriginLab().solution
        asia = np.array([worlds.pole_by_region()[code] == "ASI" for code in PLACES])
        moved = (with_.region - without.region)[:, :-1]
        assert (moved[:, asia] > 0).all() and moved[:, ~asia] == pytest.approx(np.zeros((17, 6)))
        assert with_.region + with_.beyond == pytest.approx(without.region + without.beyond)
        assert "mainly added beyond" in OriginLab(place="CHN", rest=0.5).sentence
        assert "mainly added in the region" in OriginLab(place="CHN", rest=0.8).sentence

    def test_bars_are_changes(self):
        panel = OriginLab(place="KOR", year=2005)
        bar = next(each for each in panel.figure.data if each.type == "bar")
        line = trace(panel, "added in the own region")
        assert bar.x[list(bar.y).index("Korea")] == pytest.approx(line.y[10] - line.y[0])

    def test_the_first_year_has_no_change(self):
        panel = OriginLab(year=1995)
        assert "since then" not in panel.sentence
        assert all(not np.any(each.x) for each in panel.figure.data if each.type == "bar")

    def test_the_first_year_is_not_compared_with_itself(self):
        assert "In 1995 it was" in OriginLab().sentence and "it was" not in OriginLab(year=1995).sentence
