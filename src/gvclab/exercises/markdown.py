"""Markdown with $math$ as HTML. No HTML passes through, so what a student wrote may be part of it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache


def markdown(words: str) -> str:
    """Paragraphs, lists and formulas as HTML."""
    return _renderer().render(words)


def inline(words: str) -> str:
    """The same for a line of text, without the paragraph around it."""
    return _renderer().renderInline(words)


@cache
def _renderer():
    from markdown_it import MarkdownIt  # here, so that a graph or a static page does not pay for it
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    return MarkdownIt("js-default").use(dollarmath_plugin, renderer=_math)


def _math(tex: str, options: Mapping) -> str:
    """TeX as MathML, which the browser draws itself; as it was typed where the converter is not installed."""
    try:
        from latex2mathml.converter import convert
    except ImportError:
        return f"<code>{html.escape(tex)}</code>"
    return convert(tex, display="block" if options["display_mode"] else "inline")
