"""A class's bundle: complete, the same bytes each time, each student's own, and without an answer in it."""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from gvclab import build
from gvclab.exercises import Identity, bank, judge
from gvclab.exercises.items import letter
from gvclab.exercises.keys import namespace
from gvclab.exercises.plain import plain
from gvclab.exercises.variants import drawn, numbers
from gvclab.grading import bundle, leaks, personal, release, release_cli

SECTION, NAME = "section-2", "2.3a-suppliers"
PARTS = ("2.3a-suppliers", "2.3b-fear")
ITEMS = replace(bank.load("2.3a"), items=(*bank.load("2.3a"), *bank.load("2.3b")))  # both parts
NEEDED = (
    *("content", "locale", "data", "src", "solutions", "course", "exercises"),
    *("LICENSE", "LICENSE-CONTENT", "README.md", "nbgrader_config.py", "pyproject.toml", "requirements.lock"),
)


@pytest.fixture(scope="module")
def course(root, tmp_path_factory) -> Path:
    """A repository to release from, whose instructor's files are its own."""
    folder = tmp_path_factory.mktemp("course")
    for name in NEEDED:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def built(course):
    """What the build makes, and what tells an answer in words and code: made once."""
    made = build.targets(course)
    items = [item for section in bank.sections() for item in bank.load(section)]
    told = leaks.secrets(items, leaks.public(), [course])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "targets", lambda root: dict(made))
        patch.setattr(leaks, "secrets", lambda *_: told)
        yield made


@pytest.fixture
def light(monkeypatch):
    """For what does not depend on it: a library that is made and looked through at once."""
    monkeypatch.setattr(bundle, "library", lambda *_: ("gvclab-0.whl", bundle.archive({"a.py": b"x = 1\n"})))


@pytest.fixture(scope="module")
def done(course) -> release.Released:
    return release.release(course, SECTION, "trade-1", ["adalia", "bela"])


@pytest.fixture(scope="module")
def unpacked(done, tmp_path_factory) -> Path:
    """Adalia's bundle as she has it, the library unpacked beside it in `lib`."""
    folder = tmp_path_factory.mktemp("adalia")
    with zipfile.ZipFile(done.bundles[0]) as zipped:
        zipped.extractall(folder)
    (place,) = folder.iterdir()
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "lib")
    return place


def salt(course: Path) -> str:
    return personal.read_salt(course, "trade-1")


def on_the_students_machine(unpacked: Path, code: str) -> str:
    """What Python says there, in the folder of the notebook, with the bundle's library alone."""
    names = ("GVCLAB_SALT", "GVCLAB_STUDENT", "NBGRADER_EXECUTION")
    environment = {key: value for key, value in os.environ.items() if key not in names}
    environment["PYTHONPATH"] = str(unpacked.parent / "lib")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=unpacked / "exercises" / SECTION,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --------------------------------------------------------------------------------------------- what is in it


def test_a_bundle_for_each_student(done, unpacked, built):
    assert [path.name for path in done.bundles] == [f"gvclab-{SECTION}-{s}.zip" for s in ("adalia", "bela")]
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    (wheel,) = (name for name in names if name.endswith(".whl"))
    books = {name for name in built if name.startswith((f"exercises/{SECTION}/", "course/2."))}
    assert {f"exercises/{SECTION}/{name}.ipynb" for name in PARTS} <= books
    assert any(name.startswith("course/2.3") for name in books)
    assert names == {wheel, "README.md", "requirements.lock", "gvclab-student.json"} | books


def test_the_same_content_gives_the_same_bytes(course, done, tmp_path):
    again = release.release(course, SECTION, "trade-1", ["bela", "adalia"], tmp_path)
    assert again.new_salt is None
    by_name = {path.name: path.read_bytes() for path in again.bundles}
    assert {path.name: path.read_bytes() for path in done.bundles} == by_name


def test_other_content_gives_another_version_of_the_library(course):
    one, two = (bundle.library(course, {"a.ipynb": text})[0] for text in ("1", "2"))
    assert one != two
    assert re.fullmatch(r"gvclab-\d+\.\d+\.\d+\+class\.[0-9a-f]{12}-py3-none-any\.whl", one)


