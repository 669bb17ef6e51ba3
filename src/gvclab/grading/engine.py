"""One notebook of a submission, graded: answers are data, code is a service, the key never enters the room.

    done = grade(Work(items, steps, student, salt), room)

The student's cells run in a child of a warm, sandboxed parent, in the order of the page. Where the page has a
check, the answer is asked for and judged here, by the same checkers as in a notebook. For functions the page runs
once more, in a room without the library's models: there they are called, each at its check, and what cells print
is not looked at, since they may know the hidden inputs. A cell or a call that takes the child down costs only
itself: the page is run again without the cell, or with care for each call. Pure data in, pure data out, so that any
process, thread or machine that has the library with its keys can do it.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from gvclab.content import Message
from gvclab.exercises import Verdict, bank, judge
from gvclab.exercises.keys import namespace
from gvclab.exercises.ladder import verdict
from gvclab.exercises.plain import Bag, Other
from gvclab.exercises.variants import Identity, drawn, numbers

from . import pool
from .pool import SLOW, WAITED, Allowance, Lost, ParentLost
from .sandbox import Limits, Room

_SHOWN = 500_000  # characters of what the cells of a notebook print


@dataclass(frozen=True)
class Step:
    """One cell of the page: code to run (`source`), or the check of an item (no source)."""

    cell: int
    source: str | None
    item: str = ""


@dataclass(frozen=True)
class Work:
    """What is to be graded, for whom: the ids of a notebook's items, and its cells.

    With a `salt` the student has numbers of their own.
    """

    items: tuple[str, ...]
    steps: tuple[Step, ...]
    student: str
    salt: str = ""


@dataclass(frozen=True)
class Mark:
    """What an item earned: `score` out of `points`, and why."""

    item: str
    points: float
    score: float
    verdict: Verdict


@dataclass(frozen=True)
class Done:
    """The marks by item, what cells printed and what stopped them, and notes for the instructor.

    `failure`: why the grader, not the student, could not do it; then it should be tried again.
    `waited`: the wall clock ended a part of it; then it is not final, and if it was not alone there are no marks yet.
    """

    marks: dict[str, Mark]
    printed: dict[int, str] = field(default_factory=dict)
    stopped: dict[int, Message] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    failure: Message | None = None
    waited: bool = False


class _SetAside(Exception):
    """The wall clock has ended something: it may be this submission's doing, or that of others beside it."""


def grade(work: Work, room: Room, alone: bool = True) -> Done:
    """Run and judge. Always gives a mark for every check; raises only `SandboxError`.

    `alone`: no other submission is graded meanwhile. If one is, what the wall clock ends is not judged, and is to be
    tried again alone.
    """
    for _ in range(2):
        try:
            return _Grading(work, room, alone).done()
        except _SetAside:
            return Done(unjudged(work, _reason("aside")), waited=True)
        except ParentLost:
            continue  # a new warm parent, this submission alone in it
    problem = _reason("parent")
    return Done(unjudged(work, problem), failure=problem)


def grade_all(works: dict[str, Work], room: Room, alone: bool = True) -> dict[str, Done]:
    """The notebooks of a submission, one after the other: what a worker of whatever kind is asked to do."""
    return {name: grade(work, room, alone) for name, work in works.items()}


def unjudged(work: Work, problem: Message) -> dict[str, Mark]:
    """Nothing earned, for one reason, in every check."""
    return {
        step.item: _mark(bank.item(step.item), verdict("unanswered", problem))
        for step in work.steps
        if step.source is None
    }


def _mark(item: bank.Item, judged: Verdict) -> Mark:
    # Six digits, as a notebook shows a score and nbgrader reads it.
    return Mark(item.id, item.points, float(f"{judged.score * item.points:.6g}"), judged)


def _reason(name: str, /, **values: object) -> Message:
    """Why an item earned nothing."""
    return Message(f"grade.reason.{name}", values)


