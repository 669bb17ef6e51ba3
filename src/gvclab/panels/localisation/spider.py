"""Spider lab: parts that meet in one assembly, the jump when it moves, and the way back of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gvclab.models.division import parts_cheaper_than, spider

from ...charts import Picture, Plot, axis, line, points, row, theme
from ..controls import checkbox, slider
from ..panel import Panel, Table

MOST_FRICTION, MOST_PREMIUM = 0.5, 0.3
FRICTION = np.linspace(0, MOST_FRICTION, 101)
STEPS = np.linspace(0, MOST_FRICTION, 11)  # the rows of the table
PARTS = 40  # drawn
HAIR = 1e-9  # friction just above or just below the jump
NAME = 0.22  # the room of a name, in units of friction
SEEN = 0.005  # a share that is not nil when rounded to whole per cent
HOME, AWAY = 0, 1  # the rows of the parts
BLUE, RED = theme.style("home").color, theme.style("abroad").color


@dataclass(frozen=True)
class Assembly:
    """What a border costs, what security costs, and what assembly and parts cost abroad."""

    t: float = slider(0.25, 0.0, MOST_FRICTION, 0.005)
    r: float = slider(0.0, 0.0, MOST_PREMIUM, 0.01)
    stays: bool = checkbox(False)
    bA: float = slider(0.8, 0.6, 1.1, 0.01, group="costs")
    delta: float = slider(0.4, 0.1, 0.8, 0.01, group="costs")


class Place(NamedTuple):
    """Where assembler and parts are."""

    abroad: bool  # is the assembler abroad?
    share: float  # of the parts made abroad
    near: float  # of the parts made next to it although they are cheaper on the other side
    gain: float  # what assembling abroad costs more than at home


class SpiderSolution(NamedTuple):
    """Where all is now, and the share abroad at every friction, on either side of the jump."""

    now: Place
    jump: float | None  # the friction at which the assembler moves; None if none in the picture
    abroad: tuple[np.ndarray, np.ndarray]  # friction and share where the assembler is abroad
    home: tuple[np.ndarray, np.ndarray]
    calm: tuple[np.ndarray, np.ndarray]  # all frictions, without the premium


def place(t: float, r: float, stays: bool, bA: float, delta: float) -> Place:
    """Where assembler and parts are; `stays` if the assembler is abroad and cannot come back."""
    found = spider(t, bA=bA, delta=delta, shock=r)
    abroad = stays or found.abroad
    most = 1 + t if abroad else 1 - t

    def cheaper_than(b: float) -> float:
        return parts_cheaper_than(b, delta=delta, shock=r)

    return Place(abroad, cheaper_than(most), abs(cheaper_than(most) - cheaper_than(1.0)), found.gain)


@lru_cache(maxsize=64)
def _jump(r: float, stays: bool, bA: float, delta: float) -> float | None:
    """The friction at which the assembler moves. What it saves abroad falls with friction, so there is one at most."""
    from scipy.optimize import brentq

    def gain(t: float) -> float:
        return spider(t, bA=bA, delta=delta, shock=r).gain

    if stays or gain(0.0) >= 0 or gain(MOST_FRICTION) <= 0:
        return None
    return float(brentq(gain, 0.0, MOST_FRICTION, xtol=1e-13))


def _lines(r: float, stays: bool, bA: float, delta: float):
    """The share abroad against friction, in two pieces: assembler abroad, and at home."""
    jump = _jump(r, stays, bA, delta)
    sides = [] if jump is None else [jump - HAIR, jump + HAIR]
    # Where no or all parts are abroad the share has a kink.
    t = np.unique([*FRICTION, *sides, *(k for k in np.abs(r + delta * np.array([-1, 1])) if k <= MOST_FRICTION)])
    found = [place(each, r, stays, bA, delta) for each in t]
    share, away = np.array([each.share for each in found]), np.array([each.abroad for each in found])
    return jump, (t[away], share[away]), (t[~away], share[~away])


class SpiderLab(Panel):
    """Where are parts made that meet in one assembly, and what do friction and security do to it?"""

    key = "localisation.spider"
    State = Assembly
    shows = ("t", "r", "stays")
    folds = ("costs",)
    picture = Picture(
        row(
            Plot(
                "share",
                axis("t", range=[0, 1.01 * MOST_FRICTION]),
                axis("share", range=[-0.03, 1.16], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1]),
            ),
            Plot("parts", axis("cost"), axis("", range=[-0.8, 1.8], tickvals=[HOME, AWAY], showgrid=False)),
            widths=(42, 50),
            gap=0.13,
        ),
        marks={
            "calm": line("before", name="", showlegend=False),
            "abroad": line("abroad", name="", showlegend=False),
            "home": line("home", name="", showlegend=False),
            "jump": {"mode": "lines", "line": {"color": theme.GREY, "width": 1.5, "dash": "dot"}, **theme.SILENT},
            "names": {"mode": "text", **theme.SILENT},
            "chosen": points("chosen", size=14, name="", showlegend=False, cliponaxis=False),
            "same": line("reference", plot="parts", **theme.SILENT),
            "border": {
                "plot": "parts",
                "mode": "lines+text",
                "textposition": "middle right",
                "line": {"color": theme.style("chosen").color, "width": 2},
                **theme.SILENT,
            },
            **{
                name: points(look, size=8, name="", plot="parts", showlegend=False)
                for name, look in {
                    "parts.home": theme.Style(BLUE, "", "circle", ""),
                    "parts.abroad": theme.Style(RED, "", "diamond", ""),
                    "near.home": theme.Style(BLUE, "", "circle-open", ""),
                    "near.abroad": theme.Style(RED, "", "diamond-open", ""),
                }.items()
            },
            "assembler": points(theme.Style(theme.GREY, "", "square", ""), size=16, plot="parts", **theme.SILENT)
            | {"mode": "markers+text", "textposition": "middle right"},
        },
        height=330,
        margin={"t": 12},
    )

    def solve(self, state: Assembly) -> SpiderSolution:
        costs = (state.stays, state.bA, state.delta)
        jump, abroad, home = _lines(state.r, *costs)
        pieces = _lines(0.0, *costs)[1:]
        # A gap between the pieces: without it a line would pass through the names beside the jump.
        calm = tuple(np.concatenate([first, [np.nan], second]) for first, second in zip(*pieces, strict=True))
        return SpiderSolution(place(state.t, state.r, *costs), jump, abroad, home, calm)

    def draw(self, state: Assembly, solution: SpiderSolution):
        now, jump, abroad, home, calm = solution
        wide = max(state.delta, MOST_FRICTION)
        low, high = 1 - wide - 0.05, 1 + wide + MOST_PREMIUM + 0.05
        border = 1 + state.t if now.abroad else 1 - state.t
        here = AWAY if now.abroad else HOME
        sides = {"abroad": abroad, "home": home}
        named = [name for name, (t, _) in sides.items() if len(t)]
        places = [_name_at(*sides[name], jump, calm) for name in named]
        return {
            "parts": {
                "x": {"range": [low, high]},
                "y": {"ticktext": [self.text("marks.at_home"), self.text("marks.away")]},
            },
            "calm": {"x": calm[0], "y": calm[1]} if state.r > 0 else None,
            "abroad": {"x": abroad[0], "y": abroad[1]},
            "home": {"x": home[0], "y": home[1]},
            "jump": None if jump is None else {"x": [jump] * 2, "y": [abroad[1][-1], home[1][0]]},
            "names": {
                "x": [x for x, _, _ in places],
                "y": [y for _, y, _ in places],
                "text": [self.text(f"marks.{name}") for name in named],
                "textposition": [side for _, _, side in places],
                "textfont": {"color": [BLUE if name == "home" else RED for name in named]},
            },
            "chosen": {"x": [state.t], "y": [now.share]},
            "same": {"x": [1, 1], "y": [-0.8, 1.8]},
            "border": {
                "x": [border] * 3,
                "y": [-0.35, 0.5, 1.35],
                "text": ["", f"\u00a0{self.text('marks.plus' if now.abroad else 'marks.minus')}\u00a0", ""],
                "textposition": "middle right" if now.abroad or border - low < 0.12 * (high - low) else "middle left",
            },
            **_rows(state, border),
            "assembler": {
                "x": [low + 0.06 * (high - low)],
                "y": [here + (0.5 if now.abroad else -0.5)],
                "text": [self.text("marks.assembler")],
            },
        }

    def say(self, state: Assembly, solution: SpiderSolution):
        now = solution.now
        where = "abroad" if now.abroad else "home"
        yield (f"share_{where}", {"share": now.share}) if now.share > 0 else (f"none_{where}", {})
        if now.near >= SEEN:
            yield f"near_{where}", {"near": now.near}
        if state.stays and now.gain > HAIR:
            yield "stuck", {}

    def tables(self, state: Assembly, solution: SpiderSolution):
        found = [place(t, state.r, state.stays, state.bA, state.delta) for t in STEPS]
        columns = {
            "assembler": [self.text("marks.away" if each.abroad else "marks.at_home") for each in found],
            "share": [each.share for each in found],
            "near": [each.near for each in found],
        }
        yield Table("t", STEPS.round(3), columns)


def _name_at(t: np.ndarray, share: np.ndarray, jump: float | None, calm) -> tuple[float, float, str]:
    """Where the name of a piece of the line stands: right of its end at the jump if there is room, else above it.

    Above it is above the line without the premium, too.
    """
    last = float(t[-1])
    if jump is not None and last < jump < MOST_FRICTION - NAME:
        return jump + 0.008, float(share[-1]) + 0.02, "middle right"
    below = [each[1][(each[0] >= last - NAME) & (each[0] <= last)] for each in ((t, share), calm)]
    return last, float(np.concatenate(below).max()) + 0.06, "middle left"


def _rows(state: Assembly, border: float) -> dict[str, dict[str, np.ndarray]]:
    """The parts by what they cost abroad, in the row where they are made; open where the other side is cheaper."""
    b = 1 + state.r + state.delta * (2 * (np.arange(PARTS) + 0.5) / PARTS - 1)
    away, cheap = b < border, b < 1
    groups = {
        "parts.home": (~away & ~cheap, HOME),
        "near.home": (~away & cheap, HOME),
        "parts.abroad": (away & cheap, AWAY),
        "near.abroad": (away & ~cheap, AWAY),
    }
    return {name: {"x": b[kept], "y": np.full(kept.sum(), where)} for name, (kept, where) in groups.items()}
