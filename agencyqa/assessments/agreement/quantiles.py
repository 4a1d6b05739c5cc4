"""Quantiles of the F and t distributions, by the incomplete beta function.

Two numbers of one distribution would be the only use of a library of a hundred megabytes; the tests hold these equal
to that library's.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p, sqrt

_STEPS = 200
_ITERATIONS = 10_000
_TINY = 1e-300
_PRECISION = 1e-15


def f_quantile(probability: float, above: float, below: float) -> float:
    """The value that an F variable with ``above`` and ``below`` degrees of freedom stays under with ``probability``."""
    part, rest = _beta_quantile(probability, above / 2, below / 2)
    return below * part / (above * rest)


def t_quantile(probability: float, freedom: float) -> float:
    """For a probability of at least one half; the square of a t variable is an F variable."""
    return sqrt(f_quantile(2 * probability - 1, 1, freedom))


def _beta_quantile(probability: float, a: float, b: float) -> tuple[float, float]:
    """x and 1 - x with I_x(a, b) = probability; the smaller of the two is searched, and so keeps its digits."""
    if _beta(0.5, a, b) < probability:
        rest, part = _search(1 - probability, b, a)
        return part, rest
    return _search(probability, a, b)


def _search(probability: float, a: float, b: float) -> tuple[float, float]:
    low, high = 0.0, 0.5
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _beta(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return high, 1 - high


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function; its continued fraction converges fast below the mean."""
    if x <= 0:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's way of working a continued fraction (Abramowitz and Stegun 26.5.8) from the front."""
    value, upper, lower = 1.0, 1.0, 0.0
    for number in range(1, _ITERATIONS):
        half = number // 2
        if number % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        lower = 1 / ((1 + term * lower) or _TINY)
        upper = (1 + term / upper) or _TINY
        value *= upper * lower
        if abs(upper * lower - 1) < _PRECISION:
            break
    return 1 / value
