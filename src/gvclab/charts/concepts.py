"""What a colour means: one table from what a figure shows (home, China, gross, model, …) to how it is drawn.

Ten things have a colour of their own in the whole course: home, abroad, China, the United States, Europe, gross, value
added, model, data, and the point that the reader chose. All else borrows a colour, but never one that stands in the
same picture. Each is told apart without colour too: by its dash, its symbol or its pattern.

The colours are those of Okabe and Ito (2008), made a little darker where they were below 3 : 1 on a white page, and
four more between them. All have at least 3 : 1 on white and on JupyterLab's dark page.
"""

from __future__ import annotations

from typing import NamedTuple

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, SKY = "#BB8100", "#C2659A", "#4496CF"
OLIVE, VIOLET, CRIMSON, BROWN = "#827900", "#8468CC", "#C42F4C", "#A06E4E"
GREY = "#7F7F7F"  # reference lines, and what has no colour of its own


class Style(NamedTuple):
    """How one thing is drawn: a colour and what tells it apart without colour."""

    color: str
    dash: str
    symbol: str
    pattern: str


# What may stand in one picture is in one group: there no two share a colour, a dash, a symbol or a pattern.
PLACES = {
    "home": Style(BLUE, "solid", "circle", ""),
    "abroad": Style(VERMILLION, "dash", "diamond", "/"),
    "region": Style(GREEN, "dot", "square", "x"),
    "far_a": Style(ORANGE, "dashdot", "triangle-up", "."),
    "far_b": Style(VIOLET, "longdash", "triangle-down", "\\"),
}
ECONOMIES = {
    "CHN": Style(CRIMSON, "solid", "circle", ""),
    "USA": Style(SKY, "dash", "diamond", "/"),
    "EUR": Style(OLIVE, "dot", "square", "x"),
    "RST": Style(BROWN, "longdashdot", "cross", "+"),
    "JPN": Style(VIOLET, "dashdot", "triangle-up", "."),
    "KOR": Style(GREEN, "longdash", "triangle-down", "\\"),
    "MEX": Style(ORANGE, "8px,2px,2px,2px", "hexagon", "-"),
    "WLD": Style(GREY, "10px,2px", "line-ew", "|"),
}
COUNTING = {
    "gross": Style(ORANGE, "solid", "circle", ""),
    "value_added": Style(GREEN, "dash", "diamond", "/"),
}
EVIDENCE = {
    "model": Style(VIOLET, "solid", "diamond", "x"),
    "data": Style(BROWN, "5px,1px", "circle", ""),
    "chosen": Style(PURPLE, "longdash", "star", "/"),
    "reference": Style(GREY, "dot", "line-ew", "|"),
}
# Beside other groups: as it was, beside `chosen`; a place itself, beside the poles that it buys from.
BESIDE = {
    "before": Style(GREY, "dot", "circle-open", ""),
    "own": Style(BLUE, "solid", "square", "|"),
}
OUTCOMES = {
    "gains": Style(GREEN, "solid", "triangle-up", ""),
    "loses": Style(VERMILLION, "dash", "triangle-down", "/"),
    "open": Style(BLUE, "dot", "circle", "-"),
    "lockdown": Style(ORANGE, "dashdot", "line-ns", "."),
}
INTERESTS = {
    "private": Style(VIOLET, "dash", "diamond", "/"),
    "social": Style(GREEN, "solid", "square", ""),
}
WORKERS = {
    "factory": Style(ORANGE, "dash", "diamond", "/"),
    "tech": Style(BLUE, "solid", "circle", ""),
    "others": Style(OLIVE, "dot", "square", "x"),
    "nation": Style(GREY, "longdash", "line-ew", "|"),
}
CHAIN = {
    "late_comer": Style(VERMILLION, "dash", "diamond", "/"),
    "middle": Style(GREEN, "dot", "square", "x"),
    "leader": Style(BLUE, "solid", "circle", ""),
}
ACCOUNT = {
    "benefit": Style(GREEN, "dashdot", "square", "x"),
    "cost": Style(VERMILLION, "dash", "diamond", "/"),
    "net": Style(BLUE, "solid", "circle", ""),
}
BARRIERS = {
    "friction": Style(ORANGE, "dash", "diamond", "/"),
    "premium": Style(GREEN, "solid", "square", ""),
    "border": Style(BROWN, "dashdot", "x-thin", "x"),
}
YEARS = {
    "works": Style(BLUE, "solid", "circle", ""),
    "stops": Style(VERMILLION, "dash", "x", "/"),
}
NETWORK = {
    "endless": Style(BLUE, "solid", "circle", ""),
    "finite": Style(VERMILLION, "dash", "diamond", "/"),
    "tier": Style(GREEN, "dot", "square", "x"),
    "web": Style(PURPLE, "longdash", "x", "\\"),
}
FEAR = {
    "belief": Style(ORANGE, "dash", "circle", "/"),
    "crisis": Style(VIOLET, "solid", "star", ""),
    "settled": Style(PURPLE, "longdash", "x", "\\"),
}
BILL = {
    "sourcing": Style(BLUE, "solid", "circle", ""),
    "borne": Style(VERMILLION, "dash", "diamond", "/"),
    "passed_on": Style(ORANGE, "dashdot", "triangle-up", "."),
}
GROUPS = (
    *(PLACES, ECONOMIES, COUNTING, EVIDENCE, BESIDE, OUTCOMES, INTERESTS),
    *(WORKERS, CHAIN, ACCOUNT, BARRIERS, YEARS, NETWORK, FEAR, BILL),
)
# A pole looks like its largest economy: the two never stand in one picture.
_SAME = {"NAM": "USA", "ASI": "CHN", "EUU": "EUR", "DEU": "EUR", "ROW": "RST"}
# What lies near, and what lies far.
_SAME |= {"WITHIN": "region", "REGION": "region", "BETWEEN": "abroad", "BEYOND": "abroad"}
CONCEPTS: dict[str, Style] = {name: style for group in GROUPS for name, style in group.items()}
CONCEPTS |= {name: CONCEPTS[other] for name, other in _SAME.items()}