class _Grading:
    """One submission on its way: what was judged stays judged when the child has to be replaced."""

    def __init__(self, work: Work, room: Room, alone: bool):
        self.work, self.room, self.alone = work, room, alone
        items = [bank.item(name) for name in work.items]
        self.items = {item.id: item for item in items}
        self.who = Identity(work.student, work.salt)
        self.numbers = json.dumps({"student": work.student, "numbers": drawn(items, self.who)})
        pool.parent(room)  # its start is not the submission's time
        self.allowance = Allowance.of(room.limits)
        self.waited = False  # for the wall clock
        self.marks: dict[str, Mark] = {}
        self.printed: dict[int, str] = {}
        self.stopped: dict[int, Message] = {}
        self.fatal: set[int] = set()  # cells
        self.slow: set[int] = set()  # cells whose time was up, by whatever clock
        self.functions: set[str] = set()  # items whose answers have still to be called
        self.careful = False  # since a call has taken the child down
        self.problems: dict[str, Message] = {}  # of an item's answer cell
        self.notes: list[Message] = []

    def done(self) -> Done:
        while not self._through(self._page, self._stop) and not self._is_late():
            pass
        self._begin_again()
        while self.functions and not self._through(self._functions, self._spare) and not self._is_late():
            pass
        for step in self.work.steps:
            if step.source is None and step.item not in self.marks:
                self.marks[step.item] = _mark(self.items[step.item], verdict("unanswered", self._late()))
        in_order = {step.item: self.marks[step.item] for step in self.work.steps if step.source is None}
        if self.waited:
            self.notes.append(Message("grade.note.waited"))
        return Done(in_order, self.printed, self.stopped, tuple(self.notes), waited=self.waited)

    def _begin_again(self) -> None:
        self.allowance = Allowance.of(self.room.limits)

    def _is_late(self) -> bool:
        if self.allowance.is_waited_out:
            self._wait()
        return self.allowance.is_used_up

    def _wait(self) -> None:
        """The wall clock has ended something."""
        if not self.alone:
            raise _SetAside
        self.waited = True

    def _through(self, way: Callable[[], bool], lost: Callable[[Step, Message], None]) -> bool:
        """Whether a child came to the end of its way; if not, it is told where it was `lost`, and how."""
        self.session = self.step = None
        try:
            return way()
        except Lost as problem:
            if self.step is None:
                raise ParentLost from problem
            if self.session.waited:
                self._wait()
            lost(self.step, _epitaph(self.session, self.room.limits))
            return False

    def _stop(self, step: Step, problem: Message) -> None:
        """A step of the page was fatal: from now on it is left out."""
        if step.source is None:
            self.functions.discard(step.item)
            self.marks.setdefault(step.item, _mark(self.items[step.item], verdict("wrong", problem)))
        else:
            self.fatal.add(step.cell)
            self._stopped(step, problem)

    def _spare(self, step: Step, problem: Message) -> None:
        """A step was fatal where functions are called. How is not shown: cells there may know the hidden inputs."""
        if not self.careful:
            self.careful = True  # it may have been a call's doing, before
            self._begin_again()
        elif step.source is None:
            self._stop(step, problem)
        else:
            self.fatal.add(step.cell)

    def _page(self) -> bool:
        with pool.session(self.room, self.numbers, self.allowance) as session:
            self.session = session
            for step in self.work.steps:
                self.step = step
                self._step(session, step)
        return True

    def _functions(self) -> bool:
        """The page up to the last function, as it is run where there are no models, and each called at its check."""
        limits = self.room.limits
        checks = [n for n, step in enumerate(self.work.steps) if step.source is None and step.item in self.functions]
        with pool.session(self.room, self.numbers, self.allowance, bare=True) as session:
            self.session = session
            for n, step in enumerate(self.work.steps[: checks[-1] + 1]):
                self.step = step
                if n in checks:
                    self._call(session, self.items[step.item])
                    if session.lost:
                        return False
                elif step.source is not None and step.cell not in self.fatal and not self._is_late():
                    # What a cell that was stopped for its time has to say, it says at its beginning.
                    ran = session.run(step.source, limits.call if step.cell in self.slow else limits.cell)
                    if ran.error and ran.error[0] == WAITED:
                        self._wait()
        return True

    def _step(self, session: pool.Session, step: Step) -> None:
        if step.source is None:
            if step.item not in self.marks:
                self._judge(session, self.items[step.item])
        elif self._is_late():
            self._stopped(step, self._late())
        elif step.cell not in self.fatal:
            ran = session.run(step.source, self.room.limits.cell)
            if step.cell not in self.printed:  # else it runs once more, without a cell that was fatal
                self._show(step, ran)

    def _show(self, step: Step, ran: pool.Ran) -> None:
        left = _SHOWN - sum(map(len, self.printed.values()))
        self.printed[step.cell] = ran.printed if len(ran.printed) <= left else f"{ran.printed[: max(0, left)]}…"
        if ran.error:
            if ran.error[0] == WAITED:
                self._wait()
            self.slow |= {step.cell} if ran.error[0] in (SLOW, WAITED) else set()
            self._stopped(step, _problem(ran.error, self.room.limits))

    def _late(self) -> Message:
        return _reason("time", seconds=f"{self.room.limits.total:g}")

    def _stopped(self, step: Step, problem: Message) -> None:
        self.problems[step.item] = problem
        self.stopped[step.cell] = problem
        self.printed.setdefault(step.cell, "")

    def _judge(self, session: pool.Session, item: bank.Item) -> None:
        """Judge an answer, or note that it is a function."""
        found = session.value(item.answer)
        if "value" not in found:
            problem = self.problems.get(item.id)
            said = [_reason("undefined", name=item.answer), *([problem] if problem else [])]
            self.marks[item.id] = _mark(item, verdict("unanswered", *said))
        elif item.type == "code" and found["function"]:
            self.functions.add(item.id)
        else:
            self._settle(item, lambda: judge(item, _revived(found["value"]), self.who))

    def _call(self, session: pool.Session, item: bank.Item) -> None:
        """Judge a function. Most do all they are asked; else the page gets one more round, with care."""
        self.allowance.seconds += self.room.limits.calls
        self.allowance.until += self.room.limits.calls * self.room.limits.patience
        rehearsed = () if self.careful else _rehearsed(item, self.who if item.given else Identity())
        with session.function(item.answer, rehearsed, apart=self.careful, patient=self.alone) as function:
            self._settle(item, lambda: judge(item, function, self.who))
        if session.waited:
            self._wait()
        if session.lost and not self.careful:
            self.careful = True
            self._begin_again()
        else:
            self.functions.discard(item.id)

    def _settle(self, item: bank.Item, judged: Callable[[], Verdict]) -> None:
        try:
            self.marks[item.id] = _mark(item, judged())
        except Exception as error:
            # Not the student's fault, as far as anybody knows: the instructor is told.
            self.notes.append(Message("grade.note.broken", {"id": item.id, "error": type(error).__name__}))
            self.marks[item.id] = _mark(item, verdict("broken"))


