"""Scores that cannot be forged, and honest work that loses nothing."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import Execute

from gvclab.content import Message
from gvclab.exercises import bank
from gvclab.exercises.ladder import saying
from gvclab.exercises.rendering import message_of, of_item
from gvclab.exercises.variants import Identity, numbers
from gvclab.grading import engine, intake, pool
from gvclab.grading.engine import Done
from gvclab.grading.run import Result, grade_submission
from gvclab.grading.sandbox import Limits, Room
from gvclab.grading.transcript import harmless, transcript

from ..whole import NAME as NOTEBOOK
from ..whole import PARTS, whole

EXERCISES = Path(__file__).parents[2] / "exercises"
SETS = [bank.load(name.partition("-")[0]) for name in PARTS]
ITEMS = {item.id: item for items in SETS for item in items.used("exercise") if item.type != "essay"}
FULL = {item.id: float(item.points) for item in ITEMS.values()}
ROOM = Room(limits=Limits(cell=2, total=60, call=0.5, calls=4, patience=20, megabytes=512, files=8, processes=16))

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(scope="module")
def assigned(tmp_path_factory) -> intake.Assignment:
    """An assignment of one notebook, so that each cell has to do with every type of item and with two functions."""
    folder = tmp_path_factory.mktemp("release")
    (folder / f"{NOTEBOOK}.ipynb").write_text(whole(), encoding="utf-8")
    return intake.assignment("section-2", folder)


@pytest.fixture
def submit(assigned, tmp_path):
    """Grade the notebook with these answers, the solutions elsewhere, and cells of one's own before an answer."""

    def graded(
        answers: dict[str, str], own: dict[str, str] | None = None, student="ada", salt="", solve=True
    ) -> Result:
        sources = {**({i: item.solution for i, item in ITEMS.items()} if solve else {}), **answers}
        folder = tmp_path / student / "section-2"
        folder.mkdir(parents=True)
        (notebook,) = assigned.notebooks
        book, cells = json.loads(nbformat.writes(notebook.book)), []
        for cell in book["cells"]:
            item = notebook.answers.get(cell["id"])
            if item and item.id in (own or {}):
                cells.append({"cell_type": "code", "source": own[item.id], "metadata": {}, "outputs": []})
            if item and item.id in sources:
                cell["source"] = sources[item.id]
            cells.append(cell)
        (folder / f"{NOTEBOOK}.ipynb").write_text(json.dumps({**book, "cells": cells}))
        return grade_submission(folder, assigned, student, salt, ROOM)

    return graded


def scores(result: Result) -> dict[str, float]:
    return {item: mark.score for item, mark in result.marks.items()}


def status(result: Result, item: str) -> str:
    return result.marks[item].verdict.status


def said(result: Result, item: str) -> set[str]:
    """The ids of what a verdict says, of itself and of its parts."""
    judged = result.marks[item].verdict
    return {message.id for one in (judged, *(part for _, part in judged.parts)) for message in one.said}


# ---------------------------------------------------------------------------------------------------- honest


def test_solutions_earn_everything(submit):
    result = submit({})
    assert scores(result) == FULL
    assert result.notes == result.reasons == ()


