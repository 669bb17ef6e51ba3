"""Secrets on their way out: what a student's code is told by the grader, in what the student gets back."""

from __future__ import annotations

from .corpus import FIRST, HONEST, LATE, Case

_WRITE = "open('heard', 'a').write(repr((list(map(float, u)), list(map(float, p)), float(alpha))) + chr(10))"
_READ = "print(open('heard').read())"


def _function(name: str, does: str, line: str, own: dict | None = None, before: str = "", **more) -> Case:
    """A right function that first does something with its inputs; where that raises, nothing is earned."""
    earns = more.pop("earns", {"2.3-4": 0.0})
    source = before + HONEST["2.3-4"].replace("    left, total", f"    {line}\n    left, total", 1)
    return Case(
        "leak", name, does, answers={"2.3-4": source, **more.pop("answers", {})}, own=own or {}, earns=earns, **more
    )


# A right function that has a hidden input told, bit by bit, by processes that outlive it for the time they take to die.
_TELL = """
def team(B, theta, lam, beta, N):
    import fcntl, os, socket, struct, time
    if "told" not in globals():
        globals()["told"] = bits = struct.unpack("Q", struct.pack("d", float(B)))[0]
        for part in range(4):
            if not os.fork():
                k = [open(os.__file__)]
                for n in range(16 * part, 16 * part + 16):
                    if bits >> n & 1:
                        HOW
                held = bytearray(b"x") * (200 * 2**20)
                time.sleep(60)
        time.sleep(0.4)
    best = (theta * B / (beta * lam)) ** (1 / (beta - theta))
    return min(max(best, 1), N)"""
_HEARD = """
import fcntl, os, socket, struct
file = open(os.__file__)
print(struct.unpack("d", struct.pack("Q", sum(1 << n for n in range(64) if {}))))"""


def _told_by(how: str) -> str:
    return _TELL.replace("HOW", how)


