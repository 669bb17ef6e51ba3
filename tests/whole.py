"""One notebook of all of section 2.3, which is told in two: it has items of nearly every type, and two functions."""

from __future__ import annotations

import json
from pathlib import Path

ASSIGNMENT, NAME = "section-2", "2.3-whole"
PARTS = ("2.3a-suppliers", "2.3b-fear")
ROOT = Path(__file__).parents[1]


def whole(folder: str = "exercises") -> str:
    """The text of the notebook, made of what the students get, or of the `solutions`."""
    places = (ROOT / folder / ASSIGNMENT / f"{name}.ipynb" for name in PARTS)
    first, second = (json.loads(place.read_text(encoding="utf-8")) for place in places)
    heads = {cell["id"]: cell for cell in first["cells"]}
    for cell in second["cells"]:
        if cell["id"] not in heads:
            first["cells"].append(cell)
        elif cell["id"] == "setup":
            heads["setup"]["source"] = ["".join(each["source"]) + "\n" for each in (heads["setup"], cell)]
    return json.dumps(first)
