"""What a student answers by clicking: questions of a lesson, a prediction and its return, a causal graph.

    quiz("2.3-a")                    a question with feedback at once
    predict("2.3-p1")                 an answer to commit to before any model runs
    recall("2.3-p1", table)           the same beside what the model says, at the lesson's end
    graph = causal_graph("2.3-9")    arrows drawn by hand; graph.edges is the list for the answer cell

Each returns something that displays itself. What is right is decided by `check`, in the kernel; the browser
only draws and sends. Where widgets cannot run (`GVCLAB_STATIC=1`) the prompt is shown as Markdown, with the
call that answers it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from IPython.display import HTML, Markdown
from traitlets import Dict, List, Unicode

from gvclab.charts.page import static
from gvclab.charts.widget import Widget, script
from gvclab.content import Message, entry, text

from . import bank, graph_drawing, keys, predictions
from .cards import card, rich
from .checkers import chosen
from .checkers_graph import box
from .graph_drawing import draw_graph
from .items import Item, letter
from .ladder import Verdict, verdict
from .markdown import inline, markdown
from .plain import describe, is_missing, plain
from .prompts import given_list, label_line, nodes_list, options_list, units_line
from .prompts import prompt as prompt_of
from .rendering import explanation, message_of, of_item, rendered
from .score import check
from .variants import identity, numbers

__all__ = ["causal_graph", "draw_graph", "predict", "quiz", "recall"]

_HERE = Path(__file__).parent
STYLE = _HERE / "widgets.css"


# --------------------------------------------------------------------------------------------------- prompts


def _prompt(item: Item) -> str:
    """The prompt with the numbers of the one who asks, and without the options: those are to be clicked."""
    own = {"given": given_list(item, numbers(item, identity()))} if item.given else {}
    return prompt_of(item, options="", **own)


def _static_prompt(item: Item, call: str) -> str:
    """The whole of a question as Markdown, with the call that answers it."""
    return "\n\n".join(
        filter(None, [f"**{item.title}**", _prompt(item).strip(), units_line(item), options_list(item), call])
    )


# -------------------------------------------------------------------------------------------------- questions


class _Widget(Widget):
    """A widget that has words (Markdown) for where only its text is shown, such as a repository's page."""

    _css = STYLE
    _words = ""

    def __repr__(self) -> str:
        return self._words

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/markdown": self._words}, metadata


class Question(_Widget):
    """A prompt with options or fields and a button. `answer` takes what is sent from the page, or from
    Python.
    """

    _esm = script(_HERE / "quiz.js")
    question = Dict().tag(sync=True)
    feedback = Dict().tag(sync=True)

    def __init__(self, item: Item, static: str, **words: str) -> None:
        self._item, self._tries = item, 0
        self._words = _static_prompt(item, static)
        waiting = {name: text(f"widgets.quiz.{name}") for name in ("checking", "silent")}
        asked = {"title": item.title, "prompt": markdown(_prompt(item))}
        super().__init__(question={**asked, **_inputs(item), **waiting, **words})
        self.on_msg(lambda _, content, __: self._heard(content))

    def _heard(self, content: dict) -> None:
        """What the page sends."""
        self.answer(content["values"])

    def answer(self, values: list[str]) -> Verdict:
        """What is said to these values, one a field (the letter for a choice); the page shows it too."""
        said = self._judge(values)
        self._tries += 1
        self._show(said)
        return said

    def _show(self, said: Verdict) -> None:
        # The card that `check` shows, without points: those are the assignment's business.
        shown = card(self._item, said, text(f"exercises.title.{said.status}"))
        self.feedback = {"tries": self._tries, "status": said.status, "html": shown}

    def _judge(self, values: list[str]) -> Verdict:
        raise NotImplementedError


class Quiz(Question):
    """A question that is judged at once, as often as one likes."""

    def __init__(self, item: Item) -> None:
        words = {name: text(f"widgets.quiz.{name}") for name in ("badge", "button", "again", "hint")}
        super().__init__(item, text("widgets.quiz.static", call=_call(item)), **words)

    def _judge(self, values: list[str]) -> Verdict:
        if is_missing(values):
            return verdict("unanswered", Message(f"widgets.quiz.unanswered.{_KINDS[self._item.type]}"))
        return check(self._item.id, _shape(self._item, values)).verdict


