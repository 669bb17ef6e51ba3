"""Warm parents, and sessions in them: the trusted end of the sockets.

    with pool.session(room, numbers, Allowance.of(room.limits)) as session:
        session.run("x = 1", 20)         -> Ran(error, printed)
        session.value("x")               -> {"value": 1, "function": False}
        with session.function("f") as f:
            f(1, 2)                      -> plain data, or `Failure`

A session whose child has ended, or was ended because it did not answer in time, says so in `session.lost`;
whatever is asked of it then raises `Lost`. A warm parent that has died raises `ParentLost`, and the next
session has a new one.

Time is processor time, of the child and all that it has started (`meter`), so that what a submission earns does not
depend on what else the machine does. What uses none, because it sleeps or waits, is ended by the wall clock, which has
`Limits.patience` times as many seconds.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import multiprocessing.connection
import os
import pickle
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gvclab.content import text as say
from gvclab.exercises.plain import TOO_LARGE, Other, short, untag
from gvclab.exercises.service import Failure, failure, value_of

from .meter import Meter
from .sandbox import Limits, Room, SandboxError, places, start

_LENGTH = struct.Struct(">I")
_STATUS = struct.Struct(">i")
_LINUX = sys.platform == "linux"
_CREDENTIALS = struct.Struct("3i")  # process, user, group
_GRACE = 2.0  # how long beyond its time a child may take to stop by itself
_LOOK = 0.05  # seconds between two looks at the clocks
_WARM_UP = 600.0  # of the wall clock, as all that the warm parent, which is ours, is given
_REHEARSAL = 1.0  # for all calls known beforehand
SLOW, WAITED = "_Slow", "_Waited"  # the worker's names for the errors that stop a cell


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

    def open(self, bare: bool = False) -> tuple[socket.socket, int]:
        """A fresh socket whose other end a new child holds, and the child's process id.

        In a `bare` room there are no models.
        """
        ours, theirs = socket.socketpair()
        if _LINUX:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            socket.send_fds(self._control, [b"B" if bare else b"S"], [theirs.fileno()])
            theirs.close()
            return ours, _sender(ours)
        except OSError as error:
            ours.close()
            raise ParentLost from error
        finally:
            theirs.close()

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


def _sender(received: socket.socket) -> int:
    """Who begins to speak: by the system's word, since a process knows only what it is called where it lives."""
    received.settimeout(_WARM_UP)
    said, about, *_ = received.recvmsg(_STATUS.size, socket.CMSG_SPACE(_CREDENTIALS.size))
    for _, kind, data in about:
        if _LINUX and kind == socket.SCM_CREDENTIALS and said:
            return _CREDENTIALS.unpack(data)[0]
    if len(said) < _STATUS.size:
        raise ConnectionResetError
    return _STATUS.unpack(said)[0]


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
    try:
        with contextlib.closing(Session(trial, "{}", Allowance.of(room.limits))) as session:
            session.run("1", 5)
    except (Lost, ParentLost) as lost:
        raise SandboxError(say("grade.sandbox.nested")) from lost
    finally:
        trial.close()


@dataclass
class Allowance:
    """The processor time that is left to a submission, over all its sessions, and the wall clock's end of it."""

    seconds: float
    until: float

    @classmethod
    def of(cls, limits: Limits) -> Allowance:
        """All of it."""
        return cls(limits.total, time.monotonic() + limits.total * limits.patience)

    @property
    def is_waited_out(self) -> bool:
        """Whether the wall clock has ended it."""
        return time.monotonic() > self.until

    @property
    def is_used_up(self) -> bool:
        return self.seconds <= 0 or self.is_waited_out


