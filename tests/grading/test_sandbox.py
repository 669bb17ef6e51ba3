"""What a student's code can reach from inside: nothing."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from gvclab.grading import pool
from gvclab.grading.sandbox import Limits, Room, SandboxError

pytestmark = pytest.mark.usefixtures("sandbox")

LIMITS = Limits(cell=1, total=20, call=1, calls=3, patience=4, megabytes=512, files=8, processes=16)
ROOM = Room(limits=LIMITS, warm=("numpy",))

DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        time.sleep(60)
    os._exit(0)
"""
DESCRIPTORS = """
import os
found = []
for number in range(3, 300):
    try:
        os.fstat(number)
        found.append(number)
    except OSError:
        pass
print(found)
"""


def run(source: str) -> pool.Ran:
    """The cell in a child of its own."""
    with pool.session(ROOM, "{}", pool.Allowance.of(ROOM.limits)) as session:
        return session.run(source, ROOM.limits.cell)


def printed(source: str) -> str:
    ran = run(source)
    assert ran.error is None, ran.error
    return ran.printed.strip()


def parent_pid() -> int:
    return pool.parent(ROOM)._process.pid


def inhabitants() -> list[str]:
    """What runs in the sandbox, as soon as those that were killed have ended."""
    for _ in range(200):
        found = psutil.Process(parent_pid()).children(recursive=True)
        alive = [process for process in found if _runs(process)]
        if len(alive) <= 2:
            break
        time.sleep(0.01)
    return sorted(process.name() for process in alive)


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def test_a_cell_runs_and_says_what_it_printed():
    assert printed("print('one')\n1 + 1") == "one\n2"


def test_an_error_is_told_with_its_line():
    assert run("x = 1\n1 / 0").error == ("ZeroDivisionError", "division by zero", 2)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nprint(1)", "1"),
        ("!ls /\nx = !ls\nprint(x)", "[]"),
        ("%%time\nprint(2)", "2"),
        ("%time x = 3\nprint(x)", "3"),
        ("display('a')", "'a'"),
        ("for n in range(2):\n    n", ""),
        ("import asyncio\nawait asyncio.sleep(0)\nprint(4)", "4"),
        ("print(__name__)", "__main__"),
    ],
)
def test_what_works_in_a_notebook_works(source, expected):
    assert printed(source) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/shadow",
        "/root/.bashrc",
        "/home",
        "/proc/1/mem",
        "/proc/self/environ",
        "/proc/1/root",
        "/sys",
        "/var",
        "/run",
        "/dev/sda",
        "/dev/shm",
        "{root}/solutions",
        "{root}/content/lessons",
        "{root}/tests",
        "{root}/.git",
        "{root}/.gvclab",
        "{tmp}",
    ],
)
def test_is_not_to_be_seen(path, root, tmp_path):
    path = path.format(root=root, tmp=tmp_path)
    assert printed(f"import os; print(os.path.lexists({path!r}))") == "False"


def test_no_key_is_to_be_seen():
    source = """
from gvclab.exercises import bank
for section in bank.sections():
    for item in bank.load(section):
        assert not (item.solution or item.tests or any(o.hint or o.right for o in item.options)), item.id
        assert not any(part.wrong for part in item.parts)
print("none")
"""
    assert printed(source) == "none"


def test_the_instructors_environment_is_not_to_be_seen(monkeypatch):
    monkeypatch.setenv("GVCLAB_SALT", "very secret")
    pool.discard()
    assert "secret" not in printed("import os; print(dict(os.environ))")


@pytest.mark.parametrize(
    "place", ["/x", "/etc/x", "/usr/x", "/dev/x", "/lib/x", "{package}/x.py", "{package}/__init__.py"]
)
def test_nothing_can_be_written_but_in_tmp(place, root):
    place = place.format(package=root / "src/gvclab")
    assert run(f"open({place!r}, 'a').write('x')").error[0] in ("OSError", "PermissionError", "FileNotFoundError")


def test_tmp_is_private_and_bounded():
    assert "mine" in printed("open('mine', 'w').close()\nimport os; print(os.listdir('/tmp'))")
    assert "mine" not in printed("import os; print(os.listdir('/tmp'))")
    full = "for n in range(100):\n    with open(f'f{n}', 'wb') as f:\n        f.write(bytes(2**20))"
    assert run(full).error[:2] == ("OSError", "[Errno 28] No space left on device")
    assert run("while True:\n    n = globals().get('n', 0) + 1\n    open(f'f{n}', 'w').close()").error[0] == "OSError"


@pytest.mark.parametrize(
    "source",
    [
        "import socket; socket.create_connection(('1.1.1.1', 53), 2)",
        "import socket; socket.create_connection(('127.0.0.1', 22), 2)",
        "import urllib.request; urllib.request.urlopen('http://example.org', timeout=2)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('127.0.0.1', 0))",
    ],
)
def test_there_is_no_network(source):
    assert run(source).error[0] in ("OSError", "ConnectionRefusedError", "URLError")


# --------------------------------------------------------------------------------------- the other processes


