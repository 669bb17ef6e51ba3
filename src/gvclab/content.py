"""Where the words live: the `content/` folder and the message catalogue.

In a checkout the text is read from the repository's `content/`; in an installed wheel from the copy it carries.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """The folder `content` or `data`: of the repository when there is one, else the wheel's own copy."""
    carried = _PACKAGE / f"_{name}"
    return carried if carried.is_dir() else _PACKAGE.parents[1] / name


def language() -> str:
    """The catalogue in use (`GVCLAB_LANG`, default English)."""
    return os.environ.get("GVCLAB_LANG", "en")


@cache
def _topic(lang: str, topic: str) -> dict:
    import yaml  # here, so that a computation that prints nothing does not pay for it

    path = resource("content") / "messages" / lang / f"{topic}.yml"
    if not path.is_file():
        known = sorted(p.stem for p in path.parent.glob("*.yml"))
        raise KeyError(f"no message catalogue {topic!r} for language {lang!r}; there is {known}")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def message(key: str):
    """The entry of the catalogue at a dotted key, as written: `panels.frontier.controls.w` reads `panels.yml`."""
    topic, *path = key.split(".")
    entry = _topic(language(), topic)
    for step in path:
        if not isinstance(entry, dict) or step not in entry:
            raise KeyError(f"no message {key!r}: {step!r} is missing from the catalogue of {topic!r}")
        entry = entry[step]
    return entry


def text(key: str, **values) -> str:
    """The message at `key` with its placeholders filled: `text("exercises.right")`."""
    return message(key).format(**values)
