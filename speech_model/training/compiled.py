"""numba behind types: what loops over frames is compiled to machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# The machine code is kept beside the sources (or in the user's cache where that is not writable),
# so only the first training on a machine waits for the compiler. numba takes kept code for current
# as long as the function's own file is unchanged; so a compiled function calls compiled functions
# of its own file only.


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function that one thread runs, without Python's lock.

    Args:
        function: Works on numbers and arrays only.

    Returns:
        The same function, faster.
    """
    compile_ = numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz", "arcp"})
    return cast(Callable[Arguments, Result], compile_(function))
