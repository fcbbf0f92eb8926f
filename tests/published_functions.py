"""Elementwise activation functions as their papers and libraries write them, in the strings that `al.define` reads.

One table for every test that asks what the machinery makes of functions nobody tuned it for. A formula is typed as its
source prints it, not as it would compute best; conventions at joints follow the condition that is written.
"""

from dataclasses import dataclass, field

import sympy as sp

import activlib as al


@dataclass(frozen=True)
class PublishedFunction:
    """A formula, its source, and the default of each parameter; those in `positive` have the domain (0, oo)."""

    formula: str
    source: str
    parameters: dict = field(default_factory=dict)
    positive: tuple[str, ...] = ()

    def define(self, name: str) -> al.Activation:
        """The activation that `al.define` makes of it."""
        given = {p: al.Parameter(p, value, sp.Interval.open(0, sp.oo), slider=(sp.sympify(value) / 10, 3 * value, 0.1))
                 if p in self.positive else value for p, value in self.parameters.items()}
        return al.define(self.formula, name, **given)


def _f(formula, source="", *, positive=(), **parameters):
    return PublishedFunction(formula, source, parameters, positive)


def _scaled(formula, source="", **parameters):
    """All parameters are positive."""
    return _f(formula, source, positive=tuple(parameters), **parameters)


_SOFT_EXPONENTIAL = ("-log(1 - alpha*(x + alpha))/alpha if alpha < 0 else x if alpha == 0 "
                     "else (exp(alpha*x) - 1)/alpha + alpha")

