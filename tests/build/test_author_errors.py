"""What is wrong in an author's file is said with the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gvclab.build import targets

LESSON = """---
section: "1.1"
title: First
question: Why?
minutes: 10
---

## The argument

A sentence [C1.1-1], and a {term}`weight`.

```{code-cell} ipython3
x = [C1.1-1]
```

$$
x
$$

```{claim} C1.1-1
```

```{code-cell} ipython3
other_claims("C1.2-1")
```

```{references}
```
"""
CLAIMS = """# Claims.
C1.1-1:
  claim: It is so.
  type: [E]
  evidence: None.
  verdict: mixed
  line: So it is.
  change: All.
"""
FILES = {
    "content/lessons/1.1-first.md": LESSON,
    "content/claims/1.1.yml": CLAIMS,
    "content/claims/1.2.yml": CLAIMS.replace("1.1", "1.2"),
    "content/glossary/1.1.yml": 'weight: {zh: 重, is: "What counts."}\n',
    "content/messages/panels/room.yml": "lab:\n  title: A lab\n",
}


@pytest.fixture
def root(tmp_path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [
        ("lessons/1.1-first.md", "---\nsection", "section", 1, "front matter"),
        ("lessons/1.1-first.md", "title: First\n", "", 1, "title"),
        ("lessons/1.1-first.md", "title: First", "title: First: second", 3, "not YAML"),
        ("lessons/1.1-first.md", "minutes: 10", "title: Again", 5, "title stands twice, first in line 3"),
        ("lessons/1.1-first.md", "question: Why?\n", "", 1, "the front matter lacks question"),
        ("lessons/1.1-first.md", "and a {term}`weight`", "and\na {term}`mass`", 11, "mass"),
        ("lessons/1.1-first.md", "A sentence [C1.1-1]", "A\nsentence [C1.1-9]", 11, "C1.1-9"),
        ("lessons/1.1-first.md", "{claim} C1.1-1", "{claim} C1.3-1", 20, "C1.3-1"),
        ("lessons/1.1-first.md", "{claim} C1.1-1", "{claims} 1.1", 20, "not claims"),
        ("lessons/1.1-first.md", '"C1.2-1"', '"C1.3-1"', 24, "[C1.3-1] is not in content/claims/"),
        ("lessons/1.1-first.md", "x = [C1.1-1]\n```", "x = 1", 12, "not closed"),
        ("lessons/1.1-first.md", "{code-cell}", "{code-cel}", 12, "code-cel"),
        ("lessons/1.1-first.md", "x\n$$\n", "x\n", 16, "not closed"),
        ("claims/1.1.yml", "[E]", "[E", 5, "not YAML"),
        ("claims/1.1.yml", "[E]", "[E, X]", 4, "X"),
        ("claims/1.1.yml", "mixed", "maybe", 6, "maybe"),
        ("claims/1.1.yml", "  change: All.\n", "", 2, "C1.1-1 lacks change"),
        ("claims/1.1.yml", "# Claims.", "# Claims.\n#\nC1.1-1: {}", 4, "C1.1-1 stands twice, first in line 3"),
        ("claims/1.2.yml", "C1.2-1", "C1.1-1", 2, "another file"),
        ("claims/1.2.yml", CLAIMS.replace("1.1", "1.2"), "- a list\n", 1, "not a table"),
        ("glossary/1.1.yml", 'is: "What', 'has: "What', 1, "weight lacks is"),
        ("messages/panels/room.yml", "title: A lab", "title: A lab: again", 2, "not YAML"),
        ("messages/panels/room.yml", "title: A lab", "title: A lab\n  title: B", 3, "title stands twice"),
        ("messages/panels/room.yml", "lab:\n", "lab:\n\t", 2, "not YAML"),
    ],
)
def test_an_error_names_file_and_line(root, file, old, new, line, said):
    path = root / "content" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError) as error:
        targets(root)
    assert str(error.value).startswith(f"content/{file}:{line}: ")
    assert said in str(error.value)


def test_the_repository_without_errors_is_built(root):
    assert list(targets(root)) == ["course/glossary.ipynb", "course/1.1-first.ipynb"]
