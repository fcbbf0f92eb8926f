// A view in the page's address: ?explorer=explorer-elu&alpha=2&x=-1&window=-5,5,-2,5&show=f,df&curve=elu#explorer-elu

function writeLink(explorer) {
  const { parameters, x, window, show, highlight, hidden } = explorer.values;
  const url = new URL(location.href);
  url.search = new URLSearchParams({
    ...Object.fromEntries(new URLSearchParams(explorer.dataset.address)), // what the page itself has in its address
    explorer: explorer.id,
    ...parameters,
    x: Number(x.toPrecision(12)),
    window: window.map((end) => Number(end.toPrecision(12))).join(","),
    show: show.join(","),
    ...(explorer.compared ? { curve: highlight, hidden: hidden.join(",") } : {}),
  }).toString().replaceAll("%2C", ",");
  url.hash = explorer.id;
  return url.href;
}

// The parts of the state that the address gives for this explorer; what does not make sense is left out.
function readLink(explorer) {
  const given = new URLSearchParams(location.search);
  if (given.get("explorer") !== explorer.id) return {};
  const numbers = (key) => given.get(key)?.split(",").map((part) => (part.trim() === "" ? NaN : Number(part))) ?? [];
  const names = explorer.curves.map(({ name }) => name);
  const read = {};
  const [x] = numbers("x");
  if (Math.abs(x) <= LARGEST) read.x = x;
  const window = numbers("window");
  const ordered = window.length === 4 && window[0] < window[1] && window[2] < window[3];
  if (ordered && window.every((end) => Math.abs(end) <= LARGEST)) read.window = window;
  if (given.has("show")) read.show = ORDERS.map(({ key }) => key).filter((key) => given.get("show").split(",").includes(key));
  if (names.includes(given.get("curve"))) read.highlight = given.get("curve");
  if (given.has("hidden")) read.hidden = names.filter((name) => given.get("hidden").split(",").includes(name));
  const parameters = explorer.parameters
    .map((parameter) => [parameter, numbers(parameter.key)[0]])
    .filter(([parameter, value]) => inDomain(parameter, value))
    .map(([{ key }, value]) => [key, value]);
  return { ...read, parameters: { ...explorer.first.parameters, ...Object.fromEntries(parameters) } };
}
