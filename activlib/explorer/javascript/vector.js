// A function of several numbers: the point in the plane of its inputs, its components, and its Jacobian.

const LAYERS = [
  { key: "levels", text: "level lines" },
  { key: "gradient", text: "gradient" },
];

class VectorExplorer extends ActivationExplorer {
  read(specification) {
    return readVector(specification);
  }

  get keys() {
    return [
      ["arrows", "move the point (Shift: farther, Alt: finer)"],
      ["Home", "to the middle"],
      ...(this.specification.simplex ? [
        ["dotted", "the same scores, weaker or stronger"],
        ["circle", "small changes of the scores; their effect"],
      ] : []),
    ];
  }

  assemble() {
    const { programs } = this;
    this.scene = new VectorScene(this);
    this.size_ = programs.length > 1 && choice("n", programs.map(({ inputs }) => [inputs.length, inputs.length]), (n) => this.resize(Number(n)));
    this.follow = choice("component", [], (name) => this.set({ highlight: name }));
    this.layers = LAYERS.map(({ key, text }) => html("button", { type: "button", class: "ax-key",
      onclick: () => this.set({ show: toggled(this.values.show, key, LAYERS) }) }, text));
    this.switches = html("div", { class: "ax-keys", role: "group", "aria-label": "Drawn in the plane" }, ...this.layers);
    this.note = html("p", { class: "ax-note" });
    this.upper = html("div", { class: "ax-rows" });
    this.lower = html("div", { class: "ax-rows" });
    const area = this.makeArea(this.scene.plane, "point");
    area.prepend(this.scene.plane.field);
    this.side = html("div", { class: "ax-side-plot" });
    this.compose(
      [
        ...(this.size_ ? [this.size_.part] : []), this.follow.part,
        this.switches,
      ],
      html("div", { class: "ax-panels" }, area, this.side),
      [this.upper, this.lower, this.note]);
    new PlaneGestures(this);
  }

  get program() {
    return this.programs.find(({ inputs }) => inputs.length === this.values.x.length);
  }

  // The component whose level lines are drawn.
  get component() {
    return Math.max(0, this.program.outputs.findIndex(({ key }) => key === this.values.highlight));
  }

  showControls() {
    const { program, p, values: { x, show, window } } = this;
    if (this.shown !== program) this.change(program);
    this.components = program.components(x, p);
    this.jacobian = program.derivatives(x, p);
    this.rows.update(x, this.components, this.jacobian, this.specification.range);
    this.follow.select.value = program.outputs[this.component].key;
    this.layers.forEach((button, i) => button.setAttribute("aria-pressed", show.includes(LAYERS[i].key)));
    this.handle.setAttribute("aria-valuemin", window[0]);
    this.handle.setAttribute("aria-valuemax", window[1]);
    this.handle.setAttribute("aria-valuenow", Number(x[0].toPrecision(6)));
    this.handle.setAttribute("aria-valuetext", this.sentence());
  }

  // Controls and pictures for another number of inputs.
  change(program) {
    this.shown = program;
    this.rows = new Rows(this, program);
    this.upper.replaceChildren(...this.rows.parts);
    this.lower.replaceChildren(this.rows.table, this.controls);
    this.follow.select.replaceChildren(...program.outputs.map(({ key, text }) => html("option", { value: key }, text)));
    this.follow.part.hidden = program.outputs.length === 1 || program.inputs.length === 1;
    if (this.size_) this.size_.select.value = program.inputs.length;
    this.scene.arrange(program);
    this.switches.hidden = this.area.hidden;
    if (!this.linkable) keepKeys(this);
  }

  resize(n) {
    const { x } = this.values;
    const more = this.specification.more.slice(x.length, n);
    this.set({ x: [...x.slice(0, n), ...more] });
  }

  moveInput(i, value) {
    this.set({ x: this.values.x.map((own, j) => (j === i ? value : own)) });
  }

  // Move the point to a place in the plane, its inputs to so many decimals.
  moveTo(place, decimals) {
    const x = fromPlane(place, this.values.x).map((value) => Number(value.toFixed(Math.min(15, decimals))));
    this.set({ x });
  }

  center() {
    const [x0, x1, y0, y1] = this.values.window;
    const at = toPlane(this.values.x);
    return x0 < at[0] && at[0] < x1 && y0 < at[1] && at[1] < y1 ? at : [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  sentence() {
    const { program, values: { x }, components } = this;
    const pairs = (names, numbers) => names.map(({ text }, i) => `${text} = ${format(numbers[i])}`).join(", ");
    return `${pairs(program.inputs, x)}: ${pairs(program.outputs, components)}`;
  }

  describe() {
    const { program, jacobian, specification, component } = this;
    const row = program.inputs.map(({ text }, j) => `by ${text} ${format(jacobian[component][j])}`).join(", ");
    const given = settings(this);
    return [
      `${specification.label.replace(/^Explorer/, "Pictures")}${given.length ? `, with ${given.join(", ")}` : ""}.`,
      `Point: ${this.sentence()}.`,
      `Derivatives of ${program.outputs[component].text}: ${row}.`,
    ].join(" ");
  }

  writeAddress() {
    const { x, window, show, highlight } = this.values;
    const list = (values) => values.map(address).join(",");
    return { x: list(x), window: list(window), show: show.join(","), curve: highlight };
  }

  readAddress(given, numbers) {
    const found = { ...readWindow(numbers("window")), ...readShow(given, LAYERS) };
    const x = numbers("x");
    if (this.programs.some(({ inputs }) => inputs.length === x.length) && x.every((value) => Math.abs(value) <= LARGEST)) found.x = x;
    const names = this.programs.flatMap(({ outputs }) => outputs.map(({ key }) => key));
    if (names.includes(given.get("curve"))) found.highlight = given.get("curve");
    return found;
  }
}

ActivationExplorer.run = (program, parameters, points, p) => {
  const compiled = new Program(program, parameters);
  return points.map((at) => [compiled.components(at, p), compiled.derivatives(at, p)]);
};

// The point moves in both directions.
class PlaneGestures extends Gestures {
  click(place) {
    this.focus();
    this.settle(place);
  }

  settle([px, py]) {
    const { explorer, explorer: { plot } } = this;
    const [x0, x1] = explorer.values.window;
    const inside = [Math.min(Math.max(px, 0), plot.width), Math.min(Math.max(py, 0), plot.height)];
    const resolution = (x1 - x0) / plot.width;
    explorer.moveTo([rounded(plot.x(inside[0]), resolution), rounded(plot.y(inside[1]), resolution)], decimalsOf(resolution) + 1);
  }

  moves(part) {
    const { explorer } = this;
    const [x0, x1, y0, y1] = explorer.values.window;
    const [dx, dy] = [(x1 - x0) * part, (y1 - y0) * part];
    const by = (right, up) => () => {
      const [x, y] = toPlane(explorer.values.x);
      explorer.moveTo([x + right, y + up], decimalsOf(dx) + 3);
    };
    return {
      ArrowLeft: by(-dx, 0), ArrowRight: by(dx, 0), ArrowDown: by(0, -dy), ArrowUp: by(0, dy),
      Home: () => explorer.moveTo([0, 0], 12),
    };
  }
}
