"""Answers taken from elsewhere: from a neighbour, from the instructor's files, from the grader, from the library."""

from __future__ import annotations

import json
import os
from pathlib import Path

from gvclab.exercises.variants import Identity, drawn

from ..whole import PARTS
from .corpus import FIRST, HONEST, ITEMS, NOTEBOOK, ROOT, Case

SALT = "0139" * 16  # of the class
VICTIM = "bystander-0"
_NUMBERS = {"2.3-1": "reliability", "2.3-3": "critical", "2.3-6": "shortage"}


def _with_numbers_of(student: str, salt: str) -> dict[str, str]:
    """Right answers, but to somebody else's numbers."""
    theirs = drawn(ITEMS.values(), Identity(student, salt))
    head = "from types import SimpleNamespace\n"

    def given(item: str) -> str:
        kind = "SimpleNamespace" if item == "2.3-6" else "tuple"
        values = theirs[item]
        return f"SimpleNamespace(**{values!r})" if kind == "SimpleNamespace" else repr(tuple(values.values()))

    return {i: head + HONEST[i].replace(f'given("{i}")', given(i)) for i in _NUMBERS}


def _instead(make):
    """Something else than a file in the notebook's place."""

    def put(folder: Path) -> None:
        (folder / f"{NOTEBOOK}.ipynb").unlink(missing_ok=True)
        make(folder)

    return put


def _reads(name: str, does: str, code: str) -> Case:
    """An attempt to read something; what it finds becomes the answers."""
    return Case(
        "steal",
        name,
        does,
        blank=True,
        own={
            FIRST: f"loot = ''\ntry:\n    loot = {code}\nexcept BaseException as e:\n    print(type(e).__name__)\nprint(str(loot)[:5000])"
        },
        answers={i: f"{item.answer} = loot" for i, item in ITEMS.items() if i in ("2.3-1", "2.3-9")},
    )


_neighbour = f"submitted/{VICTIM}/section-2/{NOTEBOOK}.ipynb"
_WALK = """[(p, open(p, errors="ignore").read(9999)) for d in {places!r} for r, _, fs in __import__("os").walk(d)
            for p in [r + "/" + f for f in fs]]"""

