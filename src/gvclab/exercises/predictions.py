"""What was predicted before the model ran: kept in the kernel, and in a small file over restarts.

The file is `gvclab/predictions.json` in Jupyter's data folder of the user (`~/.local/share/jupyter` on
Linux, or wherever `JUPYTER_DATA_DIR` points). That folder is the user's own on a hub too, and it lies
outside the course, whose files stay as they are. Where it cannot be read or written predictions last as
long as the kernel.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date
from pathlib import Path
from typing import NamedTuple

from .items import Item

_made: dict[str, dict[str, str]] = {}  # in this kernel: item id -> {"choice": …, "date": …}


class Kept(NamedTuple):
    """The index of the option predicted, and the day, as ISO writes it."""

    index: int
    day: str


def file() -> Path | None:
    """Where predictions are kept; None where there is no such folder, as for Python in the browser."""
    try:
        from jupyter_core.paths import jupyter_data_dir
    except ImportError:
        return None
    return Path(jupyter_data_dir()) / "gvclab" / "predictions.json"


def kept(item: Item) -> Kept | None:
    """The prediction made for an item, if any.

    The option is found by its id, or by its text as earlier versions kept it: where the item has no such option any
    more the prediction is forgotten.
    """
    entry = _made.get(item.id) or _read().get(item.id)
    if not isinstance(entry, dict):
        return None
    known = {name: n for n, option in enumerate(item.options) for name in (*option.also, option.text, option.id)}
    index = known.get(entry.get("choice"))
    return None if index is None else Kept(index, str(entry.get("date", "")))


def keep(item: Item, index: int) -> None:
    """Keep the option at `index` as the prediction. Never fails: a read-only home leaves the kernel's
    memory.
    """
    _made[item.id] = {"choice": item.options[index].id, "date": date.today().isoformat()}
    path = file()
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps({**_read(), **_made}, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(path)


def _read() -> dict:
    """What the file holds; nothing when it is missing, unreadable or something else."""
    path = file()
    try:
        entries = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
