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
  const unfold = () => { fold.open = wide.matches; };
  let frame = 0;
  addEventListener("scroll", () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(follow); }, { passive: true });
  addEventListener("resize", follow);
  wide.addEventListener("change", unfold);
  nav.addEventListener("click", (event) => { if (event.target.closest("a") && !wide.matches) fold.open = false; });
  unfold();
  follow();

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
      link.setAttribute("aria-describedby", "pop");
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
  for (const table of all("main table")) {
    const body = table.tBodies[0], rows = [...body.rows];
    if (rows.length < 10) continue;
    const columns = table.classList.contains("official") ? [] : [...table.tHead.rows[0].cells]; // a form keeps its order
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
    const button = make("button", "复制表格", { type: "button" }), said = make("span", "", { role: "status" });
    const tools = make("div", "", { class: "tools" });
    tools.append(said, button);
    table.parentElement.before(tools);
    button.addEventListener("click", () => {
      const grid = [...table.rows].map(() => []);
      grid.forEach((line, y) => [...table.rows[y].cells].forEach((cell) => {
        const text = harmless(cell.textContent.trim().replace(/\s+/g, " "));
        let x = 0;
        while (x in line) x++; // taken by a merged cell, which a spreadsheet gets in every row
        for (let below = 0; below < cell.rowSpan; below++) grid[y + below][x] = text;
      }));
      const lines = grid.map((line) => line.join("\t"));
      const put = (event) => { event.clipboardData.setData("text/plain", lines.join("\n")); event.preventDefault(); };
      document.addEventListener("copy", put);
      getSelection().selectAllChildren(table); // the old way: it also works where a page comes over plain http
      said.textContent = document.execCommand("copy") ? "已复制，可粘贴到电子表格" : "未能复制，请选中表格后手动复制";
      document.removeEventListener("copy", put);
      getSelection().removeAllRanges();
    });
  }

  const folded = all("details.code");
  if (folded.length) {
    const button = make("button", "显示全部代码", { type: "button", "aria-pressed": "false" });
    fold.append(button);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      for (const one of folded) one.open = shown;
    });
  }
})();
