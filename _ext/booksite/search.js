// The results of a search: each leads to the section that holds most of what was asked for, and quotes it.
"use strict";
(() => {
  const LENGTH = 240; // characters of an excerpt
  const SAID = 2, SHOWN = 3; // see `texts`
  const stemmer = new Stemmer();
  const stems = new Map(); // of the words in the texts
  const inexact = new Set(); // numbers that no page spells as they were typed

  // Sphinx's index says which pages hold a word; the texts say where. Per page and section: anchor, title, what its
  // sentences say, what tables and cells show. Both are large, so they load when there is something to search for.
  let texts;
  const arrived = new Promise((resolve) => {
    Search.setTexts = (all) => resolve((texts = all));
  });
  if (new URLSearchParams(location.search).get("q")) {
    const root = document.documentElement.dataset.content_root;
    for (const file of ["searchtexts.js", "searchindex.js"]) {
      document.head.append(Object.assign(document.createElement("script"), { src: root + file }));
    }
  }

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

  Search.query = async (query) => {
    await arrived;
    const parsed = Search._parseQuery(query);
    const terms = [...parsed[1]];
    terms.forEach(admit);
    const results = new Map(); // by address: a page may be found by its text and by a title in it
    for (const [page, , anchor] of Search._performSearch(...parsed).reverse()) {
      const found = find(page, anchor, terms);
      const [own, title] = found.section;
      const address = page + DOCUMENTATION_OPTIONS.LINK_SUFFIX + (own && `#${own}`);
      if (results.has(address)) continue;
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = address;
      link.textContent = own ? `${texts[page][0][1]} › ${title}` : title;
      item.append(link, excerpt(found));
      results.set(address, item);
    }
    Search.output.append(...results.values());
    _finishSearch(results.size);
  };
})();
