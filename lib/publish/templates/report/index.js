"use strict";
// The page is whole without this script: it adds the reading place, pop-ups for numbers, sorting and copying.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const aim = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  // Table of contents: marks the heading last passed; at the foot of the page the one asked for, else the last.
  const nav = document.querySelector(".toc"), fold = nav.querySelector("details"), here = nav.querySelector(".here");
  const links = all("a", nav), heads = links.map(aim), wide = matchMedia("(min-width: 60rem)");
  const follow = () => {
    const foot = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const line = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) + 24; // just below where links lead
    let at = heads.filter((head) => head.getBoundingClientRect().top <= line).length - 1;
    if (foot) {
      const goal = heads.indexOf(document.querySelector(":target"));
      at = goal > at ? goal : heads.length - 1;
    }
    const link = links[at];
    if (link && link.hasAttribute("aria-current")) return;
    for (const old of all("[aria-current]", nav)) old.removeAttribute("aria-current");
    here.textContent = link ? link.textContent : "";
    if (!link) return;
    link.setAttribute("aria-current", "location");
    if (wide.matches) {
      const above = link.offsetTop - nav.scrollTop;
      if (above < 40 || above > nav.clientHeight - 80) nav.scrollTop = link.offsetTop - nav.clientHeight / 2;
    }
  };
  let frame = 0;
  addEventListener("scroll", () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(follow); }, { passive: true });
  addEventListener("resize", follow);
  nav.addEventListener("click", (event) => { if (event.target.closest("a")) fold.open = false; });
  follow();

  // The Tab key stops once in a paragraph, list, table or figure; arrow keys, Home and End go on inside it.
  const STOPS = "main :is(a.v, .self, th button, .tools > *)";
  const home = (one) => one.closest("figure") || one.closest("table, ul, ol") || one.closest("p") || one.parentElement;
  const mates = (one) => all(STOPS, home(one)).filter((mate) => home(mate) === home(one));
  const stop = (one) => { for (const mate of mates(one)) mate.tabIndex = mate === one ? 0 : -1; };
  const neighbour = (one, key) => {
    const row = mates(one), at = row.indexOf(one), cell = one.closest("td, th");
    const below = (mate) => mate.closest("td, th")?.cellIndex === cell.cellIndex && mate.closest("tr") !== cell.parentElement;
    if (key === "ArrowDown" && cell) return row.slice(at + 1).find(below);
    if (key === "ArrowUp" && cell) return row.slice(0, at).reverse().find(below);
    return { ArrowRight: row[at + 1], ArrowLeft: row[at - 1], Home: row[0], End: row[row.length - 1] }[key];
  };

  // Numbers: the pop-up says what the number's row in the annex says. Hover and focus show it, a click or Enter keeps it.
  const pop = make("div", "", { id: "pop", class: "pop", role: "note", "aria-label": "数值说明" });
  let owner = null, kept = false, silent = false, timer = 0;
  for (const link of all("a.v")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
  }
  const close = () => {
    clearTimeout(timer);
    if (!owner) return;
    owner.setAttribute("aria-expanded", "false");
    owner.removeAttribute("aria-describedby");
    owner = null;
    kept = false;
    pop.remove();
  };
  const fill = (row, link) => {
    const names = all("thead > tr > *", row.closest("table")).map((cell) => cell.textContent);
    const parts = [...row.cells].map((cell, i) => [names[i], cell.textContent]).slice(1);
    for (const line of (row.dataset.more || "").split("\n")) parts.push(line.split(/：(.*)/s, 2));
    const list = make("dl");
    for (const [name, text] of parts) if (text) list.append(make("dt", name), make("dd", text));
    pop.replaceChildren(make("b", row.cells[0].textContent), list, make("a", "查看所在的表", { href: link.hash }));
  };
  const place = () => {
    const at = owner.getBoundingClientRect(), { offsetWidth: width, offsetHeight: height } = pop;
    const left = Math.max(16, Math.min(at.left, document.documentElement.clientWidth - width - 16));
    const below = at.bottom + 8 + height <= innerHeight || at.top < height + 8;
    pop.style.left = `${left + scrollX}px`;
    pop.style.top = `${(below ? at.bottom + 8 : at.top - height - 8) + scrollY}px`;
    const hidden = at.bottom - pop.getBoundingClientRect().top; // on a phone the pop-up lies along the foot
    if (hidden > 0 && hidden < height + 8) scrollBy(0, hidden + 16);
  };
  const open = (link, keep) => {
    clearTimeout(timer);
    if (owner !== link) {
      close();
      owner = link;
      fill(aim(link), link);
      link.after(pop);
      link.setAttribute("aria-expanded", "true");
      link.setAttribute("aria-describedby", mates(link).length > 1 ? "pop keys" : "pop");
      place();
    }
    kept = kept || keep;
  };
  const later = (task, wait) => { clearTimeout(timer); timer = setTimeout(task, wait); };
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse" || kept) return;
    const link = target.closest("a.v");
    if (link) later(() => open(link, false), 120);
    else if (pop.contains(target)) clearTimeout(timer);
    else later(() => { if (owner !== document.activeElement && !pop.contains(document.activeElement)) close(); }, 250);
  });
  document.addEventListener("focusin", ({ target }) => {
    const link = target.closest("a.v");
    if (target.matches(STOPS)) stop(target);
    if (silent) return;
    if (link) link.matches(":focus-visible") && open(link, false); // a press waits for its click: the pop-up may cover it
    else if (!pop.contains(target)) close();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.v");
    if (pop.contains(event.target)) {
      if (event.target.closest("a")) setTimeout(close);
    } else if (!link) close();
    else if (!(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      if (owner === link && kept) close();
      else open(link, true);
    }
  });
  document.addEventListener("keydown", (event) => {
    const link = event.target.closest("a.v");
    if (event.key === "Escape" && owner) {
      const back = pop.contains(document.activeElement) && owner;
      close();
      silent = true;
      if (back) back.focus();
      silent = false;
    } else if (event.key === " " && link) {
      event.preventDefault();
      link.click();
    } else if (event.target.matches(STOPS) && !(event.ctrlKey || event.metaKey || event.altKey)) {
      const next = neighbour(event.target, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus();
    }
  });

  // Long tables: sorted by value where the column holds numbers, copied so that a spreadsheet sees no formula.
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const NUMBER = /([-−]?\d[\d,]*(?:\.\d+)?)(?:\s*[—–～~至-]+\s*\d[\d,.]*)?\s*([万亿]?)/;
  const value = (text) => {
    const [, digits, unit] = NUMBER.exec(text) || [];
    return digits ? digits.replace(/,/g, "").replace("−", "-") * ({ 万: 1e4, 亿: 1e8 }[unit] || 1) : NaN;
  };
  const compare = (a, b, numeric, sign) => {
    if (!numeric) return sign * collator.compare(a, b);
    const [x, y] = [value(a), value(b)];
    return isNaN(x) || isNaN(y) ? isNaN(x) - isNaN(y) : sign * (x - y);
  };
  const harmless = (text) => (/^[=+\-@＝＋－＠]/.test(text) && !/^[-+]?[\d,]+(\.\d+)?[%‰]?$/.test(text) ? `'${text}` : text);
  const copy = (lines, shown, said) => {
    const put = (event) => { event.clipboardData.setData("text/plain", lines.join("\n")); event.preventDefault(); };
    document.addEventListener("copy", put);
    getSelection().selectAllChildren(shown); // the old way: it also works where a page comes over plain http
    said.textContent = document.execCommand("copy") ? "已复制，可粘贴到电子表格" : "未能复制，请选中后手动复制";
    document.removeEventListener("copy", put);
    getSelection().removeAllRanges();
  };
  const offer = (tools, name, lines) => {
    const button = make("button", name, { type: "button" }), said = make("span", "", { role: "status" });
    tools.append(said, button);
    button.addEventListener("click", () => copy(lines(), tools.nextElementSibling, said));
  };
  for (const tools of all("main .tools + .scroll").map((scroll) => scroll.previousElementSibling)) {
    const table = tools.nextElementSibling.querySelector("table"), body = table.tBodies[0], rows = [...body.rows];
    const columns = table.classList.contains("sorts") ? [...table.tHead.rows[0].cells] : []; // a form keeps its order
    columns.forEach((column, i) => {
      if (column.tagName !== "TH") return;
      const button = make("button", column.textContent, { type: "button" });
      column.replaceChildren(button);
      button.addEventListener("click", () => {
        const before = column.getAttribute("aria-sort");
        const next = before === "ascending" ? "descending" : before === "descending" ? "" : "ascending";
        for (const other of columns) other.removeAttribute("aria-sort");
        if (next) column.setAttribute("aria-sort", next);
        const sign = next === "descending" ? -1 : 1, numeric = column.classList.contains("n");
        const text = (row) => row.cells[i].textContent;
        body.append(...(next ? [...rows].sort((a, b) => compare(text(a), text(b), numeric, sign)) : rows));
      });
    });
    offer(tools, "复制表格", () => {
      const grid = [...table.rows].map(() => []);
      grid.forEach((line, y) => [...table.rows[y].cells].forEach((cell) => {
        const text = harmless(cell.textContent.trim().replace(/\s+/g, " "));
        let x = 0;
        while (x in line) x++; // taken by a merged cell, which a spreadsheet gets in every row
        for (let below = 0; below < cell.rowSpan; below++) grid[y + below][x] = text;
      }));
      return grid.map((line) => line.join("\t"));
    });
  }
  for (const figure of all("main figure")) {
    const tools = figure.querySelector(".tools"), name = figure.querySelector("figcaption").textContent;
    if (figure.dataset.rows) offer(tools, "复制数据", () => figure.dataset.rows.split("\n").map((row) => row.split("\t").map(harmless).join("\t")));
    tools.append(make("a", "保存图片", { href: figure.querySelector("img").src, download: `${name}.svg` }));
  }

  // One stop each, and none for a table that need not be scrolled.
  const homes = new Map();
  for (const one of [...all("main a.v"), ...all(STOPS)].reverse()) homes.set(home(one), one); // a number, else the first
  for (const one of homes.values()) stop(one);
  for (const link of all("main :is(h2, h3) > .self")) link.tabIndex = -1; // the contents lead there as well
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const wider = target.scrollWidth > target.clientWidth;
      for (const [name, text] of [["role", "region"], ["tabindex", "0"]]) wider ? target.setAttribute(name, text) : target.removeAttribute(name);
    }
  });
  for (const scroll of all(".scroll")) sizes.observe(scroll);
})();
