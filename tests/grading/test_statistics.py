"""Item analysis: worked examples, bounds, no dependence on the order of submissions, no warnings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gvclab.grading import statistics

quick = settings(max_examples=60, deadline=None, derandomize=True)
POINTS = np.array([1.0, 2.0, 4.0])


@st.composite
def classes(draw, missing: bool = True):
    """A class's scores: any number of submissions, three items, some grades missing."""
    n = draw(st.integers(0, 12))
    shares = draw(arrays(float, (n, 3), elements=st.sampled_from([0, 0.1, 0.25, 1 / 3, 0.5, 0.7, 1])))
    holes = draw(arrays(bool, (n, 3), elements=st.booleans() if missing else st.just(False)))
    return np.where(holes, np.nan, shares * POINTS)


def all_of(scores):
    return np.array(
        [
            statistics.difficulty(scores, POINTS),
            statistics.item_rest(scores),
            statistics.upper_lower(scores, POINTS),
        ]
    )


def test_difficulty_is_the_mean_share_of_those_graded():
    scores = np.array([[1, 2, np.nan], [0, 1, np.nan], [np.nan, 0, np.nan]])
    assert statistics.difficulty(scores, POINTS) == pytest.approx([0.5, 0.5, np.nan], nan_ok=True)


def test_an_item_worth_nothing_has_no_difficulty():
    assert np.isnan(statistics.difficulty(np.zeros((3, 1)), np.zeros(1)))


def test_item_rest_leaves_the_item_out_of_its_total():
    scores = np.array([[1, 2, 0], [0, 1, 4], [1, 0, 0], [0, 0, 4.0]])
    expected = [np.corrcoef(scores[:, j], np.delete(scores, j, axis=1).sum(axis=1))[0, 1] for j in range(3)]
    assert statistics.item_rest(scores) == pytest.approx(expected)
    assert statistics.item_rest(scores)[0] < 0


def test_an_item_graded_for_some_counts_in_nobodys_total():
    scores = np.array([[1, 2, 4], [0, 1, np.nan], [1, 0, 4], [0, 0, 0.0]])
    without = statistics.item_rest(scores[:, :2])
    assert statistics.item_rest(scores)[:2] == pytest.approx(without)


@pytest.mark.parametrize("scores", [np.empty((0, 3)), np.ones((1, 3)), np.ones((2, 3)), np.ones((9, 3))])
def test_what_cannot_be_told_is_nan(scores):
    assert np.isnan(statistics.item_rest(scores)).all()
    assert np.isnan(statistics.upper_lower(scores, POINTS)).all()


def test_an_item_that_all_answer_alike_tells_nothing():
    scores = np.array([[0.3, 2, 4], [0.3, 1, 2], [0.3, 0, 0]]) * [1, 1, 1]
    told = statistics.item_rest(scores)
    assert np.isnan(told[0])
    assert told[1:] == pytest.approx([1, 1])


def test_groups_are_the_top_and_the_bottom():
    scores = np.array([[1.0, 2, 4]] * 3 + [[0, 1, 2]] * 5 + [[0, 0, 0.0]] * 3)
    assert statistics.upper_lower(scores, POINTS) == pytest.approx([1, 1, 1])


def test_a_tie_at_the_edge_of_a_group_is_shared():
    # The highest total is tied four times, and only one place is free: item 0 was right in half of them.
    scores = np.array([[1, 0, 1], [0, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 0.0]])
    assert statistics.upper_lower(scores, np.ones(3), group=0.2)[0] == pytest.approx(0.5)


@quick
@given(classes())
def test_bounds(scores):
    easy, rest, groups = all_of(scores)
    assert ((easy >= 0) & (easy <= 1) | np.isnan(easy)).all()
    assert ((np.abs(rest) <= 1) | np.isnan(rest)).all()
    assert ((np.abs(groups) <= 1 + 1e-12) | np.isnan(groups)).all()


@quick
@given(classes(), st.randoms(use_true_random=False))
def test_the_order_of_submissions_does_not_matter(scores, random):
    order = random.sample(range(len(scores)), len(scores))
    assert all_of(scores[order]) == pytest.approx(all_of(scores), nan_ok=True, abs=1e-9)


@quick
@given(classes(missing=False), st.floats(0.1, 10))
def test_the_unit_of_points_does_not_matter(scores, unit):
    rescaled = statistics.item_rest(scores * unit)
    assert rescaled == pytest.approx(statistics.item_rest(scores), nan_ok=True, abs=1e-6)


@quick
@given(st.lists(st.floats(0, 1.2)))
def test_a_histogram_counts_everybody_once(shares):
    assert statistics.histogram(np.array(shares), 10).sum() == len(shares)


def test_a_share_on_a_boundary_is_in_the_part_above():
    shares = np.array([0, 0.1, 0.1 * 3, 0.6, 0.1 * 6, 1, 1.1])
    assert list(statistics.histogram(shares, 10)) == [1, 1, 0, 1, 0, 0, 2, 0, 0, 2]


@quick
@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_summary_is_in_order(values):
    told = statistics.summary(np.array(values))
    assert told.n == len(values)
    assert told.low <= told.q1 <= told.median <= told.q3 <= told.high


def test_a_summary_of_nothing():
    told = statistics.summary(np.empty(0))
    assert told.n == 0
    assert np.isnan(told[1:]).all()
