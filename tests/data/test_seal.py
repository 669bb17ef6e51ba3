"""Manifests are complete, and the files are the ones they describe."""

import json
import re

import numpy as np
import pytest

from gvclab import data
from gvclab.data.errors import DataError
from gvclab.data.manifest import folder as data_folder
from gvclab.data.manifest import names, read
from gvclab.data.refresh import write
from gvclab.data.seal import datapackage, measure, seal


@pytest.mark.parametrize("name", names())
def test_a_manifest_says_everything(name):
    m = read(name)
    assert all([m.title, m.description, m.file, m.transformation.strip(), m.limits])
    assert m.seal or m.refresh  # what is not shipped can be made
    assert m.path.stem == name
    assert all(isinstance(limit, str) for limit in m.limits)
    for s in m.sources:
        assert {"publisher", "title", "citation", "url", "licence", "retrieval"} == s.keys()
        assert {"name", "title"} <= s["licence"].keys()
        assert s["url"].startswith("https://")
    for declared in (m.columns or m.arrays).values():
        assert declared["unit"]
        assert declared["description"]
    assert bool(m.columns) != bool(m.arrays)
    assert all("required" in declared["constraints"] for declared in m.columns.values())
    assert set(m.key) <= m.columns.keys()
    assert bool(m.columns) == bool(m.key)


SHIPPED = [name for name in names() if read(name).seal]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_passes_its_checks_and_matches_its_seal(name):
    """Runs the pandera schema (or the accounting identities) on the committed file."""
    m = read(name)
    assert measure(m) == m.seal


def test_the_folder_holds_nothing_else():
    known = {f"{name}.yml" for name in names()} | {read(name).file for name in SHIPPED}
    held = {path.name for path in data_folder().iterdir()}
    assert held == known | {"datapackage.json", ".gitattributes"}
    assert sum(path.stat().st_size for path in data_folder().iterdir()) < 4e6


def test_the_data_package_is_generated_from_the_manifests():
    text = (data_folder() / "datapackage.json").read_text(encoding="utf-8")
    assert text == datapackage()
    resources = json.loads(text)["resources"]
    assert [r["path"] for r in resources] == [read(name).file for name in SHIPPED]
    for r in resources:
        assert re.fullmatch("[a-z0-9-]+", r["name"])
        assert {"profile", "title", "format", "mediatype", "bytes", "hash", "sources", "licenses"} <= r.keys()


def test_sealing_keeps_what_a_person_wrote(folder):
    before = (folder / "us_tariff.yml").read_text()
    seal("us_tariff")
    assert (folder / "us_tariff.yml").read_text() == before


def _spoil(folder, name, old, new, count=1):
    path = folder / f"{name}.csv"
    path.write_text(path.read_text().replace(old, new, count))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "2011,CHN,18.4369",
            "2011,CHN,184.369",
            r"column share: 184\.369 fails less_than_or_equal_to\(100\)",
        ),
        ("2011,CHN,", "2011,CHX,", "column origin: 'CHX' fails isin"),
        ("2011,CHN,", "2010,CHN,", "fails multiple_fields_uniqueness"),
        ("2011,CHN,18.4369", "2011,CHN,", "column share: nan fails not_nullable"),
        ("2011,CHN,18.4369", "2011,CHN,many", "does not fit its manifest"),
        ("year,origin", "year,country", "does not fit its manifest"),
    ],
)
def test_a_bad_table_earns_no_seal(folder, old, new, message):
    _spoil(folder, "us_import_origin", old, new)
    before = (folder / "us_import_origin.yml").read_text()
    with pytest.raises(DataError, match=message):
        seal("us_import_origin")
    assert (folder / "us_import_origin.yml").read_text() == before


def test_a_date_that_is_not_a_month_earns_no_seal(folder):
    _spoil(folder, "supply_pressure", "1998-03", "March 1998")
    with pytest.raises(DataError, match=r"does not fit its manifest.*March 1998"):
        seal("supply_pressure")


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("Z_2003", "2003: rows miss output by up to 1, columns by up to 1"),
        ("va_1999", "1999: rows .* 0, col.* 1"),
    ],
)
def test_a_cell_that_breaks_an_identity_earns_no_seal(folder, member, message):
    arrays = dict(np.load(folder / "icio.npz"))
    arrays[member] = arrays[member].copy()
    arrays[member].flat[7] += 1
    write(arrays, folder / "icio.npz")
    with pytest.raises(DataError, match=message):
        seal("icio")


def test_an_array_of_another_shape_earns_no_seal(folder):
    arrays = dict(np.load(folder / "icio.npz"))
    arrays["F_2000"] = arrays["F_2000"][:, :11]
    write(arrays, folder / "icio.npz")
    with pytest.raises(DataError, match=r"F \(2000\) has shape \(132, 11\), expected \[132, 12\]"):
        seal("icio")


def test_a_new_dataset_is_two_files_and_a_command(folder):
    manifest = (folder / "us_tariff.yml").read_text().partition("\nseal:")[0]
    (folder / "my_tariff.yml").write_text(manifest.replace("us_tariff.csv", "my_tariff.csv") + "\n")
    (folder / "my_tariff.csv").write_text("date,tariff\n2030-01,3.5\n")
    assert seal("my_tariff").seal.years == (2030, 2030)
    assert data.load("my_tariff")["tariff"].item() == 3.5
    assert '"my-tariff"' in (folder / "datapackage.json").read_text()


def test_a_classification_has_to_say_for_which_years(folder):
    path = folder / "industries.yml"
    path.write_text(path.read_text().replace("years: [1995, 2011]\n", "", 1))
    with pytest.raises(DataError, match="industries has no column of type year"):
        seal("industries")
