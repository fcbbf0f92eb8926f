// Inputs as sliders, components as bars with their values, and the Jacobian as a table.

class Rows {
  constructor(explorer, program) {
    this.program = program;
    const symbol = (text, i) => html("span", { class: "ax-symbol" }, html("i", { class: `ax-chip ax-color-${i}` }), math(text));
    this.sliders = program.inputs.map(({ key, text }, i) => {
      const domain = { text: `|${text}| ≤ 10⁹`, intervals: [[-LARGEST, LARGEST, false, false]] };
      const parameter = { key, text, domain, slider: explorer.specification.slider, default: explorer.specification.x[i] ?? 0 };
      const slider = new Slider(explorer, parameter, (value) => explorer.moveInput(i, value));
      slider.part.classList.add("ax-input");
      slider.part.querySelector("label").prepend(html("i", { class: `ax-chip ax-color-${i}` }));
      return slider;
    });
    this.bars = program.outputs.map(({ text }, i) => {
      const icon = svg("svg", { class: `ax-gauge ax-color-${i}`, viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
      const bar = svg("rect", { y: 0, height: 10 }, icon);
      const zero = svg("path", { class: "ax-axes" }, icon);
      const value = html("dd");
      return { bar, zero, value, part: html("div", { class: "ax-output" }, html("dt", {}, symbol(text, i)), icon, value) };
    });
    this.cells = program.outputs.map(() => program.inputs.map(() => html("td")));
    // A wide one scrolls in its place, by keys too.
    const wide = program.inputs.length > 4 ? { tabindex: 0, role: "group", "aria-label": "Jacobian" } : {};
    this.table = html("div", { class: "ax-table", ...wide }, html("table", { class: "ax-jacobian" },
      html("caption", {}, "Jacobian: ∂ row ∕ ∂ column"),
      html("thead", {}, html("tr", {}, html("td"), ...program.inputs.map(({ text }) => html("th", { scope: "col" }, math(text))))),
      html("tbody", {}, ...program.outputs.map(({ text }, i) =>
        html("tr", {}, html("th", { scope: "row" }, math(text)), ...this.cells[i])))));
    this.parts = [
      html("div", { class: "ax-inputs" }, ...this.sliders.map((slider) => slider.part)),
      html("div", { class: "ax-outputs" }, html("dl", {}, ...this.bars.map(({ part }) => part))),
    ];
  }

  update(x, values, jacobian, [low, high]) {
    this.sliders.forEach((slider, i) => slider.update(x[i]));
    const known = values.filter(Number.isFinite);
    [low, high] = [Math.min(low, 0, ...known), Math.max(high, 0, ...known)];
    const along = (value) => hundredths((100 * (value - low)) / (high - low));
    values.forEach((value, i) => {
      const { bar, zero, value: cell } = this.bars[i];
      const [from, to] = Number.isFinite(value) ? [along(Math.min(value, 0)), along(Math.max(value, 0))] : [0, 0];
      bar.setAttribute("x", from);
      bar.setAttribute("width", to - from);
      zero.setAttribute("d", `M${along(0)} 0V10`);
      write(cell, format(value));
    });
    jacobian.forEach((row, i) => row.forEach((entry, j) => {
      const cell = this.cells[i][j];
      write(cell, entry !== 0 && Math.abs(entry) < 5e-4 ? "0.000" : format(entry, 3, 1)); // a plain 0 is exact
      cell.className = heat(entry);
    }));
  }
}

// A class of color by sign and size, the same whatever else is in the table: so it fades as a function saturates.
function heat(entry) {
  const shade = Math.round(8 * (1 - Math.exp(-3 * Math.abs(entry))));
  return shade > 0 ? `ax-heat ax-heat-${shade} ax-color-${entry < 0 ? 1 : 0}` : "";
}

const choice = (label, options, onchange) => {
  const select = html("select", { "aria-label": label, onchange: () => onchange(select.value) },
    ...options.map(([value, text]) => html("option", { value }, text)));
  return { select, part: html("label", { class: "ax-choice" }, label, select) };
};
