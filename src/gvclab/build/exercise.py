"""An assignment: the items of a section as nbgrader's instructor notebook, and edits of it as content
again.

An item is three cells, by grade id: `2-3-1-prompt` (locked), `2-3-1` (the answer: stub, then the
solution between nbgrader's marks) and `2-3-1-check` (locked, points; the key stands between nbgrader's
hidden-test marks). An essay has no check. Where an item shows a panel, it does so in a cell `2-3-1-show` (locked)
below the prompt, which has the tag by which graders leave it out. nbgrader allows no dot in a grade id, hence
2-3-1 for the item 2.3-1.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode

from gvclab.build import notebooks
from gvclab.content import Listed
from gvclab.content import render as rendered
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.prompts import SLOTS, form_line
from gvclab.exercises.prompts import prompt as prompt_of

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_KEY, END_KEY = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
SKIP = "skip-execution"  # nbclient's tag, and so nbgrader's
_ANSWER = re.compile(rf"\A(.*?)\n*{BEGIN}\n(.*?)\n?{END}\s*\Z", re.S)


def render(items: bank.ItemSet, lesson: str) -> NotebookNode:
    """The instructor's notebook of an item set; `lesson` is where the lesson's notebook is, for the link."""
    cells = [
        _cell("markdown", opening(items, lesson), "opening", locked=True),
        _cell("code", items.setup, "setup", locked=True),
    ]
    for item in items.used("exercise"):
        cells += item_cells(item)
    return notebooks.notebook(cells)


def opening(items: bank.ItemSet, lesson: str) -> str:
    """The first cell: what it is, how it works, what is practised."""
    meta = items.meta
    head = say(
        "build.exercise.opening",
        section=items.section,
        title=meta["title"],
        minutes=items.minutes,
        points=f"{items.points:g}",
        lesson=lesson,
    )
    goals = "\n".join([say("build.exercise.objectives"), "", *(f"- {goal}" for goal in meta["objectives"])])
    return "\n\n".join([head, items.intro, goals, say("build.exercise.how")])


def grade_id(item_id: str, part: str = "") -> str:
    """The grade id of an item's answer cell, or of its `"prompt"`, `"show"` or `"check"`."""
    return "-".join(filter(None, [item_id.replace(".", "-"), part]))


def item_cells(item: bank.Item) -> list[NotebookNode]:
    """The cells of one item: prompt, what it shows, answer and (except for an essay) check."""
    asked = "\n\n".join([_heading(item), prompt_of(item), form_line(item)])
    above = [_cell("markdown", asked, grade_id(item.id, "prompt"), locked=True)]
    if item.show:
        above.append(_cell("code", item.show, grade_id(item.id, "show"), locked=True))
        above[-1].metadata["tags"] = [SKIP]
    if item.type == "essay":
        # The release has nbgrader's text stub in the place of the whole cell.
        model = item.shown_solution or say("build.stub.text")
        return [*above, _cell("markdown", model, grade_id(item.id), solution=True, points=item.points)]
    answer = f"{item.shown_stub}\n\n{BEGIN}\n{item.shown_solution}\n{END}"
    call = f'check("{item.id}", {item.answer}'
    # nbgrader reads the score from the last value: where the library has no keys, that of the second call.
    check = f"{call})\n{BEGIN_KEY}\n{call}, key={_quoted(bank.key_text(item))})\n{END_KEY}"
    return [
        *above,
        _cell("code", answer, grade_id(item.id), solution=True),
        _cell("code", check, grade_id(item.id, "check"), locked=True, points=item.points),
    ]


def _quoted(text: str) -> str:
    """A Python literal of the text that a person can read where it can be written so."""
    readable = "'''" not in text and not text.endswith(("'", "\\"))
    return f"r'''{text}'''" if readable else repr(text)


def _heading(item: bank.Item) -> str:
    count = "one" if item.points == 1 else "many"
    facts = [say(f"build.exercise.points.{count}", points=f"{item.points:g}")]
    if item.minutes:
        facts.append(say("build.exercise.minutes", minutes=item.minutes))
    if item.type == "essay":
        facts.append(say("build.exercise.manual"))
    head = say("build.exercise.heading", id=item.id, title=item.title)
    return f"{head}\n\n*{rendered(Listed(facts, 'comma'))}*"


