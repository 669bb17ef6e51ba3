"""One argument has one name in every command of `gvclab`."""

from __future__ import annotations

import argparse
from collections import defaultdict

import pytest

from gvclab.grading import cli, release_cli, report_cli

COMMANDS = ("grade", "release", "report", "export")


@pytest.fixture
def parsers() -> dict[str, argparse.ArgumentParser]:
    commands = argparse.ArgumentParser().add_subparsers()
    cli.add_parser(commands)
    release_cli.add_release(commands)
    report_cli.add_report(commands)
    report_cli.add_export(commands)
    return {name: commands.choices[name] for name in COMMANDS}


def test_the_assignment_is_called_so_everywhere(parsers):
    for parser in parsers.values():
        assert [action.dest for action in parser._actions if not action.option_strings] == ["assignment"]
    needed = {"release": ["--course-id", "c"], "export": ["--to", "csv"]}
    for name, parser in parsers.items():
        assert parser.parse_args(["section-2/", *needed.get(name, [])]).assignment == "section-2"


def test_what_several_commands_take_has_one_option(parsers):
    shared = defaultdict(set)
    for parser in parsers.values():
        for action in parser._actions:
            shared[action.dest].add(tuple(action.option_strings))
    assert {"course_dir", "course_id", "students", "out"} <= shared.keys()
    assert {dest: forms for dest, forms in shared.items() if len(forms) > 1} == {}
