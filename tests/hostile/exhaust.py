"""Too much of everything: time, memory, processes, disk, descriptors, output. It costs only the item it stands in."""

from __future__ import annotations

from collections.abc import Callable

from .corpus import FIRST, HONEST, ITEMS, Book, Case, code


def _cell(name: str, does: str, source: str, **more) -> Case:
    """In the place of the first answer."""
    return Case("exhaust", name, does, answers={FIRST: source}, **{"earns": {FIRST: 0.0}, **more})


def _call(name: str, does: str, body: str, **more) -> Case:
    """In the place of a function."""
    source = "def cvar(*a):\n" + "\n".join(f"    {line}" for line in body.strip().splitlines())
    return Case("exhaust", name, does, answers={"2.3-4": source}, **{"earns": {"2.3-4": 0.0}, **more})


def _adding(kind: str, *sources: str) -> Callable[[Book], Book]:
    """An edit: cells of the student's own at the end."""
    return lambda book: {**book, "cells": [*book["cells"], *(code(source, kind) for source in sources)]}


_DEAF = "import signal\nfor n in (signal.SIGALRM, signal.SIGPROF): signal.signal(n, signal.SIG_IGN)"
CASES = [
    _cell("loop", "Runs for ever.", "while True: pass"),
    _cell(
        "stubborn loop",
        "Swallows every exception.",
        """
while True:
    try:
        while True: pass
    except BaseException: pass""",
    ),
    _cell(
        "deaf loop",
        "Hears no signal.",
        f"{_DEAF}\nwhile True: pass",
    ),
    _cell("sleep", "Sleeps for an hour.", "import time\ntime.sleep(3600)"),
    _cell("compiled loop", "Is busy in compiled code.", "import numpy as np\nx = 10**10**8"),
    _cell("regular expression", "Never comes back from a search.", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')"),
    _cell("input", "Asks for a line.", "reliability = input('How much? '), 1"),
    _cell(
        "input descriptor", "Reads where nobody writes.", "import sys\nreliability = sys.stdin.read(), open(0).read()"
    ),
    _cell("debugger", "Stops in the debugger.", "breakpoint()\nreliability = ()"),
    _cell("memory", "Takes all memory.", "x = []\nwhile True: x.append(bytearray(2**26))"),
    _cell("memory at once", "Takes a terabyte at once.", "x = bytearray(2**40)"),
    _cell(
        "memory of a file",
        "Keeps files in memory that no limit of memory counts.",
        """
import os
kept = []
for n in range(100):
    kept.append(os.memfd_create(str(n)))
    os.write(kept[-1], bytes(2**20))
print("ESC" + "APED")""",
    ),
    _cell(
        "memory of many",
        "Takes all memory in many processes.",
        """
import os, time
for _ in range(12):
    if not os.fork():
        x = bytearray(2**26); time.sleep(9)""",
    ),
    _cell(
        "memory of many, touched",
        "Fills more memory in many processes than one may have, each within its limit.",
        """
import os, time
for _ in range(12):
    if not os.fork():
        x = bytearray(b"x") * 2**28
        time.sleep(9)
        os._exit(0)
time.sleep(6)
print("ESC" + "APED")""",
    ),
    _cell(
        "memory of many, quickly touched",
        "The same in less, so that all are there at once.",
        """
import os, time
for _ in range(10):
    if not os.fork():
        x = bytearray(b"x") * (180 * 2**20)
        time.sleep(9)
        os._exit(0)
time.sleep(6)
print("ESC" + "APED")""",
    ),
    _cell(
        "memory of nobody",
        "Fills shared memory that it then does not have in its own pages.",
        """
import mmap, os, time
def fill():
    room = mmap.mmap(-1, 300 * 2**20)
    for at in range(0, len(room), 2**24):
        room[at : at + 2**22] = b"x" * 2**22
        room.madvise(mmap.MADV_DONTNEED)
    return room
room = fill()
print("ESC" + "APED")""",
    ),
    _cell(
        "semaphores",
        "Has the kernel keep a gigabyte of semaphores.",
        """
import ctypes
libc, n = ctypes.CDLL(None), 0
while n < 99 and libc.semget(0, 32000, 0o600) >= 0: n += 1
if n: print("ESC" + "APED")""",
    ),
    _cell("fork bomb", "Forks without end.", "import os\nwhile True: os.fork()", at_most=True),
    _cell(
        "fork bomb that waits",
        "Forks as long as it is let, and is busy.",
        """
import os
while True:
    try:
        if not os.fork():
            while True: pass
    except OSError: pass""",
        at_most=True,
    ),
    _cell(
        "thread bomb",
        "Starts threads without end.",
        """
import threading, time
while True: threading.Thread(target=time.sleep, args=(60,)).start()""",
    ),
    _cell(
        "programs",
        "Starts programs without end.",
        """
import subprocess, sys
while True: subprocess.Popen([sys.executable, "-c", "while True: pass # gvclab-hostile"])""",
        at_most=True,
    ),
    _cell("descriptors", "Opens files without end.", "k = []\nwhile True: k.append(open('/dev/null'))"),
    _cell(
        "pipes",
        "Fills pipes without end.",
        """
import os, fcntl
while True:
    r, w = os.pipe(); fcntl.fcntl(w, 1031, 2**20); os.set_blocking(w, False); os.write(w, bytes(2**20))""",
    ),
    _cell("disk", "Fills the disk.", "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'wb').write(bytes(2**20))"),
    _cell("inodes", "Makes files without end.", "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'w').close()"),
    _cell("large file", "Makes one file of ten terabytes.", "open('x', 'wb').truncate(10**13)"),
    _cell("two hundred megabytes printed", "Prints two hundred megabytes in one line.", "print('x' * 2 * 10**8)"),
    _cell("a million lines", "Prints without end.", "while True: print('\\x1b[31mx\\x1b[0m' * 99)"),
    _cell(
        "output past Python",
        "Writes to the descriptors themselves.",
        "import os\nwhile True: os.write(1, bytes(2**20)); os.write(2, bytes(2**20))",
    ),
    _cell("large representation", "Shows a last value that is large.", "['x' * 1000] * 10**6"),
    _cell(
        "endless representation",
        "Shows a last value that never ends.",
        "class R:\n    def __repr__(self):\n        while True: pass\nR()",
    ),
    _cell("large answer", "Answers with a gigabyte.", "reliability = 'x' * 10**8, 'y' * 10**8"),
    _cell("wide answer", "Answers with a million numbers.", "reliability = list(range(10**6))"),
    _cell(
        "zip bomb",
        "Unpacks a gigabyte.",
        "import zlib, io\nreliability = zlib.decompress(zlib.compress(bytes(2**28)) * 1), 1",
    ),
    _cell("exit", "Exits.", "import sys\nsys.exit('done')"),
    _cell("exit at once", "Exits past Python.", "import os\nos._exit(0)"),
    _cell("segmentation fault", "Crashes the interpreter.", "import ctypes\nctypes.string_at(0)"),
    _cell("stack", "Overflows the stack.", "import sys\nsys.setrecursionlimit(10**7)\ndef f(x): return f(f(x))\nf(1)"),
    _cell(
        "stack of C", "Overflows the stack of a C function.", "x = []\nfor _ in range(10**6): x = [x]\nrepr(x); del x"
    ),
    _cell("abort", "Aborts.", "import os\nos.abort()"),
    _cell(
        "kills itself",
        "Kills itself, its group, everybody.",
        "import os\nos.kill(-1, 9); os.kill(0, 9); os.killpg(os.getpgid(0), 9); os.kill(os.getpid(), 9)\nos._exit(9)",
    ),
    _cell(
        "stops itself",
        "Stops itself.",
        "import os, signal\nos.kill(0, signal.SIGSTOP); os.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass",
    ),
    _cell(
        "alarm off",
        "Turns its alarm off and sleeps.",
        "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep(60)",
    ),
    _cell("another's time", "Has its work done by others.", f"import os\nos.fork()\n{_DEAF}\nwhile True: pass"),
    _cell(
        "a moment's time",
        "Has its work done by processes that live shortly and that nobody waits for.",
        """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    try:
        if not os.fork():
            sum(range(10**6)); os._exit(0)
    except OSError: pass""",
    ),
    _cell(
        "the alarms set anew",
        "Puts its alarms off again and again.",
        """
import signal
while True:
    signal.setitimer(signal.ITIMER_REAL, 99); signal.setitimer(signal.ITIMER_PROF, 99)""",
    ),
    _cell("closes everything", "Closes all descriptors.", "import os\nos.closerange(0, 999)"),
    _cell(
        "cannot be compiled",
        "Has more brackets than the parser takes.",
        "reliability = " + "(" * 2000 + "1" + ")" * 2000,
    ),
    _cell("a million names", "Has a source that takes long to compile.", "reliability = [" + "[1]," * 24_000 + "]"),
    _cell("magics", "Has magics of a shell, and of another language.", "%%bash\nrm -rf / ; sleep 100"),
    Case(
        "exhaust",
        "everywhere",
        "Runs for ever in every cell.",
        answers={
            i: "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
            for i in ITEMS
            if i.startswith("2.3")
        },
        earns=dict.fromkeys((i for i in ITEMS if i.startswith("2.3")), 0.0),
    ),
    Case(
        "exhaust",
        "dies everywhere",
        "Crashes in every cell.",
        answers={i: "import os\nos.kill(os.getpid(), 11)\nos._exit(1)" for i in ITEMS if i.startswith("2.3")},
        earns=dict.fromkeys((i for i in ITEMS if i.startswith("2.3")), 0.0),
    ),
    Case(
        "exhaust",
        "many loud cells",
        "Has hundreds of cells of its own that print all they may.",
        edit=_adding("code", *["print('x' * 10**6)"] * 400),
    ),
    _call("call: loop", "A function that never returns.", "while True: pass"),
    _call(
        "call: stubborn",
        "A function that hears no alarm.",
        f"{_DEAF}\nwhile True: pass",
    ),
    _call(
        "call: slow each time",
        "A function that takes nearly all its time at each call.",
        "import time\nend = time.process_time() + .4\nwhile time.process_time() < end: pass\nreturn 1.0",
    ),
    _call("call: memory", "A function that takes all memory.", "x = []\nwhile True: x.append(bytearray(2**26))"),
    _call("call: exit", "A function that exits.", "import os\nos._exit(0)"),
    _call("call: crash", "A function that crashes.", "import ctypes\nctypes.string_at(0)"),
    _call("call: recursion", "A function without an end.", "return cvar(*a)"),
    _call("call: long value", "A function that returns a million numbers.", "return list(range(10**6))"),
    _call(
        "call: deep value",
        "A function that returns lists without end.",
        "x = []\nfor _ in range(10**5): x = [x]\nreturn x",
    ),
    _call("call: huge number", "A function that returns a number of a million digits.", "return 10**10**6"),
    _call(
        "call: forks",
        "A function that forks at each call.",
        "import os\nos.fork(); os.fork()\nreturn 1.0",
    ),
    _cell(
        "fork bomb that is tidy",
        "Forks till it may no more, and each of them comes back.",
        "import os\ntry:\n    while True: os.fork()\nexcept OSError: pass\nreliability = ()",
    ),
    _cell(
        "two of it",
        "Forks once, so that two would answer the grader.",
        "import os\nos.fork()\nreliability = ()",
    ),
    Case(
        "exhaust",
        "arrows",
        "Draws arrows that take long to read.",
        answers={"2.3-9": "links = [' ' * 19_000 + 'a', ' ' * 9_900 + '+' + ' ' * 9_900 + 'x']"},
        earns={"2.3-9": 0.0},
    ),
    Case(
        "exhaust",
        "tags and dollars",
        "Has text of its own that takes long to clean.",
        edit=_adding("markdown", *("<i></p>" * 14_000, "".join(f"<b id={n}>" for n in range(9_000)), "$" * 99_000) * 2),
    ),
    Case(
        "exhaust",
        "formulas and quotations",
        "Has text of its own that takes long to draw.",
        edit=_adding("markdown", "[" * 90_000, ">" * 40_000, "*a **b " * 12_000, "$" + "\\frac{1}{" * 3_000 + "$"),
    ),
    _call("call: input", "A function that asks.", "return float(input())"),
    _call(
        "call: kills its parent",
        "A function that kills who called it.",
        "import os\nos.kill(os.getppid(), 9)\nos.kill(1, 9)\nreturn 1.0",
    ),
    _call("call: garbage", "A function that writes to the socket.", "import os\nos.write(3, b'x' * 99999)\nreturn 1.0"),
    Case(
        "exhaust",
        "call: some fail",
        "A right function that crashes at one of its inputs.",
        answers={
            "2.3-4": HONEST["2.3-4"].replace(
                "    left, total", "    if alpha == 0: import os; os._exit(3)\n    left, total", 1
            )
        },
        earns={"2.3-4": 5.0},
        at_most=True,
    ),
]
