"""Every public function of the models refuses, by name, what it cannot answer.

Each is registered below with a call that is valid. Every parameter in turn is then given values that are wrong
for most parameters: the answer is a ValueError or TypeError that names the parameter, or a finite result where
the registration says that such a value lies in the domain. Warnings are errors (pyproject.toml).
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from gvclab.models import division, domain, gravity, iotable, sourcing, world

MODULES = (division, world, gravity, iotable, sourcing)
# The solver calls the methods of a closure with its own unknowns at every step; a user passes the closure whole.
CLOSURES = (gravity.Mobile, gravity.Roy)


FITTING = ("none", "negative", "zero", "one", "longer", "empty", "texts inside", "huge")


@dataclass(frozen=True)
class Call:
    """A valid call, and which wrong-looking values are in the domain of which parameters."""

    function: object
    given: Mapping
    signed: str = ""  # parameters that may be below 0
    broadcast: str = ""  # of any shape, also none at all
    infinite: str = ""  # may be inf
    free: str = ""  # of any length, or nothing at all; any names
    named: str = ""  # what messages call the parameter `name` of a method
    result: str = ""  # fields of the result that may be infinite or not a number, as its docstring says

    def accepts(self, kind: str, name: str) -> bool:
        parameter = inspect.signature(self.function).parameters[name]
        allowed = {
            "none": parameter.default is None,
            "negative": name in self.signed.split(),
            "inf": name in self.infinite.split(),
            "shape": name in self.broadcast.split(),
            "list": name in (self.broadcast + " " + self.free).split(),
            "texts inside": name in self.free.split(),
            "empty": name in (self.broadcast + " " + self.free).split(),
            "longer": name in self.free.split(),
            # A very large or very small number is a number: where the function takes it, the result is finite.
            "huge": True,
            "tiny": True,
            "zero": True,
            "one": True,
        }
        return allowed.get(kind, False)


def wrong_values(value):
    """Values of other kinds than the valid one, by kind."""
    numeric = domain._numeric(value)
    wrong = {
        "none": None,
        "nan": np.nan,
        "inf": np.inf,
        "minus infinity": -np.inf,
        "huge": 1e300,
        "tiny": 1e-300,
        "text": "utopia",
        "number as text": "1",
        "empty": [],
        "shape": np.full((2, 3, 4, 5), 0.5),
        "object": object(),
        "nan inside": [np.nan, np.nan],
        "texts inside": ["utopia", "arcadia"],
    }
    if numeric is not None and numeric.size:
        wrong["negative"] = -np.abs(numeric) - 1 if numeric.ndim else -abs(value) - 1
        wrong["zero"], wrong["one"] = np.zeros(numeric.shape)[()], np.ones(numeric.shape)[()]
        if numeric.ndim:
            for kind, bad in (("nan inside", np.nan), ("inf", np.inf), ("minus infinity", -np.inf)):
                wrong[kind] = numeric.copy()
                wrong[kind].flat[-1] = bad
            wrong["longer"] = np.concatenate([numeric, numeric[-1:]])
        else:
            wrong["list"] = [value, value]
    elif isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        wrong["longer"] = [*value, value[-1]]
    return wrong


def not_finite(result, allowed, path="result"):
    """Where a result has a value that is infinite or not a number."""
    if any(path.endswith(f".{name}") or name == "result" for name in allowed):
        return []
    if result is None or isinstance(result, (str, bool, slice, np.bool_)):
        return []
    if isinstance(result, pd.DataFrame):
        return [p for name in result for p in not_finite(result[name].to_numpy(), allowed, f"{path}.{name}")]
    if isinstance(result, Mapping):
        return [p for key, value in result.items() for p in not_finite(value, allowed, f"{path}[{key!r}]")]
    if hasattr(result, "_fields") or is_dataclass(result):
        names = getattr(result, "_fields", None) or [each.name for each in fields(result)]
        return [p for name in names for p in not_finite(getattr(result, name), allowed, f"{path}.{name}")]
    if isinstance(result, (tuple, list)):
        return [p for i, value in enumerate(result) for p in not_finite(value, allowed, f"{path}[{i}]")]
    array = np.asarray(result)
    return [] if array.dtype.kind not in "fc" or np.isfinite(array).all() else [path]


# ---------------------------------------------------------------- valid calls

TWO = world.two_countries()
TABLE = world.triangle()
STYLISED = world.make()
DEFAULT = sourcing.create_sourcing()
PROBLEM = sourcing.create_sourcing({"A": 1.0, "B": 0.8}, [sourcing.Shock("x", 0.1, ("B",), 0.5)])
P, Z = PROBLEM.scenarios
C = list(PROBLEM.costs)
RATES = np.where(TWO.border(), 0.1, 0.0)
FLOWS = [[80.0, 10, 5], [20, 90, 5], [5, 5, 50]]
POLES = ["North", "North", "South"]
NEIGHBOURS = {"USA": "North America", "NAM": "North America", "DEU": "Europe"}  # of three places of the stylised world
WORLD = {each.name: getattr(TWO, each.name) for each in fields(gravity.World)}
ICIO = {each.name: getattr(TABLE, each.name) for each in fields(iotable.ICIO)} | {"year": 2005}
SOURCING = {each.name: getattr(PROBLEM, each.name) for each in fields(sourcing.Sourcing)}
PORTFOLIO = {"c": C, "p": P, "z": Z, "alpha": 0.95, "phi": 1.0, "h": 0.25, "kappa": 0.01, "V": 4.0, "lam": 0.0}
MEMORY = {"a0": 1.0, "b0": 19.0, "delta": 0.9}
FEAR = MEMORY | {"kappa": 3.0}
FIRMS = {"loss": 2.0, "median": 0.15, "sd": 0.6}
EQUILIBRIUM = gravity.solve(TWO, tariffs=RATES)
ONE_GROUP = {"Home": ([1.0], [[1.0]])}
FROM_A_TABLE = ("balances", "decompose", "downstreamness", "upstreamness", "va_in_exports", "va_trade")
SCARCE = {"vax": "result", "exports": "fva_share vax_ratio gvc_participation backward forward upstreamness"}

CALLS = {
    "division.team": Call(division.team, {"B": 1.0, "theta": 0.3, "lam": 0.02, "beta": 1.2, "N": 50.0}, infinite="N"),
    "division.spider": Call(
        division.spider,
        {"t": 0.1, "alpha": 1.0, "bA": 0.8, "Theta": 1.0, "mu": 0.0, "delta": 0.4, "shock": 0.0},
        signed="mu shock",
    ),
    "division.parts_cheaper_than": Call(
        division.parts_cheaper_than, {"b": 1.1, "mu": 0.0, "delta": 0.4, "shock": 0.0}, signed="b mu shock"
    ),
    "division.snake": Call(division.snake, {"c": [[1.0, 2], [2, 1]], "t": 0.1, "market": 0}, signed="c", free="c"),
    "division.middle_block": Call(division.middle_block, {"length": 3, "advantage": 0.1}),
    "division.chain_output": Call(division.chain_output, {"lam": (0.2, 0.6, 0.4), "L": (1.0, 1.0, 1.0), "S": 1.0}),
    "division.cvw": Call(division.cvw, {"lam": (0.6, 0.4, 0.2), "L": (1.0, 1.0, 1.0), "S": 1.0}),
    "world.make": Call(world.make, {"theta": (8.0, 5, 4, 5), "deficit": (0.0,) * 8}),
    "world.icio": Call(world.icio, {"world": TWO}),
    "world.us_groups": Call(world.us_groups, {"world": STYLISED}),
    "world.two_countries": Call(world.two_countries, {"imports": 0.3, "size": 1.0, "theta": 5.0}),
    "world.triangle": Call(world.triangle, {"parts": 60.0, "design": 20.0, "assembly": 20.0}),
    "gravity.World": Call(gravity.World, WORLD, free="D countries"),
    "gravity.World.country": Call(TWO.country, {"name": "Home"}, named="country"),
    "gravity.World.border": Call(TWO.border, {"importers": "Home", "exporters": ["Foreign"], "sectors": ["goods"]}),
    "gravity.Roy": Call(gravity.Roy, {"kappa": 2.0, "income": [[1.0]], "sector": [[[0.5, 0.5]]]}),
    "gravity.accounts": Call(
        gravity.accounts,
        {"pi": TWO.pi, "tariff": TWO.tariff, "gamma": TWO.gamma, "alpha": TWO.alpha, "earned": TWO.wL},
        signed="earned",
    ),
    "gravity.acr_welfare": Call(gravity.acr_welfare, {"world": TWO, "home_share_hat": [[1.1], [1.05]]}),
    "gravity.as_table": Call(gravity.as_table, {"world": TWO, "year": 2005}),
    "gravity.border_costs": Call(
        gravity.border_costs, {"table": world.icio(STYLISED), "poles": NEIGHBOURS, "sectors": ["HIGH"], "theta": 5.0}
    ),
    "gravity.border_costs_by_year": Call(
        gravity.border_costs_by_year,
        {"tables": {2005: world.icio(STYLISED)}, "poles": NEIGHBOURS, "sectors": ["HIGH"], "theta": 5.0},
    ),
    "gravity.autarky_loss": Call(
        gravity.autarky_loss,
        {"home_share": 0.7, "theta": 5.0, "weight": 1.0},
        broadcast="home_share theta weight",
    ),
    "gravity.calibrate": Call(gravity.calibrate, {"table": world.icio(TWO), "theta": 5.0, "tariffs": 0.0}),
    "gravity.closing_cost": Call(gravity.closing_cost, {"world": TWO}),
    "gravity.head_ries": Call(gravity.head_ries, {"flows": [[1.0, 0.2], [0.3, 1]], "theta": 5.0}, result="result"),
    "gravity.optimal_tariff": Call(
        gravity.optimal_tariff,
        {
            "world": TWO,
            "country": "Home",
            "against": ["Foreign"],
            "sectors": ["goods"],
            "highest": 1.0,
            "tariffs": RATES,
        },
    ),
    "gravity.nash_tariffs": Call(
        gravity.nash_tariffs,
        {"world": TWO, "players": ["Home", "Foreign"], "sectors": ["goods"], "tol": 1e-3, "highest": 1.0},
    ),
    "gravity.optimal_tariff_formula": Call(gravity.optimal_tariff_formula, {"theta": 5.0, "partner_home_share": 0.7}),
    "gravity.ras": Call(gravity.ras, {"seed": [[1.0, 2], [3, 4]], "rows": [3.0, 7], "columns": [5.0, 5], "tol": 1e-12}),
    "gravity.rebase": Call(gravity.rebase, {"world": TWO, "eq": EQUILIBRIUM}),
    "gravity.roy": Call(gravity.roy, {"world": TWO, "kappa": 2.0, "groups": ONE_GROUP}),
    "gravity.sector_shares": Call(gravity.sector_shares, {"world": TWO}),
    "gravity.skill_premium": Call(
        gravity.skill_premium, {"dlnA": 0.1, "dlnH": 0.1, "offshored": 0.1, "sigma": 1.4}, signed="dlnA dlnH"
    ),
    "gravity.solve": Call(
        gravity.solve,
        {
            "world": TWO,
            "khat": 1.1,
            "tariffs": RATES,
            "That": 1.1,
            "Lhat": 1.1,
            "deficits": [0.0, 0.0],
            "closure": gravity.Mobile(),
            "start": EQUILIBRIUM,
            "tol": 1e-10,
        },
        infinite="khat",
        free="Lhat",
    ),
    "iotable.ICIO": Call(iotable.ICIO, ICIO),
    "iotable.ICIO.label": Call(TABLE.label, {"row": 1}),
    "iotable.ICIO.country": Call(TABLE.country, {"name": "USA"}, named="country"),
    "iotable.ICIO.rows": Call(TABLE.rows, {"country": "USA"}),
    "iotable.ICIO.row": Call(TABLE.row, {"country": "USA", "sector": "all"}),
    "iotable.ICIO.by_country": Call(TABLE.by_country, {"rows": [1.0, 2, 3]}, signed="rows"),
    "iotable.ICIO.leontief": Call(TABLE.leontief, {"b": [1.0, 2, 3]}, signed="b"),
    "iotable.ICIO.leontief_left": Call(TABLE.leontief_left, {"b": [1.0, 2, 3]}, signed="b"),
    "iotable.aggregate": Call(
        iotable.aggregate,
        {"table": TABLE, "countries": {"USA": "A", "CHN": "B", "JPN": "B"}, "sectors": {"all": "all"}},
    ),
    "iotable.bilateral": Call(iotable.bilateral, {"table": TABLE, "kind": "total"}),
    "iotable.collapse_uses": Call(
        iotable.collapse_uses, {"F": [[1.0, 2], [3, 4]], "n_countries": 2}, signed="F", free="F"
    ),
    "iotable.extract": Call(iotable.extract, {"table": TABLE, "country": "JPN"}),
    "iotable.from_arrays": Call(
        iotable.from_arrays,
        {"Z": TABLE.Z, "F": TABLE.F, "countries": TABLE.countries, "sectors": ("all",), "x": TABLE.x, "year": 2005},
    ),
    "iotable.influence": Call(iotable.influence, {"W": [[0.5, 0.5], [0.5, 0.5]], "labour_share": 0.5}),
    "iotable.introversion": Call(iotable.introversion, {"flows": FLOWS, "poles": POLES}, result="introversion"),
    "iotable.linkage": Call(
        iotable.linkage,
        {"table": TABLE, "poles": {"USA": "A", "CHN": "B", "JPN": "B"}, "kind": "input"},
        result="introversion",
    ),
    "iotable.pandemic": Call(
        iotable.pandemic,
        {"Pi": [[0.7, 0.3], [0.2, 0.8]], "beta": [0.5, 0.6], "shock": [-0.1, -0.2]},
        signed="shock",
    ),
    "iotable.pandemic_matrix": Call(iotable.pandemic_matrix, {"Pi": [[0.7, 0.3], [0.2, 0.8]], "beta": [0.5, 0.6]}),
    "iotable.pandemic_routes": Call(
        iotable.pandemic_routes, {"Pi": [[0.7, 0.3], [0.2, 0.8]], "beta": [0.5, 0.6], "origin": 1}
    ),
    "iotable.reach": Call(iotable.reach, {"origin": FLOWS, "poles": POLES}),
    "iotable.reach_by_year": Call(
        iotable.reach_by_year,
        {"tables": {2005: world.icio(STYLISED)}, "poles": NEIGHBOURS, "sectors": ["HIGH"], "earned_in": ["SVC"]},
    ),
    "iotable.recount": Call(iotable.recount, {"flows": FLOWS, "poles": POLES, "pole": "North", "parts": 2}),
    "iotable.reliance": Call(iotable.reliance, {"table": TABLE, "by": "sector"}),
    "iotable.relocate": Call(
        iotable.relocate,
        {
            "table": world.icio(STYLISED),
            "origin": "CHN",
            "host": "SEA",
            "destination": "USA",
            "sector": "HIGH",
            "share": 0.5,
        },
    ),
    "iotable.foreign_inputs": Call(iotable.foreign_inputs, {"table": world.icio(STYLISED), "sectors": ["HIGH"]}),
    "iotable.equal_suppliers": Call(iotable.equal_suppliers, {"table": world.icio(STYLISED), "sectors": ["HIGH"]}),
    "iotable.equal_suppliers_by_year": Call(
        iotable.equal_suppliers_by_year, {"tables": {2005: world.icio(STYLISED)}, "sectors": ["HIGH"]}
    ),
    "iotable.foreign_part": Call(iotable.foreign_part, {"table": TABLE, "sectors": ["all"]}),
    "iotable.foreign_part_by_year": Call(iotable.foreign_part_by_year, {"tables": {2005: TABLE}, "sectors": ["all"]}),
    "iotable.va_in": Call(
        iotable.va_in, {"table": TABLE, "deliveries": [1.0, 2, 3], "sectors": ["all"]}, signed="deliveries"
    ),
    **{
        f"iotable.{name}": Call(getattr(iotable, name), {"table": TABLE}, result=SCARCE.get(name, ""))
        for name in (*FROM_A_TABLE, *SCARCE)
    },
    "iotable.sourcing_shares": Call(iotable.sourcing_shares, {"table": world.icio(TWO)}),
    "sourcing.belief_after": Call(sourcing.belief_after, {"t": 3} | FEAR, broadcast="t"),
    "sourcing.belief_path": Call(sourcing.belief_path, {"crises": [3], "years": 10} | FEAR, free="crises"),
    "sourcing.calm_belief": Call(sourcing.calm_belief, MEMORY),
    "sourcing.return_time": Call(sourcing.return_time, {"pbar": 0.06} | FEAR, result="result"),
    "sourcing.ces_output": Call(
        sourcing.ces_output, {"z": 0.5, "s": 0.02, "sigma": 0.5}, broadcast="z s sigma", infinite="sigma"
    ),
    "sourcing.chain_reliability": Call(
        sourcing.chain_reliability,
        {"n": 5, "m": 2, "p": 0.1, "q": 0.05, "same_place": True},
        broadcast="n m p q same_place",
    ),
    "sourcing.egl_map": Call(sourcing.egl_map, {"r": 0.9, "x": 0.9, "n": 2, "m": 2}, broadcast="r x n m"),
    "sourcing.egl_critical": Call(sourcing.egl_critical, {"n": 2, "m": 2}),
    "sourcing.egl_fixed_point": Call(sourcing.egl_fixed_point, {"x": 0.9, "n": 2, "m": 2, "depth": 3}, broadcast="x"),
    "sourcing.create_sourcing": Call(
        sourcing.create_sourcing,
        {
            "costs": {"A": 1.0, "B": 0.8},
            "shocks": PROBLEM.shocks,
            "probabilities": {"x": 0.2},
            "severities": 0.5,
        },
        free="shocks",
    ),
    "sourcing.cvar": Call(sourcing.cvar, {"u": [0.0, 1.0], "p": [0.9, 0.1], "alpha": 0.95}, signed="u"),
    "sourcing.effective": Call(sourcing.effective, {"z": [0.5, 1.0], "phi": 1.0}, broadcast="z", free="z"),
    "sourcing.evaluate": Call(sourcing.evaluate, PORTFOLIO | {"x": [0.5, 0.5], "b": 0.1, "w": 0.3}),
    "sourcing.optimise": Call(sourcing.optimise, PORTFOLIO | {"w": 0.3, "bmax": 0.1, "xmax": [1.0, 1.0]}),
    "sourcing.frontier": Call(sourcing.frontier, {"problem": PROBLEM, "weights": (0.1, 0.2)}, free="weights"),
    "sourcing.staircase": Call(sourcing.staircase, {"problem": PROBLEM}),
    "sourcing.scenarios": Call(sourcing.scenarios, {"shocks": PROBLEM.shocks, "places": ["A", "B"]}, free="shocks"),
    "sourcing.shortage": Call(sourcing.shortage, {"a": [[1.0, 0.5]], "x": [0.5, 0.5], "b": 0.1}, free="a"),
    "sourcing.secure": Call(
        sourcing.secure,
        {"loss": [1.0, 2], "prob": [0.1, 0.2], "cost": [1.0, 1], "budget": 1.0, "mode": "weakest"},
    ),
    "sourcing.wave": Call(sourcing.wave, {"beliefs": [0.05, 0.2, 0.1], "k": 0.1} | FIRMS, free="beliefs"),
    "sourcing.scar": Call(sourcing.scar, {"k": 0.1} | FIRMS | FEAR, broadcast="k"),
    "sourcing.Sourcing": Call(sourcing.Sourcing, SOURCING, free="shocks"),
    "sourcing.Sourcing.optimise": Call(PROBLEM.optimise, {"w": 0.3}),
    "sourcing.Sourcing.evaluate": Call(PROBLEM.evaluate, {"x": [0.5, 0.5], "b": 0.1, "w": 0.3}),
    "sourcing.Sourcing.wedge": Call(PROBLEM.wedge, {"w": 0.3, "chi": 0.5}),
    "sourcing.Sourcing.compare": Call(PROBLEM.compare, {"portfolios": {"best": PROBLEM.optimise(0.3)}}),
    "sourcing.Sourcing.losses": Call(PROBLEM.losses, {"portfolio": PROBLEM.optimise(0.3)}),
}


# ---------------------------------------------------------------- the tests


def public_names():
    """All that a user of the models can call with arguments."""
    for module in MODULES:
        package = module.__name__.rsplit(".", 1)[1]
        names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
        for name in names:
            found = getattr(module, name)
            if isinstance(found, ModuleType) or not getattr(found, "__module__", "").startswith(module.__name__):
                continue
            if inspect.isfunction(found) or is_dataclass(found):
                yield f"{package}.{name}"
            if is_dataclass(found) and found not in CLOSURES:
                methods = (n for n, each in vars(found).items() if inspect.isfunction(each) and not n.startswith("_"))
                yield from (f"{package}.{name}.{method}" for method in methods)


def test_every_public_function_has_a_registered_call():
    assert sorted(public_names()) == sorted(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_registered_call_is_valid_and_gives_every_parameter(name):
    call = CALLS[name]
    wanted = {
        n for n, p in inspect.signature(call.function).parameters.items() if p.kind is not inspect.Parameter.VAR_KEYWORD
    }
    assert call.given.keys() == wanted
    assert not not_finite(call.function(**call.given), call.result.split())


@pytest.mark.parametrize(("name", "parameter"), [(name, each) for name, call in CALLS.items() for each in call.given])
def test_what_cannot_be_answered_is_refused_by_name(name, parameter):
    call = CALLS[name]
    failures = []
    for kind, wrong in wrong_values(call.given[parameter]).items():
        try:
            result = call.function(**{**call.given, parameter: wrong})
        except (ValueError, TypeError) as error:
            # A value that is one of its kind but does not fit the others: the message may start from another.
            names = call.given if kind in FITTING else (call.named or parameter,)
            if not any(re.search(rf"(?<!\w){each}(?!\w)", str(error)) for each in (*names, call.named or parameter)):
                failures.append(f"{kind}: {type(error).__name__} does not name {parameter}: {str(error)[:200]}")
        except Exception as error:
            failures.append(f"{kind}: {type(error).__name__}: {str(error)[:200]}")
        else:
            if not call.accepts(kind, parameter):
                failures.append(f"{kind}: accepted, with the answer {str(result)[:100]}")
            elif where := not_finite(result, call.result.split()):
                failures.append(f"{kind}: not finite: {', '.join(where)}")
    assert not failures, "\n" + "\n".join(failures)


SLOW = ("gravity.nash_tariffs", "gravity.optimal_tariff")
EXTREMES = (0, 1e-300, 1e-12, 1e-6, 0.5, 1 - 1e-16, 1, 1 + 1e-9, 10, 1e3, 1e6, 1e12, 1e30, 1e300, -1, -1e-9, -1e300)


@pytest.mark.parametrize("name", CALLS)
def test_extreme_values_together_are_answered_or_refused(name):
    """Values that are valid one by one may leave the range of numbers together."""
    call, rng = CALLS[name], np.random.default_rng(1)
    for _ in range(10 if name in SLOW else 40):
        given = {each: _perhaps_extreme(rng, value) for each, value in call.given.items()}
        try:
            result = call.function(**given)
        except (ValueError, TypeError) as error:
            known = (*call.given, call.named, "Leontief")
            assert any(each and re.search(rf"(?<!\w){each}(?!\w)", str(error)) for each in known), error
        except RuntimeError as error:
            assert name == "gravity.solve" and "no equilibrium found" in str(error), error
        else:
            assert not not_finite(result, call.result.split()), given


def _perhaps_extreme(rng, value):
    """The value itself as often as not; one or all of its numbers replaced."""
    numeric = domain._numeric(value)
    if numeric is None or rng.random() < 0.45:
        return value
    extreme = rng.choice(EXTREMES)
    if numeric.ndim == 0 or rng.random() < 0.3:
        return np.full(numeric.shape, extreme)[()]
    changed = numeric.astype(float)
    changed.flat[rng.integers(changed.size)] = extreme
    return changed
