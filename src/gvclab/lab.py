"""JupyterLab on the course, or a lesson as a page, with this environment's kernel and programs alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from gvclab.content import Listed, language
from gvclab.content import text as say

_OURS = Path(__file__).parent / "jupyter"  # settings of JupyterLab and nbconvert, templates of nbconvert and nbgrader
_STUDENT = _OURS / "student"  # settings that take nbgrader's buttons and menus away


def start(
    root: Path, lesson: str | None = None, browser: bool = True, port: int | None = None, instructor: bool = False
) -> int:
    """Run JupyterLab until it is stopped; the exit status is its own. Only an instructor's has nbgrader's menu."""
    _demand_lab()
    command = arguments(root, find_lesson(root, lesson), browser, port)
    print(say("cli.open.starting", root=root), flush=True)
    if os.name == "posix":
        # One process, so that Ctrl-C and signals reach JupyterLab and nothing is left behind.
        os.chdir(root)
        os.execve(sys.executable, command, environment(os.environ, instructor))
    try:
        return subprocess.run(command, env=environment(os.environ, instructor), cwd=root, check=False).returncode
    except KeyboardInterrupt:
        return 0


def handout(root: Path, lesson: str, folder: Path) -> int:
    """Run a lesson, or the notebook with this path, and write it into `folder` as a page, see `gvclab.handout`."""
    _demand_lab()
    notebook = Path(lesson) if Path(lesson).is_file() else root / find_lesson(root, lesson)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", f"--output-dir={folder}", str(notebook)]
    return subprocess.run(command, env=environment(os.environ), check=False).returncode


def _demand_lab() -> None:
    import importlib.util

    if importlib.util.find_spec("jupyterlab") is None:
        raise ValueError(say("cli.open.no_lab"))


def find_lesson(root: Path, lesson: str | None) -> str:
    """The notebook's path in the repository for `2.3a` or `2.3a-suppliers`; the folder for None.

    In the language in use (`GVCLAB_LANGUAGE`), where its notebooks are built.
    """
    translated = f"course/{language()}"
    folder = translated if (root / translated).is_dir() else "course"
    if lesson is None:
        return folder
    stem = Path(lesson).name.removesuffix(".ipynb")
    names = sorted(path.stem for path in (root / folder).glob("*.ipynb"))
    found = [name for name in names if name == stem or name.startswith(f"{stem}-")]
    if len(found) != 1:
        raise ValueError(say("cli.open.no_lesson", lesson=lesson, known=Listed(names, "comma")))
    return f"{folder}/{found[0]}.ipynb"


def arguments(root: Path, page: str, browser: bool, port: int | None) -> list[str]:
    """The command that starts JupyterLab on `page`, with all of `root` within reach."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{page}",
        # Another kernel on the machine would lack the course's packages: show this environment's only.
        "--KernelSpecManager.allowed_kernelspecs=python3",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is often nobody else
    if not browser:
        command.append("--no-browser")
    if port is not None:
        command.append(f"--port={port}")
    return command


def environment(outer: Mapping[str, str], instructor: bool = False) -> dict[str, str]:
    """The variables JupyterLab runs under: `outer`, with this environment's own things first."""
    settings = [_OURS] if instructor else [_STUDENT, _OURS]

    def first(name: str, *paths: Path) -> str:
        return os.pathsep.join([*map(str, paths), *filter(None, [outer.get(name)])])

    return {
        **outer,
        "PATH": first("PATH", Path(sys.executable).parent),  # nbgrader calls alembic by name
        "JUPYTER_PATH": first("JUPYTER_PATH", Path(sys.prefix) / "share" / "jupyter", _OURS),
        "JUPYTER_CONFIG_PATH": first("JUPYTER_CONFIG_PATH", *settings),
    }
