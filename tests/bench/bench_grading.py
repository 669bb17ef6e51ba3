"""`gvclab grade` beside stock `nbgrader autograde`, on the same submissions of a real section. Part of `make bench`.

    python tests/bench/bench_grading.py [--submissions 40] [--rounds 3] [--growth 10 100 1000] [--no-stock]

A few minutes, most of them stock's and the thousand's; `--growth` alone leaves the latter out.

Times depend on the machine and on what else it does: of several rounds the shortest counts (stock has one), and the
ratios are what to look at. A bare fork is a process as warm as ours that forks and runs the same cells, without a
sandbox, checkers or gradebook: the floor.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from gvclab.exercises import bank
from gvclab.grading.sandbox import WARM

ROOT = Path(__file__).parents[2]
ASSIGNMENT, NOTEBOOK = "section-2", "2.3a-suppliers"
ITEMS = {item.id.replace(".", "-"): item for item in bank.load("2.3a").used("exercise") if item.type != "essay"}
VARIANTS = ("all", "all", "half", "all but one")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--submissions", type=int, default=40)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--growth", type=int, nargs="*", default=[10, 100, 1000])
    options.add_argument("--no-stock", action="store_true")
    given = options.parse_args()
    n = given.submissions
    with tempfile.TemporaryDirectory() as folder:
        floor = min(bare_fork(n) for _ in range(given.rounds))
        show("a bare fork", f"{floor:.3f} s", "the floor")
        stock = 0.0 if given.no_stock else nbgrader(course(Path(folder, "stock"), n)) / n
        if stock:
            show("nbgrader autograde", f"{stock:.2f} s", "a submission")
        for jobs in (1, 2):
            rounds = [
                [graded(course(Path(folder, f"{jobs}-{size}-{turn}"), size), jobs) for size in (n // 4, n)]
                for turn in range(given.rounds)
            ]
            (few, _), (many, memory) = map(min, zip(*rounds, strict=True))
            each = (many - few) / (n - n // 4)
            show(f"gvclab grade --jobs {jobs}", f"{many / n:.3f} s", f"a submission, start included, of {n}")
            show("  each further submission", f"{each:.3f} s", f"under {2 * floor:.3f} s a core: twice the floor")
            if stock:
                show("  stock's time in its", f"{stock / each:.0f}", "over 30 a core")
            show("  memory of a worker and its sandbox", f"{memory / jobs / 2**20:.0f} MB", "")
        for size in given.growth:
            took, memory = graded(course(Path(folder, f"growth-{size}"), size), 2)
            show(f"{size} submissions, 2 jobs", f"{took:.1f} s", f"{took / size:.3f} s each, {memory / 2**20:.0f} MB")


def show(name: str, value: str, remark: str) -> None:
    print(f"{name:40} {value:>10}   {remark}", flush=True)


def course(folder: Path, n: int) -> Path:
    """A course with n submissions: right, half right, with something left out."""
    released = (ROOT / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
    for part in (f"solutions/{ASSIGNMENT}", f"release/{ASSIGNMENT}"):
        (folder / part).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", folder / "solutions" / ASSIGNMENT)
    (folder / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").write_text(released, encoding="utf-8")
    for number in range(n):
        place = folder / f"submitted/s{number:04}" / ASSIGNMENT
        place.mkdir(parents=True)
        book = answered(json.loads(released), VARIANTS[number % len(VARIANTS)])
        (place / f"{NOTEBOOK}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return folder


def answered(book: dict, variant: str) -> dict:
    for cell in book["cells"]:
        item = ITEMS.get(cell["id"])
        if item and not (variant == "all but one" and item.type == "choice"):
            cell["source"] = item.solution
        if item and variant == "half" and item.type == "num":
            cell["source"] += f"\n{item.answer} = (0.5, *{item.answer}[1:])"
    return book


def nbgrader(folder: Path) -> float:
    """Seconds that stock autograding takes."""
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}

    def step(name: str) -> None:
        command = [sys.executable, "-m", "nbgrader", name, ASSIGNMENT]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)

    step("generate_assignment")
    return timed(lambda: step("autograde"))


def graded(folder: Path, jobs: int) -> tuple[float, int]:
    """Seconds that ours takes, and the most memory (proportional set sizes) that its processes have held."""
    from gvclab.grading.run import Plan, run  # here: a worker imports this file too, and shall not wait for nbgrader

    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.25):
            family = psutil.Process().children(recursive=True)
            peak[0] = max(peak[0], sum(map(held, family)))

    watch = threading.Thread(target=look)
    watch.start()
    try:
        seconds = timed(lambda: run(Plan(folder, ASSIGNMENT, jobs=jobs)))
    finally:
        over.set()
        watch.join()
    return seconds, peak[0]


def held(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.Error, OSError):  # gone, or another user's
        return 0


def bare_fork(n: int) -> float:
    """Seconds a submission for a process that only forks and runs the cells."""
    for module in WARM:
        importlib.import_module(module)
    setup = bank.load("2.3a").setup
    cells = [compile(source, "<cell>", "exec") for source in (setup, *(i.solution for i in ITEMS.values()))]

    def once() -> None:
        pid = os.fork()
        if not pid:
            try:
                sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
                names: dict = {"__name__": "__main__"}
                for cell in cells:
                    exec(cell, names)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    exec(cells[0], {})
    once()
    return timed(lambda: [once() for _ in range(n)]) / n


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
