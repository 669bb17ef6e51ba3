"""JupyterLab in a real browser: a server for the session, pages that may talk to it alone, what tests do on them."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

PATIENCE = 120_000  # ms: a slow machine is not a failure
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PANEL = "window.jupyterapp?.shell.currentWidget"
# The code cells as JupyterLab knows them: {count, error}.
CELLS = f"""[...{PANEL}.content.widgets].filter((cell) => cell.model.type === 'code').map(({{ model }}) => ({{
    count: model.executionCount,
    error: model.outputs.toJSON().filter((output) => output.output_type === 'error')
        .map((output) => [output.ename, output.evalue, ...output.traceback].join('\\n'))[0],
}}))"""
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab. `folder` is what it shows."""

    url: str
    token: str
    folder: Path

    def api(self, method: str, path: str) -> object:
        """Ask the server's REST interface."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def end_sessions(self) -> None:
        """Shut down all kernels, or a reopened notebook would find its old widgets again."""
        for session in self.api("GET", "sessions"):
            self.api("DELETE", f"sessions/{session['id']}")
        for kernel in self.api("GET", "kernels"):
            self.api("DELETE", f"kernels/{kernel['id']}")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab of this environment in a folder of its own, with settings of its own."""
    base = tmp_path_factory.mktemp("lab")
    folder, settings = base / "notebooks", base / "share" / "lab" / "settings"
    folder.mkdir()
    settings.mkdir(parents=True)
    (settings / "overrides.json").write_text(json.dumps(OVERRIDES), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True",  # so that tests can run commands of its menus
        f"--LabApp.app_settings_dir={settings}",
        f"--LabApp.user_settings_dir={base / 'user-settings'}",
        f"--LabApp.workspaces_dir={base / 'workspaces'}",
    ]
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTER_DATA_DIR": str(base / "data"),
        "JUPYTER_RUNTIME_DIR": str(base / "runtime"),
        "IPYTHONDIR": str(base / "ipython"),
        "GVCLAB_STATIC": "",
    }
    log = base / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    found = Lab(f"http://127.0.0.1:{port}", token, folder)
    try:
        _wait_for(found, server, log)
        yield found
        found.end_sessions()
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            lab.api("GET", "status")
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory):
    """A Chromium with a profile of its own."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        reason = "playwright is not installed (pip install 'gvclab[dev]')"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=chromium,
            headless=True,
            args=list(ARGUMENTS),
            viewport={"width": 1400, "height": 1000},
        )
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


@dataclass
class Notebook:
    """A notebook open in JupyterLab. Test through `page`; `run_all` waits until every cell has finished."""

    page: object
    lab: Lab
    name: str
    errors: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # widgets that did not begin in time
    outside: list[str] = field(default_factory=list)
    received: list[int] = field(default_factory=list)  # bytes of each message from the server

    def open(self) -> None:
        """Load the page afresh, with a new workspace and the notebook in front."""
        self.page.goto(f"{self.lab.url}/lab/tree/{self.name}?token={self.lab.token}&reset")
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").first.wait_for()
        self._await_idle()

    def run_all(self) -> None:
        """Run all cells and wait for the end. AssertionError with the traceback if one fails."""
        self._command("notebook:run-all-cells")
        self._await(f"() => {CELLS}.every((cell) => cell.count) || {CELLS}.some((cell) => cell.error)")
        self._await_idle()
        problems = self.page.evaluate(f"() => {CELLS}.map((cell) => cell.error).filter(Boolean)")
        assert not problems, f"a cell failed: {problems[0]}"

    def run(self, index: int) -> None:
        """Run one code cell, counted from 0, and wait for the end."""
        before = self.page.evaluate(f"() => {CELLS}[{index}].count")
        self.page.locator(".jp-CodeCell").nth(index).locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")
        self._await(f"() => {CELLS}[{index}].count > {before or 0}")
        self._await_idle()

    def show_all(self) -> None:
        """Show what waits for a prediction without making one, as the button of its card does."""
        waiting = self.page.locator(".gvclab-gate button")
        for left in range(waiting.count(), 0, -1):
            waiting.first.click()
            self._await(f"() => document.querySelectorAll('.gvclab-gate button').length < {left}")
        self._await_idle()

    def restart(self) -> None:
        """Restart the kernel, as the menu does."""
        self._command("notebook:restart-kernel")
        self.page.locator(".jp-Dialog .jp-mod-warn").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")
        self._await_idle()

    def save(self) -> None:
        """Save, outputs included."""
        self._command("docmanager:save")
        self._await(f"() => {PANEL}.context.model.dirty === false")

    def ask_kernel(self, code: str) -> str:
        """What the kernel prints for some lines, run beside the notebook."""
        return self.page.evaluate(
            f"""async (code) => {{
                let printed = '';
                const running = {PANEL}.sessionContext.session.kernel.requestExecute({{ code, store_history: false }});
                running.onIOPub = ({{ header, content }}) => {{
                    if (header.msg_type === 'stream') printed += content.text;
                    if (header.msg_type === 'error') printed += content.evalue;
                }};
                await running.done;
                return printed.trim();
            }}""",
            code,
        )

    def _command(self, command: str) -> None:
        self.page.evaluate("command => void window.jupyterapp.commands.execute(command)", command)

    def _await(self, condition: str) -> None:
        self.page.wait_for_function(condition, timeout=PATIENCE)

    def _await_idle(self) -> None:
        self._await(f"() => {PANEL}?.sessionContext?.session?.kernel?.status === 'idle'")


@pytest.fixture
def open_notebook(lab: Lab, browser):
    """`open_notebook([source, …])` writes code cells (or copies a notebook's path) and opens it in a page.

    `script` is run in the page before anything of its own.

    At the end: no request may have left this machine, and there may be no error on the console.
    """
    opened: list[Notebook] = []

    def open_(cells: list[str] | Path, name: str = "test.ipynb", script: str = "") -> Notebook:
        if isinstance(cells, Path):
            text = cells.read_text(encoding="utf-8")
        else:
            metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
            made = nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=metadata
            )
            text = nbformat.writes(made)
        (lab.folder / name).write_text(text, encoding="utf-8")
        page = browser.new_page()
        page.add_init_script(script)
        notebook = Notebook(page, lab, name)
        page.on("request", lambda request: _note_outside(notebook.outside, request.url))
        page.on("console", lambda message: _note_console(notebook, message))
        page.on("pageerror", lambda problem: _note_error(notebook, problem.stack or str(problem)))
        page.on("websocket", lambda socket: _count(notebook, socket))
        opened.append(notebook)
        notebook.open()
        return notebook

    yield open_
    for notebook in opened:
        notebook.page.close()
    lab.end_sessions()
    for notebook in opened:
        assert not notebook.outside, f"requests to the outside: {notebook.outside}"
        assert not notebook.errors, f"errors on the console: {notebook.errors}"


def _note_outside(outside: list[str], url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.hostname not in ("127.0.0.1", "localhost"):
        outside.append(url)


# JupyterLab's own: files it looks for and may do without, and a notice of its editor.
_HARMLESS = re.compile(r"404 \(Not Found\)|ResizeObserver loop|Could not restore the debugger state")


# What anywidget says of a widget that did not begin within two seconds, as on a busy machine. It begins all the same:
# test_late_widgets.py.
_LATE = "Failed to initialize model"


def _note_console(notebook: Notebook, message) -> None:
    if message.type == "error" and not _HARMLESS.search(message.text):
        _note_error(notebook, f"{message.text} ({message.location.get('url', '')})")


def _note_error(notebook: Notebook, text: str) -> None:
    (notebook.late if _LATE in text else notebook.errors).append(text)


def _count(notebook: Notebook, socket) -> None:
    socket.on("framereceived", lambda payload: notebook.received.append(len(payload)))
