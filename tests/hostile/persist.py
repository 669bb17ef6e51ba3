"""What would stay: processes, threads, files, patched modules that wait for the next student or the next run."""

from __future__ import annotations

from .corpus import FIRST, HONEST, Case


def _own(name: str, does: str, source: str, **more) -> Case:
    return Case("persist", name, does, own={FIRST: source}, **more)


CASES = [
    _own(
        "daemon",
        "Leaves a process that has left its family.",
        """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        time.sleep(600)
    os._exit(0)""",
    ),
    _own(
        "another program",
        "Leaves another program running.",
        """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600) # gvclab-hostile"], start_new_session=True)""",
    ),
    _own(
        "respawning daemon",
        "Leaves two processes that start each other again.",
        """
import os, time
def live():
    while True:
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
        else:
            os.setsid(); time.sleep(1); os._exit(0)
if not os.fork():
    live()""",
    ),
    _own(
        "threads",
        "Leaves threads running.",
        """
import threading, time
for _ in range(5):
    threading.Thread(target=time.sleep, args=(600,)).start()""",
    ),
    _own(
        "deaf process",
        "Leaves a process that hears no signal.",
        """
import os, signal, time
if not os.fork():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
    for n in range(1, 64):
        try: signal.signal(n, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True: time.sleep(1)""",
    ),
    _own(
        "at exit",
        "Runs at the end, in the destructor, at collection.",
        """
import atexit, gc, os, weakref
def last(*a):
    open("/tmp/gvclab-hostile-exit", "w").write("x")
    while True: pass
atexit.register(last)
gc.callbacks.append(lambda *a: None)
class D:
    __del__ = last
keep = D(); weakref.finalize(keep, last)""",
    ),
    _own(
        "signal handlers",
        "Takes all signals for itself.",
        """
import signal
for n in range(1, 64):
    try: signal.signal(n, lambda *a: None)
    except (OSError, ValueError): pass""",
    ),
    _own(
        "masked signals", "Blocks all signals.", "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))"
    ),
    _own(
        "tracing",
        "Traces, profiles and audits every call.",
        """
import sys, threading
sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None); threading.setprofile(lambda *a: None)
sys.addaudithook(lambda *a: None)""",
    ),
    _own(
        "imports",
        "Has the next imports go through itself.",
        """
import sys
class Finder:
    def find_spec(self, name, *a):
        if name == "gvclab-hostile": raise SystemExit
sys.meta_path.insert(0, Finder()); sys.path.insert(0, "/tmp"); sys.path_hooks.clear(); sys.dont_write_bytecode = False""",
    ),
    _own(
        "standard library",
        "Patches json, pickle, os and socket.",
        """
import json, pickle, os, socket, struct
keep = json.dumps, pickle.loads
json.loads = pickle.load = socket.socket.recv = None
os.environ.clear(); os.environ["PATH"] = "/tmp" """,
        at_most=True,
    ),
    _own(
        "worker's json",
        "Patches what the worker itself needs.",
        "import json, pickle\njson.dumps = pickle.loads = None",
        at_most=True,
    ),
    _own(
        "files",
        "Leaves files wherever it may.",
        """
import os, tempfile
for place in (".", "/tmp", tempfile.gettempdir(), os.path.expanduser("~"), "/var/tmp", "/dev/shm", "/run", "/"):
    try: open(place + "/gvclab-hostile-file", "w").write("import os")
    except OSError: pass""",
    ),
    _own(
        "modules in the folder",
        "Leaves modules that others would import.",
        """
for name in ("numpy", "gvclab", "json", "sitecustomize", "usercustomize"):
    open(name + ".py", "w").write("raise SystemExit(1)")""",
    ),
    _own(
        "umask and limits",
        "Lowers limits, umask, priority, and leaves its folder.",
        """
import os, resource
os.umask(0o777); os.nice(19); os.mkdir("x"); os.chdir("x"); os.rmdir("../x")
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))""",
    ),
    _own(
        "shared segments",
        "Leaves memory, queues and semaphores that outlive a process.",
        """
import ctypes
libc = ctypes.CDLL(None)
print(libc.shmget(0x6776, 4096, 0o1666), libc.msgget(0x6776, 0o1666), libc.semget(0x6776, 1, 0o1666))""",
    ),
    _own(
        "abstract socket",
        "Listens at a socket without a file for the next student.",
        """
import os, socket
server = socket.socket(socket.AF_UNIX); server.bind("\\0gvclab-hostile"); server.listen()
if not os.fork(): server.accept()""",
    ),
    _own(
        "found by the next",
        "Looks for what others have left.",
        """
import glob, os, socket, sys, ctypes
left = glob.glob("/tmp/*") + glob.glob("/dev/shm/*") + glob.glob("./gvclab-hostile*")
library = [sys.prefix, *sys.path]  # which lies there where the repository does
left = [p for p in left if not p.endswith("gvclab-student.json") and not any(f"{q}/".startswith(f"{p}/") for q in library)]
sock = socket.socket(socket.AF_UNIX)
if left or ctypes.CDLL(None).shmget(0x6776, 4096, 0) >= 0 or sock.connect_ex("\\0gvclab-hostile") == 0:
    print("LEFT" + "OVER", left)""",
    ),
    _own(
        "link traps",
        "Leaves links for whoever cleans up.",
        """
import os
os.symlink("/", "away"); os.makedirs("/".join("d" * 200)); os.chmod("d", 0)
os.mkfifo("pipe"); os.symlink("loop", "loop")""",
    ),
    Case(
        "persist",
        "function with threads",
        "A right function that leaves threads and processes at each call.",
        answers={
            "2.3-4": HONEST["2.3-4"].replace(
                "    left, total",
                "    import threading, time, os; threading.Thread(target=time.sleep, "
                "args=(99,), daemon=True).start(); os.fork() or time.sleep(99)\n    left, total",
                1,
            )
        },
        earns={"2.3-4": 5.0},
        at_most=True,
    ),
    Case(
        "persist",
        "patched numpy",
        "Patches numpy for good, in a cell after which honest answers follow.",
        own={"2.3-9": "import numpy as np\nnp.asarray = np.array = np.cumsum = None"},
    ),
]
