"""Warm parents, and sessions in them: the trusted end of the sockets.

    with pool.session(room, numbers, deadline) as session:
        session.run("x = 1", 20)         -> Ran(error, printed)
        session.value("x")               -> {"value": 1, "function": False}
        with session.function("f") as f:
            f(1, 2)                      -> plain data, or `Failure`

A session whose child has ended, or was ended because it did not answer in time, says so in `session.lost`;
whatever is asked of it then raises `Lost`. A warm parent that has died raises `ParentLost`, and the next
session has a new one.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import multiprocessing.connection
import os
import pickle
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gvclab.content import text as say
from gvclab.exercises.plain import Other, short, untag
from gvclab.exercises.service import Failure, value_of

from .sandbox import Room, SandboxError, places, start

_LENGTH = struct.Struct(">I")
_STATUS = struct.Struct(">i")
_GRACE = 2.0  # how long beyond its time a child may take to stop by itself
_WARM_UP = 60.0
_REHEARSAL = 1.0  # for all calls known beforehand


class Lost(Exception):
    """The child is gone; the message says how, for student and instructor."""


class ParentLost(Exception):
    """The warm parent is gone, and with it whatever ran in it."""


class Parent:
    """A process that has the libraries imported and forks a child per submission."""

    def __init__(self, room: Room):
        self.room = room
        written = (re.escape(json.dumps(place)[1:-1].encode()) for place in places(room))
        self._places = re.compile(b"|".join(written) or b"(?!)")
        self._process, self._control = start(room)
        self._control.settimeout(_WARM_UP)
        ready = False
        with contextlib.suppress(OSError):
            ready = self._control.recv(1) == b"R"
        if not ready:
            raise SandboxError(say("grade.sandbox.failed", problem=self.close()))
        self._control.settimeout(_WARM_UP / 6)

    def open(self, bare: bool = False) -> socket.socket:
        """The end of a fresh socket whose other end a new child holds; in a `bare` room there are no models."""
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [b"B" if bare else b"S"], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise ParentLost from error
        finally:
            theirs.close()
        return ours

    def unplaced(self, said: bytes) -> bytes:
        """What a child said without the folders that show whose machine this is: tracebacks name them."""
        return self._places.sub(lambda _: b"\\u2026", said)

    def end(self) -> int:
        """End the child; the status it ended with."""
        try:
            self._control.sendall(b"E")
            data = self._control.recv(_STATUS.size, socket.MSG_WAITALL)
        except OSError as error:
            raise ParentLost from error
        if len(data) < _STATUS.size:
            raise ParentLost
        return _STATUS.unpack(data)[0]

    def end_unseen(self) -> None:
        """End the child; how it ended is not asked."""
        try:
            self._control.sendall(b"N")
        except OSError as error:
            raise ParentLost from error

    def close(self) -> str:
        """End the parent and all in it; what it last said to nobody."""
        self._control.close()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, said = self._process.communicate(timeout=5)
            return short(said.decode(errors="replace").strip()[-300:], 300)
        return ""


# One a thread: bubblewrap ends with the thread that started it.
_mine = threading.local()
_all: set[Parent] = set()


def parent(room: Room) -> Parent:
    """This thread's warm parent, started at the first call."""
    held = getattr(_mine, "parent", None)
    if held is None or held.room != room:
        discard()
        _mine.parent = held = Parent(room)
        _all.add(held)
    return held


def discard() -> None:
    """End this thread's warm parent, if there is one."""
    if held := getattr(_mine, "parent", None):
        _mine.parent = None
        _all.discard(held)
        held.close()


@atexit.register
def _discard_all() -> None:
    for held in list(_all):
        held.close()


def end_with_parent() -> None:
    """In a worker process: a worker whose own parent was killed would wait for work for ever."""

    def watch() -> None:
        multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
        os._exit(1)  # the warm parent hears of it, and ends what it holds

    threading.Thread(target=watch, daemon=True).start()


