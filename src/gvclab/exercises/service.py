"""A student's function, called through a pipe.

The function runs in a forked child: inputs go in pickled, plain data come back as JSON. The child has no
input, its output is thrown away, its time and memory are bounded; whatever happens to it, the kernel only
hears of it. A child that died is replaced at the next call, so one bad call costs one property.

Its time is processor time, so that a busy machine makes no right function wrong; what sleeps or waits is ended by the
wall clock, which has `CallLimits.patience` times as many seconds.

Without `fork` (Windows, the browser) the function is called in this process on copies of the inputs. Then
Python loops are still stopped at the time limit and exits are caught, but a loop inside compiled code and a
hunger for memory are not.

While it is called the models of the library are closed (`closed`). What a verdict may then repeat of an error
or a wrong value is settled here too, because a function can put what it was called with into both.

This protects an honest student from an accident. It is no prison: a class is graded by `gvclab.grading`, in a
sandbox.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import io
import json
import os
import pickle
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gvclab.content import Message, render, text

from .closed import close_models
from .plain import Other, is_missing, plain, short, tag, type_name, untag

CAN_FORK = hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")
REPLY_BYTES = 4_000_000
TOO_LONG = "ReplyTooLong"  # in the place of an error's name
_LENGTH = struct.Struct(">I")


class Failure(Exception):
    """The call gave no value; `message` says why, for the student."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return render(self.message)


def failure(name: str, /, **values) -> Failure:
    """A failure by its entry under `exercises.code`."""
    return Failure(Message(f"exercises.code.{name}", values))


@dataclass(frozen=True)
class CallLimits:
    """Seconds of processor time for one call and for all calls together; megabytes beyond what the kernel has.

    `patience`: how much wall-clock time there is for each of these seconds.
    """

    call: float = 2.0
    total: float = 10.0
    megabytes: int = 512
    patience: float = 10.0


@contextlib.contextmanager
def serve(
    function: Callable, limits: CallLimits | None = None, fork: bool = CAN_FORK, discreet: bool = False
) -> Iterator[Callable]:
    """A stand-in for `function` that gives plain data or raises `Failure`: `with serve(f) as call: …`.

    `discreet`: the inputs are hidden, so that nothing of the function's own making is to be repeated.
    """
    service = (_Forked if fork else _InProcess)(function, limits or CallLimits(), discreet)
    try:
        yield service.call
    finally:
        service.close()


def answer_call(function: Callable, sent: bytes) -> dict:
    """Call the function on a copy of the inputs and say how it went, in JSON's terms."""
    arguments = pickle.loads(sent)
    try:
        # A page that makes errors of warnings or overflows means its own numbers, and has not seen these.
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            value = function(*arguments)
        return {"value": tag(plain(value)), "changed": _changed(arguments, sent)}
    except BaseException as error:
        return {"error": [type_name(type(error)), _words(error)]}


def _changed(arguments: tuple, sent: bytes) -> bool:
    now = pickle.dumps(arguments)
    # What was pickled once may be pickled otherwise the second time, from the third on it stays.
    return now != sent and now != pickle.dumps(pickle.loads(sent))


def value_of(reply: dict, limit: float, discreet: bool = False):
    """The value in a reply, as plain data. `Failure` where the call, which had `limit` seconds, gave none."""
    stopped = _failure_of(reply, limit, discreet)
    if stopped:
        raise stopped
    data = untag(reply.get("value"))
    return _discreet(data) if discreet else data


def _failure_of(reply: dict, limit: float, discreet: bool) -> Failure | None:
    """What a reply says about how the call went."""
    if reply.get("changed"):
        return failure("changed")
    match reply.get("error"):
        case None:
            return None
        case ["SystemExit", _]:
            return failure("exit")
        case ["TimeUp", _]:
            return failure("slow", seconds=f"{limit:g}")
        case ["MemoryError", _]:
            return failure("memory")
        case ["RecursionError", _]:
            return failure("recursion")
        case ["ModelsClosed", _]:
            return failure("library")
        case [kind, _] if kind == TOO_LONG:
            said = {} if discreet else {"words": Message("exercises.code.long")}
            return failure("stopped" if discreet else "raised", kind="ValueError", **said)
        case [str(kind), str(words)] if not discreet:
            return failure("raised", kind=short(kind), words=short(words, 200))
        case [str(kind), str()]:
            return failure("stopped", kind=kind if kind in _ERRORS else "Exception")
    return failure("unreadable")


