// Functions of several numbers (see programs.py) compiled: inputs and parameters in, components and their Jacobian out.
//
// A program is a list of steps, each a formula in the inputs, the parameters and the steps before it. All of them have
// their slots in one array, which is what the compiled formulas take for their parameters.

class Program {
  constructor({ inputs, steps, first, values, jacobian }, parameters) {
    const keys = [...inputs.map(({ key }) => key), ...parameters.map(({ key }) => key), ...steps.map((_, i) => `$${i}`)];
    const formula = (tree) => compile(tree, keys);
    this.inputs = inputs;
    this.start = keys.length - steps.length;
    this.slots = new Float64Array(keys.length);
    this.steps = steps.map(formula);
    this.first = first; // how many of the steps the values need
    this.values = values.map(formula);
    this.jacobian = jacobian.map((row) => row.map(formula));
  }

  run(at, p, steps) {
    const { slots, start } = this;
    for (let i = 0; i < at.length; i++) slots[i] = at[i];
    for (let i = 0; i < p.length; i++) slots[at.length + i] = p[i];
    for (let i = 0; i < steps; i++) slots[start + i] = this.steps[i](NaN, NaN, slots);
    return slots;
  }

  // All components.
  components(at, p) {
    const slots = this.run(at, p, this.first);
    return this.values.map((value) => value(NaN, NaN, slots));
  }

  // The components with these numbers into `fields`, one array each, at a node.
  store(numbers, fields, node, at, p) {
    const slots = this.run(at, p, this.first);
    for (let i = 0; i < numbers.length; i++) fields[i][node] = this.values[numbers[i]](NaN, NaN, slots);
  }

  // One component.
  component(k, at, p) {
    return this.values[k](NaN, NaN, this.run(at, p, this.first));
  }

  // The derivatives of every component by every input, or the gradient of one.
  derivatives(at, p) {
    const slots = this.run(at, p, this.steps.length);
    return this.jacobian.map((row) => row.map((entry) => entry(NaN, NaN, slots)));
  }

  gradient(k, at, p) {
    const slots = this.run(at, p, this.steps.length);
    return this.jacobian[k].map((entry) => entry(NaN, NaN, slots));
  }
}

// The specification as a vector explorer uses it; raises a SpecificationError for what cannot be shown.
function readVector(spec) {
  checkFrame(spec);
  require(Array.isArray(spec.programs) && spec.programs.length > 0, "its specification has no programs");
  const parameters = spec.parameters ?? [];
  const programs = spec.programs.map((program) => {
    for (const part of ["inputs", "outputs", "steps", "values", "jacobian"]) {
      require(Array.isArray(program[part]), `a program’s ${part} are not a list`);
    }
    return Object.assign(new Program(program, parameters), { outputs: program.outputs });
  });
  const sizes = programs.map(({ inputs }) => inputs.length);
  require(Array.isArray(spec.x) && sizes.includes(spec.x.length) && spec.x.every(Number.isFinite),
    "its point is not at as many numbers as one of its programs takes");
  return {
    parameters,
    programs,
    first: {
      parameters: Object.fromEntries(parameters.map(({ key, value }) => [key, value])),
      x: spec.x,
      window: spec.window,
      show: spec.show ?? ["levels"],
      highlight: spec.highlight ?? programs[0].outputs[0].key,
    },
  };
}