CASES = [
    _function(
        "error message",
        "Raises an error that tells the hidden inputs.",
        "raise ValueError(f'{list(map(float, u))} {list(p)} {alpha!r}')",
    ),
    _function(
        "short error", "Raises an error with a single hidden input.", "raise ZeroDivisionError(repr(float(u[0])))"
    ),
    _function("key error", "Raises a KeyError of a hidden input.", "{}[float(u[0])]"),
    _function(
        "error's name",
        "Raises an error whose class is called like a hidden input.",
        "raise type(f'E{float(u[0])!r}'[:60], (Exception,), {})()",
    ),
    _function(
        "error in words",
        "Raises an error that spells a hidden input.",
        "raise ValueError(' '.join('zero one two three four five six seven eight nine point'.split()[int(c) if c.isdigit() else 10] for c in repr(float(u[0]))))",
    ),
    _function("returned text", "Returns a hidden input as text.", "return repr(float(u[0])) + 'x'"),
    _function(
        "returned type",
        "Returns an object whose class is called like a hidden input.",
        "return type(f'E{float(u[0])!r}'[:60], (), {})()",
    ),
    _function("returned dict", "Returns the inputs in a dict.", "return {repr(float(x)): float(x) for x in u}"),
    _function("returned list", "Returns the inputs.", "return [list(u), list(p), alpha]"),
    _function(
        "printed",
        "Prints the hidden inputs to everything that is open.",
        "print(u, p, alpha); import sys, os; print(u, file=sys.__stderr__); [os.write(n, repr(list(u)).encode()) for n in (0, 1, 2)]",
        earns={},
    ),
    _function(
        "file, printed later",
        "Keeps the hidden inputs in a file; a later cell prints it.",
        _WRITE,
        {"2.3-5": _READ},
        earns={},
    ),
    _function(
        "file, raised later",
        "Keeps the hidden inputs in a file; a later cell raises it.",
        _WRITE,
        {"2.3-5": "raise ValueError(open('heard').read()[:280])"},
        earns={},
    ),
    _function(
        "file, answered later",
        "Keeps the hidden inputs in a file; later answers hold them.",
        _WRITE,
        earns={"2.3-9": 0.0, "2.3-8": 0.0},
        answers={
            "2.3-9": "import re\nlinks = [x + ' -> ' + x for x in re.findall(r'\\d+\\.\\d+', open('heard').read())][:40]",
            "2.3-8": "import re\nreshoring = re.findall(r'\\d+\\.\\d+', open('heard').read())[1]",
        },
    ),
    _function(
        "file, second function",
        "Keeps the hidden inputs in a file; a later function returns them.",
        _WRITE,
        earns={"2.3-7": 0.0},
        answers={"2.3-7": "def return_time(*a):\n    return open('heard').read()[1:40]"},
    ),
    _function(
        "shared memory",
        "Writes the hidden inputs to memory that both processes have.",
        "room.seek(0); room.write(repr(list(map(float, u))).encode())",
        {"2.3-5": "print(room[:].rstrip(b'\\0').decode())"},
        "import mmap\nfile = open('room', 'w+b'); file.truncate(65536)\nroom = mmap.mmap(file.fileno(), 65536)\n",
        earns={},
    ),
    _function(
        "pipe",
        "Sends the hidden inputs through a pipe.",
        "os.write(into, repr(list(map(float, u))).encode())",
        {"2.3-5": "os.set_blocking(out, False)\nprint(os.read(out, 60000).decode())"},
        "import os\nout, into = os.pipe()\n",
        earns={},
    ),
    _function(
        "thread",
        "Listens at a socket for the hidden inputs and prints them later.",
        "outside.send(repr(list(map(float, u))).encode())",
        {"2.3-5": "time.sleep(.1)\nprint(heard)"},
        """
import socket, threading, time
inside, outside = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
heard = []
threading.Thread(target=lambda: [heard.append(inside.recv(60000)) for _ in iter(int, 1)], daemon=True).start()
""",
        earns={},
    ),
    _function(
        "daemon",
        "Starts a process from within a call, which writes the inputs for later.",
        f"import os, time; os.fork() or ({_WRITE}, time.sleep(30), os._exit(0))",
        {"2.3-5": "import time\ntime.sleep(.2)\n" + _READ},
        at_most=True,
        earns={},
    ),
    _function(
        "reply",
        "Writes a reply that claims to be the print of a later cell.",
        "import json, os, struct; d = json.dumps({'error': ['ValueError', repr(list(map(float, u))), 1], 'printed': repr(list(u))}).encode(); os.write(3, struct.pack('>I', len(d)) + d)",
        at_most=True,
        earns={},
    ),
    _function(
        "parameter object", "Returns hidden inputs as a text that looks like a number.", "return f'{float(u[0])!r}'"
    ),
    Case(
        "leak",
        "names in the air",
        "Leaves sockets whose names spell a hidden input with processes that are slow to die; the next notebook looks.",
        answers={
            "2.1-2": _told_by("k.append(socket.socket(1, 2)); k[-1].bind('\\0gvclab-hostile-%d' % n)"),
        },
        own={FIRST: _HEARD.format("socket.socket(1, 2).connect_ex('\\0gvclab-hostile-%d' % n) == 0")},
        at_most=True,
    ),
    Case(
        "leak",
        "locks",
        "Locks places of a file that every room has, which spell a hidden input; the next notebook asks for them.",
        answers={"2.1-2": _told_by("fcntl.lockf(k[0], fcntl.LOCK_SH, 1, n)")},
        own={
            FIRST: _HEARD.format(
                "struct.unpack('hhqqi4x', fcntl.fcntl(file, fcntl.F_GETLK, struct.pack('hhqqi4x', 1, 0, n, 1, 0)))[0] != 2"
            )
        },
        at_most=True,
    ),
    Case(
        "leak",
        "prints its answers",
        "Prints and returns what it likes of its own.",
        own={LATE: "print(reliability, critical, shortage)"},
    ),
    Case(
        "leak",
        "canaries",
        "Looks for the instructor's secrets wherever they may be.",
        own={
            LATE: """
import glob, os
for place in ("/", "/tmp", "/root", "/home", os.getcwd(), "/gvclab", os.path.expanduser("~")):
    for path in glob.glob(place + "/**/*", recursive=True)[:20000] if place not in ("/",) else glob.glob("/*"):
        try:
            text = open(path, errors="ignore").read(99999)
        except OSError:
            continue
        if "CAN" + "ARY" in text:
            print(path, text[:500])
print(os.environ)"""
        },
    ),
    Case(
        "leak",
        "whose machine",
        "Prints, raises and answers with all that tells whose machine this is.",
        own={
            LATE: """
import os, platform, socket, sys, gvclab, numpy
print(sys.path, sys.argv, sys.executable, sys.prefix, sys.base_prefix, gvclab.__file__, numpy.__file__)
print(dict(os.environ), os.getcwd(), os.path.expanduser("~"), "NODE", socket.gethostname(), platform.node())
raise RuntimeError(gvclab.__file__)"""
        },
        answers={
            "2.3-1": "import gvclab\nraise ValueError(gvclab.__file__)",
            "2.3-2": "import gvclab\nspreading = gvclab.__file__",
            "2.3-4": "def cvar(*a):\n    import gvclab\n    raise ValueError(gvclab.__file__)",
        },
        earns={"2.3-1": 0.0, "2.3-2": 0.0, "2.3-4": 0.0},
    ),
]
