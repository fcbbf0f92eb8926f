// What the plot shows of an explorer's state: curves, marks, dots, and the point with its tangent.

const SAMPLES = 1000; // points of a curve, at least, across the plot

class Scene {
  constructor(explorer) {
    this.explorer = explorer;
    this.plot = new Plot();
    this.points = explorer.curves.map(() => ORDERS.map(() => new Points()));
  }

  draw({ width, height }) {
    const { plot, explorer } = this;
    plot.resize(width, height);
    plot.setWindow(explorer.values.window);
    this.compute();
    plot.begin();
    for (const { key, points, classes, curve } of this.shown) {
      plot.drawPath(key, plot.outline(points), `ax-curve ${classes}`);
      if (curve.samples) plot.drawPath(`${key}-samples`, plot.scatter(points), `ax-samples ${classes}`);
    }
    plot.end();
    this.drawMarks();
    this.drawDots();
    this.drawPoint();
  }

  // Every curve that is shown, the followed one last so that it lies on top.
  compute() {
    const { curves, followed, compared, p, values: { show, window } } = this.explorer;
    const count = Math.max(SAMPLES, Math.round(this.plot.width * 1.5));
    this.shown = [];
    for (const curve of [...curves.filter((other) => other !== followed), followed]) {
      if (!this.explorer.visible(curve)) continue;
      const index = curves.indexOf(curve);
      for (const name of show) {
        const order = ORDERS.findIndex(({ key }) => key === name);
        const points = this.points[index][order];
        sample(curve, order, p, window, count, points);
        const color = `ax-color-${compared ? index : order}`;
        const muted = compared && curve !== followed ? " ax-muted" : "";
        this.shown.push({ key: `${curve.name}-${order}`, points, curve, order, color, classes: `${color} ax-order-${order}${muted}` });
      }
    }
  }

  drawMarks() {
    const { marks, p } = this.explorer;
    const at = (place) => place?.(NaN, NaN, p);
    this.plot.drawMarks(marks.map(({ label, x, y }) => ({ label, x: at(x), y: at(y) })));
  }

  // At a breakpoint where a curve jumps: open dots at its limits, a filled one at its value; where a derivative does
  // not exist, a diamond at the value that is used in its place.
  drawDots() {
    const { p, values: { window } } = this.explorer;
    const dots = [];
    for (const { curve, order, color } of this.shown) {
      for (const { x, orders } of kinks(curve, p, window)) {
        const { left, right, own, exists, continuous } = orders[order];
        if (continuous) continue;
        for (const y of new Set([left, right])) dots.push({ x, y, kind: "limit", color });
        dots.push({ x, y: own, kind: exists ? "value" : "convention", color });
      }
    }
    this.plot.drawDots(dots.filter(({ y }) => Number.isFinite(y)));
  }

  // The point on the followed curve, at the edge of the plot where the curve leaves it.
  drawPoint() {
    const { plot, explorer } = this;
    const { curves, followed, compared, handle, p, values: { x, window: [x0, x1, y0, y1] } } = explorer;
    const color = (curve) => `ax-color-${compared ? curves.indexOf(curve) : 0}`;
    const y = valueAt(followed, 0, x, p);
    const shown = Math.min(Math.max(Number.isFinite(y) ? y : 0, y0), y1);
    const seen = shown === y && x0 <= x && x <= x1;
    plot.drawTangent(x, y, this.slopes(x));
    plot.drawPoint(x, shown, color(followed) + (seen ? "" : " ax-away"),
      curves.filter((other) => other !== followed && explorer.visible(other))
        .map((other) => ({ y: valueAt(other, 0, x, p), classes: color(other) }))
        .filter((companion) => Number.isFinite(companion.y)));
    handle.style.left = `${plot.left + plot.px(Math.min(Math.max(x, x0), x1))}px`;
    handle.style.top = `${plot.margin.top + plot.py(shown)}px`;
  }

  // Slopes of the followed curve to the left and to the right of x.
  slopes(x) {
    const { followed, p } = this.explorer;
    const kink = kinkAt(followed, p, x);
    if (!kink) return Array(2).fill(valueAt(followed, 1, x, p));
    const [f, df] = kink.orders;
    return f.continuous && df ? [df.left, df.right] : [NaN, NaN];
  }
}
