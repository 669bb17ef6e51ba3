"""Team lab: specialists make more, transactions between them cost more, and the best team lies in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.division import Team, team

from ...charts import Picture, Plot, axis, line, points, row, theme
from ...charts.labels import spread
from ..controls import slider
from ..panel import Panel, Table

B, BETA = 1.0, 1.2  # productivity, and how the cost of transactions grows with the team
LEAST_COST = 0.01
AIR = 1.1  # room above the highest line
ROW = 0.09  # from one name to the next, in heights of the plot
AWAY = "\u00a0"  # between a line and its name


@dataclass(frozen=True)
class Transactions:
    """What a transaction between specialists costs, and what specialising brings."""

    lam: float = slider(0.02, LEAST_COST, 0.05, 0.001)
    s: float = slider(0.0, 0.0, 2.0, 0.1)
    theta: float = slider(0.3, 0.1, 0.5, 0.05)


class TeamSolution(NamedTuple):
    """The best team without and with the premium, and what teams of other sizes would give."""

    calm: Team
    wary: Team
    n: np.ndarray  # sizes of a team
    gain: np.ndarray  # what each makes, at `n`
    cost: np.ndarray  # what transactions cost each, at `n`
    cost_calm: np.ndarray  # without the premium
    most: float  # left to each in the best team where a transaction costs least


class TeamLab(Panel):
    """How many specialists share a task, and what is lost when their transactions get more expensive?"""

    key = "localisation.team"
    State = Transactions
    shows = ("lam", "s", "theta")
    picture = Picture(
        row(
            Plot("account", axis("n"), axis("account")),
            Plot("left", axis("n"), axis("left")),
            widths=(40, 40),
            gap=0.2,
        ),
        marks={
            "gain": line("benefit", name="", showlegend=False),
            "cost": line("cost", name="", showlegend=False),
            "distance": line("net", name="", showlegend=False),
            "account.names": {"mode": "text", "textposition": "middle right", **theme.SILENT},
            "before": line("before", name="", plot="left", showlegend=False),
            "net": line("net", name="", plot="left", showlegend=False),
            "names": {"plot": "left", "mode": "text", "textposition": "middle right", **theme.SILENT},
            "best.before": points("before", size=12, name="", plot="left", showlegend=False)
            | {"mode": "markers+text", "textposition": "top center"},
            "best": points("chosen", size=14, name="", plot="left", showlegend=False) | {"mode": "markers+text"},
        },
        height=350,
        margin={"r": 108, "t": 24},
    )

    def solve(self, state: Transactions) -> TeamSolution:
        def best(cost: float) -> Team:
            return team(B, state.theta, cost, BETA)

        widest = best(LEAST_COST)
        n = np.linspace(1, 1.7 * widest.n, 241)
        cost = state.lam * n**BETA
        return TeamSolution(
            best(state.lam),
            best(state.lam * (1 + state.s)),
            n,
            B * n**state.theta,
            (1 + state.s) * cost,
            cost,
            widest.y,
        )

    def draw(self, state: Transactions, solution: TeamSolution):
        calm, wary, n, gain, cost, cost_calm, most = solution
        top, highest = AIR * float(gain[-1]), 1.18 * most
        net, net_calm = gain - cost, gain - cost_calm
        made = B * wary.n**state.theta
        transactions = _below(n, cost, top)
        # Names at the ends of the lines: right of both, or where the lower one has left through the top.
        ends = spread([float(transactions["y"][-1]), float(gain[-1])], ROW * top, 0.0, 1.1 * top)
        if len(transactions["x"]) < len(n):
            ends = [top, float(gain[-1])]
        premium = state.s > 0
        names = ["with", "without"] if premium else ["left"]
        left = [_last_above_nothing(n, each) for each in (net, net_calm)[: len(names)]]
        # All names stand right of the line that goes farthest: no other line is there.
        lowest = min(y for _, y in left)
        places = spread([lowest, *(y for _, y in left[1:])], ROW * highest, 0.05 * highest, highest)
        return {
            "account": {"x": {"range": [0, n[-1]]}, "y": {"range": [0, 1.05 * top]}},
            "left": {"x": {"range": [0, n[-1]]}, "y": {"range": [0, highest]}},
            "gain": {"x": n, "y": gain},
            "cost": transactions,
            "distance": {"x": [wary.n] * 2, "y": [made - wary.y, made]},
            "account.names": {
                "x": [transactions["x"][-1], n[-1]],
                "y": ends,
                "text": [AWAY + self.text(f"marks.{name}") for name in ("cost", "gain")],
                "textfont": {"color": [theme.style(name).color for name in ("cost", "benefit")]},
            },
            "before": {"x": n, "y": net_calm} if premium else None,
            "net": {"x": n, "y": net},
            "names": {
                "x": [max(x for x, _ in left)] * len(left),
                "y": places,
                "text": [AWAY + self.text(f"marks.{name}") for name in names],
                "textfont": {"color": [theme.style(look).color for look in ("net", "before")[: len(left)]]},
            },
            "best.before": {"x": [calm.n], "y": [calm.y], "text": [self._size(calm)]} if premium else None,
            "best": {
                "x": [wary.n],
                "y": [wary.y],
                "text": [self._size(wary)],
                # Beside the axis there is no room left of the point.
                "textposition": f"bottom {'right' if wary.n < 0.03 * n[-1] else 'center'}" if premium else "top center",
            },
        }

    def say(self, state: Transactions, solution: TeamSolution):
        calm, wary = solution.calm, solution.wary
        if state.s > 0 and calm.n > 1:
            yield "premium", {"fewer": 1 - wary.n / calm.n, "less": 1 - wary.y / calm.y}
        yield ("alone" if wary.n == 1 else "team"), {"n": wary.n, "y": wary.y}

    def tables(self, state: Transactions, solution: TeamSolution):
        teams = solution.calm, solution.wary
        paid = np.array([state.lam, state.lam * (1 + state.s)])
        n, y = (np.array(each) for each in zip(*(found[:2] for found in teams), strict=True))
        names = [self.message("table.calm"), self.message("table.wary", premium=state.s)]
        columns = {"paid": paid, "size": n, "made": B * n**state.theta, "transactions": paid * n**BETA, "y": y}
        yield Table("team", names, columns)

    def _size(self, found: Team):
        return self.message("marks.one" if found.n == 1 else "marks.best", n=found.n)


def _below(x: np.ndarray, y: np.ndarray, top: float) -> dict[str, np.ndarray]:
    """A rising line up to the edge of its plot."""
    kept = y <= top
    return {"x": x[kept], "y": y[kept]}


def _last_above_nothing(n: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Where a line ends that leaves its plot through the bottom."""
    last = np.flatnonzero(y >= 0)[-1]
    return float(n[last]), float(y[last])
