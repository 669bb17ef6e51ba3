"""The state that the four panels of section 2.1 share, and the controls that spider and snake have both."""

from __future__ import annotations

from dataclasses import dataclass

from ..controls import Slider

FIRST, TURN, LAST = 1970, 2008, 2030  # the years of the history lab; friction falls until the turn
MOST_FRICTION, LEAST_FRICTION = 0.5, 0.05  # of trade in the first year (and the slider's end), and at the turn
FRICTION = Slider("t", min=0.0, max=MOST_FRICTION, step=0.005)
PREMIUM = Slider("s", min=0.0, max=2.0, step=0.01)
GAPS = (Slider("delta", min=0.1, max=0.8, step=0.01), Slider("mu", min=-0.4, max=0.4, step=0.01))


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move, with the defaults of its calibration.

    One security premium `s` serves all: it makes a transaction (team), a part and its assembly (spider), and a stage
    (snake) abroad dearer. The spread of costs and their mean gap serve the spider and the snake.
    """

    # Team: what coordination costs and what specialisation brings.
    lam: float = 0.02
    theta: float = 0.3
    s: float = 0.0

    # Spider and snake: friction of trade, relative costs abroad, …
    t: float = 0.25
    delta: float = 0.4
    mu: float = 0.0
    # … and of the spider alone.
    bA: float = 0.8
    Theta: float = 1.0

    # History: the year, what rises after the turn, and whether the assembler can come back.
    year: int = FIRST
    after: str = "friction"
    sunk: bool = False
