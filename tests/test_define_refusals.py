"""Bad strings for a function of one's own: each gets one error at once that quotes the part, and nothing of it runs."""

import subprocess
import sys

import pytest

import activlib as al
from activlib.reader import MAX_DEPTH, MAX_LENGTH, FormulaError
from activlib.vocabulary import FUNCTIONS
from effort import FEW, counted

# What is refused: the string, and the part that the error quotes.
BAD = {
    # Python that is no formula
    "__import__('os').system('x')": "__import__('os').system('x')",
    "x.__class__": "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()": "x.__class__.__mro__[1].__subclasses__()",
    "(lambda: 0)()": "(lambda: 0)()",
    "exec('1')": "exec('1')",
    "eval('x')": "eval('x')",
    "open('f', 'w')": "open('f', 'w')",
    "print(x)": "print(x)",
    "globals()": "globals()",
    "(y := x)": "y := x",
    "f'{x}'": "f'{x}'",
    "f'{open(1)}'": "f'{open(1)}'",
    "[x for x in (1, 2)]": "[x for x in (1, 2)]",
    "(x for x in x)": "(x for x in x)",
    "{x: x}": "{x: x}",
    "x[0]": "x[0]",
    "x, x": "x, x",
    "await x": "await x",
    "exp(x)(x)": "exp(x)(x)",
    "exp(*x)": "*x",
    "exp(**x)": "exp(**x)",
    "exp(x=1)": "exp(x=1)",
    "x if (1).__class__ else x": "(1).__class__",
    "x if [].append(1) else 2": "[].append(1)",
    "max(x, key)": "key",
    "1 + 'a'": "'a'",
    "1 + b'a'": "b'a'",
    "x + True": "True",
    "x + None": "None",
    "x + ...": "...",
    "x*1j": "1j",
    # not Python either
    "exp(": "exp(",
    "x)": "x)",
    "2x": "2x",
    "f'(x)": "f'(x)",
    "x x": "x x",
    "x; x": "x; x",
    "x = 1": "x = 1",
    "import os": "import os",
    "x if x > 0": "x if x > 0",
    "x\0": "x\0",
    "x\n+ 1": "x\n+ 1",
    "\ud800": "\ud800",
    "# x": "# x",
    # look-alikes
    "х + 1": "х",  # a Cyrillic letter
    "1 + ехр(x)": "ехр(x)",
    "χ": "χ",
    "x²": "x²",
    "x × 2": "x × 2",
    "x − 1": "x − 1",
    "x² + 1": "x² + 1",
    # operators
    "x^2": "x^2",
    "x % 2": "x % 2",
    "x // 2": "x // 2",
    "x @ x": "x @ x",
    "x << 2": "x << 2",
    "~x": "~x",
    "not x": "not x",
    "x > 0": "x > 0",
    "1 + (x and x)": "x and x",
    "x if x else 1": "x",
    "x if not x > 0 else 1": "not x > 0",
    "x if x is 1 else 1": "x is 1",
    "x if x in (1, 2) else 1": "x in (1, 2)",
    "x if x > 0 > 'a' else 1": "'a'",
    # names
    "1 + sigmoit": "sigmoit",
    "gamma(x)": "gamma(x)",
    "floor(x)": "floor(x)",
    "np.exp(x)": "np.exp(x)",
    "sin.__self__.eval('x')": "sin.__self__.eval('x')",
    "sin.exp(x).__class__": "sin.exp(x).__class__",
    "where(x, x, x)": "x",
    "where(x > 0, x)": "where(x > 0, x)",
    "pow(x, 1e9)": "pow(x, 1e9)",
    "elu(x, alpha=open('f'))": "open('f')",
    "elu(x, **{})": "elu(x, **{})",
    "silu(" * 35 + "x" + ")" * 35: "silu(silu(silu(silu(silu(silu(silu(x)))))))",
    "x(x)": "x(x)",
    "exp + 1": "exp",
    "exp()": "exp()",
    "1/exp(x, x)": "exp(x, x)",
    "max(x)": "max(x)",
    "clip(x, 0)": "clip(x, 0)",
    # numbers that don't exist
    "1/0": "1/0",
    "1/(x - x)": "1/(x - x)",
    "x + 1/(2 - 2)": "1/(2 - 2)",
    "0**-1": "0**-1",
    "0**0": "0**0",
    "0**x": "0**x",
    "log(0)": "log(0)",
    "2*log(-1)": "log(-1)",
    "log(sin(4))": "log(sin(4))",
    "sqrt(-1)": "sqrt(-1)",
    "(-8)**(1/3)": "(-8)**(1/3)",
    "1/(sin(1)**2 + cos(1)**2 - 1)": "sin(1)**2 + cos(1)**2 - 1",
    "x if sqrt(-1) > 0 else 1": "sqrt(-1)",
    # large numbers
    "9**9**9**9": "9**9**9",
    "9**9**9": "9**9**9",
    "x**1e9": "x**1e9",
    "x**65": "x**65",
    "x**-65": "x**-65",
    "x**60*x**60": "x**60*x**60",
    "2**pi": "2**pi",
    "((((((9*x)**64)**64)**64)**64)**64)": "((9*x)**64)**64",
    "(((((x**64)**64)**64)**64)**64)": "(x**64)**64",
    "(((x + 1)**64 + 1)**64 + 1)**64*(x**2)**64": "(x**2)**64",
    "exp(exp(exp(exp(9))))": "exp(exp(9))",
    "1 + exp(1000)": "exp(1000)",
    "exp(-1000)": "exp(-1000)",
    "erfc(1e299)": "erfc(1e299)",
    "sinh(1e9)": "sinh(1e9)",
    "e**1e9": "e**1e9",
    "1e299*1e299": "1e299*1e299",
    "x*1e400": "1e400",
    "x*1e-400": "1e-400",
    "1e-999999999": "1e-999999999",
    "9" * 900: "9" * 900,
    "0x" + "f" * 900: "0x" + "f" * 900,
    # too much of it
    "": "",
    "   \n": "",
    "x+" * 50_000 + "x": "",
    "x" * 900: "x" * 900,
    "(" * 300 + "x" + ")" * 300: "..." + "(" * 54,
    "-" * 900 + "x": "-" * 60,
    "exp(" * 60 + "x" + ")" * 60: "exp(" * 20,
    "x if x > 0 else " * 50 + "x": "x",
    "abs(x - " * 15 + "1" + ")" * 15: "abs(x - abs(x - abs(x - abs(x - abs(x - 1)))))",
    "*".join(f"max(x, {i})" for i in range(5)).join(["abs(", ")"]): "abs(max(x, 0)*max(x, 1)*max(x, 2)*max(x, 3)*max(x, 4))",
    # conditions without a solution
    "1 if sin(x) > 0 else 0": "",
    "max(exp(x), x)": "",
}
names = [text if len(text) <= 40 else text[:37] + "..." for text in BAD]


