"""From a real table to a world, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..domain import fitted, instance, number
from ..iotable import ICIO
from .economy import MOST_TARIFF, World


def calibrate(table: ICIO, theta: ArrayLike = 5.0, tariffs: ArrayLike = 0.0) -> World:
    """The world that an inter-country table shows: solved without a shock it returns every sector's output.

    theta: trade elasticities above 0, one or (S,). tariffs: rates above -1, one or (N, N, S) [importer,
    exporter, sector], paid
    on top of the table's flows, which are net of them; a country's own goods pay none.
    pi: from intermediate plus final flows; gamma[n, k, s]: inputs of k, duty included, per unit of output of
    s; alpha: from final demand; wL: value added less duties on inputs; D: final spending - wL - revenue.

    A negative cell of final demand (inventories) has no share. It is moved out first: the seller's other
    final deliveries shrink in proportion, which leaves every sector's sales, output and value added as they
    are. A sector without output keeps to itself.
    Raises ValueError where a seller's final deliveries sum to less than 0, where a country has no final demand,
    and as `World` does.
    """
    N, S = instance("table", table, ICIO).shape
    theta = fitted("theta", theta, (S,), 0, open_low=True)
    tariff = fitted("tariffs", tariffs, (N, N, S), -1, MOST_TARIFF, open_low=True) * ~np.eye(N, dtype=bool)[:, :, None]
    Z = table.Z.reshape(N, S, N, S).transpose(2, 0, 1, 3)  # [buyer, seller, good, user]
    F = _without_negatives(table).reshape(N, S, N).transpose(2, 0, 1)  # [buyer, seller, good]
    output = table.x.reshape(N, S)
    inputs = (Z * (1 + tariff)[..., None]).sum(axis=1)  # (N, S, S) duty included
    gamma = np.divide(inputs, output[:, None, :], out=np.zeros_like(inputs), where=output[:, None, :] > 0)
    spent = (Z.sum(axis=3) + F) * (1 + tariff)
    X = spent.sum(axis=1)
    at_home = np.broadcast_to(np.eye(N)[:, :, None], spent.shape).copy()
    pi = np.divide(spent, X[:, None, :], out=at_home, where=X[:, None, :] > 0)
    final = (F * (1 + tariff)).sum(axis=1)
    if (without := final.sum(axis=1) <= 0).any():
        raise ValueError(f"table: {table.countries[without.argmax()]} has no final demand, so no spending shares")
    revenue = (spent * tariff / (1 + tariff)).sum(axis=(1, 2))
    wL = (output - inputs.sum(axis=1)).sum(axis=1)
    return World(
        countries=table.countries,
        sectors=table.sectors,
        pi=pi,
        tariff=tariff,
        gamma=gamma,
        alpha=final / final.sum(axis=1, keepdims=True),
        theta=theta,
        wL=wL,
        D=final.sum(axis=1) - wL - revenue,
    )


def as_table(world: World, year: int | None = None) -> ICIO:
    """The world's base as an inter-country table, flows net of tariffs: value added in it includes the duties
    on inputs.
    """
    N, S = instance("world", world, World).alpha.shape
    if year is not None:
        number("year", year, 0, 9999, whole=True)
    reaches = world.pi / (1 + world.tariff)  # [buyer, seller, good]
    used = world.gamma * world.base.Y[:, None, :]  # [buyer, good, user]
    Z = np.einsum("nik,nks->ikns", reaches, used).reshape(N * S, N * S)
    F = np.einsum("nik,nk->ikn", reaches, world.alpha * world.income[:, None]).reshape(N * S, N)
    return ICIO(Z, F, world.base.Y.ravel(), world.countries, world.sectors, year)


def _without_negatives(table: ICIO) -> np.ndarray:
    total, positive = table.F.sum(axis=1), np.maximum(table.F, 0)
    if (total < 0).any():
        row = int(total.argmin())
        raise ValueError(
            f"final deliveries of {table.label(row)} sum to {total[row]:g}; they must be 0 or more "
            "(aggregate the table first)"
        )
    kept = positive.sum(axis=1)
    return positive * np.divide(total, kept, out=np.zeros_like(kept), where=kept > 0)[:, None]