class Prediction(Question):
    """A choice that is kept. Nothing is judged: no model has run yet. Once its answer was shown it can no more be
    changed, only forgotten.
    """

    def __init__(self, item: Item) -> None:
        words = {name: text(f"widgets.predict.{name}") for name in ("badge", "button", "again", "afresh", "hint")}
        super().__init__(item, _predict_call(item), **words)
        predictions.wait(item, self)
        if predictions.kept(item) or predictions.seen(item):
            self.refresh()

    def refresh(self) -> None:
        """Show what is predicted by now, and whether it can be changed."""
        self._show(_stands(self._item))

    def _heard(self, content: dict) -> None:
        if content.get("afresh"):
            predictions.forget(self._item.id)
        else:
            super()._heard(content)

    def _show(self, said: Verdict) -> None:
        super()._show(said)
        kept = predictions.kept(self._item)
        choice = letter(kept.index) if kept else ""
        # An answer that is not there leaves on the page what is marked there.
        stands = {} if said.status == "unanswered" else {"chosen": choice, "closed": predictions.seen(self._item)}
        self.feedback = {**self.feedback, **stands}

    def _judge(self, values: list[str]) -> Verdict:
        index = chosen(self._item, plain(values[0]))
        if index is None:
            return verdict("unanswered", Message("widgets.quiz.unanswered.choice"))
        return _keep(self._item, index)


# What there is to click or to fill in, by the type of the item; the other types are answered in a cell.
_KINDS = {"choice": "choice", "predict": "choice", "num": "fields", "interpret": "fields", "match": "fields"}


def quiz(item_id: str) -> Quiz | Markdown:
    """A question of the lesson, answered on the spot: options, numbers, words or pairs, by the item's type.

    Types that are answered in a cell (code, graph, essay) show their prompt and the call of `check` that
    judges them, and so do all types where widgets cannot run. KeyError for an unknown item.
    """
    item = bank.item(item_id)
    if static() or item.type not in _KINDS:
        return Markdown(_static_prompt(item, text("widgets.quiz.static", call=_call(item))))
    return Quiz(item)


def _inputs(item: Item) -> dict:
    """Options by letter, or fields: each a label and the words to choose from, none where one types."""
    if _KINDS[item.type] == "choice":
        options = [{"letter": letter(i), "html": inline(o.text)} for i, o in enumerate(item.options)]
        return {"kind": "choice", "options": options}
    if item.type == "match":
        fields = [{"label": inline(term.text), "words": [each.text for each in item.classes]} for term in item.terms]
    else:
        fields = [
            {"label": inline(label_line(part)), "words": [word.text for word in part.words]} for part in item.parts
        ]
    return {"kind": "fields", "fields": fields, "choose": text("widgets.quiz.choose")}


def _shape(item: Item, values: list[str]):
    """The values of the fields in the shape in which `check` wants the answer."""
    if _KINDS[item.type] == "choice" or len(values) == 1:
        return values[0]
    names = [term.id for term in item.terms] if item.type == "match" else [part.name for part in item.parts]
    return dict(zip(names, values, strict=True))


def _call(item: Item) -> str:
    """The line that answers an item in a cell: an example where that is short, else the answer's name."""
    example = item.answer
    if item.options:
        example = '"A"'
    elif item.type == "num" and all(part.is_number for part in item.parts):
        example = "0.1" if len(item.parts) == 1 else f"({', '.join(['0.1'] * len(item.parts))})"
    return f'check("{item.id}", {example})'


# ------------------------------------------------------------------------------------------------ predictions


