// Expression trees (see trees.py) as closures (x, side, p) => number.
//
// Conditions are decided at `side`, everything else is evaluated at `x`: with x at the end of a piece and side just
// inside it, a closure gives the one-sided value. `p` holds the parameters in the order of `keys`.

class SpecificationError extends Error {}

function require(condition, message) {
  if (!condition) throw new SpecificationError(message);
}

function compile(tree, keys) {
  if (typeof tree === "number") return () => tree;
  if (tree === "x") return (x) => x;
  if (typeof tree === "string") {
    const index = keys.indexOf(tree);
    require(index >= 0, `unknown name “${tree}” in a formula`);
    return (x, side, p) => p[index];
  }
  require(Array.isArray(tree) && typeof tree[0] === "string", `not a formula: ${JSON.stringify(tree)}`);
  if (tree[0] === "piecewise") return piecewise(tree.slice(1), keys);
  const [operator, ...rest] = tree;
  if (operator === "^" && [2, 3].includes(rest[1])) return power(compile(rest[0], keys), rest[1]);
  require(Object.hasOwn(operations, operator), `unknown function “${operator}” in a formula`);
  const { arity, make } = operations[operator];
  const fits = arity === undefined ? rest.length > 0 : rest.length === arity;
  require(fits, `“${operator}” has ${rest.length} arguments in a formula`);
  return make(...rest.map((argument) => compile(argument, keys)));
}

function power(base, exponent) {
  return (x, side, p) => {
    const b = base(x, side, p);
    return exponent === 2 ? b * b : b * b * b;
  };
}

function piecewise(pieces, keys) {
  const compiled = pieces.map((piece) => {
    require(Array.isArray(piece) && piece.length === 2, "a piece needs a condition and a formula");
    return [compileCondition(piece[0], keys), compile(piece[1], keys)];
  });
  if (compiled.length === 2 && pieces[1][0] === true) {
    const [[condition, then], [, otherwise]] = compiled;
    return (x, side, p) => (condition(side, p) ? then(x, side, p) : otherwise(x, side, p));
  }
  return (x, side, p) => {
    for (const [condition, value] of compiled) if (condition(side, p)) return value(x, side, p);
    return NaN;
  };
}

function compileCondition(tree, keys) {
  if (typeof tree === "boolean") return () => tree;
  require(Array.isArray(tree), `not a condition: ${JSON.stringify(tree)}`);
  const [operator, ...rest] = tree;
  if (Object.hasOwn(comparisons, operator) && rest.length === 2) {
    const [a, b] = rest.map((argument) => compile(argument, keys));
    const holds = comparisons[operator];
    return (side, p) => holds(a(side, side, p), b(side, side, p));
  }
  const parts = rest.map((argument) => compileCondition(argument, keys));
  if (operator === "and") return (side, p) => parts.every((part) => part(side, p));
  if (operator === "or") return (side, p) => parts.some((part) => part(side, p));
  require(operator === "not" && parts.length === 1, `unknown condition “${operator}”`);
  return (side, p) => !parts[0](side, p);
}

const comparisons = {
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  "==": (a, b) => a === b, "!=": (a, b) => a !== b,
};

const unary = (f) => ({ arity: 1, make: (a) => (x, side, p) => f(a(x, side, p)) });
const binary = (f) => ({ arity: 2, make: (a, b) => (x, side, p) => f(a(x, side, p), b(x, side, p)) });
// Sums and products of any length fold from the left.
const folded = (f) => ({
  make: (...all) => all.reduce((a, b) => (x, side, p) => f(a(x, side, p), b(x, side, p))),
});

const operations = {
  "+": folded((a, b) => a + b),
  "*": folded((a, b) => a * b),
  "-": unary((a) => -a),
  "/": binary((a, b) => a / b),
  "^": binary(Math.pow),
  erf: unary(erf),
  erfc: unary(erfc),
  // The k-th real root, from the left, of a polynomial with these coefficients, which seldom change from point to point.
  root: {
    make: (k, ...coefficients) => {
      let last, roots;
      return (x, side, p) => {
        const now = coefficients.map((c) => c(x, side, p));
        if (!last || now.some((c, i) => c !== last[i])) [last, roots] = [now, realRoots(now)];
        return roots[k(x, side, p)] ?? NaN;
      };
    },
  },
};
for (const name of ["sqrt", "exp", "log", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh", "expm1", "log1p"]) {
  operations[name] = unary(Math[name]);
}

// The real roots of a polynomial, from left to right: it is monotone between those of its derivative.
function realRoots(coefficients) {
  const first = coefficients.findIndex((c) => c !== 0);
  const c = first < 0 ? [] : coefficients.slice(first);
  const degree = c.length - 1;
  if (degree < 1) return [];
  const value = (x) => c.reduce((sum, a) => sum * x + a, 0);
  const reach = 1 + Math.max(...c.map((a) => Math.abs(a / c[0]))); // Cauchy's bound
  const bends = realRoots(c.slice(0, -1).map((a, i) => a * (degree - i)));
  const found = [];
  let low = -reach;
  for (const high of [...bends, reach]) {
    let [a, b] = [low, high];
    low = high;
    if (value(b) === 0) found.push(b);
    if (!(value(a) * value(b) < 0)) continue;
    const negative = value(a) < 0;
    for (let middle = (a + b) / 2; a < middle && middle < b; middle = (a + b) / 2) {
      if (value(middle) < 0 === negative) a = middle;
      else b = middle;
    }
    found.push(b);
  }
  return [...new Set(found)];
}

// Below this the Taylor-like series of erf is used, above it the continued fraction of erfc: where they meet,
// 1 - erf loses less than two digits and the fraction needs some 70 steps.
const ERF_SPLIT = 1.5;

// erf x = 2/√π · e^(−x²) · Σ 2^k x^(2k+1) / (1·3·5···(2k+1)); all terms have one sign, so nothing cancels.
function erfSeries(x) {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (2 * square) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * gauss(x) * sum;
}

// erfc x = e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + 2/(x + ...))))), from the innermost fraction outwards.
function erfcFraction(x) {
  let tail = x;
  for (let k = Math.ceil(12 + 150 / (x * x)); k > 0; k--) tail = x + k / 2 / tail;
  return gauss(x) / Math.sqrt(Math.PI) / tail;
}

// e^(−x²) with the square split in two, whose rounding would otherwise be magnified by x².
function gauss(x) {
  const head = Math.round(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

function erf(x) {
  if (Math.abs(x) < ERF_SPLIT) return erfSeries(x);
  return x > 0 ? 1 - erfc(x) : x < 0 ? erfc(-x) - 1 : NaN;
}

function erfc(x) {
  if (x < -ERF_SPLIT) return 2 - erfc(-x);
  if (x < ERF_SPLIT) return 1 - erfSeries(x);
  return x > 27.3 ? 0 : erfcFraction(x);
}
