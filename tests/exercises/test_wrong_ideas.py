"""What typical wrong functions earn: a wrong idea little, an idea that is right but for one thing about half."""

import numpy as np
import pytest

from gvclab.exercises import Identity, bank, judge
from gvclab.exercises.keys import namespace

CODE = [item for section in bank.sections() for item in bank.load(section) if item.type == "code"]
LITTLE = 0.3


def right(item_id):
    item = bank.item(item_id)
    return namespace(item, ())[item.answer]


# 1.1-4 ---------------------------------------------------------------------------------------------------------


def stages_by_labour(lam, L, S, what, c):
    """Everybody makes stages in proportion to labour, and earns the same."""
    L = np.asarray(L)
    return S * L[: c + 1].sum() / L.sum() if what == "cut-off" else 1.0


def equal_stages(lam, L, S, what, c):
    return S * (c + 1) / len(lam) if what == "cut-off" else 1 + c


def wages_not_scaled(lam, L, S, what, c):
    value = right("1.1-4")(lam, L, S, what, c)
    return value if what == "cut-off" else value / right("1.1-4")(lam, L, S, what, 0)


def best_country_first(lam, L, S, what, c):
    return right("1.1-4")(lam, L, S, what, len(lam) - 1 - c)


# 1.2-8 ---------------------------------------------------------------------------------------------------------


def gross_balance(A, F, s, r):
    A, F = np.asarray(A, float), np.asarray(F, float)
    flows = A * np.linalg.solve(np.eye(len(A)) - A, F.sum(axis=1)) + F
    return flows[s, r] - flows[r, s]


def final_goods_alone(A, F, s, r):
    F = np.asarray(F, float)
    return F[s, r] - F[r, s]


def one_round(A, F, s, r):
    A, F = np.asarray(A, float), np.asarray(F, float)
    output, value = F + A @ F, 1 - A.sum(axis=0)
    return value[s] * output[s, r] - value[r] * output[r, s]


def deficit(A, F, s, r):
    return -right("1.2-8")(A, F, s, r)


# 1.3-3 ---------------------------------------------------------------------------------------------------------


def spending_share(Pi, beta, n, i):
    return Pi[n][i]


def first_round(Pi, beta, n, i):
    return beta * Pi[n][i] + (1 - beta) * (n == i)


def without_inverse(Pi, beta, n, i):
    Pi = np.asarray(Pi, float)
    return (beta * Pi + (1 - beta) * Pi @ Pi)[n, i]


def turned_over(Pi, beta, n, i):
    return right("1.3-3")(Pi, beta, i, n)


def no_exposure(Pi, beta, n, i):
    return float(n == i)


# 2.1-2 ---------------------------------------------------------------------------------------------------------


def no_end_binds(B, theta, lam, beta, N):
    return (theta * B / (beta * lam)) ** (1 / (beta - theta))


def gain_equals_cost(B, theta, lam, beta, N):
    """Where nothing is left, not where most is."""
    return min(max((B / lam) ** (1 / (beta - theta)), 1), N)


def as_many_as_there_are(B, theta, lam, beta, N):
    return min(N, 50)


def whole_numbers(B, theta, lam, beta, N):
    sizes = np.arange(1, min(N, 200) + 1)
    return float(sizes[np.argmax(B * sizes**theta - lam * sizes**beta)])


def elasticity_one(B, theta, lam, beta, N):
    return min(max(theta * B / (beta * lam), 1), N)


# 2.2-4 ---------------------------------------------------------------------------------------------------------


def ratio(M, poles, pole, *, home=False, own_exports=False, by_imports=False):
    M = np.array(M, float)
    if not home:
        np.fill_diagonal(M, 0)
    members = [k for k, each in enumerate(poles) if each == pole]
    E, ratios, weights = M.sum(axis=0), [], []
    for b in members:
        others = members if home else [s for s in members if s != b]
        ratios.append(M[b, others].sum() / M[b].sum() / (E[others].sum() / (E.sum() - (0 if own_exports else E[b]))))
        weights.append(M[b].sum() if by_imports else 1)
    return float(np.average(ratios, weights=weights))


def home_counts(M, poles, pole):
    return ratio(M, poles, pole, home=True, own_exports=True)


def large_members_decide(M, poles, pole):
    return ratio(M, poles, pole, by_imports=True)


def sellers_in_rows(M, poles, pole):
    return ratio(np.transpose(M), poles, pole)


def raw_share(M, poles, pole):
    M = np.array(M, float)
    np.fill_diagonal(M, 0)
    inside = [each == pole for each in poles]
    return M[np.ix_(inside, inside)].sum() / M[inside].sum()


def own_exports_too(M, poles, pole):
    return ratio(M, poles, pole, own_exports=True)


@pytest.mark.parametrize(
    ("item_id", "function", "low", "high"),
    [
        ("1.1-4", stages_by_labour, 0, LITTLE),
        ("1.1-4", equal_stages, 0, LITTLE),
        ("1.1-4", best_country_first, 0, LITTLE),
        ("1.1-4", wages_not_scaled, 0.4, 0.7),
        ("1.2-8", gross_balance, 0, LITTLE),
        ("1.2-8", final_goods_alone, 0, LITTLE),
        ("1.2-8", one_round, 0, LITTLE),
        ("1.2-8", deficit, 0, LITTLE),
        ("1.3-3", spending_share, 0, LITTLE),
        ("1.3-3", first_round, 0, LITTLE),
        ("1.3-3", without_inverse, 0, LITTLE),
        ("1.3-3", turned_over, 0, LITTLE),
        ("1.3-3", no_exposure, 0, LITTLE),
        ("2.1-2", no_end_binds, 0.4, 0.7),
        ("2.1-2", gain_equals_cost, 0, LITTLE),
        ("2.1-2", as_many_as_there_are, 0, LITTLE),
        ("2.1-2", whole_numbers, 0, LITTLE),
        ("2.1-2", elasticity_one, 0, LITTLE),
        ("2.2-4", home_counts, 0, LITTLE),
        ("2.2-4", large_members_decide, 0, LITTLE),
        ("2.2-4", sellers_in_rows, 0, LITTLE),
        ("2.2-4", raw_share, 0, LITTLE),
        ("2.2-4", own_exports_too, 0, LITTLE),
    ],
)
def test_a_wrong_idea_earns_little(item_id, function, low, high):
    assert low <= judge(bank.item(item_id), function, Identity()).score <= high


@pytest.mark.parametrize("item", CODE, ids=lambda item: item.id)
def test_the_definition_weighs_more_than_all_properties_together(item):
    names = dict(namespace(item, ()), weight=lambda points: lambda test: setattr(test, "weight", points) or test)
    exec(item.tests, names)
    weights = {name: getattr(test, "weight", 1) for name, test in names.items() if name.startswith("test_")}
    split = {"1.1-4": ("cutoffs", "wages"), "2.1-2": ("grid", "ends"), "2.3-7": ("simulation",)}
    defining = split.get(item.id, ("definition",))
    most = sum(weights[f"test_{name}"] for name in defining)
    assert most > sum(weights.values()) - most