@lru_cache(maxsize=256)
def _rehearsed(item: bank.Item, who: Identity) -> tuple[bytes, ...]:
    """What a right function would be called with, pickled, in order.

    The tests draw their inputs from fixed seeds, so the solution's calls are nearly always the student's too.
    """
    calls: list[bytes] = []
    right = namespace(item, numbers(item, who))[item.answer]

    def spy(*arguments):
        calls.append(pickle.dumps(arguments))
        return right(*arguments)

    judge(item, spy, who)
    return tuple(calls)


def _problem(error: tuple[str, str, int | None], limits: Limits) -> Message:
    kind, words, line = error
    if kind == SLOW:
        return _reason("slow", seconds=f"{limits.cell:g}")
    if kind == WAITED:
        return _reason("waited", seconds=f"{limits.cell * limits.patience:g}")
    if line:
        return _reason("error_line", kind=kind, words=words, line=line)
    return _reason("error", kind=kind, words=words)


def _epitaph(session: pool.Session, limits: Limits) -> Message:
    """How a child ended, for the student."""
    if session.lost == "slow":
        return _reason("slow", seconds=f"{limits.cell:g}")
    if session.lost == "waited":
        return _reason("waited", seconds=f"{limits.cell * limits.patience:g}")
    if session.lost == "gone" and os.WIFSIGNALED(session.status):
        number = os.WTERMSIG(session.status)
        if number != signal.SIGKILL:
            name = signal.Signals(number).name if number in set(signal.Signals) else number
            return _reason("crashed", signal=name)
    return _reason("garbled" if session.lost == "garbled" else "ended")


def _revived(data):
    """Plain data as the objects that `plain` makes the same data of."""
    if isinstance(data, Bag):
        return frozenset(map(_fixed, data.items))
    if isinstance(data, list):
        return [_revived(entry) for entry in data]
    if isinstance(data, dict):
        return {key: _revived(entry) for key, entry in data.items()}
    if isinstance(data, Other):
        return type(data.kind.replace("\0", ""), (), {})()
    return data


def _fixed(data):
    if isinstance(data, (list, Bag)):
        return tuple(map(_fixed, data.items if isinstance(data, Bag) else data))
    return str(data) if isinstance(data, (dict, Other)) else data