CASES = [
    Case(
        "steal",
        "neighbours numbers",
        "Copies a neighbour's results.",
        answers=_with_numbers_of(VICTIM, SALT),
        earns={"2.3-1": 0.0, "2.3-3": 0.0, "2.3-6": 1.0},
        at_most=True,
    ),
    Case(
        "steal",
        "everybodys numbers",
        "Answers for the numbers that stand in the text.",
        answers=_with_numbers_of("", ""),
        earns={"2.3-1": 0.0, "2.3-3": 0.0, "2.3-6": 1.0},
        at_most=True,
    ),
    Case(
        "steal",
        "own file of numbers",
        "Brings a file that says which numbers it was given.",
        answers=_with_numbers_of("", ""),
        earns={"2.3-1": 0.0, "2.3-3": 0.0, "2.3-6": 1.0},
        at_most=True,
        files=lambda folder: (
            (folder / "gvclab-student.json").write_text(
                json.dumps({"student": VICTIM, "numbers": drawn(ITEMS.values(), Identity())})
            )
            and None
        ),
    ),
    Case(
        "steal",
        "file of numbers rewritten",
        "Rewrites the file of numbers in the sandbox.",
        answers=_with_numbers_of("", ""),
        earns={"2.3-1": 0.0, "2.3-3": 0.0, "2.3-6": 1.0},
        at_most=True,
        own={
            FIRST: f"""
import json
numbers = {dict(drawn(ITEMS.values(), Identity()))!r}
json.dump({{"student": "", "numbers": numbers}}, open("gvclab-student.json", "w"))"""
        },
    ),
    Case(
        "steal",
        "linked file of numbers",
        "Links its file of numbers to the salt.",
        files=lambda folder: (folder / "gvclab-student.json").symlink_to(folder.parents[2] / ".gvclab/trade.salt"),
    ),
    Case(
        "steal",
        "link to a neighbour",
        "Hands in a link to a neighbour's notebook.",
        reason="kind.link",
        files=_instead(lambda folder: (folder / f"{NOTEBOOK}.ipynb").symlink_to(folder.parents[2] / _neighbour)),
    ),
    Case(
        "steal",
        "link to the solutions",
        "Hands in a link to the instructor's notebook.",
        reason="kind.link",
        files=_instead(
            lambda folder: (folder / f"{NOTEBOOK}.ipynb").symlink_to(ROOT / f"solutions/section-2/{PARTS[0]}.ipynb")
        ),
    ),
    Case(
        "steal",
        "link under another name",
        "Links the solutions under a name of its own.",
        reason="kind.link",
        files=_instead(
            lambda folder: (folder / "mine.ipynb").symlink_to(ROOT / f"solutions/section-2/{PARTS[0]}.ipynb")
        ),
    ),
    Case(
        "steal",
        "hard link",
        "Hands in a secret of the instructor's under the notebook's name.",
        reason=".",
        files=_instead(lambda folder: os.link(folder.parents[2] / "secret.txt", folder / f"{NOTEBOOK}.ipynb")),
    ),
    Case(
        "steal",
        "timestamp linked",
        "Links its timestamp to the salt.",
        note="note.timestamp",
        files=lambda folder: (folder / "timestamp.txt").symlink_to(folder.parents[2] / ".gvclab/trade.salt"),
    ),
    _reads(
        "submissions",
        "Reads what the others handed in.",
        _WALK.format(places=["..", "../..", "/tmp", "/root", "/home"]),
    ),
    _reads(
        "solutions",
        "Reads solutions and content of the course.",
        _WALK.format(
            places=[f"{ROOT}/{name}" for name in ("solutions", "content", "exercises", "tests", ".git", ".gvclab")]
        ),
    ),
    _reads(
        "everything",
        "Reads all files there are and keeps what looks like a secret.",
        """[
        (p, line) for r, _, fs in __import__("os").walk("/") if not r.startswith(("/usr", "/lib", "/proc", "/dev"))
        and "site-packages" not in r and "/lib/python3" not in r
        for f in fs for p in [r + "/" + f] for line in open(p, errors="ignore").read(200000).splitlines()
        if any(w in line for w in ("CAN" + "ARY", "0139" + "0139", "BEGIN SOL" + "UTION\\\\n", "def test_" + "sub", "right: " + "true"))]""",
    ),
    _reads("environment", "Prints the environment.", "dict(__import__('os').environ)"),
    _reads(
        "command lines",
        "Reads other processes.",
        "[open(f'/proc/{n}/' + f).read() for n in range(1, 99) for f in ('environ', 'cmdline', 'maps')]",
    ),
    _reads(
        "items",
        "Asks the library for its items' keys.",
        """[(i.id, i.solution, i.tests, [o.text for o in i.options if o.right],
        [p.wrong for p in i.parts]) for s in __import__("gvclab.exercises").exercises.bank.sections()
        for i in __import__("gvclab.exercises").exercises.bank.load(s)]""",
    ),
    _reads(
        "key text",
        "Asks the library for the text of its keys.",
        """[__import__("gvclab.exercises.bank").exercises.bank.key_text(i)
        for i in __import__("gvclab.exercises").exercises.bank.load("2.3a")]""",
    ),
    _reads(
        "check as an oracle",
        "Tries every letter at the check.",
        """[(c, float(__import__("gvclab.exercises").exercises.check("2.3-2", c)))
        for c in "ABCD"]""",
    ),
    _reads(
        "memory of the parent",
        "Reads the memory of other processes.",
        "open('/proc/1/mem', 'rb').read(99), open('/proc/self/mem', 'rb')",
    ),
    _reads(
        "descriptors",
        "Reads from every descriptor that is open.",
        """[__import__("os").pread(n, 9999, 0) for n in range(200) if n != 3]""",
    ),
    _reads(
        "heap",
        "Looks for salts, keys and other students in the process's memory.",
        """[
        str(x)[:200] for x in __import__("gc").get_objects() if isinstance(x, (dict, list, tuple)) and
        any(w in str(x)[:20000] for w in ("CAN" + "ARY", "0139" + "0139"))]""",
    ),
    _reads(
        "network",
        "Fetches answers from elsewhere.",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:8888', timeout=1).read()",
    ),
    _reads(
        "unix sockets",
        "Talks to a server of the machine.",
        """[s.connect(p) for p in ("/run/docker.sock", "/tmp/.X11-unix/X0", "\\0x")
        for s in [__import__("socket").socket(__import__("socket").AF_UNIX)]]""",
    ),
    _reads(
        "linked cwd",
        "Leaves its folder by links.",
        """[__import__("os").symlink("/", "root"), __import__("os").listdir("root/proc/1/cwd")]""",
    ),
]

# Functions of the library that say what an item asks to write.
CASES += [
    Case(
        "steal",
        "library cvar",
        "Hands in the library's own function.",
        answers={"2.3-4": "cvar = sourcing.cvar"},
        earns={"2.3-4": 0.0},
    ),
    Case(
        "steal",
        "library return time",
        "Hands in the library's own function.",
        answers={"2.3-7": "return_time = sourcing.return_time"},
        earns={"2.3-7": 0.0},
    ),
    Case(
        "steal",
        "library team",
        "Hands in the library's own function.",
        answers={"2.1-2": "from gvclab.models import division\ndef team(*a): return division.team(*a).n"},
        earns={"2.1-2": 0.0},
    ),
]


def _reopened(name: str, does: str, source: str) -> Case:
    """The library's own model, fetched past the lock that is put on it when a function is judged."""
    return Case("steal", f"library {name}", does, answers={"2.1-2": source.strip()}, earns={"2.1-2": 0.0})