# Members of a series that are no concepts of the course, in this order; what comes after them is grey.
SERIES = (
    Style(BLUE, "solid", "circle", ""),
    Style(VERMILLION, "dash", "diamond", "/"),
    Style(GREEN, "dot", "square", "x"),
    Style(ORANGE, "dashdot", "triangle-up", "."),
    Style(PURPLE, "longdash", "x", "\\"),
    Style(SKY, "longdashdot", "triangle-down", "-"),
)

# What has no place in the table is grey; dash and symbol are other ones than those of the economies above.
OTHERS = tuple(
    Style(GREY, dash, symbol, pattern)
    for dash, symbol, pattern in (
        ("2px,2px", "circle-open", ""),
        ("6px,3px", "diamond-open", "/"),
        ("12px,4px", "square-open", "x"),
        ("12px,3px,3px,3px", "triangle-up-open", "."),
        ("2px,5px", "triangle-down-open", "\\"),
        ("6px,2px,2px,2px,2px,2px", "hexagon-open", "-"),
    )
)


def style(name: str) -> Style:
    """How a thing is drawn: `style("home")`, `style("CHN")`. KeyError names what the table has."""
    if name not in CONCEPTS:
        raise KeyError(f"no concept {name!r}: the table has {', '.join(CONCEPTS)}")
    return CONCEPTS[name]


def ink(color: str) -> str:
    """Black or white, whichever reads better on an area of this colour (`#RRGGBB`): 4.5 : 1 for all of the table."""
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#FFFFFF"


def other(k: int) -> Style:
    """How the k-th series that has no place in the table is drawn: grey, no two alike."""
    chosen, turn = OTHERS[k % len(OTHERS)], k // len(OTHERS)
    if not turn:
        return chosen
    dash = ",".join(f"{(1 + turn) * int(part.removesuffix('px'))}px" for part in chosen.dash.split(","))
    return chosen._replace(dash=dash, symbol=OTHERS[(k + turn) % len(OTHERS)].symbol)


def told_apart(names: list[str]) -> list[Style]:
    """A style for each of several series, no colour twice: that of the table, else grey with a dash of its own.

    Where the table knows none of them the series are plain members of a group, in the order of SERIES.
    """
    known = [CONCEPTS.get(name.replace(" ", "_")) for name in names]
    if not any(known):
        known = [*SERIES, *[None] * len(names)][: len(names)]
    used: set[str] = set()
    greys = 0
    chosen = []
    for found in known:
        if found is None or found.color in used:
            found = other(greys)
            greys += 1
        else:
            used.add(found.color)
        chosen.append(found)
    return chosen
