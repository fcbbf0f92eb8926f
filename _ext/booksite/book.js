// What a page needs beyond the theme's own script.
"use strict";
(() => {
  // A formula or output wider than its box scrolls inside it, which the keyboard can do only once the box takes the focus.
  const boxes = [
    ['mjx-container[display="true"]', "Wide formula"],
    [".cell_output .text_html, .pst-scrollable-table-container", "Wide table"],
    ["pre", "Wide code"],
  ];

  function openToKeyboard() {
    for (const [selector, label] of boxes) {
      for (const box of document.querySelectorAll(selector)) {
        if (box.scrollWidth <= box.clientWidth || box.tabIndex === 0) continue;
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", label);
      }
    }
  }

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
