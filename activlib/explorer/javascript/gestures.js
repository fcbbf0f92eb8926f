// Pointer, wheel and keys on the plot.

const CLICK = 4; // pixels that a pointer may stray in a click
const TAP = 10; // the same for a finger
const SNAP = 6; // pixels within which the point settles on a breakpoint
const NEAR = 16; // pixels within which a click picks a curve

class Gestures {
  constructor(explorer) {
    this.explorer = explorer;
    this.pointers = new Map(); // where each pointer that is down was last
    const { surface, handle, area } = explorer;
    for (const target of [surface, handle]) {
      target.addEventListener("pointerdown", (event) => this.down(event, target));
      target.addEventListener("pointermove", (event) => this.move(event));
      target.addEventListener("pointerup", (event) => this.up(event));
      target.addEventListener("pointercancel", (event) => this.cancel(event));
      target.addEventListener("dblclick", () => explorer.resetView());
    }
    area.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    // One finger beside the point scrolls the page, two are ours.
    area.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
    handle.addEventListener("keydown", (event) => this.key(event));
  }

  // A pointer's place inside the plot, in pixels.
  place(event) {
    const box = this.explorer.area.getBoundingClientRect();
    return [event.clientX - box.left - this.explorer.plot.left, event.clientY - box.top - this.explorer.plot.margin.top];
  }

  down(event, target) {
    if (event.button !== 0) return;
    event.preventDefault(); // of selecting text; so the focus is ours to give
    target.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.start = this.place(event);
    const onPoint = target === this.explorer.handle;
    // A finger beside the point may be on its way down the page: it is ours if it taps.
    this.mode = this.pointers.size > 1 ? "pinch" : onPoint ? "point" : event.pointerType === "mouse" ? "pan" : "tap";
    this.moved = false;
    if (this.mode !== "tap") this.focus();
  }

  focus() {
    this.explorer.handle.focus({ preventScroll: true });
  }

  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const now = this.place(event);
    const strayed = Math.hypot(now[0] - this.start[0], now[1] - this.start[1]);
    if (!this.moved && strayed < (this.mode === "tap" ? TAP : CLICK)) return;
    this.moved = true;
    if (this.mode === "point") this.settle(now);
    else if (this.pointers.size === 2) this.pinch(event.pointerId, now);
    else if (this.mode === "pan") this.pan(last, now);
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (!this.moved && this.mode !== "pinch") this.click(this.place(event));
    if (this.pointers.size === 0) this.mode = undefined;
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.moved = true; // whatever the other finger does is no click
  }

  click([px, py]) {
    const { explorer } = this;
    this.focus();
    const x = explorer.plot.x(px);
    const distance = (curve) => {
      const away = Math.abs(explorer.plot.py(valueAt(curve, 0, x, explorer.p)) - py);
      return Number.isNaN(away) ? Infinity : away;
    };
    const [nearest] = explorer.curves.filter((curve) => explorer.visible(curve)).sort((a, b) => distance(a) - distance(b));
    if (nearest && distance(nearest) < NEAR) explorer.state = { highlight: nearest.name };
    this.settle([px, py]);
  }

  // Put the point at the round number or the breakpoint next to a pixel.
  settle([px]) {
    const { explorer } = this;
    const [x0, x1] = explorer.values.window;
    const { plot } = explorer;
    const inside = Math.min(Math.max(px, 0), plot.width);
    const kink = breakpointsOf(explorer.followed, explorer.p, [x0, x1]).find((b) => Math.abs(plot.px(b) - inside) < SNAP);
    explorer.movePoint(kink ?? rounded(plot.x(inside), (x1 - x0) / plot.width));
  }

  pan([fromX, fromY], [toX, toY]) {
    const { plot, values } = this.explorer;
    const [dx, dy] = [plot.x(fromX) - plot.x(toX), plot.y(fromY) - plot.y(toY)];
    const [x0, x1, y0, y1] = values.window;
    this.explorer.show([x0 + dx, x1 + dx, y0 + dy, y1 + dy]);
  }

  pinch(id, now) {
    const { explorer } = this;
    const last = this.pointers.get(id);
    const [, other] = [...this.pointers].find(([key]) => key !== id);
    const distance = (a, b) => Math.max(8, Math.hypot(a[0] - b[0], a[1] - b[1]));
    const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    this.pan(middle(last, other), middle(now, other));
    explorer.plot.setWindow(explorer.values.window);
    const [px, py] = middle(now, other);
    explorer.zoom(distance(last, other) / distance(now, other), explorer.plot.x(px), explorer.plot.y(py));
  }

  // The page keeps its wheel unless the reader is at work in the plot or asks for zoom.
  wheel(event) {
    const { explorer } = this;
    if (!event.ctrlKey && !event.metaKey && !explorer.area.contains(document.activeElement)) return;
    event.preventDefault();
    const [px, py] = this.place(event);
    const lines = event.deltaMode === 1 ? 16 : 1;
    explorer.zoom(2 ** ((event.deltaY * lines) / 300), explorer.plot.x(px), explorer.plot.y(py));
  }

  key(event) {
    const { explorer } = this;
    const actions = {
      ...this.moves(event.shiftKey ? 1 / 10 : event.altKey ? 1 / 200 : 1 / 50),
      "+": () => explorer.zoom(0.5), "=": () => explorer.zoom(0.5),
      "-": () => explorer.zoom(2), "0": () => explorer.resetView(),
    };
    if (event.ctrlKey || event.metaKey || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }

  // What the keys do that move the point, by this part of the window.
  moves(part) {
    const { explorer } = this;
    const [x0, x1] = explorer.values.window;
    const step = (x1 - x0) * part;
    return {
      ArrowLeft: () => this.step(-step), ArrowDown: () => this.step(-step),
      ArrowRight: () => this.step(step), ArrowUp: () => this.step(step),
      PageDown: () => this.step((x0 - x1) / 10), PageUp: () => this.step((x1 - x0) / 10),
      Home: () => explorer.movePoint(x0), End: () => explorer.movePoint(x1),
    };
  }

  // Move the point, but not past a breakpoint: a reader of the keyboard must be able to stand on it. Among samples it
  // moves on by one at least.
  step(by) {
    const { explorer } = this;
    const { x, window: [x0, x1] } = explorer.values;
    const target = Math.min(Math.max(x + by, x0), x1);
    const { samples } = explorer.followed;
    if (samples) {
      const next = by > 0 ? samples[0].find((other) => other > x) : samples[0].findLast((other) => other < x);
      const far = nearestSample(samples, target);
      return explorer.movePoint(next === undefined || (far - next) * by > 0 ? far : next);
    }
    const [low, high] = [Math.min(x, target), Math.max(x, target)];
    const crossed = breakpointsOf(explorer.followed, explorer.p, [low, high]).filter((b) => b !== x);
    const reached = by > 0 ? crossed[0] : crossed.at(-1);
    explorer.movePoint(reached ?? Number(target.toFixed(Math.min(15, decimalsOf(Math.abs(by)) + 3))));
  }
}
