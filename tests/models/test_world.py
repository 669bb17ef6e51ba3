"""The stylised world: its targets are hit, it is in equilibrium, and its table balances."""

import numpy as np
import pytest

from gvclab.models import gravity, iotable, world


def test_labour_income_is_the_gdp_it_was_made_for():
    W = world.make()
    assert W.sectors == world.SECTORS and W.countries == world.REGIONS
    assert pytest.approx(100) == sum(world.GDP)
    labour = (W.va * W.base.Y).sum(axis=1)
    assert labour == pytest.approx(world.GDP, rel=2e-12)


def test_openness_is_as_specified():
    W = world.make()
    exports = W.flows.sum(axis=2)
    np.fill_diagonal(exports, 0)
    share = dict(zip(W.countries, exports.sum(axis=0) / W.wL, strict=True))
    specified = {
        "USA": 0.118,
        "NAM": 0.459,
        "DEU": 0.425,
        "REU": 0.150,
        "CHN": 0.242,
        "JKR": 0.369,
        "SEA": 0.500,
        "ROW": 0.141,
    }
    assert share == pytest.approx(specified, abs=5e-4)
    assert exports.sum() / W.wL.sum() == pytest.approx(0.21, abs=5e-4)


def test_tariffs_are_low_within_a_pole_and_none_on_services_or_at_home():
    W = world.make()
    usa, nam, chn, row = (W.country(name) for name in ("USA", "NAM", "CHN", "ROW"))
    assert (W.tariff[usa, nam, :3] == 0.02).all() and (W.tariff[usa, chn, :3] == 0.05).all()
    assert (W.tariff[row, usa, :3] == 0.05).all()
    assert not W.tariff[:, :, 3].any() and not W.tariff[range(8), range(8)].any()


def test_another_calibration_keeps_incomes_and_leaves_the_first_alone():
    balanced = world.make(deficit=(0,) * 8)
    short_run = world.make(theta=(8, 5, 1.5, 5))
    assert balanced.wL.tolist() == short_run.wL.tolist() == list(world.GDP)
    assert not balanced.D.any() and world.make().D[0] == 0.70
    assert short_run.theta[2] == 1.5 and world.make().theta[2] == 4


def test_the_table_balances_and_its_gdp_exceeds_labour_income_by_the_duties_on_inputs():
    W, table = world.make(), world.icio()
    assert table.shape == (8, 4)
    duties = (W.gamma * W.base.Y[:, None, :]).sum(axis=2)  # inputs by good
    duties = (duties[:, None, :] * W.pi * W.tariff / (1 + W.tariff)).sum(axis=(1, 2))
    assert table.gdp - W.wL == pytest.approx(duties, rel=1e-10)
    assert (table.gdp / W.wL).max() < 1.008
    assert table.F.sum() == pytest.approx(table.gdp.sum(), rel=1e-12)
    assert iotable.bilateral(table) == pytest.approx(
        W.flows.sum(axis=2).T * ~np.eye(8, dtype=bool), rel=1e-12, abs=1e-15
    )


def test_the_groups_fill_the_sectors_of_the_united_states():
    W = world.make()
    income, sector = world.us_groups()["USA"]
    assert income.tolist() == [0.12, 0.15, 0.73] and sector.sum(axis=1) == pytest.approx(1, abs=1e-11)
    assert income @ sector == pytest.approx(gravity.sector_shares(W)[0], abs=1e-11)
    assert sector[0, 1] > sector[2, 1] and sector[1, 2] > sector[2, 2]  # towns make LOW, hubs HIGH


def test_the_phone_triangle():
    gross, added = iotable.balances(world.triangle())
    usa, chn, jpn = range(3)
    assert gross[chn, usa] == pytest.approx(80)
    assert (added[chn, usa], added[jpn, usa]) == pytest.approx((20, 60))
    assert gross.sum(axis=1) == pytest.approx([-80, 20, 60])
    assert added.sum(axis=1) == pytest.approx([-80, 20, 60])


def test_two_countries_trade_as_asked():
    made = world.two_countries(imports=0.3, size=2, theta=4)
    flows = made.flows[:, :, 0]
    assert flows[0, 1] == pytest.approx(flows[1, 0])  # balanced
    assert flows[0, 1] / flows[0, 0] == pytest.approx(0.3)
    assert made.wL.tolist() == [1, 2] and made.theta.tolist() == [4]
    with pytest.raises(ValueError, match="imports = -1"):
        world.two_countries(imports=-1)
    with pytest.raises(ValueError, match="the share of imports in Foreign's spending"):
        world.two_countries(imports=0.6, size=0.3)


def test_a_phone_costs_what_its_makers_add():
    table = world.triangle(parts=30, design=10, assembly=5)
    assert table.gdp == pytest.approx([10, 5, 30])
    assert table.F.sum() == 45
