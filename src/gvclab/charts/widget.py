"""What all our widgets share: a page that begins one late misses nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget

_BEGIN = Path(__file__).with_name("begin.js")


def script(path: Path) -> str:
    """The JavaScript of a widget, with `patient` (begin.js) for its export: `export default patient({ render })`."""
    return f"{_BEGIN.read_text(encoding='utf-8')}\n{path.read_text(encoding='utf-8')}"


class Widget(anywidget.AnyWidget):
    """A widget whose page says when it has begun, and is then told again what changed before that."""

    _changed: frozenset[str] = frozenset()  # the traits sent since the widget was opened

    def send_state(self, key: str | Iterable[str] | None = None) -> None:
        """Send traits to the page, and remember which."""
        names = {key} if isinstance(key, str) else set(key or ())
        self._changed |= names
        super().send_state(key)

    def repeat(self) -> None:
        """Tell the page again what it may have missed."""
        if self._changed:
            self.send_state(self._changed)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        if content == {"begun": True}:
            self.repeat()
        else:
            super()._handle_custom_msg(content, buffers)
