"""The text of a formula, read.

It is parsed by Python's `ast` and rebuilt node by node from a closed list, so that nothing in it is ever executed and
nothing in it can grow large. What is refused gets one error that quotes the part and says what to write instead.
"""

from __future__ import annotations

import ast
import re
import warnings
from fractions import Fraction

import sympy as sp

from activlib.activation import x
from activlib.definition.domain import Requirement, kept, unconditional
from activlib.definition.kinks import explicit
from activlib.misspelled import MODULES, UNREAD, misspelled
from activlib.vocabulary import ALIASES, CONSTANTS, FUNCTIONS, REFUSED, activation, applied, guess, letter, names

MAX_LENGTH = 1000  # characters
MAX_DEPTH = 40  # nested operations
MAX_NESTED = 100  # brackets within brackets, whether or not they mean anything
MAX_EXPONENT = 64  # size of a numeric power
MAX_NUMBER = 10**300  # size of a constant, and of the denominator of one
MAX_SHOWN = 60  # characters of the text that an error quotes

OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b}
COMPARISONS = {ast.Lt: sp.Lt, ast.LtE: sp.Le, ast.Gt: sp.Gt, ast.GtE: sp.Ge, ast.Eq: sp.Eq, ast.NotEq: sp.Ne}

SPACES = re.compile(r"[^\S\n]")  # as they come with what is pasted


class FormulaError(ValueError):
    """What a formula's text may not say: the part from character `start` to before `end`, counted from 0.

    unknown: the name that is not known, where that is what is wrong.
    """

    def __init__(self, message: str, start: int, end: int, unknown: str | None = None):
        super().__init__(message)
        self.start, self.end, self.unknown = start, end, unknown


