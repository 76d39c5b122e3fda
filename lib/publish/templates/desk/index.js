"use strict";
const $ = (id) => document.getElementById(id);
const token = () => (document.cookie.match(/(?:^|; )_xsrf=([^;]*)/) || [])[1] || "";
let chosen = "", editions = [];

/* An element with its text, which is never markup. */
function made(tag, text = "", about = {}) {
  const one = Object.assign(document.createElement(tag), about);
  one.append(...[text].flat());
  return one;
}

/* Ask the server to do something; what it refuses is told where the commands speak. */
async function ask(what, form) {
  const reply = await fetch(`do/${what}`, { method: "POST", body: form, headers: { "X-XSRFToken": token() } });
  const told = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(told.message || "服务器没有回答");
  return told;
}

function named(edition, more = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ edition, ...more })) form.set(name, value);
  return form;
}

function act(what, form) {
  return ask(what, form).catch(({ message }) => task({ title: "没有做成", lines: [message], state: "failed" }));
}

/* Buttons keep their focus while the list is written anew: each has a name of its own. */
function fill(list, items) {
  const held = document.activeElement?.dataset?.key;
  list.replaceChildren(...items);
  if (held && !document.activeElement?.dataset?.key) list.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function button(text, key, does) {
  const one = made("button", text, { type: "button", onclick: does });
  one.dataset.key = `${key} ${text}`;
  one.setAttribute("aria-label", `${text}：${key}`);
  return one;
}

function link(text, href, label) {
  const one = made("a", text, { href, target: "_blank", rel: "noopener" });
  one.setAttribute("aria-label", label);
  return one;
}

function choose(one) {
  return one.edition === chosen ? Promise.resolve() : act("choose", named(one.edition));
}

/* One edition: its name chooses it; what can be done with it. */
function row(one) {
  const key = `${one.name} ${one.year}`, item = made("li", [], { className: one.edition === chosen ? "chosen" : "" });
  const pick = button(key, key, () => choose(one));
  pick.className = "pick";
  pick.removeAttribute("aria-label");
  pick.setAttribute("aria-pressed", one.edition === chosen);
  const bad = ["失败", "草稿", "已过期"].includes(one.state);
  const state = made("p", [made("span", one.state, { className: bad ? "state bad" : "state" })]);
  const buttons = made("p", [], { className: "buttons" });
  if (one.state === "待采用") {
    buttons.append(link("核对单", `source/${one.edition}/draft.html`, `核对单：${key}`), button("采用", key, () => act("accept", named(one.edition))));
  } else {
    buttons.append(button("新建", key, () => open("new", { unit: one.edition.split("/")[0], year: one.year + 1 })));
    buttons.append(button("录入", key, () => enter(one)));
    buttons.append(button("核对", key, () => choose(one).then(() => $("todo").focus())), button("生成", key, () => choose(one).then(() => act("report", named(one.edition)))));
    if (one.files.length) buttons.append("打开");
    for (const [name, label] of one.files) buttons.append(link(label, `outputs/${one.edition}/${name}`, `打开${label}：${key}`));
    for (const old of one.older) buttons.append(button(old.includes("~") ? "与上一版比较" : `与${old.split("/")[1]}年比较`, key, () => choose(one).then(() => act("diff", named(one.edition, { older: old })))));
  }
  item.append(pick, state, buttons);
  if (one.why) state.after(made("p", one.why, { className: "why" }));
  return item;
}

function list() {
  fill($("editions"), editions.map(row));
  $("none").hidden = editions.length > 0;
  $("units").replaceChildren(...[...new Set(editions.map((one) => one.edition.split("/")[0]))].map((unit) => made("option", "", { value: unit })));
  const mine = editions.find((one) => one.edition === chosen), open = document.body.dataset.lab && mine ? mine.notebooks : [];
  $("notebooks-title").hidden = !open.length;
  fill($("notebooks"), open.map(([name, title]) => made("li", link(title, `../lab/tree/notebooks/${encodeURIComponent(name)}.ipynb`, `在 JupyterLab 打开：${title}`))));
}

function remarks(all) {
  const count = ["错误", "待填", "提醒"].map((kind) => `${kind} ${all.filter((one) => one.kind === kind).length}`);
  $("count").textContent = count.join("　");
  fill($("remarks"), all.map((one) => made("li", [
    made("strong", one.kind, { className: one.kind === "错误" ? "bad" : "" }), `　${one.file}${one.line ? ` 第${one.line}行` : ""}：${one.text}`,
  ])));
}

/* A run names its steps as the files are named; here they go by their titles. */
const titles = () => new Map([...editions.flatMap((one) => one.notebooks), ["publish", "排版并发布"]]);

function task({ title, lines, state }) {
  $("task").hidden = false;
  $("task-title").textContent = title + { run: "：正在做……", done: "：完成", failed: "：没有完成" }[state];
  const log = $("task").querySelector(".lines");
  const said = lines.filter((line) => !/^(接下来|请看)/.test(line)); /* what to type: here it is a button */
  log.textContent = said.map((line) => line.replace(/^([\w-]+?)(?:-(\d\d))?(?=　)/, (all, name, chapter) => (titles().get(name) || all) + (chapter ? ` 第${+chapter}章` : ""))).join("\n");
  const page = state === "done" && lines.at(-1)?.match(/diff[\\/]([^\\/]+\.html)$/);
  if (page) log.replaceChildren(link("打开对照页", `diff/${chosen}/${page[1]}`, "打开对照页"));
  log.scrollTop = log.scrollHeight;
}

/* The preview: a new frame is made ready behind the old one, at the same place, and then takes its place. */
function place(frame) {
  const page = frame?.contentDocument;
  if (!page?.body) return null;
  const marks = [...page.querySelectorAll("main [id], section[id], h2[id], h3[id]")].filter((one) => one.getBoundingClientRect().top <= 1);
  const mark = marks.at(-1);
  const open = [...page.querySelectorAll("details")].map((one) => one.open);
  return { id: mark?.id, by: mark ? mark.getBoundingClientRect().top : 0, top: frame.contentWindow.scrollY, open };
}

function back(frame, to) {
  const page = frame.contentDocument, view = frame.contentWindow;
  const folds = page.querySelectorAll("details");
  if (folds.length === to.open.length) folds.forEach((one, n) => { one.open = to.open[n]; });
  view.scrollTo({ top: to.top, behavior: "instant" });
  const mark = to.id && page.getElementById(to.id);
  if (mark) view.scrollBy({ top: mark.getBoundingClientRect().top - to.by, behavior: "instant" });
}

function show(path) {
  const old = $("frames").querySelector("iframe:not(.coming)");
  if (old && old.dataset.path === path) return;
  $("frames").querySelector("iframe.coming")?.remove();
  const next = made("iframe", "", { className: "coming", title: `预览 ${path.split("/")[1]} ${path.split("/")[2]}`, src: path });
  next.dataset.path = path;
  next.addEventListener("load", () => {
    const to = old && old.dataset.path.split("?")[0] === path.split("?")[0] ? place(old) : null;
    if (to) back(next, to);
    const held = document.activeElement === old;
    next.className = "";
    old?.remove();
    if (held) next.focus();
  });
  $("frames").append(next);
}

function preview({ path, fault, seconds }) {
  $("fault").textContent = fault;
  $("when").textContent = fault ? (path ? "没有更新：下面是上一次的网页。" : "还没有网页。") : `已更新，用了 ${seconds.toFixed(1)} 秒。只有网页；PDF 和 Word 按“生成”才做。`;
  if (path) show(path);
  else $("frames").replaceChildren();
}

/* Dialogs */
function open(id, values = {}) {
  const dialog = $(id), form = dialog.querySelector("form");
  form.reset();
  for (const one of form.elements) one.setCustomValidity?.("");
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  dialog.showModal();
}

/* The workbook is written where none waits to be read; either way it can be had, filled in and sent back. */
async function enter(one) {
  const [unit, year] = one.edition.split("/");
  filled([]);
  $("table-title").textContent = `录入 ${one.name} ${year}`;
  $("workbook").href = `raw/${one.edition}/${unit}-${year}.xlsx`;
  await choose(one);
  open("table", { edition: one.edition });
  await ask("write", named(one.edition)).catch(({ message }) => filled(message.split("\n")));
}

function filled(lines) {
  for (const list of document.querySelectorAll(".changes")) list.replaceChildren(...lines.map((line) => made("li", line)));
}

function sent(dialog) {
  const form = new FormData(dialog.querySelector("form"));
  const files = form.getAll("files").filter((file) => file.size);
  form.delete("files");
  files.forEach((file) => form.append("files", file));
  return form;
}

/* What a field asks for is told in its own words, not in the browser's. */
for (const one of document.querySelectorAll("[required]")) {
  one.oninvalid = () => one.setCustomValidity(one.title);
  one.oninput = () => one.setCustomValidity("");
}
$("add").onclick = () => open("new");
document.querySelectorAll("[data-close]").forEach((one) => { one.onclick = () => one.closest("dialog").close(); });
$("new").querySelector("form").onsubmit = () => {
  const form = sent($("new"));
  form.set("edition", `${form.get("unit")}/${form.get("year").normalize("NFKC")}`);
  act("new", form);
};
$("table").querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  filled(["正在读……"]);
  ask("fill", sent($("table"))).catch(({ message }) => filled(message.split("\n")));
};

function take(one) {
  if (one !== chosen) { $("fault").textContent = ""; $("frames").replaceChildren(); }  // another edition's
  chosen = one;
  list();
  $("count").textContent = "正在核对……";
  $("remarks").replaceChildren();
  $("when").textContent = "正在制作预览……";
}

const events = new EventSource("events");
const hears = { editions: (all) => { editions = all; list(); }, chosen: take, page: preview, remarks, task, filled: (lines) => filled(lines.length ? ["录入表：", ...lines] : []) };
for (const [name, does] of Object.entries(hears)) events.addEventListener(name, ({ data }) => does(JSON.parse(data)));
events.onerror = () => { $("when").textContent = "与服务器的连接断了，正在重连……"; };
