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

// The parameters and their values.
function settings({ parameters, values }) {
  return parameters.map(({ key, text, of }) => `${text}${of && ` of ${of}`} = ${format(values.parameters[key])}`);
}

// The point and the values there.
function sentence({ values: { x }, followed, p }) {
  const known = ORDERS.slice(0, Math.max(1, followed.orders.length));
  const at = known.map(({ text }, order) => `${text}(x) = ${format(valueAt(followed, order, x, p))}`);
  return [`x = ${format(x)}`, ...at].join(", ");
}

// What the plot shows.
function describe(explorer) {
  const { window: [x0, x1], show } = explorer.values;
  const { followed, p } = explorer;
  const names = explorer.curves.filter((curve) => explorer.visible(curve)).map((curve) => curve.label);
  const orders = ORDERS.filter(({ key }) => show.includes(key)).map(({ text }) => text);
  const given = explorer.parameters.length ? `, with ${settings(explorer).join(", ")}` : "";
  const end = (x) => `f(${format(x)}) = ${format(valueAt(followed, 0, x, p))}`;
  const notes = kinks(followed, p, [x0, x1]).map(noteOn).filter(Boolean);
  return [
    `Graph of ${names.join(", ")}: ${orders.join(", ")} for x from ${format(x0)} to ${format(x1)}${given}.`,
    `${followed.label}: ${end(x0)}, ${end(x1)}.`,
    `Point: ${sentence(explorer)}.`,
    ...notes,
  ].join(" ");
}