@contextlib.contextmanager
def session(room: Room, numbers: str, allowance: Allowance, bare: bool = False) -> Iterator[Session]:
    """A child of this thread's warm parent that has the student's `numbers` (JSON) and what the `allowance` leaves.

    `bare`: without the library's models, for functions that are to be judged (`worker`).
    """
    try:
        opened = Session(parent(room), numbers, allowance, bare)
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

    def __init__(self, parent: Parent, numbers: str, allowance: Allowance, bare: bool = False):
        self.lost, self.status = "", 0
        self.waited = False  # whether the wall clock has ended a call or the child
        self._parent, self.limits, self._allowance = parent, parent.room.limits, allowance
        self._socket, pid = parent.open(bare)
        self._meter, self._charged = Meter(pid), 0.0
        # What the two clocks show when what is asked must have been answered.
        self._stop, self._until = _GRACE, time.monotonic() + _WARM_UP
        self._folder = None if parent.room.sandboxed else tempfile.mkdtemp(prefix="gvclab-")
        try:
            self._send((self._folder, numbers))
        except Lost as lost:
            self._socket.close()
            # The parent may think that the child lives, and would take the next command for this one's.
            raise ParentLost from lost

    def run(self, source: str, seconds: float) -> Ran:
        """Run a cell for so many seconds at most."""
        seconds, before = max(0.1, min(seconds, self._allowance.seconds)), self._allowance.seconds
        # JSON may write a letter as twelve.
        reply = self._ask(("run", source, seconds, self._patient(seconds)), seconds, 12 * self.limits.printed + 10_000)
        match reply.get("error"):
            case [str(kind), str(words), int() | None as line]:
                error = (short(kind, 60), short(words, 300), line)
                if kind == SLOW:  # the alarm's clock is coarser than ours
                    self._allowance.seconds = min(self._allowance.seconds, before - seconds)
            case _:
                error = None
        printed = reply.get("printed")
        return Ran(error, printed[: self.limits.printed + 2] if isinstance(printed, str) else "")

    def value(self, name: str) -> dict:
        """What stands under a name: {"missing": True} or {"value": plain data, "function": bool}."""
        reply = self._ask(("value", name), self.limits.call, self.limits.reply)
        if reply.get("missing") is True:
            return {"missing": True}
        if reply.get("large") is True:
            return {"value": Other(TOO_LARGE), "function": False}
        return {"value": untag(reply.get("value")), "function": reply.get("function") is True}

    @contextlib.contextmanager
    def function(
        self, name: str, rehearsed: tuple[bytes, ...] = (), apart: bool = False, patient: bool = True
    ) -> Iterator[Callable]:
        """A stand-in for a function as it now is; see `exercises.service.serve`.

        `rehearsed`: pickled inputs that will be asked for. They are sent in one go, which saves the way to and
        fro; a call with other inputs is sent by itself.
        `apart`: calls are answered by a fork, so that one that is fatal costs only itself, and more time; else it ends
        the session.
        `patient`: also when the wall clock has ended a call the others are made; else they fail at once.
        """
        remote = _Function(self, name, rehearsed, apart, patient)
        yield remote
        if remote.served and not self.lost:
            with contextlib.suppress(Lost):  # what was earned stays earned; `lost` tells
                self.ask(("done",), self.limits.call)

    def ask(self, command: tuple, seconds: float, patience: float = 0.0) -> dict:
        """The reply to a command that takes so many seconds at most, or `patience` by the wall clock."""
        return self._ask(command, seconds, self.limits.replies, patience)

    def used(self) -> float:
        """Seconds of processor time so far."""
        return self._meter.read()

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

    def _patient(self, seconds: float) -> float:
        """The wall-clock seconds for so many of processor time."""
        return max(0.1, min(seconds * self.limits.patience, self._allowance.until - time.monotonic()))

    def _ask(self, command: tuple, seconds: float, limit: int, patience: float = 0.0) -> dict:
        """The reply, of so many bytes at most, to a command that may use so many seconds."""
        if self.lost:
            raise Lost(self.lost)
        if self._allowance.seconds < -_GRACE:
            self._lose("slow")
        before = self._meter.read()
        self._stop = before + min(seconds, self._allowance.seconds) + _GRACE
        self._until = time.monotonic() + (patience or self._patient(seconds)) + _GRACE
        try:
            self._send(command)
            return self._receive(limit)
        finally:
            used = self._meter.read()
            self._allowance.seconds -= used - self._charged  # what went on while nothing was asked counts too
            self._charged = used

    def _send(self, command: tuple) -> None:
        data = pickle.dumps(command)
        rest = memoryview(_LENGTH.pack(len(data)) + data)
        try:
            while rest:
                self._await(writing=True)
                rest = rest[self._socket.send(rest) :]
        except OSError:
            self._lose("gone")

    def _receive(self, limit: int) -> dict:
        try:
            (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
            if length > limit:
                self._lose("garbled")
            reply = json.loads(self._parent.unplaced(self._exactly(length)))
        except OSError:
            self._lose("gone")
        except (ValueError, RecursionError):
            self._lose("garbled")
        return reply if isinstance(reply, dict) else {}

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            self._await()
            piece = self._socket.recv(length - len(data))
            if not piece:
                self._lose("gone")
            data += piece
        return data

    def _await(self, writing: bool = False) -> None:
        """Wait until the socket can be read, or written; `Lost` if a clock says that it took too long."""
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT if writing else select.POLLIN)
        while True:
            # First the clocks: a child that says a little all the time does not get more of it.
            if time.monotonic() > self._until:
                self.waited = True
                self._lose("waited")
            if poll.poll(_LOOK * 1000):
                return
            if self._meter.read() > self._stop:
                self._lose("slow")

    def _lose(self, how: str) -> None:
        self.lost = how
        raise Lost(how)