_ERRORS = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)}
_ERRORS |= {"LinAlgError"}
# What people return by mistake. Few: which of them it is tells something of the inputs.
_KINDS = {"list", "dict", "str", "complex", "ndarray", "DataFrame", "function", "generator"}


def _discreet(data):
    """A number as it is, of anything else no more than its kind."""
    if is_missing(data) or isinstance(data, (bool, int, float)):
        return data
    kind = data.kind if isinstance(data, Other) else type(data).__name__
    return Other(kind if kind in _KINDS else "object")


def _words(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:
        return ""


class _Clock:
    """What is left of the time for all calls. After one that waited too long no other is made."""

    def __init__(self, limits: CallLimits):
        self._limits, self._left = limits, limits.total
        self._until = time.monotonic() + limits.total * limits.patience

    def next_call(self) -> tuple[float, float]:
        """The processor time for the next call, and until when it may wait. `Failure` if there is to be none."""
        now = time.monotonic()
        if now > self._until:
            raise self.waited()
        left = min(self._limits.call, self._left)
        if left <= 0:
            raise failure("no_time", seconds=f"{self._limits.total:g}")
        return left, min(self._until, now + self._limits.call * self._limits.patience)

    def spend(self, seconds: float) -> None:
        self._left -= seconds

    def waited(self) -> Failure:
        """The wall clock has ended a call."""
        self._until = 0
        return failure("waited", seconds=f"{self._limits.call * self._limits.patience:g}")


# ---------------------------------------------------------------------------------------------- with a child


class _Forked:
    def __init__(self, function: Callable, limits: CallLimits, discreet: bool):
        self._function, self._limits, self._discreet = function, limits, discreet
        self._clock = _Clock(limits)
        self._pid = 0

    def call(self, *arguments):
        left, deadline = self._clock.next_call()
        if not self._pid:
            self._start()
        try:
            self._send(pickle.dumps((left, pickle.dumps(arguments))), deadline)
            (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
            if length > REPLY_BYTES:
                raise ValueError("reply too long")
            reply = json.loads(self._read(length, deadline))
        except TimeoutError:
            self.close()
            raise self._clock.waited() from None
        except (EOFError, BrokenPipeError):
            raise self._epitaph(left) from None
        except (ValueError, RecursionError):
            self.close()
            raise failure("unreadable") from None
        match reply:
            case [int() | float() as used, dict() as said]:
                self._clock.spend(used)
                return value_of(said, self._limits.call, self._discreet)
        self.close()
        raise failure("unreadable")

    def _start(self) -> None:
        child_in, self._to = os.pipe()
        self._from, child_out = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns of threads in the parent; the child calls nothing that waits for one.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            try:
                _child(self._function, child_in, child_out, self._limits)
            finally:
                os._exit(0)
        os.close(child_in)
        os.close(child_out)
        os.set_blocking(self._to, False)

    def _send(self, message: bytes, deadline: float) -> None:
        rest = memoryview(_LENGTH.pack(len(message)) + message)
        while rest:
            self._wait(self._to, deadline, writing=True)
            rest = rest[os.write(self._to, rest[:65536]) :]

    def _read(self, length: int, deadline: float) -> bytes:
        pieces = []
        while length:
            self._wait(self._from, deadline)
            piece = os.read(self._from, min(length, 1 << 20))
            if not piece:
                raise EOFError
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    @staticmethod
    def _wait(descriptor: int, deadline: float, writing: bool = False) -> None:
        import select  # absent in the browser

        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise TimeoutError

    def _epitaph(self, left: float) -> Failure:
        # The pipe closes a moment before the process is gone, and only then is the reason known.
        status = self.close(patience=5)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if number == signal.SIGPROF:
            self._clock.spend(left)
            return failure("slow", seconds=f"{self._limits.call:g}")
        if number not in (0, signal.SIGKILL):
            return failure("crashed", signal=signal.Signals(number).name)
        return failure("exit")

    def close(self, patience: float = 0.0) -> int:
        """End the child and all that it started, after waiting for it to end by itself; its exit status."""
        if not self._pid:
            return 0
        pid, self._pid = self._pid, 0
        os.close(self._to)
        os.close(self._from)
        until = time.monotonic() + patience
        done, status = os.waitpid(pid, os.WNOHANG)
        while not done and time.monotonic() < until:
            time.sleep(0.002)
            done, status = os.waitpid(pid, os.WNOHANG)
        # The child leads a group of its own: what it started goes with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        if not done:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
        return status


def _child(function: Callable, inbox: int, outbox: int, limits: CallLimits) -> None:
    """The child's life: seal itself off, then answer calls until the pipe closes."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    gc.freeze()  # nothing of the kernel's is torn down here
    _only(inbox, outbox)
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), _Nowhere(), _Nowhere()
    sys.__stdout__, sys.__stderr__, sys.displayhook = sys.stdout, sys.stderr, lambda value: None
    builtins.input = _no_input
    sys.settrace(None)
    close_models()
    _bound(limits)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # the time is up, also in compiled code
    while True:
        header = _exactly(3, _LENGTH.size)
        seconds, sent = pickle.loads(_exactly(3, *_LENGTH.unpack(header)))
        before = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds)
        said = answer_call(function, sent)
        signal.setitimer(signal.ITIMER_PROF, 0)
        used = time.process_time() - before
        reply = json.dumps([used, said]).encode()
        if len(reply) > REPLY_BYTES:
            reply = json.dumps([used, {"error": [TOO_LONG, ""]}]).encode()
        rest = memoryview(_LENGTH.pack(len(reply)) + reply)
        while rest:
            rest = rest[os.write(4, rest) :]


def _only(inbox: int, outbox: int) -> None:
    """Close every descriptor of the kernel's (its sockets!) but the two pipes, which become 3 and 4."""
    import fcntl

    high_in, high_out = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (inbox, outbox))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.dup2(high_in, 3)
    os.dup2(high_out, 4)
    os.closerange(5, os.sysconf("SC_OPEN_MAX"))


def _bound(limits: CallLimits) -> None:
    import resource

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_CPU, int(limits.total) + 5)  # should its own clock be turned off
    with contextlib.suppress(OSError):  # only Linux tells the present size
        with open("/proc/self/statm") as file:  # noqa: PTH123
            pages = int(file.read().split()[0])
        lower(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGE_SIZE") + limits.megabytes * 2**20)


def lower(which: int, value: int) -> None:
    """Lower a resource limit of this process, as far as the system lets it."""
    import resource  # absent on Windows and in the browser

    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (value, value))