def probe(room: Room) -> None:
    """Raise SandboxError unless a child can be shut in as `room` says."""
    trial = Parent(replace(room, warm=(), sections=()))
    session = Session(trial, "{}", time.monotonic() + 10)
    try:
        session.run("1", 5)
    except Lost as lost:
        raise SandboxError(say("grade.sandbox.nested")) from lost
    finally:
        with contextlib.suppress(ParentLost):
            session.close()
        trial.close()


@contextlib.contextmanager
def session(room: Room, numbers: str, deadline: float, bare: bool = False) -> Iterator[Session]:
    """A child of this thread's warm parent that has the student's `numbers` (JSON) and time till `deadline`.

    `bare`: without the library's models, for functions that are to be judged (`worker`).
    """
    try:
        opened = Session(parent(room), numbers, deadline, bare)
        try:
            yield opened
        finally:
            opened.close()
    except ParentLost:
        discard()
        raise


@dataclass(frozen=True)
class Ran:
    """How a cell went: the error (kind, words, line) that stopped it, and the beginning of what it printed."""

    error: tuple[str, str, int | None] | None
    printed: str


class Session:
    """One child, spoken to over one socket. What it says is data."""

    def __init__(self, parent: Parent, numbers: str, deadline: float, bare: bool = False):
        self.lost, self.status = "", 0
        self._parent, self.limits, self._deadline = parent, parent.room.limits, deadline
        self._socket = parent.open(bare)
        self._folder = None if parent.room.sandboxed else tempfile.mkdtemp(prefix="gvclab-")
        try:
            self._send((self._folder, numbers))
        except Lost as lost:
            self._socket.close()
            # The parent may think that the child lives, and would take the next command for this one's.
            raise ParentLost from lost

    def run(self, source: str, seconds: float) -> Ran:
        """Run a cell for so many seconds at most."""
        seconds = max(0.1, min(seconds, self._deadline - time.monotonic()))
        self._send(("run", source, seconds))
        # JSON may write a letter as twelve.
        reply = self._receive(seconds + _GRACE, 12 * self.limits.printed + 10_000)
        match reply.get("error"):
            case [str(kind), str(words), int() | None as line]:
                error = (short(kind, 60), short(words, 300), line)
            case _:
                error = None
        printed = reply.get("printed")
        return Ran(error, printed[: self.limits.printed + 2] if isinstance(printed, str) else "")

    def value(self, name: str) -> dict:
        """What stands under a name: {"missing": True} or {"value": plain data, "function": bool}."""
        self._send(("value", name))
        reply = self._receive(self.limits.call, self.limits.reply)
        if reply.get("missing") is True:
            return {"missing": True}
        if reply.get("large") is True:
            return {"value": Other(say("exercises.kind.too_large")), "function": False}
        return {"value": untag(reply.get("value")), "function": reply.get("function") is True}

    @contextlib.contextmanager
    def function(self, name: str, rehearsed: tuple[bytes, ...] = (), apart: bool = False) -> Iterator[Callable]:
        """A stand-in for a function as it now is; see `exercises.service.serve`.

        `rehearsed`: pickled inputs that will be asked for. They are sent in one go, which saves the way to and
        fro; a call with other inputs is sent by itself.
        `apart`: calls are answered by a fork, so that one that is fatal costs only itself, and more time; else it ends
        the session.
        """
        remote = _Function(self, name, rehearsed, apart)
        yield remote
        if remote.served and not self.lost:
            with contextlib.suppress(Lost):  # what was earned stays earned; `lost` tells
                self.ask(("done",), self.limits.call)

    def ask(self, command: tuple, seconds: float) -> dict:
        """The reply to a command that takes so many seconds at most."""
        self._send(command)
        return self._receive(seconds + _GRACE, self.limits.replies)

    def extend(self, seconds: float) -> None:
        """Give it so many seconds more."""
        self._deadline += seconds

    def serve(self, name: str, apart: bool) -> None:
        """From now on calls of a function are answered, until `done`."""
        self._send(("serve", name, apart))

    def close(self) -> None:
        """End the child; if it was lost, `status` is then what it ended with."""
        self._socket.close()
        try:
            if self.lost or not self._parent.room.sandboxed:
                self.status = self._parent.end()
            else:
                self._parent.end_unseen()
        finally:
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _send(self, command: tuple) -> None:
        data = pickle.dumps(command)
        try:
            self._timeout(self.limits.cell)
            self._socket.sendall(_LENGTH.pack(len(data)) + data)
        except TimeoutError:
            self._lose("silent")
        except OSError:
            self._lose("gone")

    def _receive(self, seconds: float, limit: int) -> dict:
        until = time.monotonic() + seconds
        try:
            (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
            if length > limit:
                self._lose("garbled")
            reply = json.loads(self._parent.unplaced(self._exactly(length, until)))
        except TimeoutError:
            self._lose("silent")
        except OSError:
            self._lose("gone")
        except (ValueError, RecursionError):
            self._lose("garbled")
        return reply if isinstance(reply, dict) else {}

    def _exactly(self, length: int, until: float) -> bytes:
        data = b""
        while len(data) < length:
            self._timeout(until - time.monotonic())
            piece = self._socket.recv(length - len(data))
            if not piece:
                self._lose("gone")
            data += piece
        return data

    def _timeout(self, seconds: float) -> None:
        left = min(seconds, self._deadline + _GRACE - time.monotonic())
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def _lose(self, how: str) -> None:
        self.lost = how
        raise Lost(how)


class _Function:
    """Calls over the socket. A fork that died of a call is replaced at the next."""

    def __init__(self, session: Session, name: str, rehearsed: tuple[bytes, ...], apart: bool):
        self._session, self._name, self._apart, self._limits = session, name, apart, session.limits
        self._end = time.monotonic() + self._limits.calls
        self.served = False
        self._known = self._rehearse(rehearsed)

    def __call__(self, *arguments):
        inputs = pickle.dumps(arguments)
        known = self._known.get(inputs)
        reply = known.pop(0) if known else self._asked(inputs)
        return value_of(reply, self._limits.call, discreet=True)

    def _rehearse(self, inputs: tuple[bytes, ...]) -> dict[bytes, list[dict]]:
        """The replies to calls known beforehand, in order for each input; none if they do not all come in time."""
        if not inputs:
            return {}
        try:
            replies = self._ask(("calls", inputs, _REHEARSAL), _REHEARSAL).get("replies")
        except Lost:
            return {}
        known = defaultdict(list)
        if isinstance(replies, list) and len(replies) == len(inputs):
            for one, reply in zip(inputs, replies, strict=True):
                known[one].append(reply if isinstance(reply, dict) else {})
        return known

    def _asked(self, inputs: bytes) -> dict:
        left = min(self._limits.call, self._end - time.monotonic())
        if left <= 0:
            raise Failure(say("exercises.code.no_time", seconds=f"{self._limits.calls:g}"))
        try:
            reply = self._ask(("call", inputs, left), left)
        except Lost as lost:
            self._end = 0
            how = {"silent": "slow", "garbled": "unreadable"}.get(self._session.lost, "exit")
            raise Failure(say(f"exercises.code.{how}", seconds=f"{self._limits.call:g}")) from lost
        if "died" in reply:
            raise Failure(self._epitaph(reply["died"]))
        return reply

    def _ask(self, command: tuple, seconds: float) -> dict:
        if not self.served:
            self._session.serve(self._name, self._apart)
            self.served = True
        reply = self._session.ask(command, seconds)
        self.served = "died" not in reply
        return reply

    def _epitaph(self, number: object) -> str:
        if number == signal.SIGALRM:
            return say("exercises.code.slow", seconds=f"{self._limits.call:g}")
        if number in (0, signal.SIGKILL) or number not in set(signal.Signals):
            return say("exercises.code.exit")
        return say("exercises.code.crashed", signal=signal.Signals(number).name)
