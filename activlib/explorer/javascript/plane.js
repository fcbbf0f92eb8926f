// The plane in which the point moves: of two numbers, or of three scores as seen along the line on which all are equal.

const CELLS = 40; // of the grid, each way, on which level lines are found
const ROOM = { left: 44, right: 12, top: 10, bottom: 46 }; // the same in both directions
const ARROWS = 9; // each way
// Three scores in the plane orthogonal to (1, 1, 1), the first upwards: the directions into which each alone pushes.
const DIRECTIONS = [90, 210, 330].map((degrees) => {
  const angle = (degrees * Math.PI) / 180;
  return [Math.sqrt(2 / 3) * Math.cos(angle), Math.sqrt(2 / 3) * Math.sin(angle)];
});
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

// The place of the inputs in the plane, and the inputs at a place: three scores keep their mean.
const toPlane = (x) => (x.length === 2 ? x : [0, 1].map((axis) => x.reduce((sum, score, k) => sum + score * DIRECTIONS[k][axis], 0)));
const fromPlane = ([u, v], x) => (x.length === 2 ? [u, v] : DIRECTIONS.map(([du, dv]) => mean(x) + u * du + v * dv));

class Plane extends Plot {
  constructor() {
    super();
    this.canvas = html("canvas", { class: "ax-fill", width: CELLS + 1, height: CELLS + 1, "aria-hidden": "true" });
    this.field = html("div", { class: "ax-field" }, this.canvas);
    this.levels = svg("path", { class: "ax-levels" }, this.lines);
    this.ray = svg("path", { class: "ax-ray" }, this.lines);
    this.disc = svg("path", { class: "ax-disc" }, this.lines);
    this.arrows = svg("path", { class: "ax-arrows" }, this.lines);
    this.texts = svg("g", { class: "ax-marks" }, this.inner);
    this.lattice = svg("path", { class: "ax-grid" });
    this.rays = svg("path", { class: "ax-axes" });
    this.inner.prepend(this.lattice, this.rays);
  }

  // The scores' plane has no axes at its edges but three through its middle.
  setSize(inputs) {
    if (this.size === inputs) return;
    this.size = inputs;
    this.bare = inputs === 3;
    this.margin = this.bare ? ROOM : MARGIN;
    const { fullWidth, fullHeight } = this;
    this.fullWidth = undefined;
    this.resize(fullWidth, fullHeight);
  }

  drawAxes() {
    const style = this.field.style;
    for (const [key, value] of Object.entries({ left: this.left, top: this.margin.top, width: this.width, height: this.height })) {
      style[key] = `${value}px`;
    }
    this.lattice.setAttribute("d", this.bare ? this.scoreGrid() : "");
    this.rays.setAttribute("d", this.bare ? DIRECTIONS.map((direction) => this.line([0, 0], direction, 0, Infinity)).join("") : "");
    if (!this.bare) {
      super.drawAxes();
      return;
    }
    for (const part of [this.grid, this.axes]) part.setAttribute("d", "");
    const note = `from line to line of the grid two scores differ by ${format(this.step)}`;
    setTexts(this.labels, [[note, this.left, this.margin.top + this.height + 20, "start"]]);
  }

  // The names of the inputs, at the ends of their axes.
  names(inputs) {
    const [x0, x1, y0, y1] = this.window;
    const inside = (low, value, high) => Math.min(Math.max(value, low), high);
    if (!this.bare) {
      return [
        [inputs[0].text, this.width - 10, inside(14, this.py(0) - 8, this.height - 6), "middle"],
        [inputs[1].text, inside(10, this.px(0) + 10, this.width - 10), 14, "middle"],
      ];
    }
    return DIRECTIONS.flatMap(([du, dv], k) => {
      const reach = Math.min(...[[du, x0, x1], [dv, y0, y1]].map(([by, low, high]) => (Math.abs(by) < 1e-9 ? Infinity : (by > 0 ? high : low) / by)));
      const [x, y] = [this.px(du * reach), this.py(dv * reach)];
      return reach > 0 ? [[inputs[k].text, inside(14, x + 10, this.width - 14), inside(14, y - 6, this.height - 8), "middle"]] : [];
    });
  }

  // Lines on which the difference of two scores is a whole number of steps.
  scoreGrid() {
    const [u0, u1, v0, v1] = this.window;
    const reach = Math.max(...[u0, u1].flatMap((u) => [v0, v1].map((v) => Math.hypot(u, v))));
    const step = niceStep((reach * Math.SQRT2 * 40) / Math.min(this.width, this.height));
    const count = Math.min(60, Math.floor((reach * Math.SQRT2) / step));
    const lines = [];
    for (const [k, direction] of DIRECTIONS.entries()) {
      const normal = [0, 1].map((axis) => (DIRECTIONS[(k + 1) % 3][axis] - DIRECTIONS[(k + 2) % 3][axis]) / 2);
      for (let i = -count; i <= count; i++) lines.push(this.line(normal.map((part) => part * i * step), direction, -Infinity, Infinity));
    }
    this.step = step;
    return lines.join("");
  }

