// <activation-explorer>: reads its specification, keeps the state, and draws once per frame.
//
// `element.specification = {...}` or a <script type="application/json"> inside it. `element.state` reads and, with any
// of parameters, x, window, show, highlight, hidden, changes what is shown; the event "explore" tells of every change.

const VERSION = 1;
const SAMPLES = 1000; // at least, across the plot
const SMALLEST = 1e-9; // span of a window, relative to max(1, |place|)
const LARGEST = 1e9;
let count = 0;

// JupyterLab takes arrows for its own shortcuts unless the focused element itself says otherwise.
function keepKeys(element) {
  for (const control of element.querySelectorAll("button, input, select, summary, [tabindex]")) {
    control.setAttribute("data-lm-suppress-shortcuts", "");
  }
}

class ActivationExplorer extends HTMLElement {
  connectedCallback() {
    if (this.values) return;
    try {
      if (!this.specification) {
        const data = this.querySelector('script[type="application/json"]');
        require(data, "there is no specification in this element");
        this.specification = JSON.parse(data.textContent);
      }
      this.build();
    } catch (error) {
      this.fail(error);
    }
  }

  disconnectedCallback() {
    this.resizing?.disconnect();
    this.waking?.disconnect();
  }

  fail(error) {
    this.replaceChildren(html("p", { class: "ax-failure", role: "alert" }, `This explorer cannot be shown: ${error.message}.`));
  }

  build() {
    const spec = this.specification;
    check(spec);
    this.uid = `ax-${++count}`;
    this.parameters = spec.parameters ?? [];
    const keys = this.parameters.map(({ key }) => key);
    this.curves = spec.curves.map((curve) => prepare(curve, keys));
    this.marks = (spec.marks ?? []).map(({ x, y, label = "" }) => ({
      label,
      x: x === undefined ? undefined : compile(x, keys),
      y: y === undefined ? undefined : compile(y, keys),
    }));
    this.compared = this.curves.length > 1;
    this.linkable = !this.hasAttribute("data-notebook");
    this.id ||= spec.id;
    this.first = {
      parameters: Object.fromEntries(this.parameters.map(({ key, value }) => [key, value])),
      x: spec.x,
      window: spec.window,
      show: spec.show ?? ["f"],
      highlight: spec.highlight ?? this.curves[0].name,
      hidden: [],
    };
    this.values = { ...this.first, ...(this.linkable ? readLink(this) : {}), ...this.pending };
    this.buffers = this.curves.map(() => ORDERS.map(() => [[], []]));
    this.assemble(spec);
    this.listen();
    this.update();
  }

  assemble(spec) {
    this.plot = new Plot();
    this.legend = new Legend(this);
    this.readout = new Readout(this);
    this.sliders = this.parameters.map((parameter) => new Slider(this, parameter));
    this.handle = html("div", { class: "ax-handle", role: "slider", tabindex: 0, "aria-label": "x of the point",
      "aria-describedby": `${this.uid}-summary` });
    this.surface = html("div", { class: "ax-surface" });
    this.summary = html("p", { class: "ax-summary", id: `${this.uid}-summary` });
    this.live = html("p", { class: "ax-live", "aria-live": "polite" });
    this.area = html("div", { class: "ax-plot" }, this.plot.svg, this.surface, this.handle);
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", spec.label ?? "Explorer");
    this.replaceChildren(
      html("div", { class: "ax-bar" }, ...this.legend.parts, viewButtons(this)),
      this.area, this.readout.part,
      html("div", { class: "ax-sliders" }, ...this.sliders.map((slider) => slider.part)),
      ...(spec.caption ? [html("p", { class: "ax-caption" }, spec.caption)] : []),
      this.summary, this.live);
    this.classList.toggle("ax-compared", this.compared);
    if (!this.linkable) keepKeys(this);
  }