def predict(item_id: str, answer: str | int | None = None) -> Prediction | Markdown:
    """Commit to an answer before any model runs; it is kept for `recall`, over restarts too
    (`predictions.file`). It can be changed until its answer was shown (`gate.after`); `forget(item_id)` starts afresh.

    Without `answer` the options are shown to click; with one (a letter, a number from 1 or the option's
    text) it is kept at once. KeyError for an unknown item, ValueError for an item that is no prediction or
    for an option that does not exist.
    """
    item = predictions.question(item_id)
    if answer is not None:
        index = chosen(item, plain(answer))
        if index is None:
            last = letter(len(item.options) - 1)
            got = describe(plain(answer))
            raise ValueError(text("widgets.predict.wanted", id=item.id, last=last, got=got))
        return Markdown(message_of(item, _keep(item, index)))
    if static():
        return Markdown(_static_prompt(item, _predict_call(item)))
    return Prediction(item)


def _predict_call(item: Item) -> str:
    return text("widgets.predict.static", call=f'predict("{item.id}", "A")')


def _keep(item: Item, index: int) -> Verdict:
    """Keep a prediction, unless its answer was shown before, and say so."""
    if predictions.seen(item):
        return _stands(item)
    predictions.keep(item, index)
    mine = of_item(item, f"options.{item.options[index].id}.text")
    said = "opened" if predictions.seen(item) else "saved"
    return verdict("noted", Message(f"widgets.predict.{said}", {"letter": letter(index), "mine": mine}))


def _stands(item: Item) -> Verdict:
    """What is predicted by now, and whether it can be changed."""
    kept, seen = predictions.kept(item), predictions.seen(item)
    if kept is None:
        return verdict("noted", Message(f"widgets.predict.{'late' if seen else 'forgotten'}"))
    said = Message(f"widgets.predict.{'stays' if seen else 'kept'}", {"letter": letter(kept.index), "date": kept.day})
    return verdict("noted", said)


class Card(_Widget):
    """HTML that shows a prediction. It is made anew when the prediction is made only after this is shown."""

    _esm = script(_HERE / "recall.js")
    html = Unicode().tag(sync=True)

    def __init__(self, item: Item, made: Callable[[], str]) -> None:
        self._made = made
        super().__init__()
        self.refresh()
        predictions.wait(item, self)

    def refresh(self) -> None:
        """Show what is predicted by now."""
        self.html = self._made()

    @property
    def _words(self) -> str:
        return self.html


def recall(item_id: str, *evidence) -> Card | HTML:
    """What was predicted beside what the model says; below it the lesson's `evidence`: tables, values,
    Markdown.

    Works without a prediction, and fills in as soon as one is made. KeyError and ValueError as `predict`.
    """
    item = predictions.question(item_id)
    shown = "".join(map(_evidence, evidence))
    if static():
        return HTML(_recalled(item, shown, text("widgets.recall.none_static", id=item.id)))
    return Card(item, lambda: _recalled(item, shown, text(f"widgets.recall.{none(item)}", title=item.title)))


def none(item: Item) -> str:
    """What is said where nothing is predicted: `none` while there is time, `skipped` once the answer was shown."""
    return "skipped" if predictions.seen(item) else "none"


def _evidence(value) -> str:
    """A table, Markdown or any other value as HTML."""
    if hasattr(value, "to_html"):
        table = value.to_html(float_format="{:.3g}".format, border=0, classes="gvclab-table")
        return f"<div class='gvclab-scroll'>{table}</div>"
    if isinstance(value, str):
        return markdown(value)
    own = getattr(value, "_repr_html_", None)
    return own() if own else f"<p><code>{html.escape(repr(value))}</code></p>"


def _recalled(item: Item, evidence: str, none: str) -> str:
    """The card of `recall`."""
    badge = f"<span class='gvclab-badge'>{rich(text('widgets.recall.badge'))}</span>"
    legend = f"<legend>{rich(item.title)} {badge}</legend>"
    body = compared(item, entry("widgets.recall"), none, evidence)
    return f"<fieldset class='gvclab-exercise gvclab-recall'>{legend}{body}</fieldset>"


