"""How an activation is pickled: as its definition, and one of the catalogue by its name."""

from __future__ import annotations

from dataclasses import fields

from sympy.functions.elementary.piecewise import ExprCondPair


def reduced(activation):
    """What pickle is to call, with what arguments, for an equal activation; the same one if it is the catalogue's."""
    from activlib.activation import Activation

    if _catalogue().get(activation.name) is activation:
        return _entry, (activation.name,)
    if not isinstance(activation, Activation):  # its formula is as SymPy pickles it
        return type(activation), tuple(getattr(activation, field.name) for field in fields(activation))
    return _made, (type(activation), activation.name, activation.title, activation.latex, _packed(activation.formula),
                   activation.parameters, activation.window, activation.libraries, activation.names)


def _entry(name):
    return _catalogue()[name]


def _catalogue():
    from activlib.catalogue import activations, vector_activations

    return activations | vector_activations


def _made(kind, name, title, latex, formula, parameters, window, libraries, called):
    return kind(name, title, latex, _unpacked(formula), parameters, window, libraries, called)


def _packed(expression):
    """An expression as (function, *arguments): unpickled by SymPy alone, what it would write otherwise is written so."""
    return (expression.func, *map(_packed, expression.args)) if expression.args else expression


def _unpacked(expression):
    if not isinstance(expression, tuple):
        return expression
    function, *arguments = expression
    arguments = map(_unpacked, arguments)
    return function(*arguments) if function is ExprCondPair else function(*arguments, evaluate=False)
