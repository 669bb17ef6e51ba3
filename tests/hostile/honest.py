"""Honest work that looks odd: no mark may be lost."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from .corpus import ASSIGNMENT, FIRST, HONEST, ITEMS, MINE, NOTEBOOK, RELEASED, Case, cell, code, released


def _own(name: str, does: str, own: dict[str, str] | None = None, **more) -> Case:
    return Case("honest", name, does, own=own or {}, **more)


def _edit(name: str, does: str, change, **more) -> Case:
    return Case("honest", name, does, edit=lambda book: change(book) or book, **more)


def _bytes(name: str, does: str, change, **more) -> Case:
    return Case("honest", name, does, edit=lambda book: change(json.dumps(book, indent=1, ensure_ascii=False)), **more)


def _named(file: str, name: str, does: str, **more) -> Case:
    def put(folder):
        (folder / f"{NOTEBOOK}.ipynb").rename(folder / file)

    return Case("honest", name, does, files=put, note="note.renamed", **more)


def _each(change):
    def edit(book):
        for one in book["cells"]:
            change(one)

    return edit


def _answers(book):
    return [cell(book, i.replace(".", "-")) for i in MINE]


def _colab(book):
    book["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for n, one in enumerate(book["cells"]):
        del one["id"]
        one["metadata"] |= {"id": f"Xy{n}", "colab": {"base_uri": "https://localhost:8080/"}}
        one["source"] = one["source"].splitlines(keepends=True)


def _picture(book):
    cell(book, "2-3-10").update(
        source="Look:\n\n![image.png](attachment:image.png)", attachments={"image.png": {"image/png": "iVBORw0KGgo="}}
    )


def _split(book):
    """The first half of an answer in a copy of its cell, the second in the cell."""
    one = cell(book, "2-3-6")
    first, second = one["source"].split("abroad =")
    book["cells"].insert(book["cells"].index(one), {**one, "id": "split-off", "source": first})
    one["source"] = "abroad =" + second


def _split_plain(book):
    """The same, where the new cell has no name."""
    one = cell(book, "2-3-6")
    first, second = one["source"].split("abroad =")
    book["cells"].insert(book["cells"].index(one), code(first))
    one["source"] = "abroad =" + second


def _merged(book):
    """Prompt, answer and check of an item merged into one cell."""
    one, check = cell(book, "2-3-3"), cell(book, "2-3-3-check")
    one["source"] += "\n" + check["source"]
    book["cells"].remove(check)
    book["cells"].remove(cell(book, "2-3-3-prompt"))


def _beside(where: int, essay: bool = False):
    """The answer in a cell of one's own so far from the answer cell, which is left as it was."""

    def edit(book):
        one = cell(book, "2-3-10" if essay else "2-3-2")
        own = code(one["source"], one["cell_type"])
        one["source"] = ITEMS["2.3-2"].shown_stub if not essay else cell(released(NOTEBOOK), "2-3-10")["source"]
        book["cells"].insert(book["cells"].index(one) + where, own)

    return edit


def _merged_upwards(book):
    """An answer merged into its check, and another into the answer before it."""
    one, check = cell(book, "2-3-3"), cell(book, "2-3-3-check")
    check["source"] = one["source"] + "\n" + check["source"]
    cell(book, "2-3-1")["source"] += "\n" + cell(book, "2-3-2")["source"]
    book["cells"].remove(one)
    book["cells"].remove(cell(book, "2-3-2"))


def _imports(book):
    """An import in the set-up, which an answer needs."""
    cell(book, "setup")["source"] += "\nimport math"
    cell(book, "2-3-2")["source"] = "math.pi\n" + cell(book, "2-3-2")["source"]


def _in_a_folder(folder: Path) -> None:
    (folder / ASSIGNMENT).mkdir()
    (folder / f"{NOTEBOOK}.ipynb").rename(folder / ASSIGNMENT / f"{NOTEBOOK}.ipynb")


def _copied(book):
    book["cells"] += [dict(cell(book, "2-3-1")), dict(cell(book, "2-3-1-check")), dict(cell(book, "2-3-4"))]


def _what_if(book):
    tried = {**cell(book, "2-3-1"), "id": "tried", "source": "reliability = (0.5, 0.5)"}
    book["cells"].insert(book["cells"].index(cell(book, "2-3-1-check")) + 1, tried)


