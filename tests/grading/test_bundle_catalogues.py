"""A class bundle carries translations of what students read, and of nothing that tells an answer."""

from __future__ import annotations

import io

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from gvclab.build import translation
from gvclab.exercises import bank
from gvclab.exercises.wording import wording


def test_a_translated_hint_does_not_go_out(root, tmp_path):
    source = (root / "content/exercises/2.3a-suppliers.md").read_text(encoding="utf-8")
    catalogue = Catalog("zh")
    catalogue.add(bank.parse(source).meta["title"], "Ein Titel", context="title")
    for item in bank.parse(source):
        for path, english in wording(item).items():
            catalogue.add(english, english.upper(), context=f"{item.id} {path}")
    sink = io.BytesIO()
    write_po(sink, catalogue)
    sink.write(b'\n#~ msgctxt "2.3-1 old"\n#~ msgid "An old hint"\n#~ msgstr "x"\n')
    name = "exercises/2.3a-suppliers"
    catalogue, public = tmp_path / f"locale/zh/{name}.po", tmp_path / f"content/{name}.md"
    for path, data in ((catalogue, sink.getvalue()), (public, bank.public_text(source).encode())):
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    made = translation.public_text(catalogue, tmp_path)
    kept = {message.context for message in read_po(io.BytesIO(made.encode())) if message.id}
    assert {"title", "2.3-1 title", "2.3-2 prompt.1"} <= kept
    hints = [o.hint for item in bank.parse(source) for o in item.options if o.hint]
    assert not [hint for hint in hints if hint[:40] in made.replace('"\n"', "")]
    assert not [context for context in kept if ".wrong." in context or context.endswith(".hint")]
    assert "An old hint" not in made
