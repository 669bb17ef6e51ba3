"""The two worlds that several rooms show: the inter-country table, and the stylised world of the models."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from gvclab import data
from gvclab.data import load, name
from gvclab.models import gravity, iotable, world

FIRST, LAST = 1995, 2011  # the years of the table
THETA = 5.0  # trade elasticity of the calibrated world, the same in all sectors, where nobody sets another
MANUFACTURES = ("LTM", "RBM", "CHM", "MEQ", "ELE", "TRE")
GOODS = ("AGM", *MANUFACTURES)
# The rest of the world is shown like a pole, but its members are no neighbours.
REST = "RST"
POLES = ("NAM", "EUR", "ASI", REST)
_STYLISED = {"North America": "NAM", "Europe": "EUR", "Asia": "ASI", "Rest": REST}


pole_by_region = cache(data.pole_by_region)  # asked for again and again


def stylised_poles(regions: Iterable[str]) -> list[str]:
    """The pole of each of these regions of the stylised world."""
    return [_STYLISED[world.POLES[region]] for region in regions]


def named(codes: Iterable[str], stylised: bool = False) -> list[str]:
    """The names of places, as the reader sees them."""
    return [name(code, stylised) for code in codes]


@cache
def calibrated(sectors: tuple[tuple[str, str], ...] = ()) -> gravity.World:
    """The world of the last table with the elasticity THETA; `sectors` adds some up, as pairs (sector, sum).

    What tariffs there were is in its flows, and so not in its rates.
    """
    table = load("icio", year=LAST)
    return gravity.calibrate(iotable.aggregate(table, sectors=dict(sectors)) if sectors else table, theta=THETA)
