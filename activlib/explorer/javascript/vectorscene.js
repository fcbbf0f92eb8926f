// What the panels show of a vector explorer's state.

// After ten there are still moves that take three times as long.
const REHEARSALS = 16;
// WebKit has no idle callbacks.
const whenIdle = window.requestIdleCallback ?? setTimeout;

class VectorScene {
  constructor(explorer) {
    this.explorer = explorer;
    this.plane = new Plane();
    this.triangle = new Triangle();
    this.slices = new Slices();
  }

  // The panels for a program: the plane if it has two inputs or three, and what belongs beside it.
  arrange(program) {
    const { explorer } = this;
    const { area, side, specification: { simplex } } = explorer;
    const inputs = program.inputs.length;
    area.hidden = inputs !== 2 && inputs !== 3;
    this.whole = Boolean(simplex);
    this.beside = simplex && inputs === 3 ? this.triangle : this.slices;
    side.replaceChildren(this.beside.svg);
    side.classList.toggle("ax-alone", area.hidden);
    this.sized = undefined;
    this.field = undefined;
    this.rehearsals = REHEARSALS;
  }

  draw(size) {
    const { explorer, plane, beside } = this;
    const { area, side } = explorer;
    if (this.sized !== size) {
      if (!area.hidden) {
        plane.setSize(explorer.program.inputs.length);
        plane.resize(area.clientWidth, area.clientHeight);
      }
      beside.resize(side.clientWidth, side.clientHeight);
      this.sized = size;
    }
    if (!area.hidden) this.drawPlane();
    if (beside === this.triangle) this.drawTriangle();
    else this.drawSlices();
    if (this.rehearsals) whenIdle(() => this.rehearse());
  }

  // A browser compiles what it has run some thousand times: everything is drawn a few times more while nobody moves, so
  // that the first moves of a hand are as fast as the later ones. What a coming frame has yet to show is not drawn before
  // it: the state may have another number of inputs than the panels. That frame asks for the rest.
  rehearse() {
    if (!this.rehearsals || this.explorer.frame) return;
    this.rehearsals -= 1;
    this.field = undefined;
    this.draw(this.sized);
  }

  // Values over the plane, which change with all but the point; with the mean of three scores too, unless that does not matter.
  compute() {
    const { plane, explorer: { program, component, p, specification, values: { x, window } } } = this;
    const height = x.length === 3 && !specification.invariant ? mean(x).toFixed(9) : 0;
    const key = [x.length, component, ...p, ...window, height].join(" ");
    if (this.field === key) return false;
    this.field = key;
    this.fields = plane.measure(program, component, this.shares, x, p);
    return true;
  }

  get shares() {
    return this.whole && this.explorer.program.outputs.length <= FILLS.length;
  }

  drawPlane() {
    const { plane, explorer } = this;
    const { program, component, p, handle, specification, values: { x, window, show } } = explorer;
    plane.setWindow(window);
    const layers = show.join();
    if (this.compute() || this.layers !== layers) {
      this.layers = layers;
      const field = this.fields[this.shares ? component : 0];
      plane.drawFill(this.fields, this.shares);
      plane.drawLevels(field, show.includes("levels") ? specification.levels ?? levelsOf(field) : [], program.inputs,
        specification.stepwise && ((place) => program.component(component, fromPlane(place, x), p)));
      if (show.includes("gradient")) plane.drawArrows(program, component, x, p);
      else plane.arrows.setAttribute("d", "");
    }
    const at = toPlane(x);
    const [x0, x1, y0, y1] = window;
    const seen = [Math.min(Math.max(at[0], x0), x1), Math.min(Math.max(at[1], y0), y1)];
    plane.drawPoint(...seen, `ax-neutral${String(seen) === String(at) ? "" : " ax-away"}`, []);
    handle.style.left = `${plane.left + plane.px(seen[0])}px`;
    handle.style.top = `${plane.margin.top + plane.py(seen[1])}px`;
  }

  // The result, its way as the scores are scaled from nothing to plenty, and what becomes of a small disc about the scores.
  drawTriangle() {
    const { triangle, plane, explorer } = this;
    const { program, component, p, components, jacobian, specification, values: { x, show, window } } = explorer;
    triangle.drawFrame(program.outputs, component, show.includes("levels") && !specification.stepwise ? specification.levels : []);
    const radius = (window[1] - window[0]) / 20;
    const turns = Array.from({ length: 33 }, (_, i) => (i * Math.PI) / 16);
    const around = turns.map((turn) => [radius * Math.cos(turn), radius * Math.sin(turn)]);
    const disc = around.map((place) => {
      const step = fromPlane(place, [0, 0, 0]);
      return components.map((share, i) => share + jacobian[i].reduce((sum, entry, j) => sum + entry * step[j], 0));
    });
    triangle.drawPoint(components, FACTORS.map((factor) => program.components(x.map((score) => factor * score), p)), disc);
    const [u, v] = toPlane(x);
    plane.ray.setAttribute("d", u || v ? plane.line([0, 0], [u, v].map((part) => part / Math.hypot(u, v)), 0, Infinity) : "");
    plane.disc.setAttribute("d", `M${around.map(([du, dv]) => `${hundredths(plane.px(u + du))} ${hundredths(plane.py(v + dv))}`).join("L")}Z`);
  }

  drawSlices() {
    const { slices, plane, explorer } = this;
    const { program, component, p, components, specification, values: { x, window } } = explorer;
    for (const part of [plane.ray, plane.disc]) part.setAttribute("d", "");
    const inPlane = x.length === 2 ? window : specification.slider.slice(0, 2);
    const [low, high] = [Math.min(...inPlane, ...x), Math.max(...inPlane, ...x)];
    slices.measure(program, component, x, p, low, high, specification.stepwise);
    slices.setWindow([low, high, ...(specification.simplex ? [-0.05, 1.05] : slices.extent())]);
    slices.drawCurves(program, component, x, components);
  }
}
