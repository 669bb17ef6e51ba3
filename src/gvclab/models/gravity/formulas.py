"""Closed forms that a solver must agree with, and one that needs no solver."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import within
from .economy import World


def acr_welfare(world: World, home_share_hat: ArrayLike) -> np.ndarray:
    """(N,) Ŵ from the change of home shares π̂_nns (N, S) alone, in a world without tariffs and with balanced
    trade.

    ln Ŵ_n = -α_n' (I - Γ_n')⁻¹ [ln π̂_nns/θ_s]; with one sector Ŵ = π̂_nn^(-1/(θ va)).
    Source: Arkolakis, Costinot and Rodríguez-Clare 2012, American Economic Review 102(1) (*not verified*).
    """
    term = np.log(np.asarray(home_share_hat, dtype=float)) / world.theta
    through = np.linalg.solve(np.eye(term.shape[1]) - world.gamma.transpose(0, 2, 1), term[..., None])[..., 0]
    return np.exp(-(world.alpha * through).sum(axis=1))


def autarky_loss(home_share: ArrayLike, theta: ArrayLike, weight: ArrayLike = 1.0) -> np.ndarray:
    """Share of real income lost without imports, 1 - π_nn^(weight/θ).

    weight is 1/va in a one-sector world, or the spending weight α of a sector where only that sector's
    imports stop. Home shares lie above 0 and up to 1, theta above 0.
    """
    home_share = np.asarray(within("home_share", home_share, 0, 1, open_low=True))
    theta = np.asarray(within("theta", theta, 0, open_low=True))
    return 1 - home_share ** (np.asarray(weight, dtype=float) / theta)


def head_ries(flows: ArrayLike, theta: float) -> np.ndarray:
    """(N, N) trade cost of two countries relative to trade at home, ((X_nn X_ii)/(X_ni X_in))^(1/2θ), from
    flows with their diagonal.

    Infinite where nothing is traded. Source: Head and Ries 2001, American Economic Review 91(4) (*not
    verified*).
    """
    flows = np.asarray(flows, dtype=float)
    home = np.diag(flows)
    with np.errstate(divide="ignore"):
        return (np.outer(home, home) / (flows * flows.T)) ** (1 / (2 * theta))


def optimal_tariff_formula(theta: float, partner_home_share: float = 1.0) -> float:
    """The tariff that suits a country best, one sector and two countries: 1/(θ π_FF), at the optimum; 1/θ for
    a small country.
    """
    return 1 / (theta * partner_home_share)


class SkillPremium(NamedTuple):
    """Change of the log skill premium and its parts."""

    technology: float
    supply: float
    trade: float
    total: float


def skill_premium(dlnA: float, dlnH: float, offshored: float, sigma: float = 1.41) -> SkillPremium:
    """Is it machines, schools or trade? ((σ-1)/σ) dlnA - dlnH/σ + ln(1+o)/σ.

    dlnA: skill-biased technology, log points; dlnH: relative supply of skills; offshored: unskilled work done
    abroad as a share of that done at home (0 or more), trade as labour supply; sigma: elasticity of
    substitution between the two, above 0. Source: Katz and Murphy 1992, Quarterly J. of Economics 107(1)
    (*not verified*).
    """
    sigma = within("sigma", sigma, 0, open_low=True)
    offshored = within("offshored", offshored, 0)
    parts = (sigma - 1) / sigma * dlnA, -dlnH / sigma, float(np.log1p(offshored)) / sigma
    return SkillPremium(*parts, sum(parts))
