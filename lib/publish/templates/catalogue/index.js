"use strict";
// The catalogue is whole without this script: it finds, filters and sorts, and shows long lists a page at a time.
(() => {
  const PAGE = 100;
  const body = document.querySelector("tbody"), rows = [...body.rows], heads = [...document.querySelectorAll("thead th")].slice(0, 5);
  const told = document.querySelector("output"), more = document.querySelector(".more");
  const fields = [...document.querySelectorAll(".filter [name]")], named = Object.fromEntries(fields.map((one) => [one.name, one]));
  const texts = new Map(rows.map((row) => {
    const cells = [...row.cells].slice(0, 5).map((cell) => cell.textContent.trim());
    const rating = row.cells[3].firstChild?.textContent ?? "";
    return [row, { unit: cells[0], year: cells[1].replace("年度", ""), kind: cells[2], rating, cells, text: cells.join(" ").toLowerCase() }];
  }));
  let order = rows, limit = PAGE;
  const fits = (row) => {
    const about = texts.get(row), words = named.text.value.trim().toLowerCase().split(/\s+/);
    return words.every((word) => about.text.includes(word)) && ["unit", "year", "kind", "rating"].every((name) => !named[name].value || named[name].value === about[name]);
  };
  const show = () => {
    const found = order.filter(fits), shown = new Set(found.slice(0, limit));
    for (const row of rows) row.hidden = !shown.has(row);
    more.hidden = found.length <= limit;
    told.textContent = `找到${found.length}份${more.hidden ? "" : `，显示前${limit}份`}`;
  };
  for (const field of fields) field.addEventListener("input", () => { limit = PAGE; show(); });
  more.addEventListener("click", () => { limit += PAGE; show(); });
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const next = before === "ascending" ? "descending" : before === "descending" ? "" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1, said = (row) => texts.get(row).cells[i];
      order = next ? [...rows].sort((a, b) => sign * collator.compare(said(a), said(b))) : rows;
      body.append(...order);
      show();
    });
  });
  // A report leads to its unit: the others are filtered away. It leads to another year of it, if that is published, with no stop here.
  const asked = () => {
    const [unit, year] = decodeURIComponent(location.hash.slice(1)).split("/");
    const edition = year && document.getElementById(`${unit}/${year}`), row = document.getElementById(unit);
    if (edition) location.replace(edition.href);
    if (row && texts.has(row)) named.unit.value = texts.get(row).unit;
    show();
    if (year && !edition) told.textContent += `，${year}年度没有发布`;
  };
  addEventListener("hashchange", asked);
  asked();
})();
