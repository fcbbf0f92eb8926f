// Curves as points: piece by piece between breakpoints, each piece up to and including its ends, where it takes its
// one-sided value. A not-a-number among the points lifts the pen.

// How far inside a piece the conditions at its end are decided, relative to max(1, |end|); as in sampling.py.
const NUDGE = 1e-9;
// A formula that has no value at the end of its piece, such as sin(x)/x at 0, is read this far from the end.
const APPROACH = 1e-5;
const MAX_POLES = 50;

// Points to draw, written over at every frame: arrays that grow anew each time would be garbage by the next.
class Points {
  xs = [];
  ys = [];
  size = 0;

  add(x, y) {
    this.xs[this.size] = x;
    this.ys[this.size++] = y;
  }

  lift() {
    this.add(NaN, NaN);
  }
}

// The value at x that the definition gives: at a breakpoint, that of the piece which owns it.
function valueAt(curve, order, x, p) {
  if (curve.samples) return order === 0 ? interpolate(curve.samples, x) : NaN;
  return order < curve.orders.length ? curve.orders[order].value(x, x, p) : NaN;
}

function interpolate([xs, ys], x) {
  const above = xs.findIndex((other) => other >= x);
  if (above < 0 || x < xs[0]) return NaN;
  if (xs[above] === x) return ys[above];
  const part = (x - xs[above - 1]) / (xs[above] - xs[above - 1]);
  return ys[above - 1] + part * (ys[above] - ys[above - 1]);
}

// The sample next to x: between samples there are no data, only a line to guide the eye.
function nearestSample([xs], x) {
  return xs.reduce((best, other) => (Math.abs(other - x) < Math.abs(best - x) ? other : best));
}

// The value at x of the piece that lies in `direction` (-1 left, 1 right) of it.
function oneSided(value, x, direction, p) {
  const scale = Math.max(1, Math.abs(x));
  const exact = value(x, x + direction * NUDGE * scale, p);
  if (!Number.isNaN(exact)) return exact;
  const near = x + direction * APPROACH * scale;
  return value(near, near, p);
}

function breakpointsOf(curve, p, [low, high]) {
  const places = curve.breakpoints.map((place) => place(NaN, NaN, p)).filter((b) => b > low && b < high);
  return [...new Set(places)].sort((a, b) => a - b);
}

// Whether two values are the same but for rounding, or the same infinity.
function meet(left, right) {
  return left === right || Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right));
}

// What happens at each breakpoint in the window, for each order: the one-sided limits, the value that the definition
// gives, and whether the derivative exists there (orders below must be continuous for that).
function kinks(curve, p, window) {
  return breakpointsOf(curve, p, window).map((x) => {
    let smooth = true;
    const orders = curve.orders.map(({ value }, order) => {
      const [left, right] = [oneSided(value, x, -1, p), oneSided(value, x, 1, p)];
      const own = value(x, x, p);
      const joined = meet(left, right);
      // The value itself exists everywhere; a derivative needs everything below it to be continuous.
      const exists = order === 0 || (smooth && joined);
      smooth = smooth && joined && meet(own, left);
      return { left, right, own, exists, continuous: smooth };
    });
    return { x, orders };
  });
}

// The breakpoint at x exactly, if there is one.
function kinkAt(curve, p, x) {
  const near = Math.max(1, Math.abs(x));
  return kinks(curve, p, [x - near, x + near]).find((kink) => kink.x === x);
}

// Write about `count` points of one curve over the window.
function sample(curve, order, p, [low, high], count, points) {
  points.size = 0;
  if (curve.samples) {
    if (order === 0) curve.samples[0].forEach((x, i) => points.add(x, curve.samples[1][i]));
    return;
  }
  if (order >= curve.orders.length) return;
  const { value, cuts } = curve.orders[order];
  const ends = [low, ...breakpointsOf(curve, p, [low, high]), high];
  let poles = 0;
  for (let piece = 0; piece + 1 < ends.length; piece++) {
    const [a, b] = [ends[piece], ends[piece + 1]];
    const steps = Math.max(2, Math.round((count * (b - a)) / (high - low)));
    const first = oneSided(value, a, 1, p);
    const last = oneSided(value, b, -1, p);
    if (piece > 0 && !meet(points.ys[points.size - 1], first)) points.lift();
    points.add(a, first);
    if (Math.abs(first) === Infinity) approach(value, a, a + (b - a) / steps, p, points, true);
    for (let i = 1; i <= steps; i++) {
      const before = a + ((b - a) * (i - 1)) / steps;
      const x = i < steps ? a + ((b - a) * i) / steps : b;
      const crossed = cuts.length > 0 && cuts.find((cut) => changesSign(cut, before, x, p));
      if (crossed && poles++ < MAX_POLES) {
        const pole = bisect(crossed, before, x, p);
        approach(value, pole, before, p, points);
        points.lift();
        approach(value, pole, x, p, points, true);
      } else if (crossed) {
        points.lift();
      }
      if (i === steps && Math.abs(last) === Infinity) approach(value, b, before, p, points);
      points.add(x, i < steps ? value(x, x, p) : last);
    }
  }
}

// By the intermediate value theorem a cut with opposite signs at two points has a zero, and the curve a pole, between.
function changesSign(cut, a, b, p) {
  const side = (a + b) / 2;
  return cut(a, side, p) * cut(b, side, p) < 0;
}

function bisect(cut, a, b, p) {
  const side = (a + b) / 2;
  const negative = cut(a, side, p) < 0;
  for (let i = 0; i < 60; i++) {
    const middle = (a + b) / 2;
    if (cut(middle, side, p) < 0 === negative) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

// The branch beside a pole by points that come ever closer to it, or that come away from it.
function approach(value, pole, from, p, points, away = false) {
  const places = Array.from({ length: 20 }, (_, i) => pole + (from - pole) * 2 ** -(i + 1));
  for (const x of away ? places.reverse() : places) points.add(x, value(x, x, p));
}
