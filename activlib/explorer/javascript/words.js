// The explorer in words: at a breakpoint, for the point, and for the whole plot.

// What a reader should know about the breakpoint that the point stands on.
function noteOn(kink) {
  if (!kink || kink.orders.length === 0) return "";
  const at = `at x = ${format(kink.x)}`;
  const [f, ...derivatives] = kink.orders;
  if (!f.continuous) {
    return `f jumps ${at} from ${format(f.left)} to ${format(f.right)}; f′ does not exist there, its value is a convention.`;
  }
  const order = derivatives.findIndex(({ exists }) => !exists);
  if (order < 0) return "";
  const { left, right, own } = derivatives[order];
  const name = ORDERS[order + 1].text;
  const limits = meet(left, right) ? "" : `: ${format(left)} from the left, ${format(right)} from the right`;
  return `${name} does not exist ${at}${limits}; ${format(own)} is used by convention.`;
}

// A place on the axis of x, as exactly as the window shows it.
function place(x, [low, high]) {
  return format(x, Math.max(4, decimalsOf((high - low) / 1000)), 12);
}

// The parameters and their values.
function settings({ parameters, values }) {
  return parameters.map(({ key, text, of }) => `${text}${of && ` of ${of}`} = ${format(values.parameters[key])}`);
}

// The point and the values there.
function sentence({ values: { x, window }, followed, p }) {
  const known = followed.samples ? ["y"] : ORDERS.slice(0, followed.orders.length).map(({ text }) => `${text}(x)`);
  const at = known.map((name, order) => `${name} = ${format(valueAt(followed, order, x, p))}`);
  return [`x = ${place(x, window)}`, ...at].join(", ");
}

// What the plot shows.
function describe(explorer) {
  const { window, show } = explorer.values;
  const [x0, x1] = window;
  const { curves, followed, p } = explorer;
  const names = curves.filter((curve) => explorer.visible(curve)).map((curve) => curve.label);
  const orders = ORDERS.filter(({ key }) => show.includes(key)).map(({ text }) => text);
  const shown = curves.every((curve) => curve.samples) ? "" : `: ${orders.join(", ")}`;
  const given = explorer.parameters.length ? `, with ${settings(explorer).join(", ")}` : "";
  const end = (x) => `${followed.samples ? "y" : "f"}(${place(x, window)}) = ${format(valueAt(followed, 0, x, p))}`;
  const notes = kinks(followed, p, [x0, x1]).map(noteOn).filter(Boolean);
  return [
    `Graph of ${names.join(", ")}${shown} for x from ${place(x0, window)} to ${place(x1, window)}${given}.`,
    `${followed.label}: ${end(x0)}, ${end(x1)}.`,
    `Point: ${sentence(explorer)}.`,
    ...notes,
  ].join(" ");
}
