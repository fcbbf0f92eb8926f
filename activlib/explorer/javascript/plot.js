// The plot: a specification's curves as SVG at the size they have on the page.

const MARGIN = { left: 44, right: 12, top: 10, bottom: 28 }; // as in static.py, so that nothing moves when it wakes
const CHARACTER = 7; // pixels that a character of a label takes
const APART = 8; // pixels between samples that are shown as dots

function svg(name, attributes = {}, parent) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

class Plot {
  margin = MARGIN;

  constructor() {
    this.svg = svg("svg", { class: "ax-svg", "aria-hidden": "true" });
    this.grid = svg("path", { class: "ax-grid" }, this.svg);
    this.axes = svg("path", { class: "ax-axes" }, this.svg);
    this.labels = svg("g", { class: "ax-ticks" }, this.svg);
    this.inner = svg("svg", { class: "ax-inner" }, this.svg); // clips what it holds
    this.lines = svg("g", {}, this.inner);
    this.curves = svg("g", {}, this.inner);
    this.marks = svg("g", { class: "ax-marks" }, this.inner);
    this.tangent = svg("path", { class: "ax-tangent" }, this.inner);
    this.dots = svg("g", {}, this.inner);
    this.companions = svg("g", {}, this.inner);
    this.point = svg("circle", { class: "ax-point", r: 6 }, this.inner);
    this.paths = new Map();
    this.resize(640, 360);
  }

  resize(width, height) {
    if (this.fullWidth === width && this.fullHeight === height) return;
    [this.fullWidth, this.fullHeight] = [width, height];
    this.height = Math.max(1, height - this.margin.top - this.margin.bottom);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.window = undefined;
  }

  // Show this window. The margin on the left follows the labels of y, which a deep zoom makes long.
  setWindow([x0, x1, y0, y1]) {
    if (String(this.window) === String([x0, x1, y0, y1])) return; // the axes stand as they are
    this.window = [x0, x1, y0, y1];
    this.up = this.bare ? [] : ticks(y0, y1, this.height, () => 36);
    const longest = Math.max(0, ...this.up.map(({ text }) => text.length));
    this.left = Math.max(this.margin.left, longest * CHARACTER + 14);
    this.width = Math.max(1, this.fullWidth - this.left - this.margin.right);
    for (const [key, value] of Object.entries({ x: this.left, y: this.margin.top, width: this.width, height: this.height })) {
      this.inner.setAttribute(key, value);
    }
    // Pixels inside the plot for coordinates, and back.
    this.px = (x) => ((x - x0) / (x1 - x0)) * this.width;
    this.py = (y) => ((y1 - y) / (y1 - y0)) * this.height;
    this.x = (px) => x0 + (px / this.width) * (x1 - x0);
    this.y = (py) => y1 - (py / this.height) * (y1 - y0);
    this.drawAxes();
  }

  drawAxes() {
    const [x0, x1, y0, y1] = this.window;
    const { left, up } = this;
    const { top, right } = this.margin;
    const bottom = top + this.height;
    const across = ticks(x0, x1, this.width, (text) => (text.length + 2) * CHARACTER);
    const vertical = (x) => `M${hundredths(left + this.px(x))} ${top}V${bottom}`;
    const horizontal = (y) => `M${left} ${hundredths(top + this.py(y))}H${left + this.width}`;
    this.grid.setAttribute("d", [...across.map((t) => vertical(t.value)), ...up.map((t) => horizontal(t.value))].join(""));
    this.axes.setAttribute("d", (x0 <= 0 && 0 <= x1 ? vertical(0) : "") + (y0 <= 0 && 0 <= y1 ? horizontal(0) : ""));
    // A label at the right edge moves inwards, but not into its neighbor.
    const beyond = ({ value, text }) => Math.max(0, this.px(value) + (text.length * CHARACTER) / 2 - this.width - right);
    setTexts(this.labels, [
      ...across.filter((tick) => beyond(tick) < CHARACTER)
        .map((tick) => [tick.text, left + this.px(tick.value) - beyond(tick), bottom + 20, "middle"]),
      ...up.map(({ value, text }) => [text, left - 8, top + this.py(value) + 4, "end"]),
    ]);
  }

  // A path under a key of its own. Those not drawn again since `begin` are dropped.
  begin() {
    this.drawn = new Set();
  }

  drawPath(key, outline, classes) {
    let path = this.paths.get(key);
    if (!path) {
      path = svg("path", { "data-curve": key }, this.curves);
      this.paths.set(key, path);
    }
    path.setAttribute("class", classes);
    path.setAttribute("d", outline);
    this.drawn.add(key);
  }

  end() {
    for (const [key, path] of this.paths) {
      if (this.drawn.has(key)) continue;
      path.remove();
      this.paths.delete(key);
    }
  }

  // Path data of points, the pen lifted where a value is not finite. Far outside, points rest on a line one plot height
  // away; of several that follow each other there only the last is kept.
  outline({ xs, ys, size }) {
    const { px, py, height } = this;
    const parts = [];
    let down = false; // the pen
    let outside = 0; // on which side the last point was, and where, if it has not been written
    let waiting = "";
    for (let i = 0; i < size; i++) {
      const y = py(ys[i]);
      if (!Number.isFinite(y)) {
        down = false;
        outside = 0;
        waiting = "";
        continue;
      }
      const side = y < -height ? -1 : y > 2 * height ? 1 : 0;
      const point = `${hundredths(px(xs[i]))} ${hundredths(side < 0 ? -height : side > 0 ? 2 * height : y)}`;
      if (side !== 0 && side === outside) {
        waiting = point;
        continue;
      }
      if (waiting) parts.push(`L${waiting}`);
      waiting = "";
      parts.push(down ? `L${point}` : `M${point}`);
      down = true;
      outside = side;
    }
    return parts.join("");
  }

