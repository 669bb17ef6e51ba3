"""The catalogue of real figures: `load(name)` gives a validated, typed table; `catalogue()` lists what there is."""

from gvclab.data.catalogue import catalogue, describe, load, names, source
from gvclab.data.errors import DataError

__all__ = ["DataError", "catalogue", "describe", "load", "names", "source"]