class Reader:
    """One string, and what the names in it stand for: x and the parameters."""

    def __init__(self, text: str, symbols: dict[str, sp.Symbol]):
        self.text, self.names = SPACES.sub(" ", text).strip(), {"x": x, **CONSTANTS, **symbols}
        self.margin = len(text) - len(text.lstrip())

    def error(self, node, message, unknown=None):
        return self.located(f"{message}: {quoted(ast.get_source_segment(self.text, node))}",
                            self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset), unknown)

    def located(self, message, start=0, end=None, unknown=None):
        return FormulaError(message, self.margin + start, self.margin + (len(self.text) if end is None else end), unknown)

    def place(self, line, column):
        """The character of the text at a place of Python's, which counts bytes in a line."""
        lines = self.text.split("\n")
        return sum(len(before) + 1 for before in lines[:line - 1]) + len(lines[line - 1].encode()[:column].decode())

    def formula(self) -> sp.Expr:
        """The SymPy expression. Raises ValueError, pointing at the part that is not understood."""
        if not self.text:
            raise self.located("the expression is empty; write something such as x*tanh(exp(x))")
        if len(self.text) > MAX_LENGTH:
            raise self.located(f"the expression has {len(self.text)} characters; at most {MAX_LENGTH} are accepted", MAX_LENGTH)
        if (at := deep(self.text)) is not None:  # Python's parser would need more stack than a browser gives
            raise self.located(f"nested more than {MAX_DEPTH} deep: {quoted(self.text, at)}", at)
        if "·" in self.text:  # which Python takes for a part of a name
            raise self.unparsed(None)
        try:
            with warnings.catch_warnings(action="ignore"):  # 1if and '\d' are Python's to complain of
                tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise self.unparsed(error) from None
        return self.value(tree.body, 0)

    def unparsed(self, error):
        """The error of a text that Python's grammar does not take."""
        if found := misspelled(self.text):
            at, message = min(found)
        elif getattr(error, "offset", None) is None:
            return self.located(f"not a formula ({getattr(error, 'msg', error)}): {quoted(self.text)}")
        else:
            before = sum(len(line) + 1 for line in self.text.split("\n")[: error.lineno - 1])
            at, message = min(before + error.offset, len(self.text)) - 1, error.msg
            if error.offset == 0:  # Python has read to the end
                at, message = len(self.text) - 1, "it breaks off"
        return self.located(f"not a formula at character {self.margin + at + 1} ({message}): {quoted(self.text, at)}", at, at + 1)

    def value(self, node, depth):
        """The SymPy expression of a node that stands for a number."""
        if depth > MAX_DEPTH:
            raise self.error(node, f"nested more than {MAX_DEPTH} deep")
        inner = lambda child: self.value(child, depth + 1)  # noqa: E731
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self.number(node, number)
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -inner(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return inner(operand)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self.power(node, inner(base), inner(exponent))
            case ast.BinOp(op=ast.Div(), left=numerator, right=denominator):
                divisor = inner(denominator)
                if divisor == 0:
                    raise self.error(node, "division by zero")
                above = inner(numerator)
                return self.bounded(node, kept(above / divisor, (above, divisor), (Requirement(divisor, None),)))
            case ast.BinOp(op=ast.BitXor()):
                written = ast.get_source_segment(self.text, node).replace("^", "**")
                raise self.error(node, f"^ is no power in Python; write {written if len(written) <= MAX_SHOWN else '**'}")
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
                a, b = inner(left), inner(right)
                return self.bounded(node, kept(OPERATORS[type(op)](a, b), (a, b)))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return self.choice(test, body, otherwise, depth)
            case ast.Call(func=ast.Name(id=name)):
                return self.function(node, name, depth)
            case ast.Call(func=ast.Attribute()) | ast.Attribute():
                raise self.prefixed(node)
            case ast.Call(func=ast.Call(func=ast.Attribute()) as made):
                raise self.prefixed(made)
            case ast.Call(func=ast.Constant() | ast.BinOp() | ast.Call()):
                raise self.error(node, "write * between the factors of a product")
        raise self.error(node, UNREAD.get(type(getattr(node, "op", node)), UNREAD.get(type(node), "not part of a formula")))

    def choice(self, test, body, otherwise, depth):
        return sp.Piecewise((self.value(body, depth + 1), self.condition(test, depth + 1)),
                            (self.value(otherwise, depth + 1), True))

    def condition(self, node, depth):
        if depth > MAX_DEPTH:
            raise self.error(node, f"nested more than {MAX_DEPTH} deep")
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(op) in COMPARISONS for op in ops):
                terms = [self.value(term, depth + 1) for term in (left, *rest)]
                return sp.And(*(COMPARISONS[type(op)](a, b) for op, a, b in zip(ops, terms, terms[1:])))
            case ast.BoolOp(op=op, values=values):
                join = sp.And if isinstance(op, ast.And) else sp.Or
                return join(*(self.condition(value, depth + 1) for value in values))
        raise self.error(node, "expected a comparison such as x > 0")

    def number(self, node, number):
        if isinstance(number, int):
            return self.bounded(node, sp.Integer(number))
        if number == float("inf"):
            raise self.error(node, "number too large")
        # A decimal means what it says: 0.1 is 1/10, not the nearest binary fraction.
        written = ast.get_source_segment(self.text, node)
        if number == 0:
            if written.lower().partition("e")[0].strip("0._"):
                raise self.error(node, "number too small")
            return sp.S.Zero
        return self.bounded(node, sp.Rational(Fraction(written)))

    def name(self, node, name):
        if name in self.names:
            return self.names[name]
        callable_ = ALIASES.get(name, name)
        if callable_ in names():
            raise self.error(node, f"{name} is a function; write {name}(x)")
        near = guess(name, [*self.names, *names()])
        hint = f" (did you mean {near!r}?)" if near else letter(name)
        raise self.error(node, f"unknown name{hint}; known are {', '.join(self.names)}, and a parameter needs a default",
                         unknown=name)

    def function(self, node, name, depth):
        """The value of a call by name."""
        canonical = ALIASES.get(name, name)
        arguments, options = node.args, node.keywords
        if name in self.names:
            raise self.error(node, f"{name} is no function; write * between the factors of a product")
        if canonical == "where":
            self.count(node, name, 3, 3)
            return self.choice(*arguments, depth)
        if canonical == "pow":
            self.count(node, name, 2, 2)
            return self.power(node, *(self.value(a, depth + 1) for a in arguments))
        if canonical in FUNCTIONS:
            fewest, most, function = FUNCTIONS[canonical]
            self.count(node, name, fewest, most)
            return self.call(node, function, *(self.value(a, depth + 1) for a in arguments))
        if (entry := activation(canonical)) is None:
            raise self.unknown(node, name)
        self.count(node, name, 1, 1, [p.name for p in entry.parameters])
        argument = self.value(arguments[0], depth + 1)
        given = {option.arg: self.value(option.value, depth + 1) for option in options}
        for p in entry.parameters:
            if p.name in given and (given[p.name].has(x) or p.domain.contains(given[p.name]) is not sp.true):
                raise self.error(node, f"{p.name} must be a number or a parameter of the domain {p.condition}")
        return self.call(node, lambda z: applied(entry, z, {p.symbol: given[p.name] for p in entry.parameters
                                                            if p.name in given}), argument)

    def count(self, node, name, fewest, most, options=()):
        """An error unless the call has so many arguments, and no other options."""
        number = f"{fewest}" if fewest == most else f"{fewest} or {most}" if most == fewest + 1 else f"at least {fewest}"
        taken = "".join([f"{number} argument{'s' * (number != '1')}", *(f" and {option}=..." for option in options)])
        if unknown := [o.arg for o in node.keywords if o.arg not in options]:
            raise self.error(node, f"{name} takes {taken}, got keyword {unknown[0]}")
        if not fewest <= len(node.args) <= most:
            raise self.error(node, f"{name} takes {taken}, got {len(node.args)}")

    def unknown(self, node, name):
        """The error of a function that a formula may not call."""
        if name in REFUSED:
            return self.error(node, f"{name} {REFUSED[name]}")
        near = guess(name, [*names(), *ALIASES])
        if near:
            return self.error(node, f"unknown function (did you mean {near!r}?)")
        return self.error(node, f"unknown function{letter(name)}; accepted are {', '.join(FUNCTIONS)}, where, pow and the "
                                "common activations by name")

    def prefixed(self, node):
        """The error of a name with a dot in it."""
        attribute = node.func if isinstance(node, ast.Call) else node
        last, root = attribute.attr, attribute.value
        while isinstance(root, ast.Attribute):
            root = root.value
        known = last if last in CONSTANTS or ALIASES.get(last, last) in names() else guess(last, names())
        if last in REFUSED:
            return self.unknown(node, last)
        if known and isinstance(root, ast.Name) and root.id in MODULES:
            return self.error(node, f"write {known} without what is before it")
        if known and isinstance(node, ast.Call):
            return self.error(node, f"write {known}(x), not x.{last}()")
        return self.error(node, "a name with a dot is not part of a formula")

    def power(self, node, base, exponent):
        if exponent.is_number and base != sp.E and not (exponent.is_Rational and abs(exponent) <= MAX_EXPONENT):
            raise self.error(node, f"an exponent must be a fraction of size at most {MAX_EXPONENT}, or contain x")
        if base.is_zero and not exponent.is_positive:
            raise self.error(node, "division by zero")
        return self.call(node, sp.Pow, base, exponent)

    def call(self, node, function, *arguments):
        try:
            result = explicit(function(*arguments))  # SymPy writes sqrt(x**2) as Abs(x)
            result = kept(result, arguments, _asked(function, arguments))
        except (ValueError, TypeError) as error:  # too many pieces; a comparison of what is not real
            raise self.error(node, str(error)) from None
        return self.bounded(node, result)

    def bounded(self, node, expression):
        """`expression`, if it is real and the numbers in it are small: then what is built from it can be computed."""
        magnitude = size(expression)
        if magnitude is None:
            raise self.error(node, "not a real number, or not told from zero")
        if any(abs(e.exp) > MAX_EXPONENT for e in expression.atoms(sp.Pow) if e.exp.is_Rational):
            raise self.error(node, f"exponents add up to more than {MAX_EXPONENT}")
        parts = (max(abs(q.p), q.q) for q in expression.atoms(sp.Rational))
        if not all(number < MAX_NUMBER for number in (magnitude, 1 / magnitude if magnitude else 0, *parts)):
            raise self.error(node, "number too large or too small")
        return expression


