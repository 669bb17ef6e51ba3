"""What runs inside the sandbox: a warm parent, and per submission a child in which the student's code lives.

    python -m gvclab.grading.worker OPTIONS      OPTIONS: JSON, written by `sandbox.start`

The parent imports what notebooks use, then waits on its control socket. For each submission it is handed one
end of a fresh socket, forks, and the child goes one room further in: its own user, process, mount and IPC
namespaces, where it is process 1, with a private /tmp, no /proc, no capabilities, a system call filter and
resource limits. From there it sees neither the parent nor another submission, and when it ends all that it
started ends with it.

A room may be bare: without the code of the models from the beginning, in memory and on disk, so that a function
which is judged in it does not hand theirs back, whatever it kept, copied or started. A cell there goes on after an
error, since it may well need a model that the function does not; and what it prints nobody is shown.

Commands come down as pickles, from the trusted side; what goes up is JSON of bounded length, which the trusted
side takes for what it is: something a student may have written. Nothing in here knows a key, and nothing that
is said from here is a score.

    ("run", source, seconds, patience)   -> {"error": [kind, words, line] or null, "printed": text}
    ("value", name)                      -> {"missing": true} or {"value": plain data, "function": can it be called}
    ("serve", name, apart)     no reply; from now on calls are answered, by a fork if they are to be kept apart:
    ("call", inputs, seconds, patience)  -> what `exercises.service` says of a call
    ("calls", list, seconds, patience)   -> {"replies": [the same of each]}: many calls in one go
    ("done",)                            -> {"done": true}

Seconds are of processor time, `patience` is in seconds of the wall clock. Both are kept here so that a session need
not end with a cell that has used them up; who prevents that is ended from outside (`pool`).

A fork that dies of a call is told of, {"died": signal number}, and can be served anew; without a fork such a call ends
the child.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import importlib
import inspect
import io
import json
import linecache
import os
import pickle
import select
import signal
import socket
import struct
import sys
import types

from gvclab.exercises import closed
from gvclab.exercises.plain import plain, tag, type_name
from gvclab.exercises.service import TOO_LONG, answer_call
from gvclab.grading import walls

_LENGTH = struct.Struct(">I")
_STATUS = struct.Struct(">i")
_CELL = "<cell"  # what the name of a cell's code begins with
_LOOK = 0.1  # seconds between two looks at the memory
_SESSION = 3  # the child's one descriptor beside 0, 1 and 2
_SPARE = 16  # descriptors that the cells after this one may need
_DONE = 77 << 8  # the status of a process that answered calls to the end
_forks: list[bool] = []  # of the cell that runs
_FUTURE = annotations.compiler_flag  # the import above binds the feature
_flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as in a notebook, where a __future__ also holds for later cells


# ----------------------------------------------------------------------------------------------- the parent


def main() -> None:
    """The parent's life: get warm, then one child after the other until the control socket closes."""
    options = json.loads(sys.argv[1])
    control = socket.socket(fileno=options["control"])
    for name in options["warm"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for section in options["sections"]:
        from gvclab.exercises import bank

        with contextlib.suppress(Exception):
            exec(bank.load(section).setup, {})  # the imports that every notebook begins with
    closed.import_models()
    closed.stand_ins()
    options["address_space"] = walls.address_space()
    walls.adopt_orphans()
    gc.collect()
    gc.freeze()  # a child that collects garbage would copy every page
    control.sendall(b"R")
    dying: list[int] = []
    bare = False
    while True:
        message, descriptors, *_ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        before, bare = bare, message == b"B"
        while (bare or before) and dying:
            # A room with models must not be there to be asked, nor one with hidden inputs to tell.
            os.waitpid(dying.pop(), 0)
        pid = _start(descriptors[0], options, bare)
        os.close(descriptors[0])
        said = _watched(control, pid, options)  # the grader has seen enough, or is gone
        if said == b"N" and pid:
            # How it ends is of no interest, and the system takes its time to clear a namespace away.
            os.kill(pid, signal.SIGKILL)
            dying = [one for one in [*dying, pid] if not os.waitpid(one, os.WNOHANG)[0]]
            continue
        status, dying = _end(pid, dying), []
        if not said:
            return
        control.sendall(_STATUS.pack(status))


def _watched(control: socket.socket, pid: int, options: dict) -> bytes:
    """What the grader says next. Until then the child is ended if all that it runs takes more memory than it may."""
    most = 2 * options["megabytes"] * 2**20
    while not select.select([control], [], [], _LOOK)[0]:
        if options["isolate"] and pid and walls.memory(most) > most:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return control.recv(1)


def _start(session: int, options: dict, bare: bool) -> int:
    """The child's process id. It is a grandchild, because a new process namespace begins with the next fork."""
    answer, reply = os.pipe()
    between = os.fork()
    if not between:
        with contextlib.suppress(BaseException):
            if options["isolate"]:
                walls.isolate(options["folder"], options["files"], options["user"], [closed.FOLDER] if bare else [])
            child = os.fork()
            if not child:
                _live(session, options, bare)
            os.write(reply, _STATUS.pack(child))
        os._exit(0)
    os.close(reply)
    said = os.read(answer, _STATUS.size)
    os.close(answer)
    os.waitpid(between, 0)
    return _STATUS.unpack(said)[0] if said else 0


def _end(pid: int, dying: list[int]) -> int:
    """Kill the child and with it all that it started, and bury it with those before; the status it ended with."""
    for one in dying:
        os.waitpid(one, 0)
    if not pid:
        return -1
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    walls.sweep()
    return status


# ------------------------------------------------------------------------------------------------ the child


def _live(session: int, options: dict, bare: bool) -> None:
    """The child's life: shut all doors, then do as told."""
    try:
        os.setsid()
        _only(session)
        os.write(_SESSION, _STATUS.pack(os.getpid()))  # the system adds who this is where the grader lives
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.register_at_fork(after_in_parent=lambda: _forks.append(True))
        _furnish(options)
        if bare:
            closed.forget_models()
        walls.seal(options)
        room = types.ModuleType("__main__")
        builtins.display, builtins.get_ipython = _display, _Shell(vars(room)).itself
        sys.modules["__main__"] = room
        while True:
            match _command():
                case ("run", source, seconds, patience):
                    _reply(_run(vars(room), source, (seconds, patience), options["printed"], bare))
                case ("value", name):
                    _reply(_value(vars(room), name), options["reply"])
                case ("serve", name, apart):
                    signal.signal(signal.SIGPROF, _give_up)
                    signal.signal(signal.SIGALRM, _give_up)
                    _answer(vars(room).get(name, closed.refuse), options["replies"], apart)
    finally:
        os._exit(70)


def _only(session: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.dup2(session, _SESSION)
    os.closerange(_SESSION + 1, 65536)


def _furnish(options: dict) -> None:
    """A working folder that holds the student's numbers, as a class bundle's does."""
    folder, numbers = _command()
    os.environ["HOME"] = os.environ["TMPDIR"] = sys.path[0] = folder = folder or options["folder"]
    os.chdir(folder)
    with open("gvclab-student.json", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(numbers)


def _command() -> tuple:
    return pickle.loads(_exactly(*_LENGTH.unpack(_exactly(_LENGTH.size))))


def _exactly(length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = os.read(_SESSION, length - len(data))
        if not piece:
            os._exit(0)  # the grader has closed its end
        data += piece
    return data


def _reply(message: dict, limit: int = 1_000_000) -> None:
    data = json.dumps(message).encode("utf-8", "replace")
    if len(data) > limit:
        data = json.dumps({"large": True, "error": [TOO_LONG, ""]}).encode()
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(_SESSION, rest) :]


# --------------------------------------------------------------------------------------------------- a cell


class _Slow(KeyboardInterrupt):
    """The cell's processor time is over."""


class _Waited(KeyboardInterrupt):
    """The cell has slept or waited too long."""


def _set_alarms(seconds: float = 0, patience: float = 0, again: float = 0) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds, again)
    signal.setitimer(signal.ITIMER_REAL, patience, again)


def _run(names: dict, source: str, time: tuple[float, float], limit: int, bare: bool) -> dict:
    """Run a cell as a notebook would: statement by statement, a last value printed, an error told."""
    printed = _Printed(limit)
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), printed, printed
    sys.displayhook = sys.__displayhook__  # which also remembers the value as `_`
    error, me = None, os.getpid()
    try:
        signal.signal(signal.SIGPROF, _interrupt)
        signal.signal(signal.SIGALRM, _interrupt)
        _set_alarms(*time, again=0.5)  # again and again: the first may be swallowed
        _execute(names, source, bare)
    except BaseException as stopped:
        error = _described(stopped)
    finally:
        _set_alarms()
    _end_unless(me)
    _demand_room()
    return {"error": error, "printed": printed.text()}


def _end_unless(me: int) -> None:
    """End a process that student code has forked and that has come back from it: two would answer the grader."""
    if os.getpid() != me:
        os._exit(0)


def _demand_room() -> None:
    """Give the room up if a cell has left no descriptors or processes for those after it: they are run again without
    that cell.
    """
    held = []
    try:
        held += [os.dup(_SESSION) for _ in range(_SPARE)]
        if _forks:
            _demand_processes()
    except OSError:
        os._exit(70)
    for descriptor in held:
        os.close(descriptor)


def _demand_processes() -> None:
    """OSError unless this cell has left room for functions that are served apart. What it started and has ended is
    buried, because it counts.
    """
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    started: list[int] = []
    try:
        for _ in range(_SPARE // 4):
            if not (pid := os.fork()):
                os._exit(0)
            started.append(pid)
    finally:
        for pid in started:
            os.waitpid(pid, 0)
        _forks.clear()


def _interrupt(number: int, *_) -> None:
    raise _Slow if number == signal.SIGPROF else _Waited


def _execute(names: dict, source: str, bare: bool = False) -> None:
    global _flags
    file = f"{_CELL} {len(linecache.cache)}>"
    try:
        body = ast.parse(source, file).body
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        source = TransformerManager().transform_cell(source)
        body = ast.parse(source, file).body
    linecache.cache[file] = len(source), None, source.splitlines(True), file  # for who asks for a function's source
    for node in body:
        shown = node is body[-1] and isinstance(node, ast.Expr)
        tree, kind = (ast.Interactive([node]), "single") if shown else (ast.Module([node], []), "exec")
        code = compile(tree, file, kind, _flags, dont_inherit=True)
        _flags |= code.co_flags & _FUTURE
        with contextlib.suppress(*([Exception] if bare else [])):
            _do(code, names)
        names.pop("get_ipython", None)  # an imported one would know of no shell


def _do(code: types.CodeType, names: dict) -> None:
    if code.co_flags & inspect.CO_COROUTINE:
        import asyncio

        asyncio.run(eval(code, names))
    else:
        exec(code, names)


def _described(error: BaseException) -> list:
    """An error's kind, its words, and the line of the cell that it came from, if one is known."""
    try:
        words = str(error)[:500]
    except BaseException:
        words = ""
    line, step = (
        getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None,
        error.__traceback__,
    )
    while step:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename.startswith(_CELL) else line
        step = step.tb_next
    return [type_name(type(error)), words, line if type(line) is int else None]


class _Printed(io.TextIOBase):
    """The beginning of what a cell prints."""

    encoding = "utf-8"

    def __init__(self, limit: int):
        self._pieces, self._left, self._lost = [], limit, 0

    def writable(self) -> bool:
        return True

    def write(self, words: str) -> int:
        kept = words[: self._left]
        if kept:
            self._pieces.append(kept)
        self._left -= len(kept)
        self._lost += len(words) - len(kept)
        return len(words)

    def text(self) -> str:
        return "".join(self._pieces) + ("\n…" if self._lost else "")


def _display(*values, **_) -> None:
    for value in values:
        if value is not None:
            print(repr(value))


class _Shell:
    """IPython's `get_ipython()`, as far as a magic needs it: timing runs its statement, a file is written or run, all
    else does nothing.
    """

    def __init__(self, names: dict):
        self._names = names

    def itself(self) -> _Shell:
        return self

    def run_line_magic(self, name: str, line: str, *_, **__):
        if name == "time":
            _execute(self._names, line)
        elif name == "run":
            file = next(word for word in line.split() if word[0] != "-")
            with open(file.strip("'\""), encoding="utf-8") as script:  # noqa: PTH123
                _execute(self._names, script.read())

    def run_cell_magic(self, name: str, line: str, cell: str):
        if name in ("time", "capture", "prun"):
            _execute(self._names, cell)
        elif name == "writefile":
            with open(line.split()[-1], "w", encoding="utf-8") as file:  # noqa: PTH123
                file.write(cell)

    def getoutput(self, *_, **__) -> list:
        return []

    def __getattr__(self, name: str):
        return lambda *_, **__: None


# ------------------------------------------------------------------------------------------------ an answer


def _value(names: dict, name: str) -> dict:
    if name not in names:
        return {"missing": True}
    value = names[name]
    function = callable(value) and not issubclass(type(value), type)
    return {"function": function, "value": tag(plain(value))}


def _give_up(*_) -> None:
    """End the child: as process 1 it would outlive an alarm."""
    os._exit(70)


def _answer(function: object, limit: int, apart: bool) -> None:
    """Let calls be answered, and say how it went."""
    status = _forked(function, limit) if apart else _serve(function, limit)
    died = {"died": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}
    _reply({"done": True} if status == _DONE else died)


def _forked(function: object, limit: int) -> int:
    """Answer calls in a fork; the status it ended with."""
    pid = os.fork()
    if not pid:
        try:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            os._exit(os.waitstatus_to_exitcode(_serve(function, limit)))
        finally:
            os._exit(70)
    status = os.waitpid(pid, 0)[1]
    if os.getpid() == 1:  # all others are its own: what a call has started ends with it
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
    _forks.clear()
    return status


def _serve(function: object, limit: int) -> int:
    """Answer calls until no more are wanted: `_DONE`."""
    sys.stdout = sys.stderr = _Printed(0)
    me = os.getpid()

    def answer(inputs: bytes) -> dict:
        said = answer_call(function, inputs)
        _end_unless(me)
        return said

    while True:
        match _command():
            case ("call", inputs, *time):
                _set_alarms(*time)
                said = answer(inputs)
                _set_alarms()
                _reply(said, limit)
            case ("calls", several, *time):
                _set_alarms(*time)
                said = [answer(inputs) for inputs in several]
                _set_alarms()
                _reply({"replies": said}, limit)
            case _:
                return _DONE


if __name__ == "__main__":
    main()