PUBLISHED = {
    # Identity and steps
    "identity": _f("x"),
    "heaviside": _f("1 if x >= 0 else 0", "McCulloch and Pitts 1943"),
    "sign": _f("sign(x)"),
    "threshold": _f("x if x > theta else v", "torch.nn.Threshold", theta=0.1, v=20),
    "thresholded_relu": _f("x if x > theta else 0", "arXiv 1402.3337", theta=1),
    # Sigmoids
    "sigmoid": _f("1/(1 + exp(-x))", "Rumelhart, Hinton and Williams 1986"),
    "log_sigmoid": _f("log(1/(1 + exp(-x)))", "torch.nn.LogSigmoid"),
    "tanh": _f("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "LeCun et al. 1998"),
    "tanh_by_sigmoid": _f("2*sigmoid(2*x) - 1"),
    "lecun_tanh": _f("1.7159*tanh(2*x/3)", "LeCun et al. 1998"),
    "soft_cap": _scaled("c*tanh(x/c)", "Gemma 2", c=50),
    "hard_sigmoid": _f("min(max(x + 3, 0), 6)/6", "arXiv 1905.02244"),
    "hard_sigmoid_keras_2": _f("max(0, min(1, 0.2*x + 0.5))", "Keras 2"),
    "hard_sigmoid_binary_connect": _f("max(0, min(1, (x + 1)/2))", "arXiv 1511.00363"),
    "sparse_sigmoid": _f("0 if x <= -1 else 1 if x >= 1 else (x + 1)/2", "arXiv 1901.02324"),
    "hard_tanh": _f("1 if x > 1 else -1 if x < -1 else x", "Collobert 2004"),
    "softsign": _f("x/(1 + abs(x))", "Bergstra et al. 2009"),
    "arctan": _f("atan(x)"),
    "scaled_arctan": _f("2/pi*atan(x)"),
    "erf": _f("erf(x)"),
    "isru": _scaled("x/sqrt(1 + alpha*x**2)", "arXiv 1710.09967", alpha=1),
    "soboleva": _scaled("(exp(a*x) - exp(-b*x))/(exp(c*x) + exp(-d*x))", "Soboleva 2008", a=0.5, b=1, c=1, d=1.5),
    "laplace": _f("(1 + erf((x - sqrt(1/2))/(sqrt(1/(4*pi))*sqrt(2))))/2", "arXiv 2209.10655"),
    # Rectifiers
    "relu": _f("max(0, x)", "Nair and Hinton 2010"),
    "relu6": _f("min(max(0, x), 6)", "Krizhevsky 2010"),
    "bounded_relu": _scaled("min(max(0, x), A)", "arXiv 1601.07661", A=1),
    "leaky_relu": _f("x if x > 0 else 0.01*x", "Maas, Hannun and Ng 2013"),
    "prelu": _f("max(0, x) + a*min(0, x)", "arXiv 1502.01852", a=0.25),
    "rrelu_mean": _f("x if x >= 0 else 11/48*x", "arXiv 1505.00853"),
    "crelu_negative_half": _f("max(0, -x)", "arXiv 1603.05201"),
    "relu_squared": _f("max(0, x)**2", "arXiv 2109.08668"),
    "repu": _f("max(0, x)**3", "arXiv 1909.05479"),
    "star_relu": _f("s*relu(x)**2 + b", "arXiv 2210.13452", s=0.8944, b=-0.4472),
    "srelu": _f("tr + ar*(x - tr) if x >= tr else tl + al*(x - tl) if x <= tl else x", "arXiv 1512.07030",
                tr=0.4, ar=0.4, tl=-0.4, al=0.4),
    "shifted_relu": _f("max(-1, x)"),
    "apl": _f("max(0, x) + a1*max(0, -x + b1) + a2*max(0, -x + b2)", "arXiv 1412.6830", a1=0.2, b1=0.5, a2=-0.1, b2=-1),
    "absolute": _f("abs(x)"),
    "maxout_of_three": _f("max(max(-x/2 - 1, x/4), x - 1)", "arXiv 1302.4389"),
    "dynamic_relu": _f("max(x, x/4 - 1/2)", "arXiv 2003.10027"),
    "acon_c": _f("(p1 - p2)*x*sigmoid(beta*(p1 - p2)*x) + p2*x", "arXiv 2009.04759", p1=1.2, p2=-0.1, beta=1),
    # Exponential left branches
    "elu": _scaled("x if x > 0 else alpha*(exp(x) - 1)", "arXiv 1511.07289", alpha=1),
    "celu": _scaled("max(0, x) + min(0, alpha*(exp(x/alpha) - 1))", "arXiv 1704.07483", alpha=1),
    "celu_by_cases": _scaled("x if x >= 0 else alpha*(exp(x/alpha) - 1)", "arXiv 1704.07483", alpha=2),
    "selu": _f("1.0507009873554804934*(x if x > 0 else 1.6732632423543772848*exp(x) - 1.6732632423543772848)",
               "arXiv 1706.02515"),
    "pelu": _scaled("a/b*x if x >= 0 else a*(exp(x/b) - 1)", "arXiv 1605.09332", a=1, b=2),
    "isrlu": _scaled("x if x >= 0 else x/sqrt(1 + alpha*x**2)", "arXiv 1710.09967", alpha=1),
    "elish": _f("x/(1 + exp(-x)) if x >= 0 else (exp(x) - 1)/(1 + exp(-x))", "arXiv 1808.00783"),
    "hard_elish": _f("x*max(0, min(1, (x + 1)/2)) if x >= 0 else (exp(x) - 1)*max(0, min(1, (x + 1)/2))", "arXiv 1808.00783"),
    "soft_exponential": _f(_SOFT_EXPONENTIAL, "arXiv 1602.01321", alpha=0.5),
    "soft_exponential_logarithmic": _f(_SOFT_EXPONENTIAL, "arXiv 1602.01321", alpha=-0.5),
    "xielu": _scaled("ap*x**2 + beta*x if x > 0 else an*(exp(x) - 1) - an*x + beta*x", "arXiv 2411.13010",
                     ap=0.8, an=0.8, beta=0.5),
    "exponential": _f("exp(x)"),
    # Softplus and shrinkage
    "softplus": _scaled("log(1 + exp(beta*x))/beta", "Dugas et al. 2000", beta=1),
    "softplus_by_absolute": _f("max(x, 0) + log1p(exp(-abs(x)))"),
    "squareplus": _scaled("(x + sqrt(x**2 + b))/2", "arXiv 2112.11687", b=4),
    "sparse_plus": _f("0 if x <= -1 else (x + 1)**2/4 if x < 1 else x", "arXiv 1901.02324"),
    "sqrt_softplus": _f("sqrt(log(1 + exp(x)))", "DeepSeek V4"),
    "tanhshrink": _f("x - tanh(x)", "torch.nn.Tanhshrink"),
    "softshrink": _f("sign(x)*max(abs(x) - 0.5, 0)", "Donoho 1995"),
    "hardshrink": _f("x if abs(x) > 0.5 else 0", "Donoho and Johnstone 1994"),
    "bent_identity": _f("(sqrt(x**2 + 1) - 1)/2 + x"),
    # Gates
    "gelu": _f("x*(1 + erf(x/sqrt(2)))/2", "arXiv 1606.08415"),
    "gelu_tanh": _f("0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))", "arXiv 1606.08415"),
    "quick_gelu": _f("x*sigmoid(1.702*x)", "arXiv 1606.08415"),
    "silu": _f("x/(1 + exp(-x))", "arXiv 1702.03118"),
    "swish": _f("x*sigmoid(beta*x)", "arXiv 1710.05941", beta=1),
    "e_swish": _scaled("beta*x*sigmoid(x)", "arXiv 1801.07145", beta=1.5),
    "hard_swish": _f("x*min(max(x + 3, 0), 6)/6", "arXiv 1905.02244"),
    "mish": _f("x*tanh(log(1 + exp(x)))", "arXiv 1908.08681"),
    "serf": _f("x*erf(log(1 + exp(x)))", "arXiv 2108.09598"),
    "tanh_exp": _f("x*tanh(exp(x))", "arXiv 2003.09855"),
    "aria2": _f("x*(1 + exp(-2*x))**(-1.5)", "arXiv 1805.08878"),
    "lisht": _f("x*tanh(x)", "arXiv 1901.05894"),
    "relu_swish": _f("x if x >= 0 else x*sigmoid(x)"),
    "clamped_gate": _f("min(x, 7)*sigmoid(1.702*min(x, 7))", "gpt-oss"),
    "clamped_linear": _f("max(min(x, 7), -7) + 1", "gpt-oss"),
    # Periodic, radial, rational, learned
    "siren": _scaled("sin(omega*x)", "arXiv 2006.09661", omega=30),
    "snake": _scaled("x + sin(alpha*x)**2/alpha", "arXiv 2006.08195", alpha=1),
    "sinc": _f("sin(x)/x if x != 0 else 1"),
    "sinc_normalized": _f("sin(pi*x)/(pi*x) if x != 0 else 1", "torch.sinc"),
    "gaussian": _f("exp(-x**2)"),
    "radial_basis": _scaled("exp(-x**2/(2*sigma**2))", "Broomhead and Lowe 1988", sigma=1),
    "gcu": _f("x*cos(x)", "arXiv 2108.12943"),
    "pade_safe": _f("(0.02979246 + 0.61837738*x + 2.32335207*x**2 + 3.05202660*x**3 + 1.48548002*x**4 + 0.25103717*x**5)"
                    "/(1 + abs(1.14201226*x + 4.39322834*x**2 + 0.87154450*x**3 + 0.34720652*x**4))", "arXiv 1907.06732"),
    "rational": _f("(1.1915*x**3 + 1.5957*x**2 + 0.5*x + 0.0218)/(2.383*x**2 + 1)", "arXiv 2004.01902"),
    "poly_relu": _f("a0 + a1*relu(x) + a2*relu(x)**2 + a3*relu(x)**3", "arXiv 2411.03884", a0=0, a1=1/3, a2=1/3, a3=1/3),
    "kan_edge": _f("w*x/(1 + exp(-x)) + c*(0 if abs(x) >= 2 else (2 - abs(x))**3/6 if abs(x) >= 1 "
                   "else 2/3 - x**2 + abs(x)**3/2)", "arXiv 2404.19756", w=1, c=0.5),
    "symlog": _f("sign(x)*log(1 + abs(x))", "arXiv 2301.04104"),
    "dynamic_tanh": _f("gamma*tanh(alpha*x) + beta", "arXiv 2503.10622", gamma=1, alpha=0.5, beta=0),
}