def _exactly(descriptor: int, length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = os.read(descriptor, length - len(data))
        if not piece:
            os._exit(0)  # the kernel has closed the pipe
        data += piece
    return data


class _Nowhere(io.TextIOBase):
    def writable(self) -> bool:
        return True

    def write(self, words: str) -> int:
        return len(words)


def _no_input(*_):
    raise EOFError(text("exercises.code.input"))


# ------------------------------------------------------------------------------------------- without a child


class TimeUp(BaseException):
    """Raised inside a student's loop when its time is over."""


class WaitedOut(BaseException):
    """Raised where a student's function has slept or waited too long."""


def _thread_time() -> float:
    """Processor time: of this thread, since a kernel has others; in the browser there is but one."""
    return time.process_time() if sys.platform in ("emscripten", "wasi") else time.thread_time()


class _InProcess:
    def __init__(self, function: Callable, limits: CallLimits, discreet: bool):
        self._function, self._limits, self._discreet = function, limits, discreet
        self._clock = _Clock(limits)

    def call(self, *arguments):
        left, deadline = self._clock.next_call()
        before = _thread_time()
        with _guarded(before + left, deadline):
            reply = answer_call(self._function, pickle.dumps(arguments))
        self._clock.spend(min(left, _thread_time() - before))
        if reply.get("error", [""])[0] == "WaitedOut":
            raise self._clock.waited()
        return value_of(reply, self._limits.call, self._discreet)

    def close(self) -> None:
        """Nothing was started."""


@contextlib.contextmanager
def _guarded(end: float, deadline: float) -> Iterator[None]:
    """Stop Python loops at the `end` of their processor time or at the wall clock's deadline, swallow output, refuse
    input and exits.
    """

    def watch(frame, event, argument):
        if _thread_time() > end:
            raise TimeUp
        if time.monotonic() > deadline:
            raise WaitedOut
        return watch

    def leave(code=0):
        raise SystemExit(code)

    before = sys.gettrace(), builtins.input, os._exit
    reopen = close_models()
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
        builtins.input, os._exit = _no_input, leave
        sys.settrace(watch)
        try:
            yield
        finally:
            trace, builtins.input, os._exit = before
            sys.settrace(trace)
            reopen()
