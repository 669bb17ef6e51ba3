"""What people call the places, poles and sectors that the tables give by code."""

from __future__ import annotations

from gvclab.content import entry

# The sectors of the input-output tables that make goods, farms and mines left out.
MANUFACTURES = ("LTM", "RBM", "CHM", "MEQ", "ELE", "TRE")


def name(code: str, stylised: bool = False) -> str:
    """What does a code stand for? `name("CHN")` is China; a text that is no code is its own name.

    stylised : the code is one of the stylised world's, in which a few stand for something else than in the tables.
    """
    own = entry("world.stylised") if stylised else {}
    return own.get(code) or entry("world.name").get(code, code)
