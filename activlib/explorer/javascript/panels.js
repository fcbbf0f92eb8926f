// The pictures beside the plane: the triangle of all ways to share out a whole among three, or slices.

const HALF = Math.sqrt(3) / 2;
// Scale factors from 0 to a hundred: scores times such a factor lead from equal shares to the largest one's victory.
const FACTORS = Array.from({ length: 61 }, (_, i) => Math.tan((Math.PI / 2) * (i / 61)));

class Triangle {
  constructor() {
    this.svg = svg("svg", { class: "ax-svg ax-triangle", "aria-hidden": "true" });
    this.outline = svg("path", { class: "ax-side" }, this.svg);
    this.levels = svg("path", { class: "ax-levels" }, this.svg);
    this.trail = svg("path", { class: "ax-ray" }, this.svg);
    this.disc = svg("path", { class: "ax-disc" }, this.svg);
    this.texts = svg("g", { class: "ax-corners" }, this.svg);
    this.point = svg("circle", { class: "ax-point ax-neutral", r: 6 }, this.svg);
  }

  resize(width, height) {
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.radius = Math.max(1, Math.min((width - 44) / 2 / HALF, (height - 52) / 1.5));
    this.middle = [width / 2, (height + 0.5 * this.radius) / 2];
    this.drawn = undefined;
  }

  // The place of three shares: their mean of the corners.
  place(shares) {
    const scale = this.radius / Math.sqrt(2 / 3);
    const [u, v] = toPlane(shares);
    return [this.middle[0] + scale * u, this.middle[1] - scale * v];
  }

  path(places) {
    return `M${places.map((shares) => this.place(shares).map(hundredths).join(" ")).join("L")}`;
  }

  // Corners and sides, and where the k-th share takes these levels.
  drawFrame(outputs, k, levels) {
    const key = `${k} ${levels}`;
    if (this.drawn === key) return;
    this.drawn = key;
    const corner = (i, share) => [0, 1, 2].map((j) => (j === i ? share : 0));
    this.outline.setAttribute("d", `${this.path([0, 1, 2].map((i) => corner(i, 1)))}Z`);
    const cut = (level, other) => corner(k, level).map((share, j) => (j === other ? 1 - level : share));
    const others = [0, 1, 2].filter((j) => j !== k);
    this.levels.setAttribute("d", levels.map((level) => this.path(others.map((other) => cut(level, other)))).join(""));
    const beside = k === 2 ? 0 : others.at(-1); // levels are told at the side that has room on its right
    setTexts(this.texts, [
      ...outputs.map(({ text }, i) => {
        const [x, y] = this.place(corner(i, 1));
        return [`${text} = 1`, x, i === 0 ? y - 10 : y + 20, "middle"];
      }),
      ...levels.map((level) => {
        const [x, y] = this.place(cut(level, beside));
        return [format(level), x + 8, y + 4, "start"];
      }),
    ]);
  }

  drawPoint(shares, trail, disc) {
    const [x, y] = this.place(shares);
    this.point.setAttribute("cx", hundredths(x));
    this.point.setAttribute("cy", hundredths(y));
    this.trail.setAttribute("d", this.path(trail));
    this.disc.setAttribute("d", `${this.path(disc)}Z`);
  }
}

// One component as each input moves alone and the others stay; of a function of one number all components.
class Slices extends Plot {
  constructor() {
    super();
    this.point.remove();
    this.places = svg("g", {}, this.inner);
    this.runs = [];
  }

  // Of a function that is constant but for jumps, the pen is lifted where it jumps.
  measure(program, k, x, p, low, high, stepwise) {
    const curves = x.length === 1 ? program.outputs.map((_, i) => [0, i]) : x.map((_, i) => [i, k]);
    this.runs = curves.map(([input, component], i) => {
      const points = this.runs[i] ?? new Points();
      const at = [...x];
      points.size = 0;
      let last;
      for (let step = 0; step <= STEPS; step++) {
        const place = low + ((high - low) * step) / STEPS;
        at[input] = place;
        const value = program.component(component, at, p);
        if (stepwise && step > 0 && value !== last) {
          const alone = (place) => program.component(component, at.with(input, place), p);
          const before = place - (high - low) / STEPS;
          const between = before + jump(alone, (last + value) / 2, before, 0, place, 0) * (place - before);
          points.add(between, last);
          points.lift();
          points.add(between, value);
        }
        points.add(place, value);
        last = value;
      }
      return points;
    });
  }

  // An interval that holds the curves and 0, and that a moving point leaves seldom.
  extent() {
    const values = this.runs.flatMap(({ ys, size }) => ys.slice(0, size)).filter(Number.isFinite);
    const end = (value) => (value === 0 ? 0 : Math.sign(value) * niceStep(Math.abs(value)));
    const [low, high] = [end(values.reduce((a, b) => Math.min(a, b), 0)), end(values.reduce((a, b) => Math.max(a, b), 0))];
    const room = 0.05 * (high - low || 1);
    return [low - room, high + room];
  }

  drawCurves({ inputs, outputs }, k, x, components) {
    const single = inputs.length === 1;
    this.begin();
    this.runs.forEach((points, i) => this.drawPath(`slice-${i}`, this.outline(points), `ax-curve ax-color-${i} ax-order-${i % 3}`));
    this.end();
    this.places.replaceChildren(...this.runs.map((_, i) => {
      const [own, value] = single ? [x[0], components[i]] : [x[i], components[k]];
      return svg("circle", { class: `ax-companion ax-color-${i}`, r: 4, cx: hundredths(this.px(own)), cy: hundredths(this.py(value)) });
    }));
    // The curves' names at their right ends, each clear of the one above it and of the one below.
    const names = single ? outputs : inputs;
    const ends = this.runs.map(({ ys, size }, i) => [names[i].text, this.width - 4, this.py(ys[size - 1]) - 6, "end"]);
    let [above, below] = [0, this.height + 10];
    for (const end of ends.sort((a, b) => a[2] - b[2])) end[2] = above = Math.max(end[2], above + 14);
    for (const end of ends.toReversed()) end[2] = below = Math.min(end[2], below - 14);
    const title = single ? [] : [[`${outputs[k].text} as one input moves`, 6, 14, "start"]];
    setTexts(this.marks, [...title, ...ends]);
  }
}

const STEPS = 96;
