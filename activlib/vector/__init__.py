"""Activations of several numbers: softmax and its relatives, gated units, maxout.

    symbols            x_i, i, j, n
    nodes, thresholds  the largest of all numbers, and the threshold of a share
    kinks              |x|, max, min and sign by pieces
    places             where a formula may look
    sums, shifts       derivatives of sums, and forms that do not overflow
    explicit           formulas for a given count of numbers
    activation         the one definition, and what follows from it symbolically
    kernels            NumPy along an axis, accurate per entry
    facts              what is certain about them
"""

from activlib.vector.activation import VectorActivation

__all__ = ["VectorActivation"]
