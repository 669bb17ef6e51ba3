"""The panels of lesson 2.3b show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.models import sourcing
from gvclab.panels.fear import FeltRiskLab, MemoryLab, WedgeLab

from .labs import mark, said


class TestFeltRisk:
    def test_traces_are_the_model(self):
        panel = FeltRiskLab(crises=(5, 12, 20), delta=0.85, salience=2.0)
        path = sourcing.belief_path([5, 12, 20], 40, delta=0.85, kappa=2.0)
        belief, crises = mark(panel, "belief"), mark(panel, "crisis")
        np.testing.assert_allclose(belief.y, path)
        assert list(crises.x) == [5, 12, 20] and list(crises.y) == list(path[[5, 12, 20]])

    def test_the_two_marks_stand_where_the_sentence_says(self):
        """Half of the rise is gone in one, and the other is the first below five per cent."""
        panel = FeltRiskLab()
        path, told = sourcing.belief_path([5], 100), said(panel)
        half, below = mark(panel, "half"), mark(panel, "below")
        level = (path[5] + sourcing.calm_belief()) / 2
        year = half.x[0]
        assert path[year] <= level < path[year - 1] and half.y[0] == path[year]
        assert path[below.x[0]] < 0.05 <= path[below.x[0] - 1] and below.y[0] == path[below.x[0]]
        assert (told["half"]["after"], told["below"]["year"]) == (year - 5, below.x[0])
        assert told["one"]["start"] == path[0] and told["one"]["peak"] == path[5]
        assert said(FeltRiskLab(crises=(1,)))["below"]["year"] == sourcing.return_time(0.05)

    def test_after_several_crises_it_is_the_last_rise_that_fades(self):
        panel = FeltRiskLab(crises=(5, 12))
        path = sourcing.belief_path([5, 12], 200)
        level = (path[12] + sourcing.calm_belief()) / 2
        assert said(panel)["half_many"]["after"] == next(t for t in range(100) if path[12 + t] <= level)
        assert said(panel)["below"]["year"] == 12 + next(t for t in range(100) if path[12 + t] < 0.05)

    def test_no_crisis(self):
        panel = FeltRiskLab(crises=())
        assert list(said(panel)) == ["calm"] and said(panel)["calm"]["calm"] == pytest.approx(1 / 30)
        assert mark(panel, "half").visible is False

    def test_a_crisis_that_lifts_it_too_little_passes_no_threshold(self):
        """It is said as such, and no year is marked."""
        panel = FeltRiskLab(delta=0.99, salience=1)
        assert panel.solution.beliefs.max() < 0.05 and "low" in said(panel)
        assert mark(panel, "below").visible is False

    def test_what_is_never_forgotten(self):
        told = said(FeltRiskLab(crises=tuple(range(1, 22)), delta=1.0, salience=6))
        assert "stays" in told and told["stays"]["year"] is None
        late = FeltRiskLab(crises=(21,), delta=0.97, salience=5)
        assert said(late)["below"]["year"] > 40 and mark(late, "below").visible is False  # later than is drawn


class TestMemory:
    def test_traces_are_the_model(self):
        panel = MemoryLab(crises=(5, 12, 20), delta=0.85, salience=2.0, k=0.03)
        path = sourcing.belief_path([5, 12, 20], 40, delta=0.85, kappa=2.0)
        names = ("belief", "crisis", "abroad", "settled", "before")
        belief, crises, abroad, settled, before = (mark(panel, name) for name in names)
        np.testing.assert_allclose(belief.y, path)
        np.testing.assert_allclose(abroad.y, sourcing.wave(path, 0.03))
        assert list(crises.x) == [5, 12, 20] and list(crises.y) == list(path[[5, 12, 20]])
        assert before.y[0] == abroad.y[0]
        # Where it settles: the share abroad after another two thousand calm years.
        long = sourcing.wave(sourcing.belief_path([5, 12, 20], 2000, delta=0.85, kappa=2.0), 0.03)
        assert settled.y[0] == pytest.approx(long[-1], abs=1e-9)

    @pytest.mark.parametrize("k", [0, 0.02, 0.0917, 0.15, 0.2])
    def test_settles_at_the_closed_form(self, k):
        solution = MemoryLab(k=k).solution
        assert solution.abroad[0] - solution.settled == pytest.approx(sourcing.scar(k), abs=1e-12)

    def test_the_scar_by_hand(self):
        """All by the slider: none without a cost, 44.8 of a hundred firms in between, none beyond."""
        slider = next(control for control in MemoryLab.controls if control.name == "k")
        lost = {
            round(float(k), 3): 100 * ((found := MemoryLab(k=k).solution).abroad[0] - found.settled)
            for k in np.arange(slider.min, slider.max, slider.step)
        }
        assert max(lost, key=lost.get) == 0.092 and lost[0.092] == pytest.approx(44.8, abs=0.2)
        assert said(MemoryLab(k=0.092))["lost"]["lost"] == pytest.approx(lost[0.092])
        assert "returned" in said(MemoryLab()) and "unmoved" in said(MemoryLab(k=0.2))
        assert "scarred" in said(MemoryLab(k=0.2, crises=(5, 12)))

    def test_no_crisis(self):
        panel = MemoryLab(crises=())
        assert list(said(panel)) == ["calm"]
        assert set(panel.solution.abroad) == {panel.solution.settled}

    def test_one_name_where_two_lines_are_one(self):
        assert [bool(text) for text in mark(MemoryLab(), "names").text] == [True, False]
        assert all(mark(MemoryLab(k=0.092), "names").text)


class TestWedge:
    def test_traces_are_the_model(self):
        panel = WedgeLab(chi=0.3)
        model = sourcing.create_sourcing()
        private, social, gap = model.wedge(0.5, 0.3)
        cost, own, others = (mark(panel, name) for name in ("cost", "own", "others"))
        assert list(cost.x) == [social.cost, private.cost]
        assert list(own.x) == pytest.approx([0.3 * 4 * social.cvar, 0.3 * 4 * private.cvar])
        assert list(others.x) == pytest.approx([0.7 * 4 * social.cvar, 0.7 * 4 * private.cvar])
        # A weight of one half halves both sides of the objective.
        assert mark(panel, "lost").y[0] == pytest.approx(2 * gap)

    @pytest.mark.parametrize("state", [{}, {"V": 1.0}, {"phi": 0.4, "V": 7.0}])
    def test_gap_at_every_share_of_the_loss(self, state):
        panel = WedgeLab(**state)
        model = sourcing.create_sourcing(**state)
        curve = mark(panel, "gap")
        for left, right, gap in zip(curve.x[:-1], curve.x[1:], curve.y[:-1], strict=True):
            assert 2 * model.wedge(0.5, (left + right) / 2).gap == pytest.approx(gap, abs=1e-9)
        low, high = panel.solution.harmless
        assert 2 * model.wedge(0.5, low + 1e-6).gap == pytest.approx(0, abs=1e-9)
        assert 2 * model.wedge(0.5, high - 1e-6).gap == pytest.approx(0, abs=1e-9)

    def test_who_bears_it(self):
        low = WedgeLab(chi=0.15).solution
        assert low.private.cvar > low.social.cvar
        saved, others = low.everyone.firm - low.firm.firm, low.firm.others - low.everyone.others
        assert saved > 0 and others - saved == pytest.approx(low.firm.total - low.everyone.total)
        assert "too_risky" in said(WedgeLab(chi=0.15)) and "same" in said(WedgeLab(chi=1.0))
        blamed = WedgeLab(chi=1.5, V=1.0)
        assert blamed.solution.private.cvar < blamed.solution.social.cvar and "too_safe" in said(blamed)

    def test_the_range_in_which_nothing_is_lost_is_the_one_it_says(self):
        """Just inside it both choices are the same, just outside they are not."""
        low, high = (said(WedgeLab(chi=1.0))["same"][end] for end in ("low", "high"))
        assert "same" in said(WedgeLab(chi=round(low, 2) + 0.01)) and "too_risky" in said(WedgeLab(chi=low - 0.01))
        assert high == 1.5 or "too_safe" in said(WedgeLab(chi=high + 0.01))
