// The tables of properties: sort by a column, show only the rows and columns that are asked for, unfold the evidence, compare.
"use strict";
for (const root of document.querySelectorAll(".properties")) {
  const controls = root.querySelector(".properties-controls");
  const body = root.querySelector("tbody");
  const rows = [...body.rows];
  const order = new Map(rows.map((row, i) => [row, i]));
  const count = controls.querySelector("[aria-live]");

  function filter() {
    const text = controls.querySelector("input[type=search]").value.trim().toLowerCase();
    const tags = [...controls.querySelectorAll(".filters input:checked")].map((box) => box.value);
    for (const row of rows) {
      const own = row.dataset.tags.split(" ");
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(text) || !tags.every((tag) => own.includes(tag));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = `${shown} of ${rows.length} activations`;
  }

  // Numbers by size, words by the alphabet; what has neither stays at the end.
  function key(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
    return cell.firstChild?.textContent.trim() ?? "";
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b);
  }

  function sort(column, direction) {
    const sign = direction === "descending" ? -1 : 1;
    const sorted = direction === "none" ? rows.toSorted((a, b) => order.get(a) - order.get(b))
      : rows.toSorted((a, b) => sign * compare(key(a, column), key(b, column)) || order.get(a) - order.get(b));
    body.append(...sorted);
  }

  const heads = [...root.querySelectorAll("thead th")];
  const next = { none: "ascending", ascending: "descending", descending: "none" };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const direction = next[head.getAttribute("aria-sort")];
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", direction);
      sort(column, direction);
    });
  });
  // The formulas of the evidence, of which there are more than in the rest of the table, are set when first asked for.
  async function unfold(evidence) {
    const parts = [...root.querySelectorAll(".evidence")];
    for (const part of parts) part.hidden = !evidence;
    const plain = parts.filter((part) => evidence && part.classList.contains("mathjax_ignore"));
    for (const part of plain) part.classList.remove("mathjax_ignore");
    await window.MathJax?.startup?.promise;
    if (plain.length) await MathJax.typesetPromise(plain);
  }

  // Columns: one box for each; the first column stays.
  const columns = [...controls.querySelectorAll(".columns input")];
  function showColumns() {
    columns.forEach((box, i) => {
      for (const row of [...root.querySelectorAll("thead tr"), ...rows]) row.cells[i + 1].hidden = !box.checked;
    });
  }
  controls.querySelector(".columns").addEventListener("input", showColumns);
  controls.querySelector(".columns button").addEventListener("click", () => {
    const all = columns.every(({ checked }) => checked);
    for (const box of columns) box.checked = !all;
    showColumns();
  });

  // Rows to compare: their names go into the address of the page that draws them. Functions of several numbers have no boxes.
  const link = controls.querySelector(".properties-compare");
  const picks = rows.flatMap((row) => row.cells[0].querySelector("input") ?? []);
  function choose() {
    const names = picks.filter(({ checked }) => checked).map(({ value }) => value);
    for (const box of picks) box.disabled = !box.checked && names.length >= Number(link.dataset.most);
    link.hidden = !names.length;
    link.textContent = `Compare ${names.length} in one explorer`;
    link.href = `compare.html?functions=${names.join(",")}`;
  }
  if (link) body.addEventListener("input", choose);

  const evidence = controls.querySelector(".show-evidence");
  evidence.addEventListener("change", () => unfold(evidence.checked));
  controls.addEventListener("input", filter);
  filter();
  // A browser that comes back keeps the boxes as they were.
  addEventListener("pageshow", () => {
    filter();
    showColumns();
    if (link) choose();
    if (evidence.checked) unfold(true);
  });
}
