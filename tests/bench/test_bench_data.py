"""How long a lesson waits for its figures."""

import pytest

from gvclab import data
from gvclab.data import tables
from gvclab.data.manifest import read
from gvclab.data.seal import measure


def _cold(name, **wanted):
    tables._table.cache_clear()
    tables._stored.cache_clear()
    return data.load(name, **wanted)


def test_icio_one_year_first_load(benchmark):
    assert benchmark(_cold, "icio", year=2005).year == 2005


def test_icio_one_year_again(benchmark):
    assert benchmark(data.load, "icio", year=2005).year == 2005


@pytest.mark.parametrize("name", ["supply_pressure", "economy_panel"])
def test_table_first_load(benchmark, name):
    assert len(benchmark(_cold, name))


def test_full_check_of_a_table(benchmark):
    assert benchmark(measure, read("economy_panel")).rows
