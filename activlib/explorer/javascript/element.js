// <activation-explorer>: reads its specification, keeps the state, and draws once per frame. What it shows is the matter of
// its kind: curves of one number (curves.js) or a function of several (vector.js).
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
    // One tag for every kind: an element becomes what its specification asks for.
    const { kind = "curves" } = this.specification ?? {};
    require(Object.hasOwn(kinds, kind), `this script knows no explorer of the kind “${kind}”`);
    Object.setPrototypeOf(this, kinds[kind].prototype);
    Object.assign(this, this.read(this.specification));
    this.uid = `ax-${++count}`;
    this.linkable = !this.hasAttribute("data-notebook");
    this.id ||= this.specification.id;
    this.assemble();
    this.values = { ...this.first, ...(this.linkable ? readLink(this) : {}), ...this.pending };
    this.update();
  }

  // The parts that every kind has, around those of its own: above and below the pictures.
  compose(above, stage, below) {
    const { label = "Explorer", caption } = this.specification;
    this.stage = stage; // what the pictures' size depends on
    this.sliders = this.parameters.map((parameter) => new Slider(this, parameter));
    this.controls = html("div", { class: "ax-sliders" }, ...this.sliders.map((slider) => slider.part));
    this.summary = html("p", { class: "ax-summary", id: `${this.uid}-summary` });
    this.live = html("p", { class: "ax-live", "aria-live": "polite" });
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", label);
    this.replaceChildren(
      html("div", { class: "ax-bar" }, ...above, viewButtons(this)),
      stage, ...below, this.controls,
      ...(caption ? [html("p", { class: "ax-caption" }, caption)] : []),
      this.summary, this.live);
    if (!this.linkable) keepKeys(this);
  }

  // The place where the point is dragged, and the point itself as something to hold.
  makeArea(plot, label) {
    this.plot = plot;
    this.handle = html("div", { class: "ax-handle", role: "slider", tabindex: 0, "aria-label": label,
      "aria-describedby": `${this.uid}-summary` });
    this.surface = html("div", { class: "ax-surface" });
    this.area = html("div", { class: "ax-plot" }, plot.svg, this.surface, this.handle);
    return this.area;
  }

  // The pictures wait until the explorer is near the screen: a page with many of them opens as fast as one with none.
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
    resizing.observe(this.stage);
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
    // What it would tell of is shown no longer.
    clearTimeout(this.describing);
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.sliders.forEach((slider) => slider.update(this.values.parameters[slider.parameter.key]));
    this.showControls();
    clearTimeout(this.describing);
    this.describing = setTimeout(() => (this.summary.textContent = this.describe()), 200);
    if (!this.awake || !this.size?.width) return;
    this.scene.draw(this.size);
    this.dataset.drawn = "";
  }

  // Tell a screen reader about sliders and toggles when the hand rests; the point speaks for itself.
  announce() {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => {
      // A page in the background gets no frames.
      if (this.frame) this.draw();
      const said = [...settings(this), this.sentence()].join(", ");
      if (this.said !== said && document.activeElement !== this.handle) this.live.textContent = said;
      this.said = said;
    }, 600);
  }

  // Scale the window by `factor`, the place (x, y) staying where it is.
  zoom(factor, x, y) {
    const [x0, x1, y0, y1] = this.values.window;
    if (x === undefined) [x, y] = this.center();
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
    this.note.textContent = said;
  }
}

// JupyterLab takes arrows for its own shortcuts unless the focused element itself says otherwise.
function keepKeys(element) {
  for (const control of element.querySelectorAll("button, input, select, summary, [tabindex]")) {
    control.setAttribute("data-lm-suppress-shortcuts", "");
  }
}

ActivationExplorer.evaluate = (tree, keys, x, side, p) => compile(tree, keys)(x, side, p);
