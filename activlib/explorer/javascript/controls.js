// What stands around the plot: the legend, the view's buttons, the read-out and the sliders.

function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const write = (element, text) => element.textContent !== text && (element.textContent = text);

// Names of f and its derivatives: as text, in the state, and as a label in letters of mathematics.
const ORDERS = [
  { key: "f", text: "f" },
  { key: "df", text: "f′" },
  { key: "d2f", text: "f″" },
];

// How many of them the curves have; a curve of samples has itself.
const highestOrder = (curves) => Math.max(1, ...curves.map((curve) => curve.orders.length));

// A symbol in the letters of mathematics.
const math = (text) => html("i", { class: "ax-math" }, text);

function swatch(classes) {
  const icon = svg("svg", { class: "ax-swatch", viewBox: "0 0 24 8", "aria-hidden": "true" });
  svg("path", { class: `ax-curve ${classes}`, d: "M1 4H23" }, icon);
  return icon;
}

const ICONS = {
  in: "M8 3v10M3 8h10",
  out: "M3 8h10",
  reset: "M3.2 8a4.8 4.8 0 1 0 1.6-3.6M3 2.6v3h3",
  link: "M6.6 9.4l2.8-2.8M7.2 4.8l1.6-1.6a2.5 2.5 0 0 1 3.6 3.6l-1.6 1.6M8.8 11.2l-1.6 1.6a2.5 2.5 0 0 1-3.6-3.6l1.6-1.6",
};

function iconButton(name, label, onclick) {
  const icon = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "ax-icon" });
  svg("path", { d: ICONS[name] }, icon);
  return html("button", { type: "button", class: "ax-button", "aria-label": label, title: label, onclick }, icon);
}

// Buttons that show and hide: one per curve where several are compared, one per derivative. A single curve of samples
// has its name there.
class Legend {
  constructor(explorer) {
    const { curves, compared } = explorer;
    const key = (label, classes, onclick) =>
      html("button", { type: "button", class: "ax-key", onclick }, swatch(classes), label);
    this.curves = !compared ? [] : curves.map((curve, i) =>
      key(curve.label, `ax-color-${i}`, () => explorer.toggleCurve(curve.name)));
    this.orders = ORDERS.slice(0, highestOrder(curves)).map(({ key: name, text }, i) =>
      key(math(text), `ax-order-${i} ${compared ? "ax-neutral" : `ax-color-${i}`}`, () => explorer.toggleOrder(name)));
    const group = (label, buttons) =>
      buttons.length > 1 ? [html("div", { class: "ax-keys", role: "group", "aria-label": label }, ...buttons)] : [];
    const name = !compared && curves[0].samples ? [html("span", { class: "ax-name" }, swatch("ax-color-0"), curves[0].label)] : [];
    this.parts = [
      ...name,
      ...group("Functions shown", this.curves),
      ...group("Function and derivatives shown", this.orders),
    ];
  }

  update({ hidden, show }, curves) {
    this.curves.forEach((button, i) => button.setAttribute("aria-pressed", !hidden.includes(curves[i].name)));
    this.orders.forEach((button, i) => button.setAttribute("aria-pressed", show.includes(ORDERS[i].key)));
  }
}

// Zoom, reset, link and help.
function viewButtons(explorer) {
  const help = html("dl", {}, ...[
    ...explorer.keys,
    ["+ − 0", "zoom in, zoom out, reset the view"],
    ["drag", "move the point, or pan the plot"],
    ["wheel", "zoom, with Ctrl or after a click in the plot"],
    ["touch", "tap, drag the point, pinch"],
  ].map(([keys, what]) => html("div", {}, html("dt", {}, keys), html("dd", {}, what))));
  const link = explorer.linkable ? [iconButton("link", "Copy link to this view", () => explorer.copyLink())] : [];
  return html("div", { class: "ax-tools", role: "group", "aria-label": "View" },
    iconButton("in", "Zoom in", () => explorer.zoom(0.5)),
    iconButton("out", "Zoom out", () => explorer.zoom(2)),
    iconButton("reset", "Reset view", () => explorer.resetView()),
    ...link,
    helpOn(help));
}

