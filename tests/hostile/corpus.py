"""What a hostile, an unlucky or an odd student hands in, and what must then happen: the records and their kit.

A `Case` is made from one notebook, honest or blank, by changing cells, the whole file, or what lies in the folder. The
notebook has the cells of both parts of section 2.3, so that an attack in it has to do with every type of item, and with
two functions. Where a case says nothing else, every item keeps the points that it has
without the change: an attack costs only itself. Nothing in here imports the grader.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gvclab.build.exercise import grade_id
from gvclab.exercises import bank

from .. import whole
from ..whole import ASSIGNMENT

ROOT = Path(__file__).parents[2]
NOTEBOOK, OTHER = whole.NAME, "2.1-localisation"
ITEMS = {i.id: i for s in ("2.1", "2.3a", "2.3b") for i in bank.load(s).used("exercise") if i.type != "essay"}
FULL = {name: float(item.points) for name, item in ITEMS.items()}
MINE = tuple(name for name in ITEMS if name.startswith("2.3"))
RELEASED = {
    NOTEBOOK: whole.whole(),
    OTHER: (ROOT / f"exercises/{ASSIGNMENT}/{OTHER}.ipynb").read_text(encoding="utf-8"),
}
Book = dict


def letter(item: str, right: bool = True) -> str:
    """The letter of the right option, or of a wrong one."""
    return bank.letter(next(n for n, option in enumerate(ITEMS[item].options) if option.right == right))


# In other words than the solutions', so that a line of a solution in what comes out is a leak.
HONEST = {
    "2.3-1": """
stages, chance = given("2.3-1")
alone = backed = 1.0
for _ in range(stages):
    alone *= 1 - chance
    backed *= 1 - chance * chance
reliability = [alone, backed]""",
    "2.3-2": f"spreading = {letter('2.3-2')!r}",
    "2.3-3": """
critical_point = sourcing.egl_critical(*given("2.3-3"))
critical = {"x": critical_point.x_c, "r": critical_point.r_c}""",
    "2.3-4": """
def cvar(u, p, alpha):
    left, total = 1 - alpha, 0.0
    for loss, chance in sorted(zip(u, p, strict=True), reverse=True):
        part = min(chance, left)
        total += part * loss
        left -= part
    return total / (1 - alpha)""",
    "2.3-5": """
chosen = sourcing.create_sourcing(probabilities={"Home": 0.28}, phi=0.4).optimise(0.5)
finding = {"q_home": 0.28, "phi": 0.4, "w": 0.5, "home_share": chosen.x[0], "cvar": chosen.cvar, "refuted": "home"}
""",
    "2.3-6": """
g = given("2.3-6")
quarter = 1 - g.world / 4
at_home = 1 - (1 - g.home / 2) * (1 - g.pair / 2) * quarter
abroad = 1 - ((1 - g.far_a / 2) * (1 - g.embargo) + (1 - g.far_b / 2)) / 2 * quarter
shortage = (at_home, abroad, "home" if at_home < abroad else "far")""",
    "2.3-7": """
def return_time(pbar, a0, b0, delta, kappa):
    a, b = a0 + kappa, b0 + delta / (1 - delta)
    for t in range(1, 3000):
        if a / (a + b) < pbar:
            return t
        a, b = a0 + delta * (a - a0), b0 + delta * (b - b0) + 1
    return float("inf")""",
    "2.3-8": f"reshoring = {letter('2.3-8')!r}",
    "2.3-9": '''
links = """
security weight -> foreign share (-)
foreign risk -> share abroad (-)
surge -> CVaR (-)
domestic shock -> tail risk (+)
crisis -> belief -> weight of security
sunk cost -> firms stay
"""''',
    "2.3-10": "A second supplier, because its costs are known.",
}


@dataclass(frozen=True)
class Case:
    """One submission: what it is, what it does, how it is made, and what must happen.

    answers   sources of answer cells, by item, in the place of the honest ones
    own       cells of the student's own, before the answer of an item
    edit      what is then done to the notebook: JSON -> JSON, the bytes of the file, or None for no file
    files     what else happens in the folder
    blank     made from the released notebook: not a point may be earned in 2.3
    earns     points of items that the case changes (all others are kept)
    at_most   what was earned without the change is the most that may be earned; less is the student's own loss
    reason    a pattern in the ids of why it is refused; then there are no points in 2.3
    note      a pattern in the ids and values of a note to the instructor
    """

    kind: str
    name: str
    does: str
    answers: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Book], Book | bytes | None] = lambda book: book
    files: Callable[[Path], None] = lambda folder: None
    blank: bool = False
    earns: Mapping[str, float] = field(default_factory=dict)
    at_most: bool = False
    reason: str = ""
    note: str = ""

    @property
    def student(self) -> str:
        """Whose submission it is."""
        return f"{self.kind}-{self.name}".replace(" ", "-")

    @property
    def expected(self) -> dict[str, float]:
        """The points by item, or the most there may be."""
        nothing = self.blank or self.reason
        return {i: 0.0 if nothing and i in MINE else points for i, points in FULL.items()} | dict(self.earns)

    def write(self, folder: Path) -> None:
        """Hand it in."""
        folder.mkdir(parents=True)
        (folder / f"{OTHER}.ipynb").write_text(json.dumps(solved(OTHER, dict(self.answers))), encoding="utf-8")
        book = released(NOTEBOOK) if self.blank else solved(NOTEBOOK)
        for item, source in self.answers.items():
            if item in MINE or item == "2.3-10":
                cell(book, grade_id(item))["source"] = source
        for item, source in self.own.items():
            place = book["cells"].index(cell(book, grade_id(item)))
            book["cells"].insert(place, code(source))
        made = self.edit(book)
        if made is not None:
            data = made if isinstance(made, bytes) else json.dumps(made).encode()
            (folder / f"{NOTEBOOK}.ipynb").write_bytes(data)
        self.files(folder)


def released(name: str) -> Book:
    """The notebook as fetched, its sources as texts."""
    book = json.loads(RELEASED[name])
    for one in book["cells"]:
        one["source"] = "".join(one["source"])
    return book


def solved(name: str, answers: Mapping[str, str] | None = None) -> Book:
    """The notebook with all answers."""
    book = released(name)
    said = {i: item.solution for i, item in ITEMS.items()} | HONEST | dict(answers or {})
    for one in book["cells"]:
        for item in said:
            if one["id"] == grade_id(item):
                one["source"] = said[item]
    return book


def cell(book: Book, name: str) -> dict:
    """The cell with this grade id."""
    return next(one for one in book["cells"] if one.get("id") == name)


def code(source: str, kind: str = "code") -> dict:
    """A cell of the student's own."""
    outputs = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "source": source, "metadata": {}, **outputs}


FIRST, LATE = "2.3-1", "2.3-8"  # where an attack stands: before all answers, or after the functions were judged


def fills(**functions: str) -> dict[str, str]:
    """Blank answers that are something else than dots, so that they are judged."""
    return {item.id: f"{item.answer} = {functions['all']}" for i, item in ITEMS.items() if i in MINE}
