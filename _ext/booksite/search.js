// The results of a search: first the chapter of the function that is called so, if one is; then each leads to the section that
// holds most of what was asked for, and quotes it.
"use strict";
(() => {
  const LENGTH = 240; // characters of an excerpt
  const SAID = 2, SHOWN = 3; // see `texts`
  const stemmer = new Stemmer();
  const stems = new Map(); // of the words in the texts
  const inexact = new Set(); // numbers that no page spells as they were typed

  // Sphinx's index says which pages hold a word; the texts say where. Per page and section: anchor, title, what its
  // sentences say, what tables and cells show. All of it loads when there is something to search for, the text of a page
  // when a result on it is to be shown.
  const root = document.documentElement.dataset.content_root;
  const texts = {};
  const loading = {};
  function load(file) {
    loading[file] ??= new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: root + file, onload: resolve, onerror: reject }));
    });
    return loading[file];
  }
  Search.setText = ([page, text]) => (texts[page] = text);
  let names; // {name: [[title, address] of each function]}
  Search.setNames = (all) => (names = all);
  if (new URLSearchParams(location.search).get("q")) load("searchindex.js");

  const isNumber = (term) => /^\d/.test(term);

  // Whether a number of the book is the one that was typed: its value, or its first digits, or what it rounds to.
  function agrees(number, typed) {
    if (number === typed || Number(number) === Number(typed)) return true;
    if (![number, typed].every((term) => /^\d+\.\d*$/.test(term))) return false;
    const digits = typed.split(".")[1].length;
    return number.startsWith(typed) || (digits > 1 && Number(number).toFixed(digits) === typed);
  }

  function admit(term) {
    const { terms } = Search._index;
    if (!isNumber(term) || Object.hasOwn(terms, term)) return;
    inexact.add(term);
    const pages = Object.keys(terms).filter((number) => isNumber(number) && agrees(number, term)).flatMap((number) => terms[number]);
    terms[term] = [...new Set(pages)];
  }

  // The term that a word stands for, if any.
  function termOf(word, terms) {
    if (!stems.has(word)) stems.set(word, stemmer.stemWord(asIndexed(word).toLowerCase()));
    const stem = stems.get(word);
    return terms.find((term) => stem === term
      || (inexact.has(term) ? isNumber(stem) && agrees(stem, term) : !Object.hasOwn(Search._index.terms, term) && stem.includes(term)));
  }

  // A stretch that holds more of the terms, or the same in fewer words; a sentence comes first.
  const better = (one, other) => one.held > other.held
    || (one.held === other.held && one.part === other.part && one.span < other.span);

  // The stretch of a text that holds most of the terms.
  function stretch(section, part, terms) {
    const words = [...section[part].matchAll(WORD)]
      .map(({ 0: word, index }) => ({ start: index, end: index + word.length, term: termOf(word, terms) }));
    const hits = words.filter(({ term }) => term);
    let best = { section, part, hits: [], held: 0, span: Infinity };
    hits.forEach((first, i) => {
      const near = hits.slice(i).filter(({ end }) => end < first.start + LENGTH / 2);
      const kinds = new Set(near.map(({ term }) => term));
      const span = Math.max(...[...kinds].map((kind) => near.find(({ term }) => term === kind).end)) - first.start;
      const found = { section, part, hits: near, held: kinds.size, span };
      if (better(found, best)) best = found;
    });
    return best;
  }

  // The best stretch of a page, or of the section with this anchor.
  function find(page, anchor, terms) {
    const all = texts[page];
    const named = all.filter(([own]) => anchor === `#${own}`);
    const sections = named.length ? named : all;
    return [SAID, SHOWN].flatMap((part) => sections.map((section) => stretch(section, part, terms)))
      .reduce((best, found) => (better(found, best) ? found : best));
  }

  // Where to begin, so that the hit at `place` has its sentence, or some words, before it.
  function beginning(text, place) {
    const from = Math.max(0, place - LENGTH / 3);
    const before = text.slice(from, place);
    const sentence = Math.max(before.lastIndexOf(". "), before.lastIndexOf("· ")) + 2;
    return sentence > 1 ? from + sentence : from && from + before.indexOf(" ") + 1;
  }

  function excerpt({ section, part, hits }) {
    const text = section[part];
    let at = beginning(text, hits[0]?.start ?? 0);
    const end = text.length - at <= LENGTH ? text.length : text.lastIndexOf(" ", at + LENGTH);
    const paragraph = document.createElement("p");
    paragraph.className = "context";
    if (at > 0) paragraph.append("… ");
    for (const hit of hits) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(hit.start, hit.end);
      paragraph.append(text.slice(at, hit.start), mark);
      at = hit.end;
    }
    paragraph.append(text.slice(at, Math.max(at, end)), end < text.length ? " …" : "");
    return paragraph;
  }

  // The functions that are called so, however one writes it: Hard-Swish, hard_swish, nn.Hardswish(), F.hardswish.
  const plain = (name) => name.replace(/\(.*\)$/, "").replace(/[\s_-]+/g, "").toLowerCase();

  function called(query) {
    const whole = plain(query).replace(/^f\./, "functional.");
    for (const asked of new Set([whole, whole.split(".").at(-1)])) {
      const found = Object.keys(names).filter((name) => asked && (plain(name) === asked || plain(name).endsWith(`.${asked}`)));
      if (found.length) return found;
    }
    return [];
  }

  function item(address, title, ...excerpt) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = title;
    entry.append(link, ...excerpt);
    return entry;
  }

  // An item for each function of that name: the name, and how its chapter begins.
  async function named(query, results) {
    for (const name of called(query)) {
      for (const [title, address] of names[name]) {
        if (results.has(address)) continue;
        const [page, anchor] = address.replace(DOCUMENTATION_OPTIONS.LINK_SUFFIX, "").split("#");
        await load(`searchtexts/${page}.js`);
        const section = texts[page].find(([own]) => own === anchor) ?? texts[page][0];
        const paragraph = excerpt({ section, part: SAID, hits: [] });
        const mark = document.createElement("mark");
        mark.textContent = name;
        paragraph.prepend(mark, " · ");
        results.set(address, item(address, title, paragraph));
      }
    }
  }

  const MANY = 10; // results at once
  const more = document.createElement("button");
  more.type = "button";
  more.className = "btn more-results";
  more.textContent = "More results";

  Search.query = async (query) => {
    await load("searchnames.js");
    const parsed = Search._parseQuery(query);
    const terms = [...parsed[1]];
    terms.forEach(admit);
    const results = new Map(); // by address: a page may be found by its text and by a title in it
    const found = Search._performSearch(...parsed).reverse();
    await named(query, results);
    const pages = new Set([...found.map(([page]) => page), ...[...results.keys()].map((address) => address.split(".")[0])]);
    Search.output.append(...results.values());

    async function show() {
      const fresh = [];
      while (found.length && fresh.length < MANY) {
        const some = found.splice(0, MANY - fresh.length);
        await Promise.all(some.map(([page]) => load(`searchtexts/${page}.js`)));
        for (const [page, , anchor] of some) {
          const best = find(page, anchor, terms);
          const [own, title] = best.section;
          const address = page + DOCUMENTATION_OPTIONS.LINK_SUFFIX + (own && `#${own}`);
          if (results.has(address)) continue;
          results.set(address, item(address, own ? `${texts[page][0][1]} › ${title}` : title, excerpt(best)));
          fresh.push(results.get(address));
        }
      }
      Search.output.append(...fresh);
      if (found.length) Search.output.after(more);
      else more.remove();
      return fresh;
    }
    more.addEventListener("click", async () => (await show())[0]?.querySelector("a").focus());
    await show();
    _finishSearch(pages.size);
  };
})();