def _copy_as_helper(book):
    """It needs what another answer has made; a third one needs it."""
    helper = {**cell(book, "2-3-1"), "id": "helper", "source": "weights = [g.home]\ndef odds(p): return p / (1 - p)"}
    book["cells"].insert(book["cells"].index(cell(book, "2-3-7-prompt")), helper)
    one = cell(book, "2-3-7")
    one["source"] = one["source"].replace("if a / (a + b) < pbar", "if a / b < odds(pbar)")


def _lost(book):
    """An answer cell was deleted and written anew."""
    one = cell(book, "2-3-4")
    book["cells"][book["cells"].index(one)] = code(one["source"])


def _no_prompts(book):
    book["cells"] = [one for one in book["cells"] if one["id"] in {i.replace(".", "-") for i in MINE}]


def _outputs(one):
    if one["cell_type"] == "code":
        one["outputs"] = [
            {"output_type": "stream", "name": "stderr", "text": "FutureWarning: old\n"},
            {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["x"]},
        ]
        one["execution_count"] = 7


_WARN = "import warnings, sys, logging\nwarnings.warn('old', FutureWarning)\nprint('!', file=sys.stderr)\nlogging.warning('!')\n"


def _on_a_copy(folder: Path) -> None:
    (folder / f"{NOTEBOOK}.ipynb").rename(folder / f"{NOTEBOOK}-Copy1.ipynb")
    (folder / f"{NOTEBOOK}.ipynb").write_text(RELEASED[NOTEBOOK], encoding="utf-8")


def _with_others(folder: Path) -> None:
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / f".ipynb_checkpoints/{NOTEBOOK}-checkpoint.ipynb").write_text("{}")
    (folder / "notes.txt").write_text("x")
    (folder / "Untitled.ipynb").write_text("")


