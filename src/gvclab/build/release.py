"""The students' notebook from the instructor's: nbgrader's own steps, without a gradebook.

Steps and configuration are those of `nbgrader generate_assignment` under the repository's
`nbgrader_config.py`; only `SaveCells`, which writes to the gradebook and leaves the notebook as it is,
is left out.
"""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from gvclab.build import notebooks
from gvclab.content import text as say


def release(instructor: NotebookNode, root: Path) -> NotebookNode:
    """What nbgrader releases of an instructor notebook. ValueError where nbgrader refuses it."""
    try:
        from nbconvert.exporters import NotebookExporter
        from nbgrader.converters import GenerateAssignment
        from nbgrader.preprocessors import SaveCells
        from traitlets.config import PyFileConfigLoader
    except ImportError as error:
        raise ValueError(say("build.error.nbgrader", error=error)) from error
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.Exporter.default_preprocessors = []
    exporter = NotebookExporter(config=config)
    for step in GenerateAssignment.preprocessors.default():
        if step is not SaveCells:
            exporter.register_preprocessor(step, enabled=True)
    released, _ = exporter.from_notebook_node(instructor, resources={"nbgrader": {}})
    return notebooks.read(released)
