// What a page needs beyond the theme's own script.
"use strict";
(() => {
  // A formula or output wider than its box scrolls inside it, which the keyboard can do only once the box takes the focus.
  const boxes = [
    ['mjx-container:is([display="true"], .wide-formula)', "Wide formula"],
    [".cell_output .text_html, .pst-scrollable-table-container", "Wide table"],
    ["pre", "Wide code"],
  ];

  // A formula inside a sentence does not break, so one that is wider than its paragraph becomes such a box too.
  function findWide() {
    const formulas = [...document.querySelectorAll("article :is(p, li, dd) mjx-container:not([display])")];
    const wide = formulas.map((formula) =>
      formula.firstElementChild.getBoundingClientRect().width > formula.closest("p, li, dd").clientWidth);
    formulas.forEach((formula, i) => formula.classList.toggle("wide-formula", wide[i]));
  }

  function openToKeyboard() {
    findWide();
    for (const [selector, label] of boxes) {
      for (const box of document.querySelectorAll(selector)) {
        if (box.scrollWidth <= box.clientWidth || box.tabIndex === 0) continue;
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", label);
      }
    }
  }

  // Formulas are set block by block, so that the page answers its reader while the rest is being set.
  const PORTION = 15; // milliseconds
  async function setFormulas() {
    const blocks = [...document.querySelectorAll("article :is(p, ul, ol, dl, tr, h1, h2, h3, div.math, .text_latex)")];
    let start = performance.now();
    for (const block of blocks) {
      if (!/\\[([]|\$\$/.test(block.textContent)) continue;
      await MathJax.typesetPromise([block]);
      if (performance.now() - start < PORTION) continue;
      await new Promise((resolve) => setTimeout(resolve));
      start = performance.now();
    }
    await MathJax.typesetPromise(); // what stands outside those blocks
  }
  if (window.MathJax) MathJax.startup = { pageReady: setFormulas };

  openToKeyboard();
  addEventListener("resize", openToKeyboard);
  document.addEventListener("toggle", openToKeyboard, true);
  document.addEventListener("click", () => requestAnimationFrame(openToKeyboard));
  // MathJax makes its promise when its script has run, which is after this one.
  addEventListener("load", () => window.MathJax?.startup?.promise?.then(openToKeyboard));

  // Paper is light.
  let theme;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    document.documentElement.dataset.theme = theme;
  });
})();