@pytest.mark.parametrize("path", sorted(EXERCISES.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_solutions_of_every_lesson_earn_everything(path, tmp_path):
    (tmp_path / "release").mkdir()
    shutil.copy(path, tmp_path / "release")
    assigned = intake.assignment(path.parent.name, tmp_path / "release")
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        item = assigned.notebooks[0].answers.get(cell.id)
        cell.source = item.solution if item and item.type != "essay" else cell.source
    (tmp_path / "ada").mkdir()
    nbformat.write(book, tmp_path / "ada" / path.name)
    result = grade_submission(tmp_path / "ada", assigned, "ada", "salt")
    assert {i: mark.verdict.messages for i, mark in result.marks.items() if mark.score < mark.points} == {}


def test_the_released_notebook_earns_nothing_and_says_so_kindly(submit):
    result = submit({}, solve=False)
    assert scores(result) == dict.fromkeys(FULL, 0.0)
    assert {status(result, item) for item in ITEMS} == {"unanswered"}


def test_half_an_answer_earns_its_half_and_a_hint(submit):
    result = submit({"2.3-1": ITEMS["2.3-1"].solution + "\nreliability = (1 - n * p, two)"})
    assert scores(result) == FULL | {"2.3-1": 1.0}
    (part, _), (_, judged) = ITEMS["2.3-1"].parts, result.marks["2.3-1"].verdict.parts[0]
    assert judged.said == (of_item(ITEMS["2.3-1"], f"parts.{part.name}.wrong.{part.wrong[0].id}"),)


def test_everybody_has_numbers_of_the_own(submit):
    item = ITEMS["2.3-1"]
    ada = numbers(item, Identity("ada", "salt"))
    bob = next(s for s in map(str, range(99)) if numbers(item, Identity(s, "salt")) != ada)
    copied = {"2.3-1": ITEMS["2.3-1"].solution.replace("= numbers", f"= {tuple(ada)}")}
    assert scores(submit({}, student="ada", salt="salt")) == FULL
    assert scores(submit(copied, student=bob, salt="salt"))["2.3-1"] < FULL["2.3-1"]


def test_panels_are_left_out(submit, assigned):
    """What an item shows is for readers: nothing is run for it, and the copy has it as released."""
    shown = [cell for cell in assigned.notebooks[0].book.cells if cell.id.endswith("-show")]
    assert len(shown) > 3
    result = submit({})
    (sheet,) = result.submission.sheets
    numbers = [n for n, cell in enumerate(sheet.book.cells) if cell.id.endswith("-show")]
    assert len(numbers) == len(shown) and not set(numbers) & result.done[NOTEBOOK].printed.keys()


def test_a_helper_in_a_cell_of_ones_own(submit):
    own = {"2.3-1": "def both(n, p):\n    return (1 - p) ** n, (1 - p**2) ** n"}
    assert scores(submit({"2.3-1": 'reliability = both(*given("2.3-1"))'}, own)) == FULL


def test_an_error_in_a_cell_of_ones_own_costs_nothing(submit):
    own = {"2.3-1": "1 / 0", "2.3-4": "def broken(:", "2.3-6": "%nonsense\n!rm -rf /", "2.3-8": "raise SystemExit"}
    assert scores(submit({}, own)) == FULL


def test_noise_costs_nothing(submit):
    noisy = ITEMS["2.3-4"].solution.replace(
        "    u, p =", "    import warnings, sys; warnings.warn('!'); print(1, file=sys.stderr)\n    u, p =", 1
    )
    own = {"2.3-1": "import warnings, sys\nwarnings.warn('old')\nprint('!', file=sys.stderr)"}
    assert scores(submit({"2.3-4": noisy}, own)) == FULL


def test_a_page_that_makes_errors_of_warnings_costs_nothing(submit):
    source = """
def return_time(pbar, a0, b0, delta, kappa):
    odds = pbar / (1 - pbar)
    e = np.float64(odds * (b0 + 1 / (1 - delta)) - a0) / (kappa + odds)
    t = 1 + np.log(e) / np.log(delta)  # nan where there is no such period
    return max(1, int(np.floor(t)) + 1) if np.isfinite(t) else np.inf"""
    own = {"2.3-7": "import warnings\nwarnings.simplefilter('error')", "2.3-6": "np.seterr(all='raise')"}
    assert scores(submit({"2.3-7": source}, own)) == FULL


def test_a_cell_has_the_time_that_nbgrader_gives_it():
    assert Limits().cell == Execute().timeout


def test_numpy_answers_are_answers(submit):
    source = ITEMS["2.3-1"].solution + "\nreliability = np.array(reliability)"
    assert scores(submit({"2.3-1": source})) == FULL


def test_arrows_in_a_set_are_arrows(submit):
    source = ITEMS["2.3-9"].solution + "\nlinks = {(a, b) for a, b, *_ in links}"
    assert scores(submit({"2.3-9": source})) == FULL


def test_an_item_is_judged_where_its_check_stands(submit):
    """As in a notebook: what a later cell does to the name comes too late, and calls leave no trace."""
    counted = "calls = []\n" + ITEMS["2.3-4"].solution.replace("    u, p =", "    calls.append(1)\n    u, p =", 1)
    later = {"2.3-5": "reliability = None\nassert not calls\ncvar = None"}
    assert scores(submit({"2.3-4": counted}, later)) == FULL


def test_one_bad_call_costs_one_property(submit):
    source = ITEMS["2.3-4"].solution.replace("    u, p =", "    if alpha == 0: import os; os._exit(3)\n    u, p =", 1)
    result = submit({"2.3-4": source})
    wrong = [name for name, part in result.marks["2.3-4"].verdict.parts if part.status != "right"]
    assert wrong[0] == "test_mean" and len(wrong) < 4
    assert scores(result) | {"2.3-4": 5.0} == FULL


# --------------------------------------------------------------------------------------------------- hostile

LATER = FULL | {"2.3-1": 0.0}  # what the others are worth when the first answer is an attack

ATTACKS = {
    "patched check": "import gvclab.exercises as e, builtins\ne.check = check = builtins.check = lambda *a, **k: 2.0",
    "patched judge": """
import gvclab.exercises.checkers as c, gvclab.exercises.plain as p, gvclab.exercises.ladder as l
c.judge = lambda *a: l.Verdict(1.0, "right")
p.plain = lambda value: [0.8179, 0.998]
reliability = object()""",
    "patched worker": """
import sys
for m in list(sys.modules.values()):
    for name in ("plain", "tag", "_value", "_reply", "call"):
        if getattr(m, "__name__", "").startswith("gvclab.grading") and hasattr(m, name):
            setattr(m, name, lambda *a: {"value": [1, 1], "score": 2, "verdict": "right"})""",
    "lying number": """
class Lie(float):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda *a: True
    __sub__ = __rsub__ = __abs__ = lambda *a: Lie(0)
    __hash__ = float.__hash__
reliability = (Lie(5), Lie(5))""",
    "lying class": "class A:\n    __class__ = float\n    def __float__(self): return 0.8\nreliability = (A(), A())",
    "a score": """
from types import SimpleNamespace
from gvclab.exercises import Score, Verdict
reliability = Score(Verdict(1.0, "right"), SimpleNamespace(points=2))""",
    "builtins": "import builtins\nbuiltins.len = builtins.sum = builtins.abs = lambda *a: 1\nreliability = (2, 2)",
    "gibberish on all descriptors": """
import os
for number in range(64):
    try:
        os.write(number, b"\xff" * 99)
    except OSError:
        pass""",
    "a reply of one's own": """
import json, os, struct
for reply in ({"error": None, "printed": ""}, {"score": 2, "value": [1, 1], "verdict": {"status": "right"}}):
    data = json.dumps(reply).encode()
    os.write(3, struct.pack(">I", len(data)) + data)""",
    "a huge reply": "import os, struct\nos.write(3, struct.pack('>I', 2**32 - 1) + b'x' * 10)",
    "half a reply": "import os, struct, time\nos.write(3, struct.pack('>I', 100) + b'{')\ntime.sleep(1)",
    "deep JSON": "import os, struct\nos.write(3, struct.pack('>I', 60000) + b'[' * 60000)",
    "os._exit": "import os\nos._exit(0)",
    "sys.exit": "import sys\nsys.exit(0)",
    "kill all": "import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "loop": "while True:\n    pass",
    "stubborn loop": "import signal\nfor n in (14, 27):\n    signal.signal(n, signal.SIG_IGN)\nwhile True:\n    pass",
    "loop of another's": "import os\nif os.fork():\n    os.wait()\nwhile True:\n    pass",
    "fork bomb": "import os\nwhile True:\n    os.fork()",
    "memory": "x = []\nwhile True:\n    x.append(bytearray(2**26))",
    "disk": "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'wb').write(bytes(2**20))",
    "output": "for _ in range(300):\n    print('x' * 10**6)",
    "a large answer": "reliability = ['x' * 1000] * 1000",
    "a deep answer": "reliability = []\nfor _ in range(10**5):\n    reliability = [reliability]",
    "a circular answer": "reliability = []\nreliability.append(reliability)",
    "nan": "reliability = (float('nan'), float('inf'))",
    "a huge number": "reliability = (10**5000, -10**400)",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_earns_nothing_and_costs_only_itself(attack, submit):
    result = submit({"2.3-1": ATTACKS[attack]})
    got = scores(result)
    assert got["2.3-1"] == 0.0
    if attack in ("builtins", "patched worker", "fork bomb", "patched judge", "a reply of one's own"):
        assert all(got[item] <= FULL[item] for item in FULL)  # it spoilt what its own process says
    else:
        assert got == LATER
    assert message_of(ITEMS["2.3-1"], result.marks["2.3-1"].verdict)


@pytest.mark.parametrize(
    "source",
    [
        "def cvar(*args):\n    while True: pass",
        "def cvar(*args):\n    import os; os.kill(os.getpid(), 9)",
        "def cvar(*args):\n    import signal as s; [s.signal(n, s.SIG_IGN) for n in (14, 27)]\n    while True: pass",
        "def cvar(*args):\n    return [0] * 10**7",
        "def cvar(*args):\n    import os; os.write(3, b'x' * 100)",
        "def cvar(*args):\n    import os, time\n    while not os.fork():\n        os.write(3, b'x'); time.sleep(.02)",
        "class cvar(float):\n    def __new__(cls, *args): return super().__new__(cls, 1)",
        "cvar = 5",
        "import gvclab.exercises.keys as k, gvclab.exercises.bank as b\n"
        "cvar = lambda *a: k.namespace(b.item('2.3-4'), ())['cvar'](*a)",
    ],
    ids=range(9),
)
def test_a_hostile_function_costs_only_itself(source, submit):
    assert scores(submit({"2.3-4": source})) == FULL | {"2.3-4": 0.0}


HANDED_BACK = {
    "the name": "from gvclab.models import sourcing\nreturn_time = sourcing.return_time",
    "a call": "from gvclab.models import sourcing\nreturn_time = lambda *a: sourcing.return_time(*a)",
    "an import inside": "def return_time(*a):\n    from gvclab.models.sourcing import return_time as f; return f(*a)",
    "a reload": "import importlib, gvclab.models.sourcing.beliefs as b\nreturn_time = importlib.reload(b).return_time",
    "an alias": "from gvclab.models.sourcing.beliefs import return_time as f\nreturn_time = lambda *a: f(*a)",
}


@pytest.mark.parametrize("source", HANDED_BACK.values(), ids=HANDED_BACK)
def test_the_librarys_model_is_no_answer(source, submit):
    result = submit({"2.3-7": source})
    assert scores(result) == FULL | {"2.3-7": 0.0}
    assert said(result, "2.3-7") == {"exercises.code.library"}


def test_what_kind_of_thing_a_function_gave_is_told(submit):
    parts = submit({"2.3-4": "def cvar(*a):\n    return [1, 2]"}).marks["2.3-4"].verdict.parts
    returned = saying("code.returned", got=saying("kind.other", kind="list"))
    assert all(part.said == (returned,) for _, part in parts)


def test_a_function_is_judged_as_it_was_at_its_check(submit):
    """Later cells use the same names for other things, as notebooks do."""
    helper = ITEMS["2.3-4"].solution.replace("np.clip(", "clipped(") + "\n\ndef clipped(*a):\n    return np.clip(*a)"
    assert scores(submit({"2.3-4": helper}, own={"2.3-5": "def clipped(*a):\n    return 0\ncvar = None"})) == FULL


def test_a_fatal_call_costs_one_property_whatever_later_cells_do(submit, monkeypatch):
    """The page is run for its functions, and once more then; it shows what its cells said the first time."""
    solution = ITEMS["2.3-4"].solution.replace("np.clip(", "clipped(")
    fatal = solution.replace("    u, p =", "    if alpha == 0:\n        os._exit(0)\n    u, p =", 1)
    helper = "def clipped(*a):\n    return np.clip(*a)\n\nimport os, time\nprint(time.monotonic_ns())"
    later = {"2.3-5": "def clipped(*a):\n    return 0\ncvar = None"}
    said, run = [], pool.Session.run

    def listen(session, source, seconds):
        ran = run(session, source, seconds)
        said.extend([ran.printed] if "monotonic_ns" in source else [])
        return ran

    monkeypatch.setattr(pool.Session, "run", listen)
    result = submit({"2.3-4": f"{fatal}\n\n{helper}"}, own=later)
    lost = [name for name, part in result.marks["2.3-4"].verdict.parts if part.status != "right"]
    assert lost == ["test_mean"]
    assert scores(result) | {"2.3-4": 5.0} == FULL
    first, second, third = said
    assert first not in (second, third) and first in result.done[NOTEBOOK].printed.values()


# A function that puts what it is called with wherever it may come out again.
TELLS = """
import mmap, os
SHARED = mmap.mmap(-1, 2**20)
def cvar(u, p, alpha):
    seen = "canary" + repr((list(map(float, u)), list(map(float, p)), float(alpha)))
    SHARED.write(seen.encode())
    print(seen)
    try:
        open(os.path.join(os.environ["HOME"], "seen"), "a").write(seen)
        os.mkdir(os.path.join(os.environ["HOME"], seen[:200].replace("/", "")))
    except OSError:
        pass
    {ends}
"""
ENDS = {
    "an error": "raise ValueError(seen)",
    "an error's name": "raise type(seen[:50], (Exception,), {})('x')",
    "a text": "return seen",
    "a list": "return [seen]",
    "a type's name": "return type(seen[:50], (), {})()",
    "a dict": "return {seen: seen}",
    "an epitaph": """import json
    said = json.dumps({"died": seen}).encode()
    os.write(3, len(said).to_bytes(4, "big") + said)""",
}
LOOKS = "print(SHARED[:].rstrip(b'\\0'), os.listdir(os.environ['HOME']))\nhopeless = str(SHARED[:99])"


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
def test_what_a_function_was_called_with_stays_hidden(ends, submit):
    result = submit({"2.3-4": TELLS.replace("{ends}", ends), "2.3-6": f"{LOOKS}\n{ITEMS['2.3-6'].answer} = hopeless"})
    told = f"{result.done[NOTEBOOK]}{result.notes}"
    assert "canary" not in told.replace(TELLS.strip(), "")
    assert scores(result)["2.3-4"] == 0


def test_a_call_that_sleeps_costs_one_property_and_is_told_as_what_it_is(submit, monkeypatch):
    source = ITEMS["2.3-4"].solution.replace(
        "    u, p =", "    if alpha == 0: import time; time.sleep(99)\n    u, p =", 1
    )
    monkeypatch.setitem(globals(), "ROOM", replace(ROOM, limits=replace(ROOM.limits, patience=5)))
    result = submit({"2.3-4": source})
    assert scores(result) | {"2.3-4": 5.0} == FULL and scores(result)["2.3-4"] > 3
    (judged,) = (part for _, part in result.marks["2.3-4"].verdict.parts if part.status != "right")
    assert [message.id for message in judged.said] == ["exercises.code.waited"]
    assert result.notes == (Message("grade.note.waited"),) and not result.is_final


def test_beside_others_what_waits_is_not_judged(submit, monkeypatch):
    """It may wait for a machine that has too much to do."""
    monkeypatch.setattr("gvclab.grading.run.grade_all", lambda works, room: engine.grade_all(works, room, alone=False))
    monkeypatch.setitem(globals(), "ROOM", replace(ROOM, limits=replace(ROOM.limits, patience=3)))
    result = submit({"2.3-1": "import time\ntime.sleep(99)"})
    assert result.done[NOTEBOOK].waited and result.notes == () and not result.is_final
    assert said(result, "2.3-2") == {"grade.reason.aside"}


def test_all_the_time_used_up_leaves_what_was_earned(submit, monkeypatch):
    hurried = replace(ROOM, limits=replace(ROOM.limits, cell=3, total=3))
    monkeypatch.setitem(globals(), "ROOM", hurried)
    result = submit({"2.3-6": "while True:\n    try:\n        while True: pass\n    except BaseException: pass"})
    got = scores(result)
    assert got["2.3-1"] == 2.0 and got["2.3-6"] == got["2.3-8"] == 0.0
    assert "grade.reason.time" in said(result, "2.3-8")


def test_a_dying_sandbox_is_tried_again_and_then_recorded(submit, monkeypatch):
    def gone(*_):
        raise pool.ParentLost

    monkeypatch.setattr(pool.Parent, "open", gone)
    result = submit({})
    assert scores(result) == dict.fromkeys(FULL, 0.0)
    assert result.failure == Message("grade.reason.parent")


def test_a_broken_checker_is_told_to_the_instructor(submit, monkeypatch):
    right = engine.judge
    monkeypatch.setattr(engine, "judge", lambda item, *a: 1 / 0 if item.id == "2.3-2" else right(item, *a))
    result = submit({})
    assert scores(result) == FULL | {"2.3-2": 0.0}
    assert result.notes == (Message("grade.note.broken", {"id": "2.3-2", "error": "ZeroDivisionError"}),)


# ----------------------------------------------------------------------------------------------- what is shown


def test_the_copy_shows_scores_hints_and_no_key(submit, assigned):
    result = submit({"2.3-1": "print('<script>')\nreliability = (0.8, '<script>alert(1)</script>')"})
    (sheet,) = result.submission.sheets
    copy = transcript(sheet.notebook, sheet.book, result.done[NOTEBOOK])
    nbformat.validate(copy)
    check = next(c for c in copy.cells if c.id == "2-3-1-check")
    assert check.outputs[0].data["text/plain"] == "0"
    assert "<script" not in check.outputs[0].data["text/html"]
    text = nbformat.writes(copy)
    assert "HIDDEN" not in text and "key=" not in text
    for item in ITEMS.values():
        for line in item.tests.splitlines():
            assert len(line) < 20 or json.dumps(line)[1:-1] not in text


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x]: JavaScript:alert(1)\n\n[x]",
        "<a href='javascript&colon;alert(1)'>x</a>",
        "![x](data:text/html,<script>alert(1)</script>)",
        "$\\href{javascript:alert(1)}{x}$",
        "<svg><animate onbegin=alert(1)>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "&amp;lt;script&amp;gt; <b onclick='alert(1)'>x</b>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<style>@import 'http://example.org'</style>",
        "<<script>script>alert(1)</script>",
        "![x](https://example.org/x.png) ![image.png](attachment:image.png)",
    ],
)
def test_markdown_runs_nothing(source):
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    page = markdown2html_mistune(harmless(source)).lower()
    assert not re.search(r"<(script|img|svg|iframe|style|object)", page)
    assert not re.search(r"<[^>]*\son\w+=", page)
    assert not re.search(r"""<[^>]*(href|src)=["']?\s*(javascript|data)""", page)
    assert "\\href" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.S)


