// <activation-explorer>: reads its specification, keeps the state, and draws once per frame.
//
// `element.specification = {...}` or a <script type="application/json"> inside it. `element.state` reads and, with any
// of parameters, x, window, show, highlight, hidden, changes what is shown; the event "explore" tells of every change.

const SMALLEST = 1e-9; // span of a window, relative to max(1, |place|)
const LARGEST = 1e9;
let count = 0;

class ActivationExplorer extends HTMLElement {
  connectedCallback() {
    try {
      if (!this.values) this.build();
      this.listen();
    } catch (error) {
      this.replaceChildren(html("p", { class: "ax-failure", role: "alert" }, `This explorer cannot be shown: ${error.message}.`));
    }
  }

  disconnectedCallback() {
    this.leave?.();
  }

  build() {
    if (!this.specification) {
      const data = this.querySelector('script[type="application/json"]');
      require(data, "there is no specification in this element");
      this.specification = JSON.parse(data.textContent);
    }
    Object.assign(this, read(this.specification));
    this.uid = `ax-${++count}`;
    this.compared = this.curves.length > 1;
    this.linkable = !this.hasAttribute("data-notebook");
    this.id ||= this.specification.id;
    this.assemble();
    this.values = { ...this.first, ...(this.linkable ? readLink(this) : {}), ...this.pending };
    this.update();
  }

  assemble() {
    const { label = "Explorer", caption } = this.specification;
    this.scene = new Scene(this);
    this.plot = this.scene.plot;
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
    this.setAttribute("aria-label", label);
    this.replaceChildren(
      html("div", { class: "ax-bar" }, ...this.legend.parts, viewButtons(this)),
      this.area, this.readout.part,
      html("div", { class: "ax-sliders" }, ...this.sliders.map((slider) => slider.part)),
      ...(caption ? [html("p", { class: "ax-caption" }, caption)] : []),
      this.summary, this.live);
    this.classList.toggle("ax-compared", this.compared);
    if (!this.linkable) keepKeys(this);
    new Gestures(this);
  }

  // The curves wait until the explorer is near the screen: a page with many of them opens as fast as one with none.
  listen() {
    const wake = () => {
      this.awake = true;
      waking.disconnect();
      this.draw();
    };
    const waking = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && wake(),
      { rootMargin: "300px" });
    // Drawn at once, since the browser paints next: a frame later the old drawing would show, stretched.
    const resizing = new ResizeObserver(([{ contentRect }]) => {
      this.size = contentRect;
      this.draw();
    });
    waking.observe(this);
    resizing.observe(this.area);
    addEventListener("beforeprint", wake);
    this.leave = () => {
      waking.disconnect();
      resizing.disconnect();
      removeEventListener("beforeprint", wake);
    };
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
    if (!this.awake || !this.size?.width) return;
    this.scene.draw(this.size);
    this.dataset.drawn = "";
  }

  showControls() {
    const { x, window, parameters } = this.values;
    this.legend.update(this.values, this.curves);
    this.sliders.forEach((slider) => slider.update(parameters[slider.parameter.key]));
    const values = ORDERS.map((_, order) => valueAt(this.followed, order, x, this.p));
    const note = noteOn(kinkAt(this.followed, this.p, x));
    this.readout.update(place(x, window), values.map((value) => format(value)), note, this.followed);
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

  // Move the point; among samples it stands on one of them.
  movePoint(x) {
    const { samples } = this.followed;
    this.set({ x: samples ? nearestSample(samples, x) : x });
  }

  // Put the point on another curve.
  follow(name) {
    this.state = { highlight: name };
    this.movePoint(this.values.x);
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

// JupyterLab takes arrows for its own shortcuts unless the focused element itself says otherwise.
function keepKeys(element) {
  for (const control of element.querySelectorAll("button, input, select, summary, [tabindex]")) {
    control.setAttribute("data-lm-suppress-shortcuts", "");
  }
}

ActivationExplorer.evaluate = (tree, keys, x, side, p) => compile(tree, keys)(x, side, p);

if (!customElements.get("activation-explorer")) customElements.define("activation-explorer", ActivationExplorer);
