// A view in the page's address: ?explorer=explorer-elu&alpha=2&x=-1&window=-5,5,-2,5&show=f,df&curve=elu#explorer-elu

function writeLink(explorer) {
  const url = new URL(location.href);
  url.search = new URLSearchParams({
    ...Object.fromEntries(new URLSearchParams(explorer.dataset.address)), // what the page itself has in its address
    explorer: explorer.id,
    ...explorer.values.parameters,
    ...explorer.writeAddress(),
  }).toString().replaceAll("%2C", ",");
  url.hash = explorer.id;
  return url.href;
}

// The parts of the state that the address gives for this explorer; what does not make sense is left out.
function readLink(explorer) {
  const given = new URLSearchParams(location.search);
  if (given.get("explorer") !== explorer.id) return {};
  const numbers = (key) => given.get(key)?.split(",").map((part) => (part.trim() === "" ? NaN : Number(part))) ?? [];
  const parameters = explorer.parameters
    .map((parameter) => [parameter, numbers(parameter.key)[0]])
    .filter(([parameter, value]) => inDomain(parameter, value))
    .map(([{ key }, value]) => [key, value]);
  return { ...explorer.readAddress(given, numbers), parameters: { ...explorer.first.parameters, ...Object.fromEntries(parameters) } };
}

const address = (value) => Number(value.toPrecision(12));

function readWindow(ends) {
  const ordered = ends.length === 4 && ends[0] < ends[1] && ends[2] < ends[3];
  return ordered && ends.every((end) => Math.abs(end) <= LARGEST) ? { window: ends } : {};
}

// Which of `all` (with keys) are shown, in their order.
const inOrder = (names, all) => all.map(({ key }) => key).filter((key) => names.includes(key));

const readShow = (given, all) => (given.has("show") ? { show: inOrder(given.get("show").split(","), all) } : {});

const toggled = (show, name, all) =>
  inOrder(show.includes(name) ? show.filter((other) => other !== name) : [...show, name], all);
