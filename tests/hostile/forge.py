"""Points out of nothing: by metadata, by patching what runs, by objects that lie, by what is said on the socket."""

from __future__ import annotations

from .corpus import FIRST, ITEMS, LATE, MINE, Book, Case, cell, fills, letter

WRONG = letter("2.3-2", right=False)


def _case(name: str, does: str, code: str = "", **more) -> Case:
    """An attack in a cell of its own, in a notebook in which nothing is answered."""
    return Case("forge", name, does, own={FIRST: code} if code else {}, blank=True, **more)


def _answers(name: str, does: str, source: str, **more) -> Case:
    """The same object as the answer to everything."""
    setup, _, value = source.rpartition("\n")
    answers = {i: f"{setup}\n{line}" for i, line in fills(all=value).items()}
    return Case("forge", name, does, answers=answers, blank=True, **more)


def _tags(book: Book) -> Book:
    for one in book["cells"]:
        one["metadata"].update(tags=["skip-execution", "raises-exception", "remove-input"], editable=False)
    return book


def _points(book: Book) -> Book:
    for one in book["cells"]:
        one["metadata"]["nbgrader"].update(points=1000, grade=True, locked=False, solution=True, checksum="0")
    return book


def _checks(book: Book) -> Book:
    for one in book["cells"]:
        if one["id"].endswith("-check"):
            one["source"] = "2.0"
            result = {"data": {"text/plain": "2.0"}, "output_type": "execute_result", "metadata": {}}
            one["outputs"] = [{**result, "execution_count": 1}]
    return book


def _setup(book: Book) -> Book:
    cell(book, "setup")["source"] = "check = given = lambda *a, **k: 5.0\nimport numpy as np"
    return book


def _stolen_names(book: Book) -> Book:
    """Every cell claims to be a check, in the release's own words."""
    for n, one in enumerate(book["cells"]):
        one["metadata"]["nbgrader"]["grade_id"] = f"2-3-{n % 9 + 1}-check"
        one["source"] = "5.0"
    return book


LIE = """
class Lie(float):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = lambda *a: True
    __ne__ = lambda *a: False
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __abs__ = __float__ = lambda *a: Lie(0.5)
    __bool__ = lambda *a: True
    __hash__ = float.__hash__
    __class__ = float
"""

# The car may stand in both classes, no other good.
GOODS = [term.text for term in ITEMS["2.1-5"].terms]
BOTH = round(ITEMS["2.1-5"].points / len(ITEMS["2.1-5"].terms), 6)

