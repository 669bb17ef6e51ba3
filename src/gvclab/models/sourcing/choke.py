"""Block C: what a missing input costs, by how well it can be replaced."""

from __future__ import annotations

import numpy as np

from ..domain import together, within

_NONE = 1e-12  # elasticities below this are 0


def ces_output(z, s, sigma):
    """What fraction of output is left when an input falls to the fraction z?

    Formula: Y/Y0 = [(1 - s) + s z^((sigma-1)/sigma)]^(sigma/(sigma-1)).
    Limits: sigma -> 0: min(1, z); sigma = 1: z^s; sigma = inf: 1 - s (1 - z);
    z = 0: 0 if sigma <= 1, else (1 - s)^(sigma/(sigma-1)). For an input that does not matter (s = 0): 1.

    Parameters
    ----------
    z : >= 0, the input that remains as a fraction of normal (above 1: more than normal).
    s : in [0, 1], its share in cost. sigma : in [0, inf], elasticity of substitution.

    All arguments may be arrays, which are broadcast. Returns a float or an array. Stable for every sigma.
    Raises ValueError naming a value outside its domain.
    Source: textbook CES; used for an energy embargo by Bachmann et al. 2022 (read).
    """
    z, s, sigma = within("z", z, 0), within("s", s, 0, 1), within("sigma", sigma, 0, np.inf)
    together(z=z, s=s, sigma=sigma)
    z, s, sigma = np.broadcast_arrays(z, s, np.where(np.asarray(sigma) < _NONE, 0.0, sigma))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        power = 1 - 1 / sigma
        log_z = np.log(z)
        exponent = power * log_z
        # ln[(1 - s) + s e^exponent]; each form is stable where it is used.
        small = np.log1p(s * np.expm1(np.minimum(exponent, 1)))
        large = exponent + np.log(s + (1 - s) * np.exp(-exponent))
        output = np.exp(np.where(exponent > 1, large, small) / power)
        output = np.where(sigma == 1, z**s, output)
    output = np.where((sigma == 0) | ((z == 0) & (sigma <= 1)), np.minimum(1, z), output)
    output = np.where(s == 0, 1.0, np.where(s == 1, z, output))
    return float(output) if output.ndim == 0 else output
