/* Full-page and dialog forms: drafts, double submit, inline rows, drop zones, leaving with unsaved words.
   data-submit-once, data-draft="key", data-guard, data-save-key, data-inline (with data-inline-add, -remove),
   data-drop, data-drop-empty, data-date-quick, data-texts, data-shown-for="field: values",
   data-usual="value:usual …" with data-usual-for="field". */
(function () {
  "use strict";
  const Desk = window.Desk;
  const KEPT = "input:not([type=hidden]):not([type=password]):not([type=file]):not([type=submit]), textarea, select";

  Desk.enhance = function (root) {
    root.querySelectorAll("form[data-draft]").forEach(draft);
    root.querySelectorAll("[data-drop]").forEach(drop);
    root.querySelectorAll("[data-lookup-url]").forEach(function (s) { if (Desk.lookup) Desk.lookup(s); });
    root.querySelectorAll("[data-date-quick]").forEach(function (p) { p.hidden = false; });
    root.querySelectorAll("[data-inline]").forEach(inline);
    root.querySelectorAll("[data-shown-for]").forEach(shownFor);
    root.querySelectorAll("select[data-usual]").forEach(usual);
    root.querySelectorAll("[data-conflict-all]").forEach(function (p) { p.hidden = false; });
  };

  /* "kind: return replacement": asked only while the select named kind holds one of the values; else not sent. */
  function shownFor(part) {
    if (part.dataset.shownWired) return;
    part.dataset.shownWired = "1";
    const said = part.dataset.shownFor.split(":");
    const select = part.form && part.form.elements[said[0].trim()];
    if (!select) return;
    const values = said[1].trim().split(" ");
    const settle = function () { const on = values.indexOf(select.value) >= 0; part.hidden = !on; part.disabled = !on; };
    select.addEventListener("change", settle);
    part.form.addEventListener("desk:refresh", settle);
    settle();
  }

  /* What another field usually goes with is chosen along with it, until somebody chooses by hand. */
  function usual(select) {
    const source = select.form && select.form.elements[select.dataset.usualFor];
    if (!source || select.dataset.usualWired) return;
    select.dataset.usualWired = "1";
    let byHand = false;
    select.addEventListener("change", function () { byHand = true; });
    source.addEventListener("change", function () {
      const pair = select.dataset.usual.split(" ").map(function (p) { return p.split(":"); })
        .find(function (p) { return p[0] === source.value; });
      if (pair && !byHand) select.value = pair[1];
    });
  }

  function read(form) {
    const values = {};
    form.querySelectorAll(KEPT).forEach(function (f) {
      if (!f.name || f.name === "confirmed_count") return;
      const list = values[f.name] || (values[f.name] = []);
      if (f.type === "checkbox" || f.type === "radio") { if (f.checked) list.push(f.value); }
      else if (f.multiple) Array.prototype.forEach.call(f.selectedOptions, function (o) { list.push([o.value, o.textContent]); });
      else if (f.matches("select")) list.push([f.value, f.selectedOptions[0] ? f.selectedOptions[0].textContent : ""]);
      else list.push(f.value);
    });
    return values;
  }
  function write(form, values) {
    const seen = {};
    form.querySelectorAll(KEPT).forEach(function (f) {
      const list = values[f.name];
      if (!list) return;
      if (f.type === "checkbox" || f.type === "radio") f.checked = list.indexOf(f.value) >= 0;
      else if (f.matches("select")) {
        const picks = f.multiple ? list : [list[seen[f.name] || 0] || ["", ""]];
        picks.forEach(function (p) {
          if (p[0] && !Array.prototype.some.call(f.options, function (o) { return o.value === p[0]; }) && f.dataset.lookupUrl) f.append(new Option(p[1], p[0]));
        });
        const wanted = picks.map(function (p) { return p[0]; });
        Array.prototype.forEach.call(f.options, function (o) { o.selected = wanted.indexOf(o.value) >= 0; });
      } else { const v = list[seen[f.name] || 0]; if (v !== undefined) f.value = v; }
      seen[f.name] = (seen[f.name] || 0) + 1;
    });
  }
  /* After a fault the server has rendered what was typed; only look-ups may have lost their choice. */
  function restorePicks(form, values) {
    form.querySelectorAll("select[data-lookup-url]").forEach(function (s) {
      if (Array.prototype.some.call(s.selectedOptions, function (o) { return o.value; })) return;
      (values[s.name] || []).forEach(function (p) { if (p[0]) s.append(new Option(p[1], p[0], true, true)); });
    });
  }
  /* What is typed is kept in this browser under the form's key until the server took it. */
  function draft(form) {
    if (form.dataset.draftWired) return;
    form.dataset.draftWired = "1";
    const key = form.dataset.draft;
    const original = JSON.stringify(read(form));
    const kept = Desk.store.get(key);
    if (kept && JSON.stringify(kept.values) !== original) {
      if (form.querySelector("[aria-invalid=true]")) { restorePicks(form, kept.values); return watch(form, key); }
      write(form, kept.values);
      const again = Desk.element("button", { type: "button", class: "btn btn-plain btn-small", text: Desk.strings.discard });
      const note = Desk.element("div", { class: "notice notice-info draft-note", role: "status" }, Desk.icon("info"),
        Desk.element("div", { class: "notice-text", text: Desk.text("draft", { time: new Date(kept.at).toLocaleString(document.documentElement.lang) }) }), again);
      again.addEventListener("click", function () { Desk.store.drop(key); write(form, JSON.parse(original)); form.dispatchEvent(new Event("desk:refresh", { bubbles: true })); note.remove(); });
      form.prepend(note);
    }
    watch(form, key);
  }
  function watch(form, key) {
    let timer = null;
    form.addEventListener("input", function () {
      form.dataset.dirty = "1";
      clearTimeout(timer);
      timer = setTimeout(function () { if (form.isConnected) Desk.store.set(key, { at: Date.now(), values: read(form) }); }, 400);
    });
    form.addEventListener("change", function () { form.dispatchEvent(new Event("input")); });
    form.addEventListener("submit", function () {
      clearTimeout(timer);
      Desk.store.set(key, { at: Date.now(), values: read(form) });
      if (!form.closest("dialog")) sessionStorage.setItem("desk.sent", key);
    });
  }
  /* A full page was sent and the answer is neither a fault, a conflict nor a sign-in: the draft has served. */
  function settleSent() {
    const key = sessionStorage.getItem("desk.sent");
    if (!key || document.querySelector(".error-summary, .conflict, .login-page, .error-page, .login")) return;
    sessionStorage.removeItem("desk.sent");
    Desk.store.drop(key);
  }
  /* The page after a full-page save says which draft is done: <… data-draft-done="key">. */
  document.querySelectorAll("[data-draft-done]").forEach(function (n) { Desk.store.drop(n.dataset.draftDone); });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.matches("[data-drop-empty]")) {
      form.querySelectorAll("input, select").forEach(function (f) { if (!f.value) f.disabled = true; });
      setTimeout(function () { form.querySelectorAll(":disabled").forEach(function (f) { f.disabled = false; }); });
    }
    if (form.matches("[data-export]")) { Desk.toast(Desk.strings.exporting); return; }
    if (!form.matches("[data-submit-once]") || form.closest("dialog")) return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    if (form.method === "post" && "draft" in form.dataset && !form.dataset.alive) { event.preventDefault(); askFirst(form, event.submitter); return; }
    form.dataset.sending = "1";
    form.dataset.dirty = "";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  /* A form that holds much typing goes only while the session stands; else its owner signs in again over the page. */
  function askFirst(form, button) {
    form.dataset.sending = "1";
    const over = Desk.sessionOver && Desk.sessionOver();
    const asked = over ? Desk.signIn() : Desk.fetch(document.body.dataset.keepAlive, { method: "POST" }).then(function (a) { return a.status === 401 ? Desk.signIn() : null; });
    asked.then(function () {
      delete form.dataset.sending;
      form.dataset.alive = "1";
      form.requestSubmit(button || undefined);
      delete form.dataset.alive;
    }).catch(function (fault) {
      delete form.dataset.sending;
      sessionStorage.removeItem("desk.sent");
      if (fault instanceof TypeError) Desk.toast(Desk.strings.network, "bad");
    });
  }
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sending]").forEach(function (f) { delete f.dataset.sending; f.querySelectorAll("[aria-busy]").forEach(function (b) { b.removeAttribute("aria-busy"); }); });
  });
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && "guard" in form.dataset) form.dataset.dirty = "1";
    const field = event.target.closest("[data-field].has-error");
    if (field) field.classList.remove("has-error");
  });
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-guard][data-dirty='1']:not([data-draft])")) event.preventDefault();
  });
  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey)) return;
    const dialog = document.querySelector("dialog[open] form");
    const form = dialog || document.querySelector("form[data-save-key]");
    if (form && (event.key === "s" || (event.key === "Enter" && dialog))) { event.preventDefault(); form.requestSubmit(form.querySelector("button.btn-main:not([type=button]), button.btn-bad") || undefined); }
  });

  /* Inline rows: a <template data-inline-template>. Its __index__ becomes the next number; names without it
     (Flask-Admin's own templates) get "<data-prefix>-<number>-" in front. */
  function number(piece, prefix, index) {
    piece.querySelectorAll("*").forEach(function (node) {
      Array.prototype.forEach.call(node.attributes, function (a) {
        if (a.value.indexOf("__index__") >= 0) a.value = a.value.split("__index__").join(index);
        else if (prefix && ["name", "id", "for"].indexOf(a.name) >= 0) a.value = prefix + "-" + index + "-" + a.value.replace(/^-/, "");
      });
    });
  }
  function inline(box) {
    if (box.dataset.wired) return;
    box.dataset.wired = "1";
    const rows = box.querySelector("[data-inline-rows]");
    const template = box.querySelector("template[data-inline-template]");
    const add = box.querySelector("[data-inline-add]");
    let next = 0;
    Array.prototype.forEach.call(rows.children, function (row, i) { next = Math.max(next, i + 1, Number((/-(\d+)$/.exec(row.id) || [0, -1])[1]) + 1); });
    if (add) add.hidden = false;
    box.addEventListener("click", function (event) {
      if (add && event.target.closest("[data-inline-add]") === add) {
        const piece = template.content.cloneNode(true);
        number(piece, add.dataset.prefix, next++);
        rows.append(piece);
        Desk.enhance(rows.lastElementChild);
        const field = rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea");
        if (field) field.focus();
      }
      const remove = event.target.closest("[data-inline-remove]");
      if (remove) { remove.closest("[data-inline-row]").remove(); if (add) add.focus(); }
    });
  }

  function size(bytes) { return bytes > 1048576 ? (bytes / 1048576).toFixed(1) + " MB" : Math.max(1, Math.round(bytes / 1024)) + " KB"; }
  function drop(zone) {
    if (zone.dataset.wired) return;
    zone.dataset.wired = "1";
    const input = zone.querySelector("input[type=file]");
    const list = zone.querySelector("[data-drop-list]");
    function show() {
      list.replaceChildren();
      Array.prototype.forEach.call(input.files, function (file) { list.append(Desk.element("li", { text: file.name + " · " + size(file.size) })); });
    }
    input.addEventListener("change", show);
    ["dragenter", "dragover"].forEach(function (n) { zone.addEventListener(n, function (e) { e.preventDefault(); zone.classList.add("is-over"); }); });
    ["dragleave", "drop"].forEach(function (n) { zone.addEventListener(n, function (e) { e.preventDefault(); zone.classList.remove("is-over"); }); });
    zone.addEventListener("drop", function (event) {
      const transfer = new DataTransfer();
      const files = Array.prototype.slice.call(event.dataTransfer.files);
      (input.multiple ? Array.prototype.slice.call(input.files).concat(files) : files.slice(0, 1)).forEach(function (f) { transfer.items.add(f); });
      input.files = transfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  /* A ready text in several languages: another choice replaces it while nobody has changed what stands there. */
  document.addEventListener("change", function (event) {
    const pick = event.target.closest("select[data-texts]");
    if (!pick) return;
    const texts = JSON.parse(pick.dataset.texts);
    const field = pick.form.elements[pick.dataset.textsFor];
    const untouched = !field.value.trim() || Object.keys(texts).some(function (key) { return texts[key] === field.value.replace(/\r\n/g, "\n"); });
    if (!texts[pick.value] || texts[pick.value] === field.value) return;
    const put = function () { field.value = texts[pick.value]; field.lang = pick.value === "zh" ? "zh-CN" : pick.value; field.dispatchEvent(new Event("input", { bubbles: true })); };
    if (untouched) put();
    else Desk.confirm(Desk.strings.replace_text).then(function (yes) { if (yes) put(); });
  });

  /* Conflict page: one choice for every field. */
  document.addEventListener("click", function (event) {
    const all = event.target.closest("[data-pick-all]");
    if (all) all.form.querySelectorAll("input[type=radio][value=" + all.dataset.pickAll + "]").forEach(function (r) { r.checked = true; });
  });
  document.addEventListener("click", function (event) {
    const quick = event.target.closest("[data-range]");
    if (!quick) return;
    const box = quick.closest(".filter-body");
    const day = new Date();
    const from = new Date(day);
    if (quick.dataset.range === "week") from.setDate(day.getDate() - ((day.getDay() + 6) % 7));
    if (quick.dataset.range === "month") from.setDate(1);
    if (quick.dataset.range === "year") from.setMonth(0, 1);
    const iso = function (d) { return d.getFullYear() + "-" + String(d.getMonth() + 1).padStart(2, "0") + "-" + String(d.getDate()).padStart(2, "0"); };
    box.querySelector("[name$=_from]").value = iso(from);
    box.querySelector("[name$=_to]").value = iso(day);
  });

  settleSent();
  document.addEventListener("DOMContentLoaded", function () { Desk.enhance(document); });
})();
