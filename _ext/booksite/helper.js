// The decision helper: of the tables of facts and of runs it shows what the reader has asked for.
"use strict";
for (const root of document.querySelectorAll(".helper")) {
  const controls = root.querySelector(".properties-controls");
  const [task, depth, kind] = ["task", "depth", "kind"].map((name) => controls.querySelector(`[name=${name}]`));
  const boxes = [...controls.querySelectorAll("input")];
  const status = controls.querySelector("[aria-live]");
  const facts = root.querySelector("table");
  const rows = [...facts.tBodies[0].rows];
  const runs = [...root.querySelectorAll("[data-case]")];

  // A column for what the run says, behind the names.
  const head = document.createElement("th");
  head.scope = "col";
  head.textContent = "In the run";
  facts.tHead.rows[0].cells[0].after(head);
  for (const row of rows) row.insertCell(1);

  function show() {
    const hidden = Boolean(task.value); // layers: the run has an answer
    for (const choice of [depth, kind]) choice.disabled = !hidden;
    const run = hidden && runs.find(({ dataset }) => dataset.case === `${task.value} ${kind.value} ${depth.value}`);
    const good = run ? [...run.querySelectorAll("li")] : [];
    const found = new Map(good.map((item) => [item.dataset.name, item.querySelector("span").textContent]));

    const needs = task.selectedOptions[0].dataset.needs?.split(" ") ?? [];
    const wanted = new Set([...needs, ...boxes.filter(({ checked }) => checked).map(({ value }) => value)]);
    for (const row of rows) {
      const tags = new Set(row.dataset.tags.split(" "));
      row.hidden = (run && !found.has(row.dataset.name)) || ![...wanted].every((one) => tags.has(one));
      row.cells[1].textContent = found.get(row.dataset.name) ?? "";
    }
    const order = [...found.keys()];
    const place = ({ dataset }) => order.indexOf(dataset.name);
    facts.tBodies[0].append(...(run ? rows.toSorted((a, b) => place(a) - place(b)) : rows));
    for (const row of [facts.tHead.rows[0], ...rows]) {
      row.cells[1].hidden = !run;
      boxes.forEach(({ value }, i) => { row.cells[i + 2].hidden = !wanted.has(value); });
    }

    const shown = rows.filter((row) => !row.hidden).length;
    const rest = run ? ` In this run ${run.dataset.count} took part; the others are left out.`
      : hidden ? " This book has no such run: the list rests on the facts alone." : "";
    status.textContent = `${shown} of ${rows.length} activations qualify.${rest}`;
  }

  controls.addEventListener("input", show);
  addEventListener("pageshow", show); // a browser that comes back keeps the boxes as they were
  show();
}
