"""The normal form of a definition: smooth pieces on disjoint intervals in order along the line, exact cuts, the domain.

    symbols, numbers     x; exact constants: sign, order, equality
    kinks, domain        functions with kinks that wait to be read; what an expression asks of x
    roots, series        where a condition changes; one-sided expansions and limits at a point
    line                 the normal form at exact parameters, with the derivatives at its joints
    written, published   a derivative as one expression, by intervals; expressions in the form one would print
    enclosed             balls around roots of polynomials (needs python-flint)
"""