CASES = [
    _case("tags", "Tags every cell so that nbgrader would not run it.", edit=_tags),
    _case("points", "Writes a thousand points and no locks into the metadata.", edit=_points),
    _case("check cells", "Puts a number in the place of every check, with its output.", edit=_checks),
    _case("setup cell", "Puts a check of its own into the set-up.", edit=_setup),
    _case("names of checks", "Gives every cell the grade id of a check.", edit=_stolen_names, at_most=True),
    _case(
        "patched check",
        "Replaces check, judge, Score and given wherever they can be imported from.",
        """
import builtins, sys
for module in [m for n, m in sys.modules.items() if n.startswith("gvclab")]:
    for name in ("check", "judge", "given", "verdict", "together", "Score", "numbers", "item", "load", "namespace"):
        if hasattr(module, name):
            setattr(module, name, lambda *a, **k: 5.0)
check = judge = builtins.check = lambda *a, **k: 5.0""",
    ),
    _case(
        "patched plain",
        "Lets the worker say what is wanted of every answer.",
        f"""
import sys, gc
for module in list(sys.modules.values()):
    for name in ("plain", "tag", "_value", "call", "_run"):
        if str(getattr(module, "__name__", "")).startswith("gvclab"):
            setattr(module, name, lambda *a: {{"value": {WRONG!r}, "function": True, "score": 9, "verdict": "right"}})
for function in [f for f in gc.get_objects() if getattr(f, "__name__", "") in ("_value", "call")]:
    try:
        function.__code__ = (lambda *a: {{"value": 1.0, "function": True}}).__code__
    except Exception:
        pass""",
    ),
    _case(
        "frames",
        "Walks up the stack into the worker and rewrites its names.",
        """
import sys
frame = sys._getframe()
while frame:
    for name in ("_value", "_serve", "call", "_reply"):
        if name in frame.f_globals:
            frame.f_globals[name] = lambda *a: None
    frame = frame.f_back""",
    ),
    _case(
        "numpy patched",
        "Makes numpy and math call everything close and equal.",
        """
import math, numpy as np, builtins
np.allclose = np.isclose = math.isclose = lambda *a, **k: True
np.asarray = np.array = lambda *a, **k: 1.0
builtins.abs = lambda x: 0
builtins.isinstance = lambda *a: True""",
    ),
    _case(
        "replies ahead of time",
        "Writes well-formed replies that claim scores before anything is asked.",
        """
import json, os, struct
for reply in ({"error": None, "printed": ""}, {"score": 5, "verdict": {"score": 1, "status": "right"}, "value": 1}) * 9:
    data = json.dumps(reply).encode()
    os.write(3, struct.pack(">I", len(data)) + data)""",
    ),
    _case(
        "replies from a thread",
        "Answers in the worker's stead for as long as it lives.",
        """
import json, os, struct, threading
def talk():
    data = json.dumps({"value": "E", "function": True, "replies": [{"value": 1.0}] * 200, "score": 5}).encode()
    while True:
        os.write(3, struct.pack(">I", len(data)) + data)
threading.Thread(target=talk, daemon=True).start()""",
    ),
    _case(
        "tagged replies",
        "Answers with the marks that plain data carry on the way.",
        """
import json, os, struct
data = json.dumps({"value": {"\\0gvclab": "set", "items": [{"\\0gvclab": "other", "kind": "<b>float</b>"}] * 99}}).encode()
os.write(3, struct.pack(">I", len(data)) + data)""",
    ),
    _case(
        "half a reply",
        "Sends a length and a brace, and sleeps.",
        """
import os, struct, time
os.write(3, struct.pack(">I", 500) + b"{")
time.sleep(60)""",
    ),
    _case("a huge length", "Announces four gigabytes.", "import os\nos.write(3, b'\\xff' * 64)"),
    _case(
        "deep JSON",
        "Replies with brackets sixty thousand deep.",
        """
import os, struct
os.write(3, struct.pack(">I", 60000) + b"[" * 60000)""",
    ),
    _case(
        "reads the commands",
        "Reads what the grader says to the worker, and answers.",
        """
import os, struct, json, threading
def listen():
    while True:
        os.read(3, 65536)
        data = json.dumps({"value": 0.5, "function": True}).encode()
        os.write(3, struct.pack(">I", len(data)) + data)
threading.Thread(target=listen, daemon=True).start()""",
    ),
    _case(
        "environment",
        "Sets what a notebook learns of grader and student from.",
        """
import os
os.environ.update(NBGRADER_EXECUTION="autograde", GVCLAB_SALT="", GVCLAB_STUDENT="", GVCLAB_LANGUAGE="../..")""",
    ),
    _answers("lying numbers", "Every answer is a float that is equal to everything.", LIE + "(Lie(9), Lie(9), Lie(9))"),
    _answers(
        "lying class",
        "Every answer claims another class.",
        """
class Claim:
    __class__ = property(lambda self: float)
    __float__ = __index__ = lambda self: 1
    __eq__ = lambda *a: True
    __call__ = lambda *a: Claim()
Claim()""",
    ),
    _answers(
        "metaclass",
        "Every answer is a class whose metaclass says yes to everything.",
        """
class Yes(type):
    __instancecheck__ = __subclasscheck__ = __eq__ = lambda *a: True
    __hash__ = type.__hash__
    __name__ = "float"
class Thing(metaclass=Yes): pass
Thing""",
    ),
    _answers(
        "lying containers",
        "Lists, tuples and dicts that are longer for whoever asks.",
        """
class Tuple(tuple):
    __len__ = lambda self: 3
    __iter__ = lambda self: iter(("home", "far", "P2"))
    __getitem__ = lambda self, at: "home"
    __eq__ = lambda *a: True
    __hash__ = tuple.__hash__
Tuple()""",
    ),
    _answers(
        "lying dict",
        "A dict that has every key.",
        """
class Everything(dict):
    __contains__ = __eq__ = lambda *a: True
    __missing__ = __getitem__ = get = lambda *a: 0.5
    keys = items = values = lambda self: [("q_home", 0.3)]
Everything(a=1)""",
    ),
    _answers(
        "a score",
        "Every answer is a Score with a verdict of its own.",
        """
from gvclab.exercises import Score, Verdict
Score(Verdict(1.0, "right"), type("Item", (), {"points": 99}))""",
    ),
    _answers("nan", "Every answer is not a number.", "\n(float('nan'), float('nan'), float('nan'))"),
    _answers("infinity", "Every answer is infinite, as text and number.", "\n('inf', float('-inf'), '1e999/1e-999')"),
    _answers("huge numbers", "Every answer has ten million digits.", "\n(10**10_000_000, 1 << 10**7, -(10**400))"),
    _answers("all letters", "Chooses every option, names every word.", "\n['A', 'B', 'C', 'D', 'home', 'far', 'P2']"),
    _answers("infinite iterator", "Every answer never ends.", "import itertools\nitertools.count()"),
    _answers("generator", "Every answer is a generator of numbers.", "\n(x / 1000 for x in range(1000))"),
    _answers("cycle", "Every answer holds itself.", "a = []; a.append(a); b = {'a': a}; a.append(b)\n[a, b, a]"),
    _answers("deep", "Every answer is a hundred thousand lists deep.", "a = []\nfor _ in range(10**5): a = [a]\na"),
    _answers(
        "object arrays",
        "Every answer is an array of objects that lie.",
        LIE
        + """
import numpy as np
np.array([Lie(1), Lie(2), Lie(3)], dtype=object).view(np.ma.MaskedArray)""",
    ),
    _answers(
        "pandas",
        "Every answer is a table, an extension array, an index.",
        """
import pandas as pd
pd.DataFrame({"a": [1, 2, 3]})""",
    ),
    _answers("bytes", "Every answer is bytes, complex, a slice, a module.", "import sys\n(b'home', 1j, sys)"),
    _answers(
        "brackets", "Every answer is text that is slow to read as an arrow.", "\n'(' * 9000 + '+' + ')' * 9000 + 'x'"
    ),
    _answers(
        "strangers",
        "Every answer is thousands of arrows between boxes that are nearly known.",
        """
[("foreign specific riks%d" % k, "substitutabilty%d" % k) for k in range(900)]""",
    ),
    _answers(
        "pickle",
        "Every answer runs code where it is unpickled.",
        """
class Trap:
    __reduce__ = lambda self: (__import__("os").system, ("touch /tmp/gvclab-hostile-pickle",))
    __call__ = lambda self, *a: Trap()
Trap()""",
    ),
    Case(
        "forge",
        "all arrows",
        "Draws every arrow there is that makes no circle.",
        blank=True,
        answers={
            "2.3-9": """
boxes = ["home shock", "foreign-specific risk", "crisis", "perceived risk", "security weight", "substitutability",
         "switching cost", "localisation", "foreign share", "back-up supplier", "tail risk", "persistence", "no risk"]
links = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1:]]"""
        },
    ),
    Case(
        "forge",
        "settings outside",
        "Reads the model where there is nothing to read.",
        blank=True,
        answers={
            "2.3-5": "nan = float('nan')\nfinding = dict(q_home=nan, phi='1e400', w=[0.5], home_share=nan, cvar=nan, refuted='home')"
        },
    ),
    Case(
        "forge",
        "every class",
        "Sorts every good into all classes at once.",
        answers={
            "2.1-5": f"""
animals = {{good: {{"snake", "spider"}} for good in {GOODS!r}}}"""
        },
        earns={"2.1-5": BOTH},
    ),
    Case(
        "forge",
        "every class in a list",
        "The same in lists.",
        answers={
            "2.1-5": f"""
animals = {{good: ["snake", "spider"] for good in {GOODS!r}}}"""
        },
        earns={"2.1-5": BOTH},
    ),
    Case(
        "forge",
        "changed later",
        "Changes an answer after its check, and the functions' helpers too.",
        own={LATE: "reliability = shortage = None\ndef cvar(*a): return 5\nnp.asarray = None"},
        at_most=True,
    ),
]


