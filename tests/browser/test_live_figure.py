"""Panels in JupyterLab in a real browser: what is moved by hand changes the figure, its sentence and its table."""

from __future__ import annotations

import pytest

from .toys import TOYS

READY = "() => [...document.querySelectorAll('.gvclab-plot')].filter((plot) => plot._fullData).length"


def wait_for_figures(notebook, count: int) -> None:
    notebook.page.wait_for_function(f"{READY.removeprefix('() =>')} === {count}")