CASES = [
    Case("honest", "as it is", "Solves everything."),
    Case("honest", "blank", "Hands in the notebook as it was.", blank=True),
    _own(
        "warnings",
        "Warns and writes to stderr, in cells and in functions.",
        dict.fromkeys(MINE, _WARN),
        answers={
            "2.3-4": HONEST["2.3-4"].replace(
                "    left, total", "    " + _WARN.replace("\n", "; ").rstrip("; ") + "\n    left, total", 1
            )
        },
    ),
    _own(
        "warnings are errors",
        "Turns its warnings into errors, and never warns.",
        {FIRST: "import warnings\nwarnings.simplefilter('error')"},
    ),
    _own(
        "errors of its own",
        "Has cells that stop with errors.",
        {
            FIRST: "1 / 0",
            "2.3-3": "this is a note to myself",
            "2.3-5": "open('data.csv')",
            "2.3-7": "raise SystemExit",
            "2.3-9": "exit()",
        },
    ),
    _own(
        "magics",
        "Uses magics, shell lines and help.",
        {
            FIRST: "%matplotlib inline\n%load_ext autoreload\n!pip install pandas",
            "2.3-3": "%%time\nx = 1",
            "2.3-4": "sourcing?\n%timeit -n1 1",
        },
    ),
    _own(
        "panels",
        "Shows the lab and clicks arrows in cells of its own.",
        {
            "2.3-5": "FrontierLab()",
            "2.3-9": 'causal_graph("2.3-9")',
        },
    ),
    _own(
        "checks of its own",
        "Calls check again in cells of its own.",
        {"2.3-2": 'check("2.3-1", reliability)\nassert check("2.3-1", reliability)'},
    ),
    _own("await", "Waits for something.", {FIRST: "import asyncio\nawait asyncio.sleep(0)"}),
    _own(
        "helper",
        "Has a helper in a cell of its own.",
        {FIRST: "def power(x, n):\n    return x ** n"},
        answers={"2.3-1": 'n, p = given("2.3-1")\nreliability = power(1 - p, n), power(1 - p * p, n)'},
    ),
    _own(
        "units as text",
        "Answers in per cent and fractions.",
        answers={
            "2.3-1": HONEST["2.3-1"] + "\nreliability = tuple(f'{100 * x:.6f} %' for x in reliability)",
            "2.3-2": HONEST["2.3-2"] + "\nspreading = f' ({spreading.lower()}) '",
        },
    ),
    _own(
        "arrays",
        "Answers with arrays, series and numpy's numbers.",
        answers={
            "2.3-1": HONEST["2.3-1"] + "\nreliability = np.array(reliability)",
            "2.3-3": HONEST["2.3-3"] + "\nimport pandas as pd\ncritical = pd.Series(list(critical.values()))",
            "2.3-4": HONEST["2.3-4"].replace("return total", "return np.float32(0) + np.array(total)"),
        },
    ),
    _own(
        "lambda",
        "Writes a function as a lambda.",
        answers={"2.3-4": HONEST["2.3-4"].replace("def cvar", "def mine") + "\ncvar = lambda *a: mine(*a)"},
    ),
    _own(
        "function in a class",
        "Writes a function as a method and with a cache.",
        answers={"2.3-7": "import functools\n@functools.lru_cache" + HONEST["2.3-7"]},
    ),
    _own(
        "error after the answer",
        "Has an error in an answer's cell, after the answer.",
        answers={"2.3-1": HONEST["2.3-1"] + "\nprint(undefined)"},
    ),
    _own(
        "hints of later",
        "Has hints that name classes defined later, as a __future__ in an earlier cell allows.",
        {FIRST: "from __future__ import annotations\nclass Chain:\n    def next(self, other: Chain) -> Later: ..."},
        answers={"2.3-4": HONEST["2.3-4"].replace("u, p, alpha)", "u: Losses, p: Losses, alpha: float) -> Risk")},
    ),
    _own(
        "file of helpers",
        "Writes a module by a magic and imports it.",
        {FIRST: "%%writefile helpers.py\ndef power(x, n):\n    return x ** n"},
        answers={
            "2.3-1": 'from helpers import power\nn, p = given("2.3-1")\nreliability = power(1 - p, n), power(1 - p * p, n)'
        },
    ),
    _own(
        "file that is run",
        "Writes a file by a magic and runs it.",
        {FIRST: "%%writefile helpers.py\ndef power(x, n):\n    return x ** n", "2.3-3": "%run -i helpers.py"},
        answers={"2.3-3": HONEST["2.3-3"] + "\ncritical = {k: power(v, 1) for k, v in critical.items()}"},
    ),
    _own(
        "last value",
        "Goes on with the last value shown.",
        {FIRST: 'given("2.3-1")'},
        answers={"2.3-1": "n, p = _\nreliability = (1 - p) ** n, (1 - p * p) ** n"},
    ),
    _own(
        "shell by import",
        "Imports IPython's get_ipython, as programs write it that make cells of a script.",
        answers={
            "2.3-1": "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')"
            + HONEST["2.3-1"]
        },
    ),
    _own(
        "source asked for",
        "Shows how a function of its own was written.",
        answers={
            "2.3-1": """
import inspect

def survives(p, n):
    return (1 - p) ** n

assert "(1 - p) ** n" in inspect.getsource(survives)
"""
            + HONEST["2.3-1"]
        },
    ),
    _own(
        "exact arithmetic",
        "Reckons in fractions and decimals.",
        answers={
            "2.3-1": """
from decimal import Decimal
from fractions import Fraction
n, p = given("2.3-1")
reliability = ((1 - Decimal(str(p))) ** n, (1 - Fraction(str(p)) ** 2) ** n)"""
        },
    ),
    _own(
        "named results",
        "Answers with named tuples and records made by classes of its own.",
        answers={
            "2.3-1": HONEST["2.3-1"]
            + """
from dataclasses import astuple, dataclass
@dataclass
class Result:
    one: float
    two: float
reliability = astuple(Result(*reliability))""",
            "2.3-3": HONEST["2.3-3"]
            + "\nfrom typing import NamedTuple\nclass Point(NamedTuple):\n    x: float\n    r: float\ncritical = Point(**critical)",
        },
    ),
    _own(
        "recursion",
        "Writes a function by recursion, with a helper inside.",
        answers={
            "2.3-4": """
def cvar(u, p, alpha):
    def taken(worst, left):
        if not worst or left <= 0:
            return 0.0
        (loss, chance), *others = worst
        part = min(chance, left)
        return part * loss + taken(others, left - part)
    return taken(sorted(zip(u, p), reverse=True), 1 - alpha) / (1 - alpha)"""
        },
    ),
    _own(
        "data frame",
        "Writes a function with pandas and a constant of its own.",
        answers={
            "2.3-4": """
import pandas as pd
WHOLE = 1
def cvar(u, p, alpha):
    law = pd.DataFrame({"u": u, "p": p}).sort_values("u", ascending=False)
    before = law.p.cumsum() - law.p
    return (np.minimum(law.p, (WHOLE - alpha - before).clip(lower=0)) * law.u).sum() / (WHOLE - alpha)"""
        },
    ),
    _own(
        "linear programme",
        "Writes a function that solves a linear programme, imported inside.",
        answers={
            "2.3-4": """
def cvar(u, p, alpha):
    from scipy.optimize import linprog
    most = [(0, chance / (1 - alpha)) for chance in p]
    return -linprog(-np.asarray(u), A_eq=[np.ones(len(u))], b_eq=[1], bounds=most).fun"""
        },
    ),
    _own(
        "model beside the function",
        "Compares with the library's model in the cell of the function, before and after.",
        answers={
            "2.3-4": "risk = sourcing.create_sourcing()\nprint(sourcing.cvar([0, 1, 3], [.5, .3, .2], .6))\n"
            + HONEST["2.3-4"]
            + "\nassert abs(cvar([0, 1, 3], [.5, .3, .2], .6) - sourcing.cvar([0, 1, 3], [.5, .3, .2], .6)) < 1e-9",
        },
    ),
    _own(
        "figures",
        "Shows figures in the cells of its answers, and asks the terminal how wide it is.",
        answers={
            "2.3-1": "import sys\nimport plotly.graph_objects as go\ngo.Figure(go.Scatter(y=[1, 2])).show()\n"
            + "assert sys.stdout.encoding.lower() == 'utf-8' and not sys.stdout.isatty()"
            + HONEST["2.3-1"]
        },
    ),
    _own("prints a lot", "Prints tables.", {FIRST: "for n in range(20_000): print(n, n**2)"}),
    _own("takes its time", "Takes a second.", {FIRST: "import time\ntime.sleep(1)"}),
    _own(
        "random",
        "Uses random numbers and a progress bar.",
        {FIRST: "import random, sys\nrandom.seed(1)\nsys.stdout.write('\\r50 %')\nsys.stdout.flush()"},
    ),
    _own(
        "greek",
        "Names things in Greek and Chinese.",
        {FIRST: "φ = 0.5\n价值链 = 'Wertschöpfung — ünïcödé 🌍'\nprint(φ, 价值链)"},
    ),
    _own(
        "type hints",
        "Has hints, docstrings and decorators.",
        answers={"2.3-2": HONEST["2.3-2"].replace("spreading =", "spreading: str =")},
    ),
    _own(
        "form feeds",
        "Has form feeds between paragraphs, as some editors set them.",
        answers={"2.3-1": "\f" + HONEST["2.3-1"].lstrip().replace("for _", "\f\nfor _")},
    ),
    _bytes("byte-order mark", "Saved with a byte-order mark.", lambda text: text.encode("utf-8-sig"), note="."),
    _bytes(
        "line ends",
        "Saved with the line ends of Windows.",
        lambda text: text.replace("\\n", "\\r\\n").replace("\n", "\r\n").encode(),
    ),
    _bytes(
        "old line ends", "Saved with the line ends of an old Mac.", lambda text: text.replace("\\n", "\\r").encode()
    ),
    _bytes("one line", "Saved in one line.", lambda text: json.dumps(json.loads(text), separators=(",", ":")).encode()),
    _bytes(
        "blanks around", "Saved with blanks around.", lambda text: b"\n\n  " + text.encode() + b"\n\0\n", at_most=True
    ),
    _named(f"{NOTEBOOK} (1).ipynb", "renamed by the browser", "Downloaded twice, so that a number is in its name."),
    _named("Diversification_FINAL_v2.IPYNB", "renamed by the student", "Has a name of its own."),
    _named(f"{NOTEBOOK}.ipynb.ipynb", "suffix twice", "Has its suffix twice."),
    _named(f"{NOTEBOOK}.ipynb.txt", "suffix of a text", "Got a second suffix from the browser."),
    _named(f"{NOTEBOOK}.ipynb.json", "suffix of json", "Got another second suffix from the browser."),
    Case(
        "honest",
        "folder in the folder",
        "Unpacked an archive, which left a folder in the folder.",
        note="note.renamed",
        files=_in_a_folder,
    ),
    Case(
        "honest",
        "worked on a copy",
        "Worked on a copy; the notebook as fetched lies beside it.",
        note="note.renamed",
        files=_on_a_copy,
    ),
    Case(
        "honest",
        "checkpoints beside",
        "Has Jupyter's checkpoints and other files beside it.",
        files=_with_others,
    ),
    _edit("copied cells", "Copied answers and checks to the end.", _copied, note="."),
    _edit("what if", "Tried other numbers in a copy of an answer, below its check.", _what_if, note="."),
    _edit("copy as a helper", "Wrote a helper into a copy of another answer.", _copy_as_helper, note="."),
    _edit("picture in the essay", "Pasted a picture into the essay.", _picture),
    _edit("lost cell", "Deleted an answer's cell and wrote it anew.", _lost, note="."),
    _edit("lost checks and prompts", "Deleted all but the answers.", _no_prompts),
    _edit("reordered", "Has the items in another order.", lambda book: book["cells"].reverse()),
    _edit("split", "Split an answer over two cells, as Jupyter splits them.", _split, note="."),
    _edit("split plainly", "Split an answer over two cells, the first without a name.", _split_plain),
    _edit("merged", "Merged an answer with its check and lost the prompt.", _merged),
    _edit(
        "merged upwards",
        "Merged answers into a check and into another answer.",
        _merged_upwards,
        note="note.elsewhere.*2.3-3",
    ),
    _edit("answer above", "Answered above the answer cell.", _beside(0), note="note.elsewhere"),
    _edit("answer below", "Answered below the answer cell.", _beside(1), note="note.elsewhere"),
    _edit("answer below the check", "Answered below the check.", _beside(2), note="note.elsewhere"),
    _edit("essay below", "Wrote the essay into a cell of its own.", _beside(1, essay=True), note="note.found"),
    _edit("import in the set-up", "Wrote an import into the first cell.", _imports),
    _edit(
        "lines without ends",
        "Has its sources as lists of lines that do not end, as some programs write them.",
        _each(lambda one: one.update(source=one["source"].splitlines())),
    ),
    _edit(
        "retyped as Markdown",
        "Turned answers into Markdown.",
        lambda book: [c.update(cell_type="markdown") for c in _answers(book)] and None,
        note=".",
    ),
    _edit(
        "retyped as raw",
        "Turned answers into raw text.",
        lambda book: [c.update(cell_type="raw") for c in _answers(book)] and None,
        note=".",
    ),
    _edit(
        "essay retyped",
        "Turned the essay into code.",
        lambda book: cell(book, "2-3-10").update(cell_type="code"),
        note=".",
    ),
    _edit(
        "edited prompts",
        "Wrote into prompts, checks and the set-up.",
        lambda book: (
            [
                c.update(source=c["source"] + "\n\nMy note.")
                for c in book["cells"]
                if c["id"].endswith(("-prompt", "-check", "setup"))
            ]
            and None
        ),
    ),
    _edit("no metadata", "Lost all metadata.", _each(lambda one: one.update(metadata={}))),
    _edit("no ids", "Lost all ids.", _each(lambda one: one.pop("id"))),
    _edit("neither", "Lost metadata and ids.", _each(lambda one: (one.pop("id"), one.update(metadata={}))), note="."),
    _edit(
        "new ids",
        "Has new ids, as some editors give them.",
        _each(lambda one: one.update(id=uuid.uuid5(uuid.NAMESPACE_DNS, one["id"]).hex[:8])),
    ),
    _edit("colab", "Comes from Colab.", _colab),
    _edit("vs code", "Comes from VS Code.", _each(lambda one: one["metadata"].update(vscode={"languageId": "python"}))),
    _edit(
        "jupyterlite",
        "Comes with trusted marks, widgets and slides.",
        _each(
            lambda one: one["metadata"].update(
                trusted=True,
                slideshow={"slide_type": "slide"},
                ExecuteTime={"start_time": "2031"},
                scrolled=True,
                tags=["x"],
            )
        ),
    ),
    _edit("executed", "Was run, with warnings and errors in the outputs.", _each(_outputs)),
    _edit(
        "other kernel",
        "Says that it is for another kernel.",
        lambda book: book["metadata"].update(
            kernelspec={"name": "conda-env-gvc", "display_name": "R"}, language_info={"name": "R", "version": "2.7"}
        ),
    ),
    _edit("format 4.0", "Is of an older format 4.", lambda book: book.update(nbformat_minor=0)),
    _edit(
        "sources as lists",
        "Has its sources as lists of lines.",
        _each(lambda one: one.update(source=one["source"].splitlines(keepends=True))),
    ),
    _edit(
        "many cells",
        "Has two hundred cells of its own.",
        lambda book: book["cells"].extend(code(f"trial_{n} = {n}") for n in range(200)),
    ),
    _edit(
        "empty cells",
        "Has empty cells everywhere.",
        lambda book: [book["cells"].insert(n, code("")) for n in range(0, 40, 2)] and None,
    ),
    _edit(
        "answer tried twice",
        "Kept a first try in a copy above the answer.",
        lambda book: book["cells"].insert(
            book["cells"].index(cell(book, "2-3-1")), {**cell(book, "2-3-1"), "source": "reliability = (0, 0)"}
        ),
        note=".",
    ),
    _edit(
        "stub copied below",
        "Has a copy of the untouched answer below the answer.",
        lambda book: book["cells"].append({**cell(book, "2-3-1"), "source": ITEMS["2.3-1"].stub}),
        at_most=False,
    ),
]
