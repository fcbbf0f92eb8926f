// One explorer of the functions that the address names, ?functions=relu,elu, and boxes to choose others.
"use strict";
const Compare = {};
(() => {
  const root = document.querySelector(".compare");
  const boxes = [...root.querySelectorAll(".compare-choice input")];
  const note = root.querySelector(".compare-choice [aria-live]");
  const most = Number(root.dataset.most);
  const known = new Set(boxes.map(({ value }) => value));

  function asked() {
    const names = new URLSearchParams(location.search).get("functions")?.split(",").filter((name) => known.has(name)) ?? [];
    return [...new Set(names)].slice(0, most);
  }

  // The window that holds all of them, not higher on either side of 0 than it is wide.
  function windowOf(parts) {
    const ends = parts.map((part) => part.window);
    const [low, high, bottom, top] = [0, 1, 2, 3].map((i) => Math[i % 2 ? "max" : "min"](...ends.map((window) => window[i])));
    return [low, high, Math.max(bottom, low - high), Math.min(top, high - low)];
  }

  function specification(names, parts) {
    const several = parts.filter(({ parameters }) => parameters.length).length > 1 || parts.some(({ parameters }) => parameters.length > 1);
    const window = windowOf(parts);
    return {
      version: 1,
      id: "explorer-compare",
      label: `Explorer of ${parts.map(({ curve }) => curve.label).join(", ")}`,
      caption: parts.length > 1 ? "" : parts[0].curve.label, // the name of a single curve stands nowhere else
      curves: parts.map(({ curve }) => curve),
      parameters: parts.flatMap(({ parameters }) => parameters).map((p) => ({ ...p, of: several ? p.of : "" })),
      highlight: names[0],
      show: ["f"],
      window,
      x: window[0] < -1 && window[1] > -1 ? -1 : (window[0] + window[1]) / 2,
      marks: [],
    };
  }

  function mark(names) {
    for (const box of boxes) {
      box.checked = names.includes(box.value);
      box.disabled = !box.checked && names.length >= most;
    }
    note.textContent = names.length < most ? `${names.length} of at most ${most} chosen.` : `${most} chosen, which is the most.`;
  }

  let all;
  function show(names) {
    const explorer = document.createElement("activation-explorer");
    explorer.dataset.address = new URLSearchParams({ functions: names.join(",") });
    explorer.specification = specification(names, names.map((name) => all[name]));
    root.querySelector("activation-explorer").replaceWith(explorer);
    mark(names);
  }

  Compare.setParts = (parts) => {
    all = parts;
    const names = asked();
    if (names.length) show(names);
    else mark(root.dataset.first.split(" "));
  };

  root.addEventListener("change", ({ target }) => {
    if (!boxes.includes(target)) return;
    const names = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    if (!names.length) {
      target.checked = true; // an explorer needs a curve
      note.textContent = "One function stays.";
      return;
    }
    const url = new URL(location.href);
    url.search = `?functions=${names.join(",")}`;
    url.hash = "";
    try {
      history.replaceState(history.state, "", url);
    } catch {
      // a page opened as a file may not change its address
    }
    show(names);
  });

  const data = document.createElement("script");
  data.src = `${document.documentElement.dataset.content_root}_static/explorers.js`;
  document.head.append(data);
})();
