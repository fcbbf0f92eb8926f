// The specification (see schema.json) as an explorer uses it.

const VERSION = 1;

// {parameters, curves, marks, first}: formulas compiled, `first` the state to begin with. Raises a SpecificationError for
// what cannot be shown.
function read(spec) {
  check(spec);
  const parameters = spec.parameters ?? [];
  const keys = parameters.map(({ key }) => key);
  const curves = spec.curves.map((curve) => prepare(curve, keys));
  const place = (tree) => (tree === undefined ? undefined : compile(tree, keys));
  return {
    parameters,
    curves,
    marks: (spec.marks ?? []).map(({ x, y, label = "" }) => ({ label, x: place(x), y: place(y) })),
    first: {
      parameters: Object.fromEntries(parameters.map(({ key, value }) => [key, value])),
      x: spec.x,
      window: spec.window,
      show: spec.show ?? ["f"],
      highlight: spec.highlight ?? curves[0].name,
      hidden: [],
    },
  };
}

// The parts that are read before anything is compiled.
function check(spec) {
  checkFrame(spec);
  require(Array.isArray(spec.curves) && spec.curves.length > 0, "its specification has no curves");
  require(Number.isFinite(spec.x), "its point is not at a number");
}

// Those that every kind of explorer has.
function checkFrame(spec) {
  require(spec && typeof spec === "object" && !Array.isArray(spec), "its specification is not an object");
  require(spec.version === VERSION, `its specification has version ${spec.version}, this script knows version ${VERSION}`);
  const { window: w, parameters = [], show = [] } = spec;
  const numbers = Array.isArray(w) && w.length === 4 && w.every(Number.isFinite);
  require(numbers && w[0] < w[1] && w[2] < w[3], "its window is not x low, x high, y low, y high");
  require(Array.isArray(show), "its list of shown curves is not a list");
  require(Array.isArray(parameters), "its parameters are not a list");
  for (const { key, value, slider, domain } of parameters) {
    const good = Number.isFinite(value) && slider?.length === 3 && Array.isArray(domain?.intervals);
    require(good, `its parameter ${key} lacks a value, a slider or a domain`);
  }
}

// A curve with its formulas compiled.
function prepare(curve, keys) {
  require(typeof curve.name === "string", "a curve needs a name");
  const { name, label = name } = curve;
  if (curve.samples) {
    const [xs, ys] = curve.samples;
    require(Array.isArray(xs) && Array.isArray(ys) && xs.length === ys.length, `the samples of ${name} do not match`);
    return { name, label, samples: [xs, ys.map((y) => (y === null ? NaN : y))], breakpoints: [], orders: [] };
  }
  require(Array.isArray(curve.orders) && curve.orders.length > 0, `${name} has neither a formula nor samples`);
  return {
    name,
    label,
    breakpoints: (curve.breakpoints ?? []).map((tree) => compile(tree, keys)),
    orders: curve.orders.map(({ value, cuts = [] }) => ({
      value: compile(value, keys),
      cuts: cuts.map((tree) => compile(tree, keys)),
    })),
  };
}