def test_the_lock_names_the_library_with_its_fingerprint(unpacked, root):
    *lock, last = (unpacked / "requirements.lock").read_text().splitlines()
    assert lock == (root / "requirements.lock").read_text().splitlines()
    wheel = next(unpacked.glob("*.whl"))
    assert last == f"./{wheel.name} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def test_links_between_lesson_and_exercises_lead_somewhere(unpacked):
    lessons = [path.relative_to(unpacked).as_posix() for path in (unpacked / "course").glob("2.3*.ipynb")]
    exercises = [f"exercises/{SECTION}/{name}.ipynb" for name in PARTS]
    for place, other in (*((name, "exercises") for name in lessons), *((name, "course") for name in exercises)):
        sources = "\n".join(cell.source for cell in read(unpacked / place).cells)
        links = re.findall(rf"\]\((\.[^)#]*{other}/[^)#]*2\.3[^)#]*\.ipynb)", sources)
        assert links
        assert all(((unpacked / place).parent / link).is_file() for link in links)


def read(path: Path):
    return nbformat.read(path, as_version=4)


def test_the_readme_speaks_to_this_student(unpacked):
    readme = (unpacked / "README.md").read_text()
    assert "adalia's own" in readme
    for line in ("python3 -m venv .venv", r".venv\Scripts\gvclab open", f"doctor exercises/{SECTION}/"):
        assert line in readme


# ----------------------------------------------------------------------------------------- numbers of the own


def test_the_students_machine_has_the_graders_numbers(course, unpacked):
    code = (
        "from gvclab.exercises import given, load\n"
        "import json; print(json.dumps({item.id: given(item.id) for part in ('2.3a', '2.3b') for item in load(part)}))"
    )
    there = json.loads(on_the_students_machine(unpacked, code))
    here = {item.id: list(numbers(item, Identity("adalia", salt(course)))) for item in ITEMS}
    assert there == here
    assert there != {item.id: [given.default for given in item.given] for item in ITEMS}


def test_the_prompts_show_them_and_are_not_taken_for_edited(course, unpacked):
    from nbgrader.utils import compute_checksum

    pages = [read(unpacked / f"exercises/{SECTION}/{name}.ipynb") for name in PARTS]
    cells = {c.metadata.nbgrader.grade_id: c for page in pages for c in page.cells}
    who = Identity("adalia", salt(course))
    for item in ITEMS.used("exercise"):
        cell = cells[f"{item.id.replace('.', '-')}-prompt"]
        for given, value in zip(item.given, numbers(item, who), strict=True):
            assert f"- `{given.name}` = {value} {given.unit}".strip() in cell.source
        assert ("numbers are your own" in cell.source) == bool(item.given)
        assert "may differ" not in cell.source
        assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_a_neighbours_answer_is_wrong(course):
    item = ITEMS["2.3-1"]
    students = [Identity(f"s{n}", salt(course)) for n in range(30)]
    shared = different = 0
    for one in students:
        answer = namespace(item, numbers(item, one))[item.answer]
        assert judge(item, answer, one).score == 1
        for other in students:
            if numbers(item, other) != numbers(item, one):
                different += 1
                shared += judge(item, answer, other).score == 1
    assert different > 700 and shared == 0


# ------------------------------------------------------------------------------------------------- no answers


def test_on_the_students_machine_every_answer_is_only_well_formed(unpacked):
    answers = {
        item.id: [plain(namespace(item, numbers(item, Identity()))[item.answer]), wrong(item)]
        for item in ITEMS
        if item.type not in ("code", "essay", "predict")
    }
    # A function cannot be sent: one that returns something, and one that returns nothing.
    code = f"""
import json
from gvclab.exercises import check, load
answers = {answers!r}
for item in (*load("2.3a"), *load("2.3b")):
    if item.type == "code":
        answers[item.id] = [lambda *a: 1.0, lambda *a: None]
for id, tried in answers.items():
    print(json.dumps([id, [check(id, answer).verdict.status for answer in tried]]))
"""
    said = dict(map(json.loads, on_the_students_machine(unpacked, code).splitlines()))
    assert len(said) == len([item for item in ITEMS if item.type not in ("essay", "predict")])
    assert said == {item_id: ["formed", "formed"] for item_id in said}


def wrong(item: bank.Item):
    """An answer of the right kind."""
    if item.type == "choice":
        return letter(len(item.options) - 1)
    if item.type == "graph":
        return [["crisis", "home shock"]]
    parts = {part.name: part.words[-1].id if part.words else part.high or 0.123 for part in item.parts}
    return parts if item.type == "interpret" else list(parts.values())