def compared(item: Item, words: Mapping[str, str], none: str, evidence: str = "") -> str:
    """A prediction and the model's answer side by side, as HTML; without a prediction the answer is folded away.

    words : what is said: `mine` and `model` above the two, `same`, `other` or `open` below them, `peek` on the fold
    none : what is said where nothing is predicted
    """
    model, kept = _model_answer(item), predictions.kept(item)
    says = _answer(words["model"], model) if model else ""
    if kept is None:
        peek = f"<details><summary>{rich(words['peek'])}</summary><dl>{says}</dl>{_reason(item)}{evidence}</details>"
        return f"<p role='status'>{inline(none)}</p>{peek if says or evidence else ''}"
    mine = item.options[kept.index].text
    said = inline(words["open" if not model else "same" if mine == model else "other"])
    both = f"<dl>{_answer(words['mine'], mine)}{says}</dl>"
    return f"{both}<p role='status' class='gvclab-said'>{said}</p>{_reason(item)}{evidence}"


def _answer(whose: str, words: str) -> str:
    return f"<div><dt>{rich(whose)}</dt><dd>{inline(words)}</dd></div>"


def _model_answer(item: Item) -> str:
    """The option that the item's solution, run, arrives at; nothing where the library carries no keys."""
    if not item.has_key:
        return ""
    return item.options[chosen(item, plain(_solved(item)[item.answer]))].text


def _reason(item: Item) -> str:
    """The item's explanation; nothing where it has none, or where the library carries no keys."""
    return f"<p>{inline(rendered(item, explanation(item, _solved(item))))}</p>" if item.why else ""


def _solved(item: Item) -> Mapping:
    return keys.namespace(item, numbers(item, identity()))


# ----------------------------------------------------------------------------------------------- causal graph


class CausalGraph(_Widget):
    """Boxes and arrows to draw by hand; `edges` is the list as it stands."""

    _esm = script(_HERE / "graph.js")
    boxes = List().tag(sync=True)
    positions = Dict().tag(sync=True)
    arrows = List().tag(sync=True)
    answer = Unicode().tag(sync=True)
    words = Dict().tag(sync=True)
    size = List([graph_drawing.WIDTH, graph_drawing.HEIGHT]).tag(sync=True)

    def __init__(self, item: Item, arrows: list[graph_drawing.Arrow]) -> None:
        names = [node.text for node in item.nodes]
        self._words = _graph_words(item)
        super().__init__(
            boxes=[{"name": name, **graph_drawing.label(name)} for name in names],
            positions=graph_drawing.ring(names),
            arrows=[list(arrow) for arrow in arrows],
            answer=item.answer,
            words={
                **entry("widgets.graph.words"),
                "title": item.title,
                "badge": text("widgets.graph.badge"),
            },
        )
        if arrows:
            self.tidy()
        self.on_msg(lambda *_: self.tidy())

    @property
    def edges(self) -> list[tuple[str, ...]]:
        """The arrows: (from, to), or (from, to, sign) where a sign was chosen. `check` takes this list."""
        return [(a, b, sign) if sign else (a, b) for a, b, sign in self.arrows]

    def tidy(self) -> None:
        """Put the boxes in columns from cause to effect, those without arrows below."""
        names = [box["name"] for box in self.boxes]
        self.positions = graph_drawing.tidy(names, [tuple(arrow[:2]) for arrow in self.arrows])


def causal_graph(item_id: str, edges: Iterable = ()) -> CausalGraph | Markdown:
    """Draw the arrows of a graph item by hand, from `edges` on: (from, to), (from, to, sign) or lines "a ->
    b".

    The widget shows the list for the answer cell; `.edges` is the same list. Where widgets cannot run it
    says how to write the list. KeyError for an unknown item; ValueError for an item without boxes, an arrow
    that cannot be read or a box that does not exist.
    """
    item = bank.item(item_id)
    if item.type != "graph":
        raise ValueError(text("widgets.graph.type", id=item.id, type=item.type))
    arrows = [(_known(item, a), _known(item, b), sign) for a, b, sign in graph_drawing.read_arrows(edges)]
    return Markdown(_graph_words(item)) if static() else CausalGraph(item, arrows)


def _graph_words(item: Item) -> str:
    return text("widgets.graph.static", answer=item.answer)


def _known(item: Item, name: str) -> str:
    found = box(item, name)
    if found is None:
        raise ValueError(text("widgets.graph.stranger", got=name, known=nodes_list(item)))
    return next(node.text for node in item.nodes if node.id == found)