  // The curves wait until the explorer is near the screen: a page with many of them opens as fast as one with none.
  listen() {
    new Gestures(this);
    this.resizing = new ResizeObserver(() => this.invalidate());
    this.resizing.observe(this.area);
    this.waking = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.wake();
    }, { rootMargin: "300px" });
    this.waking.observe(this);
    addEventListener("beforeprint", () => this.wake());
  }

  wake() {
    this.waking.disconnect();
    this.awake = true;
    this.draw();
  }

  get state() {
    return this.values && structuredClone(this.values);
  }

  set state(changes) {
    if (!this.values) {
      this.pending = { ...this.pending, ...changes }; // until the element is in the page
      return;
    }
    this.values = { ...this.values, ...changes, parameters: { ...this.values.parameters, ...changes.parameters } };
    this.update();
  }

  // A change by the reader: draw it and tell the page.
  set(changes) {
    this.state = changes;
    this.announce();
    this.dispatchEvent(new CustomEvent("explore", { detail: this.state, bubbles: true }));
  }

  update() {
    this.p = this.parameters.map(({ key }) => this.values.parameters[key]);
    this.invalidate();
  }

  invalidate() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  get followed() {
    return this.curves.find(({ name }) => name === this.values.highlight) ?? this.curves[0];
  }

  visible(curve) {
    return !this.values.hidden.includes(curve.name);
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.showControls();
    if (!this.awake) return;
    const { clientWidth, clientHeight } = this.area;
    if (clientWidth === 0) return;
    this.plot.resize(clientWidth, clientHeight);
    this.plot.setWindow(this.values.window);
    this.compute();
    this.plot.begin();
    for (const { key, xs, ys, classes } of this.samples) this.plot.drawCurve(key, xs, ys, classes);
    this.plot.end();
    this.drawMarks();
    this.drawDots();
    this.drawPoint();
    this.dataset.drawn = "";
  }

  // Sample every curve that is shown, the followed one last so that it lies on top.
  compute() {
    const points = Math.max(SAMPLES, Math.round(this.plot.width * 1.5));
    const orders = this.values.show.map((name) => ORDERS.findIndex(({ key }) => key === name));
    this.samples = [];
    for (const curve of [...this.curves.filter((c) => c !== this.followed), this.followed]) {
      if (!this.visible(curve)) continue;
      const index = this.curves.indexOf(curve);
      for (const order of orders) {
        const [xs, ys] = this.buffers[index][order];
        sample(curve, order, this.p, this.values.window, points, xs, ys);
        const color = `ax-color-${this.compared ? index : order}`;
        const muted = this.compared && curve !== this.followed ? " ax-muted" : "";
        this.samples.push({ key: `${curve.name}-${order}`, xs, ys, curve, order, color, classes: `${color} ax-order-${order}${muted}` });
      }
    }
  }

  drawMarks() {
    const at = (place) => place?.(NaN, NaN, this.p);
    this.plot.drawMarks(this.marks.map(({ label, x, y }) => ({ label, x: at(x), y: at(y) })));
  }

  // At a breakpoint where a curve jumps: open dots at its limits, a filled one at its value; where a derivative does
  // not exist, a diamond at the value that is used in its place.
  drawDots() {
    const dots = [];
    for (const { curve, order, color } of this.samples) {
      for (const { x, orders } of kinks(curve, this.p, this.values.window)) {
        const { left, right, own, exists, continuous } = orders[order];
        if (continuous) continue;
        for (const y of new Set([left, right])) dots.push({ x, y, kind: "limit", color });
        dots.push({ x, y: own, kind: exists ? "value" : "convention", color });
      }
    }
    this.plot.drawDots(dots.filter(({ y }) => Number.isFinite(y)));
  }

  // The breakpoint at x exactly, if there is one.
  kinkAt(x) {
    const near = Math.max(1, Math.abs(x));
    return kinks(this.followed, this.p, [x - near, x + near]).find((kink) => kink.x === x);
  }

  drawPoint() {
    const { x, window: [x0, x1, y0, y1] } = this.values;
    const curve = this.followed;
    const y = valueAt(curve, 0, x, this.p);
    const shown = Math.min(Math.max(Number.isFinite(y) ? y : 0, y0), y1);
    const kink = this.kinkAt(x);
    const slope = valueAt(curve, 1, x, this.p);
    const slopes = !kink ? [slope, slope] : kink.orders[0].continuous && kink.orders[1] ?
      [kink.orders[1].left, kink.orders[1].right] : [NaN, NaN];
    this.plot.drawTangent(x, y, slopes);
    const others = this.curves.filter((other) => other !== curve && this.visible(other));
    this.plot.drawPoint(x, shown, `ax-color-${this.compared ? this.curves.indexOf(curve) : 0}` +
      (shown === y && x0 <= x && x <= x1 ? "" : " ax-away"),
      others.map((other) => ({ y: valueAt(other, 0, x, this.p), classes: `ax-color-${this.curves.indexOf(other)}` }))
        .filter((companion) => Number.isFinite(companion.y)));
    this.handle.style.left = `${this.plot.left + this.plot.px(Math.min(Math.max(x, x0), x1))}px`;
    this.handle.style.top = `${MARGIN.top + this.plot.py(shown)}px`;
  }

  showControls() {
    const { x, window, parameters, highlight } = this.values;
    this.legend.update(this.values, this.curves);
    this.sliders.forEach((slider) => slider.update(parameters[slider.parameter.key]));
    const decimals = Math.max(4, decimalsOf((window[1] - window[0]) / 1000));
    const values = ORDERS.map((_, order) => valueAt(this.followed, order, x, this.p));
    const kink = this.kinkAt(x);
    this.readout.update([format(x, decimals), ...values.map((value) => format(value))], noteOn(kink), highlight);
    this.handle.setAttribute("aria-valuemin", window[0]);
    this.handle.setAttribute("aria-valuemax", window[1]);
    this.handle.setAttribute("aria-valuenow", x);
    this.handle.setAttribute("aria-valuetext", sentence(this));
    clearTimeout(this.describing);
    this.describing = setTimeout(() => (this.summary.textContent = describe(this)), 200);
  }

  // Tell a screen reader about sliders and toggles when the hand rests; the point speaks for itself.
  announce() {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => {
      const said = [...settings(this), sentence(this)].join(", ");
      if (this.said !== said && document.activeElement !== this.handle) this.live.textContent = said;
      this.said = said;
    }, 600);
  }

  toggleOrder(name) {
    const { show } = this.values;
    const next = show.includes(name) ? show.filter((other) => other !== name) : [...show, name];
    this.set({ show: ORDERS.map(({ key }) => key).filter((key) => next.includes(key)) });
  }

  toggleCurve(name) {
    const { hidden } = this.values;
    const next = hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
    // The point moves on to a curve that can be seen.
    const followed = next.includes(this.values.highlight) ? this.curves.find((curve) => !next.includes(curve.name)) : this.followed;
    this.set({ hidden: next, highlight: (followed ?? this.followed).name });
  }

  // Scale the window by `factor`, the place (x, y) staying where it is; by default the point, if it can be seen.
  zoom(factor, x, y) {
    const [x0, x1, y0, y1] = this.values.window;
    if (x === undefined) {
      const at = [this.values.x, valueAt(this.followed, 0, this.values.x, this.p)];
      const seen = x0 < at[0] && at[0] < x1 && y0 < at[1] && at[1] < y1;
      [x, y] = seen ? at : [(x0 + x1) / 2, (y0 + y1) / 2];
    }
    this.show([x + (x0 - x) * factor, x + (x1 - x) * factor, y + (y0 - y) * factor, y + (y1 - y) * factor]);
  }

  // Move to a window, unless it is too deep for double precision or absurdly far out.
  show(window) {
    const fits = ([low, high]) => high - low > SMALLEST * Math.max(1, Math.abs(low)) && Math.max(-low, high) < LARGEST;
    if (fits(window.slice(0, 2)) && fits(window.slice(2))) this.set({ window });
  }

  resetView() {
    this.set({ window: this.specification.window });
  }

  movePoint(x) {
    this.set({ x });
  }

  async copyLink() {
    const link = writeLink(this);
    let said = "The link to this view is in the address bar.";
    try {
      history.replaceState(history.state, "", link);
    } catch {
      said = ""; // a page opened as a file may not change its address
    }
    try {
      await navigator.clipboard.writeText(link);
      said = "Link copied.";
    } catch {
      said ||= link;
    }
    this.live.textContent = said;
    this.readout.note.textContent = said;
  }
}

