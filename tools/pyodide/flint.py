"""Fast Library for Number Theory: the part that certified facts need. This file stands for the package's own __init__.py,
which loads everything."""

from .pyflint import ctx
from .types.acb import acb
from .types.arb import arb
from .types.arb_series import arb_series
from .types.fmpq import fmpq
from .types.fmpz import fmpz

__all__ = ["acb", "arb", "arb_series", "ctx", "fmpq", "fmpz"]