def _cell(kind, source, name, *, locked=False, solution=False, points=None) -> NotebookNode:
    grading = {
        "grade": points is not None,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        grading["points"] = points
    return notebooks.cell(kind, source, {"nbgrader": grading})


# ---------------------------------------------------------------------------------------------- the way home


def bring_home(source: str, edited: NotebookNode, lesson: str) -> str:
    """The exercise file that gives the edited instructor notebook.

    Prompts, titles, stubs and solutions come home. ValueError says which edit has no place in the file.
    """
    items = bank.parse(source)
    made = {_name(cell): cell for cell in render(items, lesson).cells}
    owner = {grade_id(item.id, part): item.id for item in items for part in ("", "prompt", "show", "check")}
    found = [_name(cell) for cell in edited.cells]
    if found != list(made):
        strange = [name or "?" for name in found if name not in made] + [name for name in made if name not in found]
        raise ValueError(say("build.home.order", ids=", ".join(strange) or ", ".join(map(str, found))))
    for cell in edited.cells:
        name = _name(cell)
        if cell.source == made[name].source:
            continue
        if name in ("opening", "setup"):
            raise ValueError(say("build.home.generated", id=name, remedy=say("build.home.intro")))
        if name.endswith("-check"):
            raise ValueError(say("build.home.generated", id=name, remedy=say("build.home.check")))
        item = items[owner[name]]
        if name.endswith("-show"):
            chapter = _block(item, item.source, "show", cell.source)
        else:
            chapter = _prompt_home(item, cell.source) if name.endswith("-prompt") else _answer_home(item, cell.source)
        source = source.replace(item.source, chapter)
        items = bank.parse(source)
    return source


def without_checks(book: NotebookNode) -> NotebookNode:
    """The cells that a person writes: the check cells follow from the solutions."""
    return notebooks.notebook([cell for cell in book.cells if not (_name(cell) or "").endswith("-check")])


def _name(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _prompt_home(item: bank.Item, source: str) -> str:
    """The item's chapter with another title or prompt. Text made from the item's table turns into slots."""
    heading, _, rest = source.partition("\n")
    title = re.fullmatch(rf"## +{re.escape(item.id)} +(\S.*?) *", heading)
    facts, form = _heading(item).split("\n\n")[1], form_line(item)
    if not title or not rest.strip().startswith(facts) or not rest.strip().endswith(form):
        raise ValueError(say("build.home.slot", id=item.id))
    prompt = rest.strip().removeprefix(facts).removesuffix(form).strip()
    template = _template(item)
    for slot, write in SLOTS.items():
        mark = next(iter(re.findall(rf"{{{{ *{slot} *}}}}", template)), None)
        if mark and prompt.count(write(item)) != 1:
            raise ValueError(say("build.home.slot", id=item.id))
        if mark:
            prompt = prompt.replace(write(item), mark)
    first, _, rest = item.source.partition("\n")
    return first.replace(item.title, title.group(1)) + "\n" + rest.replace(template, prompt)


def _template(item: bank.Item) -> str:
    """The prompt as it stands in the content file, slots unfilled."""
    paragraphs = re.sub(r"^```{(item|show|stub|solution|tests|setup)}.*?^``` *$", "", item.source, flags=re.M | re.S)
    template = paragraphs.partition("\n")[2].strip()
    if template not in item.source:
        raise ValueError(say("build.home.split", id=item.id))
    return template


def _answer_home(item: bank.Item, source: str) -> str:
    """The item's chapter with another stub or solution."""
    if item.type == "essay":
        return _block(item, item.source, "solution", source)
    parts = _ANSWER.match(source)
    if not parts:
        raise ValueError(say("build.home.marks", id=item.id, begin=BEGIN, end=END))
    chapter = item.source
    made = {"stub": item.shown_stub, "solution": item.shown_solution}
    for (name, shown), edited in zip(made.items(), parts.groups(), strict=True):
        text = item.by_ids(edited)
        if text != item.by_ids(shown):
            chapter = _block(item, chapter, name, text)
    return chapter


def _block(item: bank.Item, chapter: str, name: str, text: str) -> str:
    """The chapter with another text in one fenced block. One that is not written follows from the table."""
    fence = re.compile(rf"^```{{{name}}} *\n.*?^``` *$", re.M | re.S)
    if not fence.search(chapter):
        raise ValueError(say("build.home.block", id=item.id, block=name))
    return fence.sub(lambda _: f"```{{{name}}}\n{text}\n```", chapter)