def _asked(function, arguments):
    """What a function asks of its arguments, found with symbols in their place."""
    symbols = [sp.Dummy(real=True) if argument.has(x) else argument for argument in arguments]
    given = dict(zip(symbols, arguments, strict=True))
    return tuple(Requirement(n.expression.subs(given), n.least) for n in unconditional(function(*symbols)))


def size(expression):
    """The size of a constant (infinite if too extreme to evaluate), 1 for an expression in x; None if a part of it is
    infinite or not real, or if it is a constant that can't be told from zero."""
    if expression.has(sp.I, sp.nan, sp.zoo, sp.oo, -sp.oo):
        return None
    if expression.is_Rational or not expression.is_number:
        return abs(expression) if expression.is_Rational else sp.S.One
    try:
        value = expression.evalf(15)
    except OverflowError:
        return sp.oo
    return abs(value) if value.is_Float and value._prec > 1 else None  # 1 marks a number without a certain digit


def deep(text):
    """The place where brackets or signs are nested more than MAX_NESTED deep; None where they are not."""
    depth = 0
    for match in re.finditer(r"[(\[{]|[)\]}]|(?:[-+~]\s*)+", text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > MAX_NESTED or len(match[0]) > MAX_NESTED:
            return match.start()
    return None


def quoted(text: str, at: int = 0) -> str:
    """The text in quotes; of a long one the part about a place."""
    start = 0 if at < MAX_SHOWN - 20 else at - 20
    shown = "..." * (start > 0) + text[start:]
    return repr(shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 3] + "...")
