"""The panels of section 1.3 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gvclab.data import load
from gvclab.models import gravity, iotable, world
from gvclab.panels.pandemic import ClosingLab, ExposureLab, Params, SubstitutionLab, linked
from gvclab.panels.pandemic import places as of

from .labs import ranges, trace

PANELS = (ExposureLab, ClosingLab, SubstitutionLab)
# Ranges and defaults of the specification.
SPEC = {
    "north_america": (0, 0.35, 0.15),
    "europe": (0, 0.35, 0.13),
    "asia": (0, 0.35, 0.12),
    "rest": (0, 0.35, 0.14),
    "openness": (0, 2, 1),
    "beta": (0.3, 0.9, 0.5),
    "theta": (0.1, 8, 5),
    "detail": "regions",
}
SAME = {"north_america": 0.15, "europe": 0.15, "asia": 0.15, "rest": 0.15}


def panel_world(theta: float) -> gravity.World:
    """The stylised world with one elasticity."""
    made = of.balanced()
    return replace(made, theta=np.full(4, theta))


class TestAll:
    def test_ranges_of_the_specification(self):
        assert ranges(PANELS) == SPEC

    @pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.__name__)
    def test_every_lockdown_at_its_end(self, kind):
        for value in (0.0, 0.35):
            panel = kind(**dict.fromkeys(SAME, value))
            assert np.isfinite(panel.table.to_numpy()).all()
            assert panel.sentence and panel.figure.data

    def test_badges(self):
        assert [kind.badge for kind in PANELS] == ["calibrated", "calibrated", "illustrative"]

    def test_linked(self):
        exposure, closing, substitution = linked()
        closing.set(asia=0.3)
        assert exposure.state is closing.state is substitution.state
        assert trace(exposure, "loss behind a closed border").x[6] == pytest.approx(30)  # China
        exposure.set(detail="poles")
        assert len(closing.table) == 4
        exposure.reset()
        assert closing.state == Params()


class TestPlaces:
    @pytest.mark.parametrize("detail", ["regions", "poles"])
    def test_real_table(self, detail):
        places = of.real(detail)
        table = load("icio", year=2011)
        assert len(places.names) == (12 if detail == "regions" else 4)
        assert places.weight.sum() == pytest.approx(1)
        # Whatever the order: the spending of the whole world on each place's own goods is the table's.
        assert sorted(places.poles, key=["NAM", "EUR", "ASI", "RST"].index) == list(places.poles)
        if detail == "regions":
            own = iotable.sourcing_shares(table).Pi.diagonal()
            assert sorted(places.Pi.diagonal()) == pytest.approx(sorted(own))
            usa = table.country("USA")
            assert places.Pi[0, 0] == pytest.approx(own[usa])
            assert places.weight[0] == pytest.approx(table.gdp[usa] / table.gdp.sum())

    def test_openness_keeps_shares(self):
        places = of.real("regions")
        for times in (0, 0.5, 1, 2):
            shares = places.opened(times)
            assert shares.min() >= 0 and shares.sum(axis=1) == pytest.approx(np.ones(12))
        assert places.opened(1) == pytest.approx(places.Pi)
        assert places.opened(0) == pytest.approx(np.eye(12))

    def test_stylised_world_in_the_order_of_the_gravity_model(self):
        """The substitution lab puts the answers of one beside the names of the other."""
        assert of.stylised().weight == pytest.approx(np.array(world.GDP) / sum(world.GDP))


class TestExposure:
    def test_parts_add_up_to_the_model(self):
        panel = ExposureLab()
        parts = [each for each in panel.figure.data if each.type == "bar"]
        M = iotable.pandemic_matrix(of.real("regions").Pi, 0.5)
        own = 100 * of.real("regions").spread(Params().lockdowns)
        assert sum(np.array(each.x) for each in parts) == pytest.approx(M @ own)
        assert parts[0].x == pytest.approx(M.diagonal() * own)

    def test_taiwan_imports_almost_half(self):
        assert "The largest imported part is 47% of 12.5 (Taiwan)" in ExposureLab().sentence

    def test_the_neighbourhood_is_nearest(self):
        """With equal lockdowns most of what Mexico imports is from North America, of Korea's from Asia or the rest."""
        panel = ExposureLab(**SAME)
        imported = panel.table.filter(like="imported")
        assert imported.loc["Mexico"].idxmax() == "imported from North America"
        assert imported.loc["eastern EU"].idxmax() == "imported from Europe"

    def test_longer_chains_import_more(self):
        own = [ExposureLab(beta=beta).table["own lockdown"].sum() for beta in (0.3, 0.5, 0.9)]
        assert own == sorted(own)

    def test_nothing_lost(self):
        assert "nothing is lost" in ExposureLab(**dict.fromkeys(SAME, 0)).sentence

    def test_nothing_imported_without_trade(self):
        """So that nobody imports the largest part of it either."""
        assert "nothing of that is imported" in ExposureLab(openness=0).sentence


