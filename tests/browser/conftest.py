"""JupyterLab in a real Chromium: one server and one browser for all tests, a fresh notebook for each."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOKEN = "test"
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("GVCLAB_REQUIRE_BROWSER") == "1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Every cell is in the page, and no pop-up asks for news.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
SLOW = 60_000  # milliseconds: a wait's patience, never a measure


def _missing(reason: str) -> None:
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    _missing("no Chromium on this machine: `make browser` installs Debian's")
    raise AssertionError


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[Lab]:
    """A JupyterLab server on a folder of its own, with the repository's lessons and exercises in it."""
    home = tmp_path_factory.mktemp("lab")
    work = home / "work"
    for folder in ("course", "exercises"):
        shutil.copytree(ROOT / folder, work / folder)
    settings = home / "settings"
    settings.mkdir()
    (settings / "overrides.json").write_text(json.dumps(SETTINGS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    binaries = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "XDG_DATA_HOME": str(home / "share"),
    }
    environment.pop("GVCLAB_STATIC", None)
    command = [
        sys.executable,
        *("-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1"),
        f"--IdentityProvider.token={TOKEN}",
        f"--LabApp.app_settings_dir={settings}",
        "--LabApp.expose_app_in_browser=True",
        f"--ServerApp.root_dir={work}",
    ]
    log = (home / "lab.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=work)
    lab = Lab(f"http://127.0.0.1:{port}", work)
    try:
        deadline = time.monotonic() + 120
        while not lab.answers():
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail("JupyterLab did not start:\n" + (home / "lab.log").read_text()[-2000:])
            time.sleep(0.3)
        yield lab
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()
        log.close()


@dataclass
class Lab:
    """A running server."""

    address: str
    work: Path

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.address}/api?token={TOKEN}", timeout=5).status == 200
        return False

    def stop_kernels(self) -> None:
        """Old kernels would bring their widgets back."""
        headers = {"Authorization": f"token {TOKEN}"}
        for kind in ("sessions", "kernels"):
            request = urllib.request.Request(f"{self.address}/api/{kind}", headers=headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                for entry in json.load(answer):
                    gone = urllib.request.Request(
                        f"{self.address}/api/{kind}/{entry['id']}", headers=headers, method="DELETE"
                    )
                    with contextlib.suppress(OSError):
                        urllib.request.urlopen(gone, timeout=30)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium, driven by playwright."""
    executable = _chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed: `make setup` installs it")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=executable,
            headless=True,
            args=FLAGS,
            viewport={"width": 1400, "height": 1000},
        )
        yield context
        context.close()


@dataclass
class Book:
    """An open notebook in JupyterLab."""

    page: object
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def run_all(self) -> None:
        """Run every cell and wait until the kernel has nothing left to do."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_idle()

    def wait_idle(self) -> None:
        """Wait until every code cell has run and none is waiting."""
        self.page.wait_for_function(
            """() => {
                const cells = window.jupyterapp.shell.currentWidget.content.widgets
                    .filter((cell) => cell.model.type === 'code' && cell.model.sharedModel.source.trim());
                const prompts = cells.map((cell) => cell.node.querySelector('.jp-InputPrompt').textContent);
                return prompts.every((prompt) => /\\[\\d+\\]/.test(prompt));
            }""",
            timeout=SLOW,
        )

    def graph(self, index: int = 0) -> Graph:
        return Graph(self.page, index)

    def wait_figures(self, number: int) -> None:
        """Wait until so many figures are drawn."""
        self.page.wait_for_function(
            "(n) => document.querySelectorAll('.gvclab-figure .js-plotly-plot .main-svg').length >= n",
            arg=number,
            timeout=SLOW,
        )


@dataclass
class Graph:
    """One live figure on the page."""

    page: object
    index: int

    def data(self) -> list:
        """The traces as plotly has them, numbers as lists."""
        return json.loads(
            self.page.evaluate(
                """(i) => JSON.stringify(
                    document.querySelectorAll('.gvclab-figure .js-plotly-plot')[i].data,
                    (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value)""",
                self.index,
            )
        )

    def wait_change(self, before: list) -> list:
        """Wait until the traces differ from `before`."""
        self.page.wait_for_function(
            """([i, before]) => JSON.stringify(
                document.querySelectorAll('.gvclab-figure .js-plotly-plot')[i].data,
                (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value) !== before""",
            arg=[self.index, json.dumps(before, separators=(",", ":"), ensure_ascii=False)],
            timeout=SLOW,
        )
        return self.data()


@pytest.fixture
def open_notebook(lab, browser) -> Iterator[Callable[[str], Book]]:
    """`open_notebook("course/2.3-diversification.ipynb")`: the notebook, open and not yet run.

    At the end of the test any request that left the machine, and any error in the page, is a failure.
    """
    lab.stop_kernels()
    books = []

    def open_one(path: str) -> Book:
        page = browser.new_page()
        book = Book(page)
        books.append(book)
        local = re.compile(r"^(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|^(data|blob|about|chrome):")
        page.on(
            "request", lambda request: None if local.match(request.url) else book.outside.append(request.url)
        )
        page.on("pageerror", lambda error: book.errors.append(str(error)))
        page.goto(f"{lab.address}/lab/tree/{path}?token={TOKEN}&reset", wait_until="load", timeout=SLOW)
        page.wait_for_function(
            """() => {
                const current = window.jupyterapp?.shell?.currentWidget;
                return current?.content?.widgets?.length && current.sessionContext?.session?.kernel?.status === 'idle';
            }""",
            timeout=SLOW,
        )
        return book

    yield open_one
    outside = [url for book in books for url in book.outside]
    errors = [error for book in books for error in book.errors]
    for book in books:
        book.page.close()
    lab.stop_kernels()
    assert not outside, f"requests left the machine: {outside}"
    assert not errors, f"errors in the page: {errors}"


@pytest.fixture
def notebook(lab, open_notebook) -> Callable[..., Book]:
    """`notebook("code of a cell", "code of another")`: a new notebook with these cells, open."""

    def make(*sources: str) -> Book:
        import nbformat

        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        book = nbformat.v4.new_notebook(
            cells=cells,
            metadata={
                "kernelspec": {
                    "name": "python3",
                    "display_name": "Python 3 (ipykernel)",
                    "language": "python",
                }
            },
        )
        name = f"test-{time.monotonic_ns()}.ipynb"
        nbformat.write(book, lab.work / name)
        return open_notebook(name)

    return make
