"""The environment of processes that waste no processor time; NumPy takes it when it is first imported, glibc at the start.

By default OpenBLAS's threads wait for each other in a loop, which on a busy machine is nearly all that they do; and glibc
returns large arrays at once, so that the system clears each page again, a third of a training's time.
"""

import os

THRIFTY = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**28)}


def be_thrifty():
    """Give it to this process and to all that it starts."""
    os.environ.update(THRIFTY)