def _function(name: str, does: str, body: str, earns: float = 0.0, **more) -> Case:
    return Case("forge", name, does, answers={"2.3-4": body}, earns={"2.3-4": earns}, **more)


CASES += [
    _function("lying result", "A function whose value is equal to everything.", LIE + "def cvar(*a): return Lie(-1)"),
    _function(
        "input returned",
        "A function that gives its input back, changed.",
        """
def cvar(u, p, alpha):
    u *= 0
    return u""",
    ),
    _function("constant", "A function that is the same everywhere.", "def cvar(*a): return 1"),
    _function("infinite result", "A function that is infinite everywhere.", "def cvar(*a): return float('inf')"),
    _function(
        "random",
        "A function that says something else at each call.",
        """
import random
def cvar(*a): return random.random() * 3""",
    ),
    _function(
        "counts its calls",
        "A function that remembers its calls and repeats what was said before.",
        """
said = []
def cvar(u, p, alpha):
    said.append(max(u) * len(said))
    return said[len(said) // 2]""",
    ),
    _function(
        "looks for the reference",
        "A function that looks in the stack and the heap for another of its name.",
        """
def cvar(*a):
    import gc, sys
    frame = sys._getframe()
    while frame:
        for names in (frame.f_locals, frame.f_globals):
            for name in ("reference", "right", "cvar", "f"):
                found = names.get(name)
                if callable(found) and found is not cvar and getattr(found, "__code__", None) is not cvar.__code__:
                    return found(*a)
        frame = frame.f_back
    for thing in gc.get_objects():
        if callable(thing) and getattr(thing, "__name__", "") == "cvar" and thing.__module__ != "gvclab.models.sourcing.portfolio":
            if thing is not cvar:
                return thing(*a)""",
    ),
    _function(
        "asks the key",
        "A function that runs the solution from the library.",
        """
def cvar(*a):
    from gvclab.exercises import bank, keys
    return keys.namespace(bank.item("2.3-4"), ())["cvar"](*a)""",
    ),
    _function(
        "a class",
        "A class in the place of the function.",
        """
class cvar(float):
    def __new__(cls, *a): return super().__new__(cls, 1)""",
    ),
    _function(
        "writes the reply",
        "A function that writes the replies of all its calls itself.",
        """
def cvar(*a):
    import json, os, struct
    data = json.dumps({"replies": [{"value": 1.0, "verdict": "right"}] * 1000, "value": 1.0}).encode()
    os.write(3, struct.pack(">I", len(data)) + data)
    return 1.0""",
        at_most=True,
    ),
]
assert all(case.expected[i] == 0 for case in CASES if case.blank for i in MINE)