// The parts of a specification that are read before anything is compiled; see schema.json.
function check(spec) {
  require(spec && typeof spec === "object" && !Array.isArray(spec), "its specification is not an object");
  require(spec.version === VERSION, `its specification has version ${spec.version}, this script knows version ${VERSION}`);
  require(Array.isArray(spec.curves) && spec.curves.length > 0, "its specification has no curves");
  const { window: w, parameters = [], show = [] } = spec;
  const numbers = Array.isArray(w) && w.length === 4 && w.every(Number.isFinite);
  require(numbers && w[0] < w[1] && w[2] < w[3], "its window is not x low, x high, y low, y high");
  require(Number.isFinite(spec.x), "its point is not at a number");
  require(Array.isArray(show), "its list of shown curves is not a list");
  require(Array.isArray(parameters), "its parameters are not a list");
  for (const { key, value, slider, domain } of parameters) {
    const good = Number.isFinite(value) && slider?.length === 3 && Array.isArray(domain?.intervals);
    require(good, `its parameter ${key} lacks a value, a slider or a domain`);
  }
}

ActivationExplorer.evaluate = (tree, keys, x, side, p) => compile(tree, keys)(x, side, p);

if (!customElements.get("activation-explorer")) customElements.define("activation-explorer", ActivationExplorer);