@pytest.mark.parametrize(
    "source",
    [
        "import os; os.kill(-1, 9)",
        "import os; os.kill(0, 9)",
        "import os; os.kill(os.getppid() or 1, 9)",
        "import os; [os.kill(n, 9) for n in range(2, 40)]",
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import os, signal; os.kill(0, signal.SIGSTOP)",
        "import ctypes; ctypes.string_at(0)",
        "import sys; sys.setrecursionlimit(10**7)\ndef f(x): return f(x)\nf(1)",
        "import ctypes; ctypes.CDLL(None).ptrace(16, 1, 0, 0)",
        "import os\nfor fd in range(3, 200):\n    try: os.write(fd, b'E' * 8)\n    except OSError: pass",
        "import os\nfor fd in range(3, 200):\n    try: os.close(fd)\n    except OSError: pass",
        "import os\nwhile True: os.fork()",
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(9,)).start()",
        "x = bytearray(2**40)",
        "x = [bytearray(2**26) for _ in range(99)]",
        "while True: pass",
        "import time; time.sleep(60)",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import signal; [signal.signal(n, signal.SIG_IGN) for n in (14, 27)]\nwhile True: pass",
        "import os; os.fork() and os.wait()\nwhile True: pass",
        "while True: print('x' * 10**6)",
        "input()",
    ],
    ids=range(23),
)
def test_the_warm_parent_survives(source):
    before = parent_pid()
    with contextlib.suppress(pool.Lost):
        run(source)
    assert parent_pid() == before
    assert printed("print('alive')") == "alive"
    assert len(inhabitants()) == 2  # bubblewrap's first process and the warm parent


def test_a_daemon_does_not_outlive_its_submission():
    run(DAEMON)
    assert len(inhabitants()) == 2


def test_processes_are_counted():
    source = """
import os, time
started = []
try:
    while len(started) < 500:
        started.append(os.fork())
        if not started[-1]:
            time.sleep(60); os._exit(0)
except OSError:
    print(len(started))
"""
    assert int(printed(f"{source}for pid in started:\n    os.kill(pid, 9)\n    os.waitpid(pid, 0)")) < 20
    with pytest.raises(pool.Lost):  # a cell that leaves no room for those after it
        run(source)


@pytest.mark.parametrize(
    "call",
    [
        "unshare(0x10000000)",
        "syscall(56, 0x10000011, 0, 0, 0, 0)",
        "mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "umount2(b'/proc', 2)",
        "ptrace(0, 0, 0, 0)",
        "setuid(0)",
        "chroot(b'/tmp')",
        "semget(0, 32000, 0o600)",
        "inotify_init()",
        "inotify_init1(0)",
        "fanotify_init(0x200, 0)",
        "flock(1, 2)",
        "fcntl(1, 1024, 0)",
        "mmap(0, 4096, 3, 0x21, -1, 0)",
    ],
)
def test_the_system_refuses(call):
    assert printed(f"import ctypes; print(ctypes.CDLL(None).{call})") == "-1"


def test_no_name_and_no_lock_is_shared():
    """They would be seen in other rooms: a file is the same for all, a socket keeps its name till its owner is gone."""
    assert run("import socket; socket.socket(socket.AF_UNIX).bind('\\0x')").error[0] == "PermissionError"
    ask = "import fcntl, os; fcntl.fcntl(open(os.__file__), {}, bytes(32))"
    assert [run(ask.format(command)).error[0] for command in (5, 36)] == ["PermissionError"] * 2
    assert printed("import fcntl; print(fcntl.fcntl(1, fcntl.F_GETFD) >= 0)") == "True"


FILL = """
import os, time
for _ in range(8):
    if not os.fork():
        x = bytearray(b"x") * (240 * 2**20)
        time.sleep(60)
time.sleep(60)
"""


def test_memory_of_many_processes_is_counted():
    """Also where the grader is root and they are not."""
    with pool.session(ROOM, "{}", pool.Allowance.of(ROOM.limits)) as session, pytest.raises(pool.Lost):
        session.run(FILL, 20)
    assert session.lost == "gone"


def test_memory_that_no_process_counts_cannot_be_had():
    assert run("import mmap; mmap.mmap(-1, 4096)").error[0] == "PermissionError"
    assert run("open('/dev/zero', 'r+b')").error[0] == "FileNotFoundError"
    assert printed("import mmap; print(len(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE)))") == "4096"


def test_who_asks_after_the_end_of_the_time_is_told_that_it_is_lost():
    used_up = pool.Allowance(-60, time.monotonic() + 60)
    with pool.session(ROOM, "{}", used_up) as session, pytest.raises(pool.Lost, match="slow"):
        session.value("x")


def test_a_room_that_was_never_entered_is_not_taken_for_the_next(monkeypatch):
    monkeypatch.setattr(pool, "_sender", lambda *_: (_ for _ in ()).throw(OSError))
    with pytest.raises(pool.ParentLost), pool.session(ROOM, "{}", pool.Allowance.of(ROOM.limits)):
        pass
    monkeypatch.undo()
    assert printed("print(1)") == "1"


def test_nobody_is_anybody():
    assert printed("import os; print(os.getpid(), os.getppid(), os.getuid() > 0, os.listdir('/proc'))") == "1 0 True []"


def test_only_one_descriptor_leads_out():
    assert printed(DESCRIPTORS) == "[3]"


def test_output_is_bounded():
    assert len(printed("print('x' * 10**7)")) < ROOM.limits.printed + 10


# -------------------------------------------------------------------------------------------------- failures


def test_a_dead_parent_is_replaced():
    psutil.Process(parent_pid()).kill()
    with pytest.raises((pool.ParentLost, pool.Lost)):
        run("1")
        run("1")
    assert printed("print('back')") == "back"


def test_without_bubblewrap_the_remedy_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="--no-sandbox"):
        pool.probe(ROOM)


def test_without_a_sandbox_code_runs_and_leaves_nothing():
    bare = replace(ROOM, sandboxed=False)
    pool.discard()
    with pool.session(bare, "{}", pool.Allowance.of(ROOM.limits)) as session:
        folder = Path(session.run("import os; print(os.getcwd())", 3).printed.strip())
        assert folder.is_dir()
        session.run(DAEMON, 3)
    assert psutil.Process(pool.parent(bare)._process.pid).children(recursive=True) == []
    assert not folder.exists()
    pool.discard()