class _Function:
    """Calls over the socket. A fork that died of a call is replaced at the next."""

    def __init__(self, session: Session, name: str, rehearsed: tuple[bytes, ...], apart: bool, patient: bool):
        self._session, self._name, self._apart, self._limits = session, name, apart, session.limits
        self._patient, self._left = patient, self._limits.calls
        self._until = time.monotonic() + self._limits.calls * self._limits.patience
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
        seconds = min(_REHEARSAL, self._limits.call)
        try:
            replies = self._ask("calls", inputs, seconds, seconds * self._limits.patience).get("replies")
        except Lost:
            self._session.waited = False  # each call is tried by itself
            return {}
        known = defaultdict(list)
        if isinstance(replies, list) and len(replies) == len(inputs):
            for one, reply in zip(inputs, replies, strict=True):
                known[one].append(reply if isinstance(reply, dict) else {})
        return known

    def _asked(self, inputs: bytes) -> dict:
        left = min(self._limits.call, self._left)
        patience = min(left * self._limits.patience, self._until - time.monotonic())
        if left <= 0:
            raise failure("no_time", seconds=f"{self._limits.calls:g}")
        if patience <= 0 or (self._session.waited and not self._patient):
            raise self._waited()
        before = self._session.used()
        try:
            reply = self._ask("call", inputs, left, patience)
        except Lost as lost:
            self._left = 0
            if self._session.lost == "waited":
                raise self._waited() from lost
            how = {"slow": "slow", "garbled": "unreadable"}.get(self._session.lost, "exit")
            raise failure(how, seconds=f"{self._limits.call:g}") from lost
        if reply.get("died") == signal.SIGALRM:
            raise self._waited()
        if reply.get("died") == signal.SIGPROF:
            self._left -= left  # no more and no less, however late it was noticed
            raise failure("slow", seconds=f"{self._limits.call:g}")
        self._left -= min(left, self._session.used() - before)
        if "died" in reply:
            raise self._epitaph(reply["died"])
        return reply

    def _ask(self, what: str, inputs: object, seconds: float, patience: float) -> dict:
        if not self.served:
            self._session.serve(self._name, self._apart)
            self.served = True
        reply = self._session.ask((what, inputs, seconds, patience), seconds, patience)
        self.served = "died" not in reply
        return reply

    def _waited(self) -> Failure:
        self._session.waited = True
        return failure("waited", seconds=f"{self._limits.call * self._limits.patience:g}")

    def _epitaph(self, number: object) -> Failure:
        if number in (0, signal.SIGKILL) or number not in set(signal.Signals):
            return failure("exit")
        return failure("crashed", signal=signal.Signals(number).name)
