"use strict";
// The sheet is whole without this script, a mark and its row being links to each other: it filters, finds and goes from one to the next.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const list = document.querySelector(".list"), find = document.querySelector(".find input"), told = document.querySelector(".panel output");
  const keyed = document.querySelector(".keyed input"), states = all("[name=state]");
  const entries = all(".list ol > li").map((row, i) => {
    const mark = document.getElementById(`m${row.id.slice(1)}`);
    return { i, row, mark, link: row.querySelector("a"), state: row.className, text: row.textContent.toLowerCase() };
  });
  const ends = new Map(entries.flatMap((one) => [[`#${one.mark.id}`, one], [`#${one.row.id}`, one]]));
  let now = null;

  const tell = () => {
    const shown = entries.filter((one) => !one.row.hidden), at = shown.indexOf(now);
    told.textContent = at < 0 ? `${shown.length}处` : `第${at + 1}处，共${shown.length}处`;
  };
  const filter = () => {
    const state = states.find((one) => one.checked).value, words = find.value.trim().toLowerCase().split(/\s+/);
    for (const one of entries) {
      const fits = (!state || one.state === state) && words.every((word) => one.text.includes(word));
      one.row.hidden = !fits;
      one.mark.classList.toggle("off", !fits);
    }
    tell();
  };
  const choose = (one) => { one.checked = true; filter(); };
  // The Tab key stops once in the text and once in the list.
  const mark = (one, on) => {
    for (const end of [one.mark, one.link]) {
      end.tabIndex = on ? 0 : -1;
      on ? end.setAttribute("aria-current", "true") : end.removeAttribute("aria-current");
    }
    one.row.classList.toggle("current", on);
  };
  const go = (one, end) => {
    if (one.row.hidden) { find.value = ""; choose(states[0]); }
    if (now) mark(now, false);
    now = one;
    mark(one, true);
    const fold = one.mark.closest("details");
    if (fold) fold.open = true;
    const scrolls = getComputedStyle(list).overflowY === "auto";
    if (scrolls) list.scrollTop = one.row.offsetTop - (list.clientHeight - one.row.offsetHeight) / 2;
    if (end === one.link && !scrolls) one.row.scrollIntoView({ block: "center" });
    else if (end === one.mark) end.scrollIntoView({ block: "center", inline: "nearest" });
    end.focus({ preventScroll: true });
    history.replaceState(null, "", `#${one.mark.id}`);
    tell();
  };
  const step = (by) => {
    const shown = entries.filter((one) => !one.row.hidden);
    const from = now ? now.i : -1;
    const next = by > 0 ? shown.find((one) => one.i > from) ?? shown[0] : shown.findLast((one) => one.i < from) ?? shown.at(-1);
    if (next) go(next, next.mark);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']"), one = link && ends.get(link.hash);
    if (!one || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(one, link.hash === `#${one.mark.id}` ? one.mark : one.link);
  });
  document.querySelector(".on").addEventListener("click", () => step(1));
  document.querySelector(".back").addEventListener("click", () => step(-1));
  for (const one of states) one.addEventListener("change", filter);
  find.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape" && target === find) { find.value = ""; filter(); find.blur(); }
    if (event.ctrlKey || event.metaKey || event.altKey || !keyed.checked || target === find) return;
    const deed = { j: () => step(1), k: () => step(-1), "/": () => find.focus() }[key.toLowerCase()];
    const state = /^[0-9]$/.test(key) && states[key];
    if (!deed && !state) return;
    event.preventDefault();
    deed ? deed() : choose(state);
  });
  for (const one of entries.slice(1)) mark(one, false);
  filter();
  const asked = () => { const one = ends.get(location.hash); if (one) go(one, one.mark); };
  addEventListener("hashchange", asked);
  asked();
})();