  // Path data of dots at samples: where they are far enough apart to be told from each other, and where no line leads.
  scatter({ xs, ys, size }) {
    const { px, py, width, height } = this;
    const apart = px(xs[size - 1]) - px(xs[0]) >= APART * (size - 1);
    const known = (i) => i >= 0 && i < size && Number.isFinite(ys[i]);
    const seen = (x, y) => x > -APART && x < width + APART && y > -APART && y < height + APART;
    const parts = [];
    for (let i = 0; i < size; i++) {
      const [x, y] = [px(xs[i]), py(ys[i])];
      if (known(i) && seen(x, y) && (apart || !(known(i - 1) || known(i + 1)))) parts.push(`M${hundredths(x)} ${hundredths(y)}h0`);
    }
    return parts.join("");
  }

  drawDots(dots) {
    this.dots.replaceChildren(
      ...dots.map(({ x, y, kind, color }) => {
        const [cx, cy] = [this.px(x), this.py(y)];
        const title = svg("title");
        title.textContent = kind === "convention" ? "value used by convention" : kind;
        const shape =
          kind === "convention"
            ? svg("path", { d: `M${cx} ${cy - 3.2}l3.2 3.2l-3.2 3.2l-3.2 -3.2z` })
            : svg("circle", { cx, cy, r: 4.5 });
        shape.setAttribute("class", `ax-dot ax-${kind} ${color}`);
        shape.setAttribute("data-x", x);
        shape.setAttribute("data-y", y);
        shape.append(title);
        return shape;
      }),
    );
  }

  // Lines and places with labels, each on the first side where it fits and covers no other.
  drawMarks(marks) {
    const taken = [];
    this.lines.replaceChildren();
    this.marks.replaceChildren();
    for (const { x, y, label } of marks) {
      const [px, py] = [x === undefined ? this.width : this.px(x), y === undefined ? this.height : this.py(y)];
      if (!(px >= 0 && px <= this.width && py >= 0 && py <= this.height)) continue;
      if (x === undefined) svg("path", { class: "ax-mark", d: `M0 ${py}H${this.width}` }, this.lines);
      else if (y === undefined) svg("path", { class: "ax-mark", d: `M${px} 0V${this.height}` }, this.lines);
      else svg("circle", { class: "ax-mark ax-place", cx: px, cy: py, r: 3.5 }, this.marks);
      const long = label.length * CHARACTER;
      const sides = [-6, 16, -22].flatMap((dy) => [6, -6].map((dx) => ({ x: px + dx, y: py + dy, from: dx < 0 ? px + dx - long : px + dx })));
      const inside = sides.filter(({ y, from }) => from >= 0 && from + long <= this.width && y >= 12 && y <= this.height - 2);
      const free = inside.filter(({ y, from }) => taken.every((o) => Math.abs(o.y - y) >= 15 || o.to <= from || from + long <= o.from));
      const side = free[0] ?? inside[0] ?? sides[0];
      taken.push({ ...side, to: side.from + long });
      svg("text", { x: side.x, y: side.y, "text-anchor": side.x === side.from ? "start" : "end" }, this.marks).textContent = label;
    }
  }

  // Rays of a tangent from the point (x, y): slopes to the left and to the right, not-a-number for none.
  drawTangent(x, y, slopes, reach = 80) {
    const [cx, cy] = [this.px(x), this.py(y)];
    const unit = (this.py(0) - this.py(1)) / (this.px(1) - this.px(0));
    const rays = slopes.map((slope, i) => {
      if (!Number.isFinite(slope) || !Number.isFinite(cy)) return "";
      const length = Math.hypot(1, slope * unit);
      const direction = i === 0 ? -1 : 1;
      const [dx, dy] = [(direction * reach) / length, (-direction * reach * slope * unit) / length];
      return `M${hundredths(cx)} ${hundredths(cy)}l${hundredths(dx)} ${hundredths(dy)}`;
    });
    this.tangent.setAttribute("d", rays.join(""));
  }

  drawPoint(x, y, classes, companions) {
    const at = (px, py) => ({ cx: hundredths(px), cy: hundredths(py) });
    for (const [key, value] of Object.entries(at(this.px(x), this.py(y)))) this.point.setAttribute(key, value);
    this.point.setAttribute("class", `ax-point ${classes}`);
    this.companions.replaceChildren(
      ...companions.map(({ y: other, classes: own }) =>
        svg("circle", { class: `ax-companion ${own}`, r: 3.5, ...at(this.px(x), this.py(other)) }),
      ),
    );
  }
}

function hundredths(value) {
  return Math.round(value * 100) / 100;
}

function setTexts(group, texts) {
  while (group.childElementCount > texts.length) group.lastChild.remove();
  while (group.childElementCount < texts.length) svg("text", {}, group);
  texts.forEach(([text, x, y, anchor], i) => {
    const element = group.children[i];
    if (element.textContent !== text) element.textContent = text;
    element.setAttribute("x", hundredths(x));
    element.setAttribute("y", hundredths(y));
    element.setAttribute("text-anchor", anchor);
  });
}
