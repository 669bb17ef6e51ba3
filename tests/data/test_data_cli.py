"""`gvclab data`: what it prints and the exit status."""

import argparse

import pytest

from gvclab import data
from gvclab.data.cli import add_parser


def run(*arguments):
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(["data", *arguments])
    return options.run(options)


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_list_names_every_dataset(capsys, arguments):
    assert run(*arguments) == 0
    said = capsys.readouterr().out
    for name in data.names():
        assert f"\n{name} " in said


@pytest.mark.parametrize("name", data.names())
def test_show_says_where_the_figures_are_from(capsys, name):
    assert run("show", name) == 0
    said = capsys.readouterr().out
    for part in ("citation", "licence", "retrieval", "Transformation", "Columns", "Known limits"):
        assert part in said
    assert "sha256" in said or "It is not shipped" in said


def test_show_of_an_unknown_name_suggests_one():
    with pytest.raises(data.DataError, match="Did you mean supply_pressure"):
        run("show", "supply_presure")


def test_seal_and_refresh_report(capsys, folder):
    assert run("seal", "us_tariff") == 0
    assert "us_tariff" in capsys.readouterr().out
    with pytest.raises(data.DataError, match="cannot be rebuilt by a command"):
        run("refresh", "electronics")