  // A line from `from` along `direction`, as far as `low` and `high` or a good way past the window's edges.
  line(from, direction, low, high) {
    const far = 4 * Math.max(...this.window.map(Math.abs));
    const ends = [Math.max(low, -far), Math.min(high, far)].map((t) => from.map((at, axis) => at + t * direction[axis]));
    return `M${ends.map(([u, v]) => `${hundredths(this.px(u))} ${hundredths(this.py(v))}`).join("L")}`;
  }

  // Values at the nodes of the grid, row by row from the top: of every component if `all`, else of the k-th alone.
  measure(program, k, all, x, p) {
    const [u0, u1, v0, v1] = this.window;
    const origin = fromPlane([0, 0], x);
    const [right, up] = [[1, 0], [0, 1]].map((place) => fromPlane(place, x.map(() => 0)));
    const at = [...x]; // one for all nodes: thousands of arrays a frame would have to be collected
    const shown = all ? program.values.map((_, i) => i) : [k];
    const fields = shown.map(() => new Float64Array((CELLS + 1) ** 2));
    for (let row = 0, node = 0; row <= CELLS; row++) {
      const v = v1 + ((v0 - v1) * row) / CELLS;
      for (let column = 0; column <= CELLS; column++, node++) {
        const u = u0 + ((u1 - u0) * column) / CELLS;
        for (let i = 0; i < at.length; i++) at[i] = origin[i] + u * right[i] + v * up[i];
        program.store(shown, fields, node, at, p);
      }
    }
    return fields;
  }

  // `value`, if given, is a function of the place, which jumps across the levels instead of taking them.
  drawLevels(field, levels, inputs, value) {
    const scale = [this.width / CELLS, this.height / CELLS];
    const [u0, u1, v0, v1] = this.window;
    const found = contours(field, levels, value && ((x, y) => value([u0 + ((u1 - u0) * x) / CELLS, v1 + ((v0 - v1) * y) / CELLS])));
    const lines = levels.map((level, i) => ({ level, segments: found[i] }));
    const at = (value, axis) => hundredths(value * scale[axis]);
    this.levels.setAttribute("d", lines.flatMap(({ segments }) =>
      segments.map(([x0, y0, x1, y1]) => `M${at(x0, 0)} ${at(y0, 1)}L${at(x1, 0)} ${at(y1, 1)}`)).join(""));
    const names = this.names(inputs);
    setTexts(this.texts, value ? names : [...names, ...this.levelLabels(lines, scale, names)]);
  }

  // Each level's label stands where its line comes closest to a diagonal or to one of the scores' axes.
  levelLabels(lines, scale, names) {
    const guides = this.bare ? DIRECTIONS : [[1, 1], [-1, 1], [-1, -1], [1, -1]];
    const placed = [];
    for (const { level, segments } of lines) {
      let best, least = Infinity;
      for (const [x0, y0, x1, y1] of segments) {
        const [x, y] = [((x0 + x1) / 2) * scale[0], ((y0 + y1) / 2) * scale[1]];
        if (x < 18 || x > this.width - 18 || y < 14 || y > this.height - 10) continue;
        if ([...names, ...placed].some((other) => Math.abs(other[1] - x) < 34 && Math.abs(other[2] - y) < 16)) continue;
        const [u, v] = [this.x(x), this.y(y)];
        const off = guides.map(([a, b]) => (a * u + b * v > 0 ? Math.abs(a * v - b * u) / Math.hypot(a, b) : Infinity));
        const far = Math.min(...off);
        if (far < least) [least, best] = [far, [x, y]];
      }
      if (best) placed.push([format(level), best[0], best[1] + 4, "middle"]);
    }
    return placed;
  }

  // Colors by value: each component's own where they share out a whole, else one for each sign.
  drawFill(fields, whole) {
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(CELLS + 1, CELLS + 1);
    const most = Math.max(...fields[0].map((value) => (Number.isFinite(value) ? Math.abs(value) : 0))) || 1;
    const { data } = image;
    for (let node = 0; node < fields[0].length; node++) {
      const value = fields[0][node];
      for (let channel = 0; channel < 3; channel++) {
        let color = 0;
        if (whole) for (let k = 0; k < fields.length; k++) color += fields[k][node] * FILLS[k][channel];
        else color = FILLS[value < 0 ? 1 : 0][channel];
        data[4 * node + channel] = color;
      }
      const alpha = whole ? 0.42 : Number.isFinite(value) ? 0.6 * Math.sqrt(Math.abs(value) / most) : 0;
      data[4 * node + 3] = 255 * alpha;
    }
    context.putImageData(image, 0, 0);
  }

