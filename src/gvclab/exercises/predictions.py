"""What was predicted before the model ran: kept in the kernel, and in a small file over restarts.

The file is `gvclab/predictions.json` in Jupyter's data folder of the user (`~/.local/share/jupyter` on
Linux, or wherever `JUPYTER_DATA_DIR` points). That folder is the user's own on a hub too, and it lies
outside the course, whose files stay as they are. Where it cannot be read or written predictions last as
long as the kernel.

A prediction can be changed until its answer was shown (`gate.py`); from then on it stays as it is, until it is
forgotten. So what was expected before is never lost to what is known after.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakSet

from gvclab.content import text

from . import bank
from .items import Item

_made: dict[str, dict[str, Any]] = {}  # in this kernel: item id -> {"choice": …, "date": …, "seen": …}
_seen: set[str] = set()  # the items whose answer this kernel has shown, with a prediction or without
_waiting: dict[str, WeakSet] = {}  # what on the page depends on a prediction, by item id


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


def question(item_id: str) -> Item:
    """The item of a prediction. KeyError for an unknown item, ValueError for one that is no prediction."""
    item = bank.item(item_id)
    if item.type != "predict":
        raise ValueError(text("widgets.predict.type", id=item.id, type=item.type))
    return item


def wait(item: Item, shown: Any) -> None:
    """Call `shown.refresh()` whenever the prediction is made, shown or forgotten, for as long as `shown` lives."""
    _waiting.setdefault(item.id, WeakSet()).add(shown)


def kept(item: Item) -> Kept | None:
    """The prediction made for an item, if any.

    The option is found by its id, or by its text as earlier versions kept it: where the item has no such option any
    more the prediction is forgotten.
    """
    entry = _entry(item)
    known = {name: n for n, option in enumerate(item.options) for name in (*option.also, option.text, option.id)}
    index = known.get(entry.get("choice"))
    return None if index is None else Kept(index, str(entry.get("date", "")))


def keep(item: Item, index: int) -> None:
    """Keep the option at `index` as the prediction. Never fails: a read-only home leaves the kernel's
    memory.

    Where its answer was shown before, nothing changes; nor does the day of a prediction that is made again.
    """
    before = kept(item)
    if seen(item) or (before and before.index == index):
        return
    _note(item, {"choice": item.options[index].id, "date": date.today().isoformat()})
    _tell([item.id])


def seen(item: Item) -> bool:
    """Whether the answer was shown: in this kernel, or in an earlier one after the prediction that is kept."""
    return item.id in _seen or (kept(item) is not None and _entry(item).get("seen") is True)


def see(item: Item) -> None:
    """Note that the answer is shown. Without a prediction that is known in this kernel only."""
    if item.id in _seen:
        return
    _seen.add(item.id)
    if kept(item) and not _entry(item).get("seen"):
        _note(item, {**_entry(item), "seen": True})
    _tell([item.id])


def forget(item_id: str | None = None) -> None:
    """Forget a prediction, or all of all lessons, and that its answer was shown."""
    entries = _read()
    gone = [item_id] if item_id is not None else [*{*entries, *_made, *_seen}]
    if any(name in entries for name in gone):
        _write({name: entry for name, entry in entries.items() if name not in gone})
    for name in gone:
        _made.pop(name, None)
        _seen.discard(name)
    _tell(gone)


def _tell(item_ids: list[str]) -> None:
    for item_id in item_ids:
        for shown in list(_waiting.get(item_id, ())):
            shown.refresh()


def _entry(item: Item) -> dict[str, Any]:
    """What is kept for an item, as it was written; empty where nothing is."""
    entry = _made.get(item.id) or _read().get(item.id)
    return entry if isinstance(entry, dict) else {}


def _note(item: Item, entry: dict[str, Any]) -> None:
    _made[item.id] = entry
    _write({**_read(), item.id: entry})


def _write(entries: dict[str, Any]) -> None:
    """Replace the file as a whole."""
    path = file()
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(path)


def _read() -> dict:
    """What the file holds; nothing when it is missing, unreadable or something else."""
    path = file()
    try:
        entries = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