def test_the_library_in_the_bundle_holds_no_key(unpacked):
    places = [unpacked.parent / f"lib/gvclab/_content/exercises/{name}.md" for name in PARTS]
    items = [item for place in places for item in bank.parse(place.read_text(encoding="utf-8"))]
    assert len(items) == len(ITEMS)
    assert [item.id for item in items if item.has_key and item.type != "essay"] == []
    assert not any(item.solution or item.tests for item in items)
    assert not any(hint for item in items if not item.rubric for hint in leaks.hints(item))


def test_the_salt_is_nowhere_in_it(course, done):
    for path in done.bundles:
        with zipfile.ZipFile(path) as zipped:
            for name in zipped.namelist():
                data = zipped.read(name)
                inner = zipfile.ZipFile(io.BytesIO(data)) if name.endswith(".whl") else None
                for piece in [data] if inner is None else map(inner.read, inner.namelist()):
                    assert salt(course).encode() not in piece


def test_the_scan_finds_nothing_in_it(course, done):
    assert release.check(course, done.bundles[:1]) == (1, [])


def test_a_leak_is_refused_and_nothing_is_written(course, built, monkeypatch, light, tmp_path):
    name = f"exercises/{SECTION}/{NAME}.ipynb"
    stub = json.dumps(bank.item("2.3-2").shown_stub)[1:-1]
    planted = built[name].replace(stub, 'spreading = \\"A\\"')
    assert planted != built[name]
    monkeypatch.setattr(release, "targets", lambda root: {**built, name: planted})
    with pytest.raises(release.BundleRefused, match=r"2\.3-2") as refusal:
        release.release(course, SECTION, "trade-1", ["adalia"], tmp_path)
    assert {one.kind for one in refusal.value.findings} == {"a line of the solution of 2.3-2"}
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_another_students_name_is_refused(course, monkeypatch, light, tmp_path):
    honest = personal.student_file
    monkeypatch.setattr(personal, "student_file", lambda c, who: honest(c, who) + "bela")
    with pytest.raises(release.BundleRefused, match="another student's name"):
        release.release(course, SECTION, "trade-1", ["adalia", "bela"], tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --------------------------------------------------------------------------------------- the doctor, offline


def test_the_doctor_works_with_the_bundle_alone(unpacked):
    code = f"""
from pathlib import Path
from gvclab.grading import doctor
file = Path("{NAME}.ipynb")
print([trouble.name for trouble in doctor.visit(file).troubles])
broken = Path("copy/{NAME}.ipynb")
broken.parent.mkdir()
broken.write_bytes(file.read_bytes()[:9000])
found = doctor.visit(broken)
doctor.mend(broken, found)
print([trouble.name for trouble in found.troubles], [trouble.name for trouble in doctor.visit(broken).troubles])
"""
    fresh, broken = on_the_students_machine(unpacked, code).splitlines()
    assert fresh == "['unanswered']"
    assert broken.startswith("['json', ")
    assert broken.endswith(" ['unanswered']")


# ------------------------------------------------------------------------------------------ the salt, the roster


def test_the_salt_is_made_once_for_the_instructor_only(course, done, light):
    path = course / ".gvclab" / "trade-1.salt"
    assert done.new_salt == path
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (path.parent / ".gitignore").read_text() == "*\n"
    before = path.read_bytes()
    assert re.fullmatch(rb"[0-9a-f]{64}\n", before)
    release.release(course, SECTION, "trade-1", ["late"], course / "late")
    assert path.read_bytes() == before


def test_a_course_has_own_numbers_or_the_same_for_all(course, done, light):
    common = release.release(course, SECTION, "open-1")
    assert common.new_salt is None
    assert personal.read_salt(course, "open-1") == ""
    assert personal.read_salt(course, "never-1") is None
    assert [path.name for path in common.bundles] == [f"gvclab-{SECTION}.zip"]
    with zipfile.ZipFile(common.bundles[0]) as zipped:
        assert not [name for name in zipped.namelist() if name.endswith("gvclab-student.json")]
    with pytest.raises(ValueError, match="name the students"):
        release.release(course, SECTION, "trade-1")
    with pytest.raises(ValueError, match="same numbers for everybody"):
        release.release(course, SECTION, "open-1", ["adalia"])


def test_a_damaged_salt_is_not_taken_for_another(course):
    path = personal.salt_path(course, "bad-1")
    path.parent.mkdir(exist_ok=True)
    for damage in (b"short\n", b"\xff\xfe"):
        path.write_bytes(damage)
        with pytest.raises(ValueError, match="no salt of this program"):
            personal.read_salt(course, "bad-1")
    path.unlink()


def test_an_unknown_section_is_named_with_those_there_are(course):
    with pytest.raises(ValueError, match=r"section-9.*section-2"):
        release.release(course, "section-9", "trade-1", ["adalia"])


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        ("id,first_name\nada,Ada\nbob,Bob\n", ("ada", "bob")),
        ("\ufefffirst_name;ID\nÄda; ada \n\nBob;bob\nBob;bob\n", ("ada", "bob")),
        ("ada\nbob\n", ("ada", "bob")),
        ("ada,x\r\nbob,y\r\n", ("ada", "bob")),
        ("a@uni.edu\n王小明\n", ("a@uni.edu", "王小明")),
    ],
)
def test_a_roster_is_read(data, ids, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(data, encoding="utf-8", newline="")
    assert personal.roster([str(path)]) == ids


def test_a_roster_and_ids_go_together(tmp_path):
    path = tmp_path / "roster.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["email", "id"], ["a@x", "ada"]])
    assert personal.roster([str(path), "bob", "ada"]) == ("ada", "bob")


@pytest.mark.parametrize("data", ["student_id,first_name\nada,Ada\n", "Student,SIS Login ID\nAda,ada\n"])
def test_a_roster_without_a_column_of_ids_is_refused(data, tmp_path):
    """Else a bundle would be made for a student of the name `student_id`."""
    path = tmp_path / "roster.csv"
    path.write_text(data)
    with pytest.raises(ValueError, match="no column named id"):
        personal.roster([str(path)])


def test_a_roster_that_is_not_there_is_no_student():
    with pytest.raises(ValueError, match=r"no table rooster\.csv"):
        personal.roster(["rooster.csv"])


@pytest.mark.parametrize("bad", ["../x", "a/b", ".hidden", "", "a b", "a\n", "x" * 65, "a\\b", "a:b"])
def test_an_id_that_is_no_file_name_is_refused(bad):
    with pytest.raises(ValueError, match="student's id"):
        personal.roster([bad])


def test_ids_that_differ_in_capitals_are_refused():
    with pytest.raises(ValueError, match="capitals"):
        personal.roster(["Ada", "ada"])


@pytest.mark.parametrize("data", [b"", b"id,name\n,x\n", b"\xff\xfe\x00"])
def test_a_roster_without_students_is_refused(data, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"roster\.csv"):
        personal.roster([str(path)])


# ---------------------------------------------------------------------------------------------- the command


def run(monkeypatch, course: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    release_cli.add_release(parser.add_subparsers())
    monkeypatch.setattr(release_cli, "resource", lambda name: course / name)
    options = parser.parse_args(["release", *words])
    return options.run(options)


def test_the_command_says_what_it_made_and_what_comes_next(course, monkeypatch, light, capsys, tmp_path):
    words = (SECTION, "--course-id", "told-1", "--students", "adalia", "--out", str(tmp_path))
    assert run(monkeypatch, course, *words) == 0
    shown = capsys.readouterr().out
    made = tmp_path / SECTION / f"gvclab-{SECTION}-adalia.zip"
    assert str(made) in shown
    assert hashlib.sha256(made.read_bytes()).hexdigest() in shown
    assert str(personal.salt_path(course, "told-1")) in shown
    assert personal.read_salt(course, "told-1") not in shown
    assert "submitted/<student>/section-2/" in shown


def test_the_command_looks_for_leaks(course, root, done, monkeypatch, capsys, tmp_path):
    assert run(monkeypatch, course, "--check", str(root / "course"), str(root / "exercises")) == 0
    assert "no key" in capsys.readouterr().out
    assert run(monkeypatch, course, "--check", str(root / "solutions")) == 1
    assert "a line of the solution of 2.3-1" in capsys.readouterr().err
    (tmp_path / "note.txt").write_text(f"the salt is {salt(course)}")
    assert run(monkeypatch, course, "--check", str(tmp_path)) == 1
    with pytest.raises(ValueError, match="does not exist"):
        run(monkeypatch, course, "--check", "nowhere")
    with pytest.raises(ValueError, match="--course-id"):
        run(monkeypatch, course, SECTION)


def test_drawn_numbers_are_those_of_the_items(course):
    who = Identity("adalia", salt(course))
    told = drawn(ITEMS, who)
    assert set(told) == {item.id for item in ITEMS if any(given.draw for given in item.given)}
    carried = Identity("adalia", drawn=json.loads(json.dumps(told)))
    assert all(numbers(item, carried) == numbers(item, who) for item in ITEMS)
