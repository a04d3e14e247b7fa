/* The list: selection, "all matching", row keys, column order. */
(function () {
  "use strict";
  const Desk = window.Desk;
  const form = document.querySelector("[data-list]");

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-sortable] [data-move]");
    if (!button) return;
    const row = button.closest("li");
    const up = button.dataset.move === "-1";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other || !other.querySelector("[data-move]")) return;
    if (up) other.before(row); else other.after(row);
    button.focus();
  });
  if (!form) return;

  /* On a phone each value stands beside the name of its column (list.css): the page carries the names once. */
  const heads = Array.prototype.map.call(form.querySelectorAll("thead th"), function (th) { return th.textContent.trim(); });
  form.querySelectorAll("[data-row] > td").forEach(function (cell) {
    if (!cell.matches(".col-check, .col-actions")) cell.dataset.label = heads[cell.cellIndex];
  });
  form.querySelectorAll("[data-row]").forEach(function (row) {
    const link = row.querySelector(".is-first a[href]");
    const first = row.querySelector(".is-first");
    const name = { name: row.dataset.name || (first ? first.textContent.trim() : "") };
    const box = row.querySelector("[name=rowid]");
    if (box) box.setAttribute("aria-label", Desk.text("select_row", name));
    row.tabIndex = -1;
    const menu = row.querySelector("[data-row-menu]");
    if (menu) { menu.setAttribute("aria-label", Desk.text("row_actions", name)); menu.setAttribute("aria-haspopup", "true"); menu.setAttribute("aria-expanded", "false"); }
    if (!row.dataset.href && link) row.dataset.href = link.href;
  });

  const rows = Array.prototype.slice.call(form.querySelectorAll("[data-row]"));
  const boxes = Array.prototype.slice.call(form.querySelectorAll("[name=rowid]"));
  const all = form.querySelector("[data-select-all]");
  const bar = form.querySelector("[data-bulk]");
  const matching = form.querySelector("[data-all-matching]");
  let last = null;

  function refresh() {
    const ticked = boxes.filter(function (b) { return b.checked; });
    boxes.forEach(function (b) { b.closest("[data-row]").classList.toggle("is-selected", b.checked); });
    if (all) { all.checked = ticked.length === boxes.length && boxes.length > 0; all.indeterminate = ticked.length > 0 && !all.checked; }
    if (bar) {
      bar.hidden = ticked.length === 0;
      if (matching && !all.checked) matching.checked = false;
      if (matching) matching.closest("label").hidden = !all.checked;
      const isEvery = matching && matching.checked;
      bar.querySelector("[data-bulk-count]").textContent = isEvery && !matching.dataset.matching
        ? matching.closest("label").textContent.trim()
        : Desk.text("selected", { n: isEvery ? matching.dataset.matching : ticked.length });
    }
  }
  form.addEventListener("change", refresh);
  form.addEventListener("click", function (event) {
    const box = event.target.closest("[name=rowid]");
    if (box) {
      if (event.shiftKey && last) {
        const range = [boxes.indexOf(last), boxes.indexOf(box)].sort(function (a, b) { return a - b; });
        boxes.slice(range[0], range[1] + 1).forEach(function (b) { b.checked = box.checked; });
      }
      last = box;
      refresh();
      return;
    }
    if (event.target.closest("[data-select-none]")) { boxes.forEach(function (b) { b.checked = false; }); if (matching) matching.checked = false; refresh(); return; }
    if (event.target.closest("a, button, input, label, select, summary") || String(getSelection())) return;
    const row = event.target.closest("[data-row][data-href]");
    if (row) { if (event.ctrlKey || event.metaKey) window.open(row.dataset.href); else location.assign(row.dataset.href); }
  });
  if (all) all.addEventListener("change", function () { boxes.forEach(function (b) { b.checked = all.checked; }); refresh(); });

  let at = -1;
  function current(index) {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, index));
    rows.forEach(function (r, i) { r.classList.toggle("is-current", i === at); });
    rows[at].focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || Desk.store.get("desk.keys.off")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, .menu-panel")) return;
    if (event.key === "j") current(at + 1);
    else if (event.key === "k") current(at - 1);
    else if (at < 0) return;
    else if (event.key === "Enter" && event.target === rows[at] && rows[at].dataset.href) location.assign(rows[at].dataset.href);
    else if (event.key === "x") { const box = rows[at].querySelector("[name=rowid]"); if (box) { box.checked = !box.checked; refresh(); } }
    else if (event.key === "e" || event.key === ".") {
      const button = rows[at].querySelector("[data-row-menu]");
      if (!button) return;
      Desk.openRowMenu(button);
      const link = event.key === "e" && document.querySelector("#" + (button.dataset.ownMenu || "row-menu") + " .menu-row:not([hidden]) [data-key='e']");
      if (link) link.click();
    } else return;
    event.preventDefault();
  });
  refresh();
})();
