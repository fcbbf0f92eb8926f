"""The same functions in PyTorch, JAX, Keras and ONNX: what those libraries do, as they were measured.

A catalogue entry names its counterparts as `LibraryCall`s; `tools/libraries.py` runs them and stores what they return in
`data/libraries.json`; `libraries(activation)` reads it beside the definition.

    call                   how a library is asked for an activation
    stored, table          what was measured, and how it is shown
    elementwise, vector    what is compared: functions of one number, and of several
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activlib.libraries.call import TITLES, LibraryCall
from activlib.libraries.elementwise import Libraries, kinks, limits, settings
from activlib.libraries.stored import key

if TYPE_CHECKING:
    from activlib.libraries.vector import VectorLibraries

__all__ = ["TITLES", "Libraries", "LibraryCall", "key", "kinks", "libraries", "limits", "settings"]


def libraries(activation) -> Libraries | VectorLibraries:
    """What PyTorch, JAX, Keras and ONNX compute for `activation`, with the versions that were run.

    Raises LookupError if the activation names no library call, or one that has not been measured.
    """
    from activlib.libraries.vector import VectorLibraries  # needs what names calls
    from activlib.vector import VectorActivation

    return VectorLibraries(activation) if isinstance(activation, VectorActivation) else Libraries(activation)
