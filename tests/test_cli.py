"""The command line, and the JupyterLab that `gvclab open` starts."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gvclab import cli, lab


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    for command in ("open", "build", "check", "data"):
        assert command in shown


def test_help_imports_nothing_heavy():
    heavy = ["numpy", "pandas", "plotly", "jupytext", "nbformat", "nbgrader"]
    code = (
        "import sys; from gvclab import cli\n"
        "try: cli.main(['--help'])\n"
        f"except SystemExit: print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_data_lists_the_catalogue(capsys):
    assert cli.main(["data"]) == 0
    assert "us_tariff" in capsys.readouterr().out


def test_a_senseless_command_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["build", "--check", "--force"])
    assert stop.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_an_unknown_lesson_is_named_with_those_there_are(capsys):
    assert cli.main(["open", "7.7"]) == 1
    message = capsys.readouterr().err
    assert "7.7" in message
    assert "2.3a-suppliers" in message


def test_without_the_repository_it_says_what_to_do(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(cli, "resource", lambda name: tmp_path / name)
    assert cli.main(["build"]) == 1
    assert "clone the repository" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["2.3a", "2.3a-suppliers", "course/2.3a-suppliers.ipynb"])
def test_a_lesson_is_found_by_section_name_or_path(root, name):
    assert lab.find_lesson(root, name) == "course/2.3a-suppliers.ipynb"


@pytest.mark.parametrize("name", ["2", "2.3"])
def test_what_several_lessons_begin_with_is_none_of_them(root, name):
    with pytest.raises(ValueError, match="no one lesson"):
        lab.find_lesson(root, name)


def test_lab_runs_under_this_python_whatever_comes_first_outside():
    inside = lab.environment({"PATH": "/elsewhere", "JUPYTER_PATH": "/theirs", "HOME": "/h"})
    assert inside["PATH"].split(os.pathsep) == [str(Path(sys.executable).parent), "/elsewhere"]
    assert inside["JUPYTER_PATH"].split(os.pathsep)[0].startswith(sys.prefix)
    assert inside["JUPYTER_PATH"].endswith("/theirs")
    assert inside["HOME"] == "/h"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere JupyterLab is a process of its own")
def test_only_an_instructor_has_nbgraders_menu(monkeypatch, root):
    """Under `gvclab open` its extension of JupyterLab is switched off, unless one asks for it."""
    from jupyterlab_server.config import get_page_config

    class Started(Exception):
        pass

    def start(_program, _command, environment):
        monkeypatch.setenv("JUPYTER_CONFIG_PATH", environment["JUPYTER_CONFIG_PATH"])
        raise Started

    monkeypatch.setattr(lab.os, "chdir", lambda _: None)
    monkeypatch.setattr(lab.os, "execve", start)
    monkeypatch.setattr(cli, "_course", lambda: root)
    disabled = []
    for flags in ([], ["--instructor"]):
        monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
        with pytest.raises(Started):
            cli.main(["open", "--no-browser", *flags])
        disabled.append("@jupyter/nbgrader" in get_page_config([])["disabledExtensions"])
    assert disabled == [True, False]


@pytest.fixture(scope="module")
def server(root, tmp_path_factory):
    """`gvclab open --no-browser` on a machine with a python3 kernel of its own: (address, process)."""
    home = tmp_path_factory.mktemp("home")
    theirs = home / ".local/share/jupyter/kernels/python3"
    theirs.mkdir(parents=True)
    spec = {
        "argv": ["/nowhere/python", "-f", "{connection_file}"],
        "display_name": "Theirs",
        "language": "python",
    }
    (theirs / "kernel.json").write_text(json.dumps(spec))
    other = home / ".local/share/jupyter/kernels/other"
    other.mkdir()
    (other / "kernel.json").write_text(json.dumps(spec | {"display_name": "Other"}))
    env = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")} | {
        "HOME": str(home),
        "JUPYTER_DATA_DIR": str(home / ".local/share/jupyter"),
        "JUPYTER_TOKEN": "t",
    }
    command = [sys.executable, "-m", "gvclab", "open", "2.3a", "--no-browser", "--port", "0"]
    log = home / "log"
    with log.open("w") as sink:
        extra = {"start_new_session": True}
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, env=env, cwd=home, **extra)
    try:
        yield address(log, process), process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def address(log: Path, process: subprocess.Popen) -> str:
    """The address that the command prints, once it does."""
    for _ in range(600):
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                return word
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def ask(server, path: str):
    return json.loads(fetch(server, path))


def fetch(server, path: str) -> bytes:
    base = server[0].split("/lab")[0]
    for _ in range(100):  # the address is printed a moment before anybody listens
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(base + "/api", timeout=30):
            break
        time.sleep(0.1)
    with urllib.request.urlopen(f"{base}/{path}?token=t", timeout=30) as reply:
        return reply.read()


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.slow
class TestServer:
    def test_it_prints_the_address_of_the_lesson(self, server):
        assert "/lab/tree/course/2.3a-suppliers.ipynb" in server[0]

    def test_exercises_can_be_reached(self, server):
        listed = {entry["name"] for entry in ask(server, "api/contents")["content"]}
        assert {"course", "exercises"} <= listed

    def test_the_only_kernel_is_this_environments(self, server):
        specs = ask(server, "api/kernelspecs")["kernelspecs"]
        assert list(specs) == ["python3"]
        assert specs["python3"]["spec"]["display_name"] != "Theirs"

    def test_a_notebook_is_exported_as_a_page_that_loads_nothing(self, server):
        page = fetch(server, "nbconvert/html/course/2.3a-suppliers.ipynb").decode()
        assert "<math" in page and "cdnjs" not in page

    def test_students_see_none_of_nbgraders_buttons(self, server):
        page = fetch(server, "lab").decode()
        told = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
        assert "@jupyter/nbgrader" in told["disabledExtensions"]

    def test_no_news_pop_up(self, server):
        reply = ask(server, "lab/api/settings/@jupyterlab/apputils-extension:notification")
        assert reply["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_a_command_that_is_stopped_says_so(monkeypatch, capsys):
    def stopped(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_check", stopped)
    assert cli.main(["check"]) == 130
    assert capsys.readouterr().err == "gvclab: stopped\n"


@pytest.mark.parametrize("port", ["99999", "-1", "lab"])
def test_a_port_that_is_none_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        cli.main(["open", f"--port={port}"])
    assert repr(port) in capsys.readouterr().err


def test_the_grading_page_loads_no_mathjax_from_the_net(monkeypatch):
    """Under `gvclab open` nbgrader's own page finds our empty macro in the place of MathJax's."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    monkeypatch.setenv("JUPYTER_PATH", lab.environment({})["JUPYTER_PATH"])
    page = HTMLExporter(template_name="formgrade", extra_template_basedirs=[handlers.template_path])
    assert page.environment.get_template("mathjax.html.j2").module.mathjax() == ""


def test_a_lesson_is_opened_in_the_language_in_use(tmp_path, monkeypatch):
    for name in ("course/2.3-lesson.ipynb", "course/zh/2.3-lesson.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert lab.find_lesson(tmp_path, "2.3") == "course/2.3-lesson.ipynb"
    monkeypatch.setenv("GVCLAB_LANGUAGE", "zh")
    assert lab.find_lesson(tmp_path, "2.3") == "course/zh/2.3-lesson.ipynb"
    monkeypatch.setenv("GVCLAB_LANGUAGE", "fr")
    assert lab.find_lesson(tmp_path, None) == "course"


@pytest.mark.parametrize("words", [["build", "--language", "../zh"], ["translate", "Klingon!"]])
def test_what_is_no_language_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        cli.main(words)
    assert "no name of a language" in capsys.readouterr().err


def test_a_translation_is_not_brought_home(capsys):
    assert cli.main(["build", "--from-notebooks", "--language", "zh"]) == 1
    assert "locale/zh/" in capsys.readouterr().err