// A list that opens below its button, until Escape or until the reader turns to something else.
function helpOn(list) {
  const button = html("summary", { class: "ax-button", "aria-label": "Keys and gestures", title: "Keys and gestures" }, "?");
  list.tabIndex = -1; // a click in it keeps it open
  const help = html("details", {
    class: "ax-help",
    onfocusout: ({ relatedTarget }) => (help.open &&= help.contains(relatedTarget)),
    onkeydown: ({ key }) => {
      if (key !== "Escape" || !help.open) return;
      help.open = false;
      button.focus();
    },
  }, button, list);
  return help;
}

// x and the values there; in a comparison also whose they are.
class Readout {
  constructor(explorer) {
    const { curves, compared } = explorer;
    this.terms = [0, ...ORDERS.slice(0, highestOrder(curves))].map(() => html("dt"));
    this.cells = this.terms.map(() => html("dd"));
    this.parts = this.terms.map((term, i) => html("div", {}, term, this.cells[i]));
    this.select = html("select", { "aria-label": "Function whose point moves", onchange: () => explorer.follow(this.select.value) },
      ...curves.map((curve) => html("option", { value: curve.name }, curve.label)));
    this.note = html("p", { class: `ax-note${curves.some((curve) => curve.breakpoints.length) ? " ax-kept" : ""}` });
    this.part = html("div", { class: "ax-values" }, ...(compared ? [this.select] : []), html("dl", {}, ...this.parts), this.note);
  }

  update(x, values, note, followed) {
    [x, ...values].slice(0, this.cells.length).forEach((value, i) => write(this.cells[i], value));
    write(this.note, note);
    if (this.followed !== followed) this.follow(followed);
  }

  // A curve of samples has neither derivatives nor a formula whose value would be f(x).
  follow(followed) {
    this.followed = followed;
    this.select.value = followed.name;
    const f = followed.samples ? [math("y")] : [math("f"), "(", math("x"), ")"];
    const terms = [[math("x")], f, ...ORDERS.slice(1).map(({ text }) => [math(text), "(", math("x"), ")"])];
    this.terms.forEach((term, i) => term.replaceChildren(...terms[i]));
    this.parts.forEach((part, i) => part.classList.toggle("ax-idle", i > highestOrder([followed])));
  }
}

// A parameter: its slider, its exact value to read or type, and a button back to its default.
class Slider {
  constructor(explorer, parameter, move = (value) => explorer.set({ parameters: { [parameter.key]: value } })) {
    const { key, text, of, slider: [min, max, step] } = parameter;
    this.parameter = parameter;
    const name = of ? `${text} of ${of}` : text;
    const id = `${explorer.uid}-${key.replace(/\W/g, "-")}`;
    this.range = html("input", { type: "range", min, max, step, id, oninput: () => move(Number(this.range.value)) });
    this.field = html("input", { type: "number", step: "any", "aria-label": `value of ${name}`,
      onchange: () => this.type(move), onkeydown: (event) => event.key === "Enter" && this.type(move) });
    this.reset = iconButton("reset", `Reset ${name} to ${format(parameter.default)}`, () => move(parameter.default));
    this.message = html("p", { class: "ax-message", role: "alert", id: `${id}-message` });
    this.part = html("div", { class: "ax-slider" },
      html("label", { for: id }, math(text), ...(of ? [html("small", {}, ` ${of}`)] : [])),
      this.range, this.field, this.reset, this.message);
  }

  type(move) {
    const value = this.field.valueAsNumber;
    const message = Number.isNaN(value) ? "Type a number." : inDomain(this.parameter, value) ? "" : this.requirement();
    this.complain(message);
    if (!message) move(value);
  }

  requirement() {
    return `${this.parameter.text} must satisfy ${this.parameter.domain.text}.`;
  }

  complain(message) {
    this.message.textContent = message;
    this.field.toggleAttribute("aria-invalid", Boolean(message));
    if (message) this.field.setAttribute("aria-describedby", this.message.id);
    else this.field.removeAttribute("aria-describedby");
  }

  update(value) {
    if (this.shown === value) return;
    this.shown = value;
    this.complain("");
    this.range.value = value;
    this.range.setAttribute("aria-valuetext", format(value));
    this.field.value = value;
    this.reset.disabled = value === this.parameter.default;
  }
}

function inDomain({ domain }, value) {
  return Number.isFinite(value) && domain.intervals.some(([low, high, lowOpen, highOpen]) =>
    (low === null || value > low || (value === low && !lowOpen)) &&
    (high === null || value < high || (value === high && !highOpen)));
}
