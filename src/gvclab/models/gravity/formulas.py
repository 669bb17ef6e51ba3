"""Closed forms that a solver must agree with, and one that needs no solver."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import array, computed, instance, number, square, together, within
from .economy import World


def acr_welfare(world: World, home_share_hat: ArrayLike) -> np.ndarray:
    """(N,) Ŵ from the change of home shares π̂_nns (N, S) alone, in a world without tariffs and with balanced
    trade.

    ln Ŵ_n = -α_n' (I - Γ_n')⁻¹ [ln π̂_nns/θ_s]; with one sector Ŵ = π̂_nn^(-1/(θ va)).
    Raises ValueError for changes that are not above 0 or of another shape.
    Source: Arkolakis, Costinot and Rodríguez-Clare 2012, American Economic Review 102(1) (*not verified*).
    """
    shape = instance("world", world, World).alpha.shape
    term = np.log(array("home_share_hat", home_share_hat, shape, 0, open_low=True)) / world.theta
    through = np.linalg.solve(np.eye(term.shape[1]) - world.gamma.transpose(0, 2, 1), term[..., None])[..., 0]
    with np.errstate(over="ignore"):
        return computed("welfare", np.exp(-(world.alpha * through).sum(axis=1)), home_share_hat=home_share_hat)


def autarky_loss(home_share: ArrayLike, theta: ArrayLike, weight: ArrayLike = 1.0) -> np.ndarray:
    """What does a country lose that stops importing? The share of its real income, 1 - π_nn^(weight/θ).

    home_share: π_nn in (0, 1], what is bought at home; theta: trade elasticity, above 0; weight, 0 or more:
    1/va in a one-sector world with inputs, or the spending weight α of the only sector that is traded. All
    are broadcast.

    Exact only where nothing else is imported, and where a sector's weight is α, only without inputs. Where one
    sector's imports stop and trade in the others goes on, the loss is another one, because the shares of the
    others move until trade balances (`solve` finds it). Example: an import share of .3 and a weight of .1 give
    a loss of 3.50 % at θ = 1 and .44 % at θ = 8; the one of two equal countries that stops its imports, while
    trade in the rest goes on in the same shares, loses 2.34 % and .21 %.
    Raises ValueError naming a value outside its domain.
    Source: Arkolakis, Costinot and Rodríguez-Clare 2012, American Economic Review 102(1) (*not verified*).
    """
    home_share = np.asarray(within("home_share", home_share, 0, 1, open_low=True))
    theta = np.asarray(within("theta", theta, 0, open_low=True))
    weight = np.asarray(within("weight", weight, 0))
    together(home_share=home_share, theta=theta, weight=weight)
    with np.errstate(over="ignore", invalid="ignore"):
        power = weight * np.log(home_share) / theta
        return computed("the loss", -np.expm1(power), home_share=home_share, theta=theta, weight=weight)


def head_ries(flows: ArrayLike, theta: float) -> np.ndarray:
    """(N, N) trade cost of two countries relative to trade at home, ((X_nn X_ii)/(X_ni X_in))^(1/2θ), from
    flows with their diagonal.

    flows: (N, N), 0 or more, each country's sales at home above 0; theta: trade elasticity, above 0.
    Infinite where nothing is traded in one of the directions. Raises ValueError naming a value outside its
    domain. Source: Head and Ries 2001, American Economic Review 91(4) (*not verified*).
    """
    flows, theta = square("flows", flows, 0), number("theta", theta, 0, open_low=True)
    home = np.log(within("flows at home", np.diag(flows), 0, open_low=True))
    with np.errstate(divide="ignore", over="ignore"):
        traded = np.log(flows)
        cost = np.exp((home[:, None] + home - traded - traded.T) / (2 * theta))
    computed("the trade cost", cost[np.isfinite(traded + traded.T)], flows=flows, theta=theta)
    return cost


def optimal_tariff_formula(theta: float, partner_home_share: float = 1.0) -> float:
    """The tariff that suits a country best, one sector and two countries: 1/(θ π_FF), at the optimum; 1/θ for
    a small country.

    theta: trade elasticity, 1e-6 or more; partner_home_share: π_FF, what the partner buys at home, in [1e-6, 1].
    Raises ValueError naming a value outside its domain. Source: Gros 1987, J. of International Economics 23
    (*not verified*).
    """
    theta = number("theta", theta, 1e-6)
    return 1 / (theta * number("partner_home_share", partner_home_share, 1e-6, 1))


class SkillPremium(NamedTuple):
    """Change of the log skill premium and its parts."""

    technology: float
    supply: float
    trade: float
    total: float


def skill_premium(dlnA: float, dlnH: float, offshored: float, sigma: float = 1.41) -> SkillPremium:
    """Is it machines, schools or trade? ((σ-1)/σ) dlnA - dlnH/σ + ln(1+o)/σ.

    dlnA: skill-biased technology, log points; dlnH: relative supply of skills (both within 1e6); offshored:
    unskilled work done abroad as a share of that done at home (0 or more), trade as labour supply; sigma:
    elasticity of substitution between the two, 1e-6 or more.
    Raises ValueError naming a value outside its domain.
    Source: Katz and Murphy 1992, Quarterly J. of Economics 107(1) (*not verified*).
    """
    dlnA, dlnH = number("dlnA", dlnA, -1e6, 1e6), number("dlnH", dlnH, -1e6, 1e6)
    sigma, offshored = number("sigma", sigma, 1e-6), number("offshored", offshored, 0)
    parts = (sigma - 1) / sigma * dlnA, -dlnH / sigma, float(np.log1p(offshored)) / sigma
    return SkillPremium(*parts, sum(parts))
