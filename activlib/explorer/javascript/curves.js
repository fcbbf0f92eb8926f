// Curves of one number with their derivatives, and a point that moves along one of them.

class CurvesExplorer extends ActivationExplorer {
  read(specification) {
    return read(specification);
  }

  get keys() {
    return [
      ["← →", "move the point (Shift: farther, Alt: finer)"],
      ["Home End", "to the window’s edges"],
    ];
  }

  assemble() {
    this.compared = this.curves.length > 1;
    this.scene = new Scene(this);
    this.legend = new Legend(this);
    this.readout = new Readout(this);
    this.note = this.readout.note;
    this.compose(this.legend.parts, this.makeArea(this.scene.plot, "x of the point"), [this.readout.part]);
    this.classList.toggle("ax-compared", this.compared);
    new Gestures(this);
  }

  get followed() {
    return this.curves.find(({ name }) => name === this.values.highlight) ?? this.curves[0];
  }

  visible(curve) {
    return !this.values.hidden.includes(curve.name);
  }

  showControls() {
    const { x, window } = this.values;
    this.legend.update(this.values, this.curves);
    const values = ORDERS.map((_, order) => valueAt(this.followed, order, x, this.p));
    const note = noteOn(kinkAt(this.followed, this.p, x));
    this.readout.update(place(x, window), values.map((value) => format(value)), note, this.followed);
    this.handle.setAttribute("aria-valuemin", window[0]);
    this.handle.setAttribute("aria-valuemax", window[1]);
    this.handle.setAttribute("aria-valuenow", x);
    this.handle.setAttribute("aria-valuetext", this.sentence());
  }

  sentence() {
    return sentence(this);
  }

  describe() {
    return describe(this);
  }

  // The view as it stands in an address, and back: what does not make sense is left out.
  writeAddress() {
    const { x, window, show, highlight, hidden } = this.values;
    return {
      x: address(x),
      window: window.map(address).join(","),
      show: show.join(","),
      ...(this.compared ? { curve: highlight, hidden: hidden.join(",") } : {}),
    };
  }

  readAddress(given, numbers) {
    const names = this.curves.map(({ name }) => name);
    const found = { ...readWindow(numbers("window")), ...readShow(given, ORDERS) };
    const [x] = numbers("x");
    if (Math.abs(x) <= LARGEST) found.x = x;
    if (names.includes(given.get("curve"))) found.highlight = given.get("curve");
    if (given.has("hidden")) found.hidden = names.filter((name) => given.get("hidden").split(",").includes(name));
    return found;
  }

  toggleOrder(name) {
    this.set({ show: toggled(this.values.show, name, ORDERS) });
  }

  toggleCurve(name) {
    const { hidden } = this.values;
    const next = hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
    // The point moves on to a curve that can be seen.
    const followed = next.includes(this.values.highlight) ? this.curves.find((curve) => !next.includes(curve.name)) : this.followed;
    this.set({ hidden: next, highlight: (followed ?? this.followed).name });
  }

  // The place on which a zoom is centered: the point, if it can be seen.
  center() {
    const [x0, x1, y0, y1] = this.values.window;
    const at = [this.values.x, valueAt(this.followed, 0, this.values.x, this.p)];
    return x0 < at[0] && at[0] < x1 && y0 < at[1] && at[1] < y1 ? at : [(x0 + x1) / 2, (y0 + y1) / 2];
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
}