@pytest.mark.parametrize(
    "source",
    ["Plain *text*, `code < 1`, $a < b$", "> a quote & more", "1. one\n2. two", "[x](https://example.org)", "a <br> b"],
)
def test_plain_markdown_stays(source):
    assert harmless(source) == source


@pytest.mark.parametrize(
    "source",
    [
        "".join(f"<b id={n}>" for n in range(6_000)),
        "<i></p>" * 10_000,
        "<p " + " ".join(f"a{n}=b" for n in range(9_000)),
        "$" * 90_000,
        "\\begin{a}\n" * 9_000,
    ],
    ids=["tags", "ends", "attributes", "dollars", "environments"],
)
def test_markdown_that_takes_long_to_read_is_shown_as_written(source, assigned):
    (notebook,) = assigned.notebooks
    book = nbformat.from_dict(notebook.book)
    book.cells = [nbformat.v4.new_markdown_cell(source) for _ in range(5)]
    began = time.process_time()
    copy = transcript(notebook, book, Done({}))
    assert time.process_time() - began < 5
    assert all(cell.source == f"```text\n{source}\n```" for cell in copy.cells)


def test_nothing_is_left_behind(tmp_path):
    assert not [p for p in Path("/tmp").glob("gvclab-*") if p.stat().st_mtime > tmp_path.stat().st_mtime]