def refusal(text):
    """The one error that a string gets."""
    with pytest.raises(ValueError, match=r"\S") as caught:
        al.define(text)
    return caught.value


@pytest.mark.parametrize(("text", "part"), BAD.items(), ids=map(ascii, names))
def test_a_bad_string_gets_one_error_that_quotes_the_part(text, part):
    error = refusal(text)
    assert type(error) in (ValueError, FormulaError)
    assert error.__cause__ is None
    quoted = repr(part if len(part) < 58 else part[:57])[:-1]
    assert not part or f": {quoted}" in str(error)
    assert len(str(error)) < 400
    assert "\n" not in str(error)


@pytest.mark.parametrize(("text", "message"), [
    ("", "the expression is empty; write something such as x*tanh(exp(x))"),
    ("x" * (MAX_LENGTH + 1), f"the expression has {MAX_LENGTH + 1} characters; at most {MAX_LENGTH} are accepted"),
    ("exp(", "not a formula at character 4 ('(' was never closed): 'exp('"),
    ("1 + sigmoit", "unknown name (did you mean 'sigmoid'?); known are x, pi, e, and a parameter needs a default: 'sigmoit'"),
    ("gamma(x)", f"unknown function; accepted are {', '.join(FUNCTIONS)}, where, pow and the common activations by name: "
                 "'gamma(x)'"),
    ("clip(x, 0)", "clip takes 3 arguments, got 2: 'clip(x, 0)'"),
    ("exp(x=1)", "exp takes 1 argument, got keyword x: 'exp(x=1)'"),
    ("x if x else 1", "expected a comparison such as x > 0: 'x'"),
    ("x^2", "^ is no power in Python; write x**2: 'x^2'"),
    ("1 + x % 2", "a remainder jumps infinitely often, and a formula has finitely many pieces: 'x % 2'"),
    ("(lambda: 0)()", "not part of a formula: '(lambda: 0)()'"),
    ("1 + 2/0", "division by zero: '2/0'"),
    ("x**1e9", "an exponent must be a fraction of size at most 64, or contain x: 'x**1e9'"),
    ("2*sqrt(-1)", "not a real number, or not told from zero: 'sqrt(-1)'"),
    ("1 + exp(1000)", "number too large or too small: 'exp(1000)'"),
    ("abs(x - " * 15 + "1" + ")" * 15, "more than 32 pieces; nest fewer of abs, sign, max and min: "
                                       "'abs(x - abs(x - abs(x - abs(x - abs(x - 1)))))'"),
    ("-" * 900 + "x", f"nested more than {MAX_DEPTH} deep: {'-' * 57 + '...'!r}"),
])
def test_an_error_says_what_is_wrong_and_what_is_accepted(text, message):
    assert str(refusal(text)) == message


@pytest.mark.parametrize("text", BAD, ids=map(ascii, names))
def test_a_bad_string_is_refused_after_little_work(text):
    with counted() as calls:
        refusal(text)
    assert 0 < calls[0] < FEW


HARMLESS = """
import os, resource, sys
sys.path.insert(0, {folder!r})
import activlib as al
from test_define_refusals import BAD
al.define("x if x > 0 else exp(x)")
seen = []
watched = ("exec", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "open")

def hook(event, arguments):
    if event == "exec" and os.path.exists(arguments[0].co_filename):
        return  # a module that is imported
    if event == "open" and arguments[1] in ("r", "rb"):
        return
    if event.startswith(watched) and event not in ("os.listdir", "os.scandir"):
        seen.append((event, str(arguments)))

sys.addaudithook(hook)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for text in BAD:
    try:
        al.define(text)
    except ValueError:
        continue
    raise SystemExit(f"accepted: {{text!r}}")
print("events:", seen)
print("megabytes:", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
eval("1 + 1")
os.system("true")
print("control:", *(event for event, _ in seen))
"""


def test_bad_strings_execute_nothing_and_take_no_memory(request, tmp_path):
    program = HARMLESS.format(folder=str(request.path.parent))
    output = subprocess.check_output([sys.executable, "-c", program], text=True, cwd=tmp_path)
    events, megabytes, control = output.splitlines()
    assert events == "events: []"
    assert int(megabytes.split()[1]) < 50
    assert control == "control: exec os.system"
    assert list(tmp_path.iterdir()) == []