  // Arrows along the gradient, as long as it is, the longest as long as there is room.
  drawArrows(program, k, x, p) {
    const spacing = [this.width / ARROWS, this.height / ARROWS];
    const found = [];
    for (let row = 0; row < ARROWS; row++) {
      for (let column = 0; column < ARROWS; column++) {
        const [px, py] = [(column + 0.5) * spacing[0], (row + 0.5) * spacing[1]];
        const [du, dv] = toPlane(program.gradient(k, fromPlane([this.x(px), this.y(py)], x), p));
        const step = [du * (this.px(1) - this.px(0)), dv * (this.py(1) - this.py(0))];
        if (step.every(Number.isFinite)) found.push([px, py, ...step]);
      }
    }
    const longest = Math.max(...found.map(([, , dx, dy]) => Math.hypot(dx, dy)), Number.MIN_VALUE);
    const scale = (0.9 * Math.min(...spacing)) / longest;
    this.arrows.setAttribute("d", found.map(([px, py, dx, dy]) => arrow(px, py, dx * scale, dy * scale)).join(""));
  }
}

// The palette of the curves, between its light and its dark form, as a canvas needs it.
const FILLS = [[43, 147, 203], [234, 122, 40], [26, 173, 128]];

function arrow(x, y, dx, dy) {
  const length = Math.hypot(dx, dy);
  if (length < 1) return `M${hundredths(x)} ${hundredths(y)}h0`;
  const [ux, uy] = [dx / length, dy / length];
  const head = Math.min(5, length / 2);
  const [ex, ey] = [x + dx / 2, y + dy / 2];
  const barb = (side) => `${hundredths(ex - head * (ux + (side * uy) / 2))} ${hundredths(ey - head * (uy - (side * ux) / 2))}`;
  return `M${hundredths(x - dx / 2)} ${hundredths(y - dy / 2)}L${hundredths(ex)} ${hundredths(ey)}M${barb(1)}L${hundredths(ex)} ${hundredths(ey)}L${barb(-1)}`;
}

// Where a field takes each of these levels, as segments [x, y, x, y] in cells: along its diagonal each cell is cut into two
// triangles, in which the field is taken to be linear, so that a segment joins two of their sides and no case is ambiguous.
// Given its `value` as a function of the cells it is not linear: it jumps, and is asked where.
function contours(field, levels, value) {
  const wide = CELLS + 1;
  const found = levels.map(() => []);
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const node = row * wide + column;
      const [z0, z1, z2, z3] = [field[node], field[node + 1], field[node + wide + 1], field[node + wide]];
      const [low, high] = [Math.min(z0, z1, z2, z3), Math.max(z0, z1, z2, z3)];
      if (!Number.isFinite(high - low)) continue;
      for (let i = 0; i < levels.length; i++) {
        if (!(low < levels[i] && levels[i] <= high)) continue;
        cross(found[i], value, levels[i], column, row, z0, column + 1, row, z1, column + 1, row + 1, z2);
        cross(found[i], value, levels[i], column, row, z0, column + 1, row + 1, z2, column, row + 1, z3);
      }
    }
  }
  return found;
}

// The segment on which a function takes a level that over a triangle is linear, or jumps.
function cross(segments, value, level, x0, y0, z0, x1, y1, z1, x2, y2, z2) {
  const ends = [];
  const side = (ax, ay, az, bx, by, bz) => {
    if (az >= level === bz >= level) return;
    const part = value ? jump(value, level, ax, ay, bx, by) : (level - az) / (bz - az);
    ends.push(ax + part * (bx - ax), ay + part * (by - ay));
  };
  side(x0, y0, z0, x1, y1, z1);
  side(x1, y1, z1, x2, y2, z2);
  side(x2, y2, z2, x0, y0, z0);
  if (ends.length === 4) segments.push(ends);
}

// How far from one place to the other a function first jumps across a level.
function jump(value, level, ax, ay, bx, by) {
  const side = value(ax, ay) >= level;
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (value(ax + middle * (bx - ax), ay + middle * (by - ay)) >= level === side) low = middle;
    else high = middle;
  }
  return low;
}

// Round values, sixteen at most, between the least and the largest of a field.
function levelsOf(field) {
  const known = field.filter(Number.isFinite);
  const [low, high] = [known.reduce((a, b) => Math.min(a, b), Infinity), known.reduce((a, b) => Math.max(a, b), -Infinity)];
  if (!(high > low)) return [];
  const step = niceStep((high - low) / 16);
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
    .filter((level) => low < level && level < high);
}
