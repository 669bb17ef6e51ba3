"""Real figures: `load(name)` gives a validated, typed table; `catalogue()` lists what there is."""

from gvclab.data.about import catalogue, describe, source
from gvclab.data.codes import MANUFACTURES, name
from gvclab.data.errors import DataError
from gvclab.data.manifest import names
from gvclab.data.tables import derived, load, pole_by_region, since, spelled

__all__ = [
    "MANUFACTURES",
    "DataError",
    "catalogue",
    "derived",
    "describe",
    "load",
    "name",
    "names",
    "pole_by_region",
    "since",
    "source",
    "spelled",
]