_MODEL = "from gvclab.models import division, domain\n"
_CALL = "def team(*a):\n    return division.team(*a).n\n"
CASES += [
    _reopened(
        "code put back",
        "Keeps the models' code and puts it back inside the function.",
        _MODEL
        + """
kept = {f: f.__code__ for f in (division.team, domain.within)}
def team(*a):
    for function, code in kept.items():
        function.__code__ = code
    return division.team(*a).n""",
    ),
    _reopened(
        "code copied",
        "Makes functions of its own of marshalled code.",
        _MODEL
        + """
import marshal, types
kept = [(marshal.dumps(f.__code__), f.__defaults__, f.__kwdefaults__) for f in (domain.within, division.team)]
def team(*a):
    names = dict(vars(division))
    for name, (code, defaults, keywords) in zip(("within", "made"), kept):
        names[name] = types.FunctionType(marshal.loads(code), names, name, defaults)
        names[name].__kwdefaults__ = keywords
    return names["made"](*a).n""",
    ),
    _reopened(
        "reloaded before",
        "Reloads the models before the function is judged.",
        "import importlib\n"
        + _MODEL
        + "domain, division = importlib.reload(domain), importlib.reload(division)\n"
        + _CALL,
    ),
    _reopened(
        "imported past the door",
        "Takes the finder that refuses models out of the way and imports them anew.",
        """
import sys
def team(*a):
    sys.meta_path[:] = [finder for finder in sys.meta_path if "closed" not in finder.__module__]
    for name in [name for name in sys.modules if name.startswith("gvclab.models")]:
        del sys.modules[name]
    from gvclab.models import division
    return division.team(*a).n""",
    ),
    _reopened(
        "run from its file",
        "Runs the text of the models' files.",
        _MODEL
        + """
made = {"__name__": "made"}
for module in (domain, division):
    exec(open(module.__file__).read().replace("from .domain import within", ""), made)
def team(*a):
    return made["team"](*a).n""",
    ),
    _reopened(
        "as a module of another name",
        "Loads the models' files as modules of its own.",
        """
import importlib.util, sys
from pathlib import Path
import gvclab
def load(name):
    spec = importlib.util.spec_from_file_location("mine." + name, Path(gvclab.__file__).parent / f"models/{name}.py")
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
load("domain")
made = load("division")
def team(*a):
    return made.team(*a).n""",
    ),
    _reopened(
        "lock disarmed",
        "Patches what closes the models, in its module, in the worker's frames and its memory.",
        "import gvclab.exercises.closed as closed, sys\n"
        + _MODEL
        + """
closed._functions, closed.close_models, closed.forget_models = lambda: iter(()), lambda: None, lambda: None
closed.stand_ins, closed._known = lambda: [], (len(sys.modules), [])
frame = sys._getframe()
while frame:
    frame.f_globals.update({k: lambda: None for k in ("close_models", "forget_models") if k in frame.f_globals})
    frame = frame.f_back
"""
        + _CALL,
    ),
    _reopened(
        "found on the heap",
        "Looks for the code that was taken away among all objects.",
        _MODEL
        + """
import gc, types
def team(*a):
    for thing in gc.get_objects():
        for part in thing if isinstance(thing, (tuple, list)) else ():
            if isinstance(part, types.CodeType) and part.co_name == "team" and "models" in part.co_filename:
                return types.FunctionType(part, dict(vars(division)), "made", division.team.__defaults__)(*a).n
    return division.team(*a).n""",
    ),
    _reopened(
        "in another process",
        "Has a process of its own, started before, that answers for it.",
        _MODEL
        + """
import json, os, socket
mine, theirs = socket.socketpair()
if not os.fork():
    talk = theirs.makefile("rw")
    for line in talk:
        print(float(division.team(*json.loads(line)).n), file=talk, flush=True)
    os._exit(0)
talk = mine.makefile("rw")
def team(*a):
    print(json.dumps(list(map(float, a))), file=talk, flush=True)
    return float(talk.readline())""",
    ),
    _reopened(
        "in another Python",
        "Starts another Python that imports the models and answers for it.",
        """
import json, subprocess, sys
program = "import json, sys\\nfrom gvclab.models import division\\n" \
    "for line in sys.stdin: print(division.team(*json.loads(line)).n, flush=True)"
other = subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True)
def team(*a):
    print(json.dumps(list(map(float, a))), file=other.stdin, flush=True)
    return float(other.stdout.readline())""",
    ),
    _reopened(
        "behind a socket without a file",
        "Leaves a server where cells may call models, and calls it where they may not.",
        _MODEL
        + """
import json, os, socket
place = "\\0gvclab-hostile-models"
if not os.fork():
    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
    server.listen()
    while True:
        talk = server.accept()[0].makefile("rw")
        for line in talk:
            print(float(division.team(*json.loads(line)).n), file=talk, flush=True)
def team(*a):
    with socket.socket(socket.AF_UNIX) as mine:
        mine.connect(place)
        talk = mine.makefile("rw")
        print(json.dumps(list(map(float, a))), file=talk, flush=True)
        return float(talk.readline())""",
    ),
]