class TestClosing:
    def test_helps_those_with_milder_lockdowns_than_they_feel(self):
        panel = ClosingLab()
        places = of.real("regions")
        own = places.spread(Params().lockdowns)
        M = iotable.pandemic_matrix(places.Pi, 0.5)
        partners = (M @ own - M.diagonal() * own) / (1 - M.diagonal())
        assert ((panel.solution.gain > 0) == (own < partners)).all()
        assert "8 of 12 places" in panel.sentence

    def test_bars_are_the_distance_from_the_line(self):
        panel = ClosingLab(asia=0.3)
        helps, hurts = (np.array(trace(panel, name).x) for name in ("closing helps", "closing hurts"))
        assert helps + hurts == pytest.approx(panel.solution.loss - panel.solution.lockdown)
        assert (helps >= 0).all() and (hurts <= 0).all()

    def test_every_place_is_a_point_once(self):
        panel = ClosingLab()
        shown = [name for each in panel.figure.data if each.name.startswith("open") for name in each.customdata]
        assert sorted(shown) == sorted(of.real("regions").names)

    @pytest.mark.parametrize("values", [SAME, {"openness": 0}])
    def test_changes_nothing(self, values):
        assert "closing changes nothing" in ClosingLab(**values).sentence

    def test_winners_and_losers_change_places(self):
        first, spared = (ClosingLab(**ClosingLab.presets[name]) for name in ("asia_first", "asia_spared"))
        asia = np.array(of.real("regions").poles) == "ASI"
        assert (first.solution.gain[asia] < 0).all() and (first.solution.gain[~asia] > 0).all()
        assert (spared.solution.gain[asia] > 0).all() and (spared.solution.gain[~asia] < 0).all()

    def test_cannot_help_everyone(self):
        rng = np.random.default_rng(0)
        panel = ClosingLab(detail="poles")
        for _ in range(30):
            panel.set(**dict(zip(SAME, rng.uniform(0, 0.35, 4), strict=True)))
            assert panel.solution.gain.min() < 0

    def test_the_average_of_a_balanced_world_is_the_same(self):
        """Weighted with the incomes that its own shares imply, a closed border changes nothing on average."""
        solution = ClosingLab(asia=0.3).solution
        M = solution.pandemic.matrix
        values, vectors = np.linalg.eig(M.T)
        weight = vectors[:, np.argmax(values.real)].real
        assert weight @ solution.gain / weight.sum() == pytest.approx(0, abs=1e-9)
        assert solution.mean(solution.loss) == pytest.approx(solution.mean(solution.lockdown), rel=0.06)

    def test_nobody_is_named_where_closing_changes_nothing(self):
        points = [each for each in ClosingLab(**SAME).figure.data if each.text is not None]
        assert points and not any("".join(each.text) for each in points)


class TestSubstitution:
    def test_is_the_gravity_model(self):
        border = np.where(np.eye(8, dtype=bool)[:, :, None], 1, 1e4)
        closed = gravity.solve(panel_world(5.0), khat=border).welfare
        labour = np.exp(-of.stylised().spread(Params().lockdowns))
        solution = SubstitutionLab().solution
        assert solution.closed == pytest.approx(closed, rel=1e-6)
        assert solution.open == pytest.approx(gravity.solve(panel_world(5.0), Lhat=labour).welfare)

    def test_behind_a_closed_border_a_region_loses_its_own_lockdown(self):
        """What the panel takes for granted, solved."""
        labour = np.exp(-of.stylised().spread(Params().lockdowns))
        border = np.where(np.eye(8, dtype=bool)[:, :, None], 1, np.inf)
        both = gravity.solve(panel_world(2.0), khat=border, Lhat=labour).welfare
        assert SubstitutionLab(theta=2.0).solution.both == pytest.approx(both, rel=1e-9)

    def test_cost_of_closing_dwarfs_what_it_saves(self):
        solution = SubstitutionLab().solution
        assert (100 * (1 - solution.closed) > 20 * solution.gain).all()

    def test_short_run_makes_both_larger(self):
        short, long = (SubstitutionLab(**SubstitutionLab.presets[name]).solution for name in ("short_run", "long_run"))
        assert np.abs(short.gain).sum() > 3 * np.abs(long.gain).sum()
        assert (short.closed < long.closed).all()

    def test_approaches_the_matrix(self):
        """Where nothing can be replaced, the gravity model agrees with M on who gains."""
        places = of.stylised()
        own = places.spread(Params().lockdowns)
        M = iotable.pandemic_matrix(places.Pi, 0.5)
        gain = SubstitutionLab(theta=0.1).solution.gain
        assert (np.sign(gain) == np.sign(M @ own - own)).all()

    def test_the_stack_ends_at_the_total(self):
        panel = SubstitutionLab()
        top = trace(panel, "own lockdown, on top")
        total = np.array(top.base) + np.array(top.x)
        assert total == pytest.approx(100 * (1 - panel.solution.both))
