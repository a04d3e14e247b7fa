/* Shared helpers: texts, fetch with the token, toasts, confirmation, theme, small data-attributes. */
(function () {
  "use strict";
  const holder = document.getElementById("desk-strings");
  const strings = holder ? JSON.parse(holder.textContent) : {};
  const body = document.body;

  const Desk = (window.Desk = { strings: strings });

  Desk.text = function (key, values) {
    let text = strings[key] || key;
    Object.keys(values || {}).forEach(function (name) { text = text.replace("{" + name + "}", values[name]); });
    return text;
  };
  Desk.icon = function (name) {
    const reference = document.querySelector("svg.icon use");
    const sprite = reference ? reference.getAttribute("href").split("#")[0] : "";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", sprite + "#" + name);
    svg.append(use);
    return svg;
  };
  /* element("p", {class: "x", text: "words"}, child, …) */
  Desk.element = function (tag, attributes) {
    const node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      if (name === "text") node.textContent = attributes[name];
      else if (attributes[name] !== null && attributes[name] !== false) node.setAttribute(name, attributes[name]);
    });
    Array.prototype.slice.call(arguments, 2).forEach(function (child) { node.append(child); });
    return node;
  };
  Desk.store = {
    get: function (key) { try { return JSON.parse(localStorage.getItem(key)); } catch (e) { return null; } },
    set: function (key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch (e) { /* full or off */ } },
    drop: function (key) { try { localStorage.removeItem(key); } catch (e) { /* off */ } },
  };

  Desk.token = function () { return document.querySelector("meta[name=csrf-token]").content; };
  Desk.setToken = function (token) {
    document.querySelector("meta[name=csrf-token]").content = token;
    document.querySelectorAll("input[name=csrf_token]").forEach(function (input) { input.value = token; });
  };
  /* Fetch marked as coming from a dialog; the server answers fragments, 401 instead of a redirect to sign-in. */
  Desk.fetch = function (url, options) {
    options = Object.assign({ credentials: "same-origin" }, options || {});
    options.headers = Object.assign({ "X-Desk-Fragment": "1", "X-CSRFToken": Desk.token() }, options.headers || {});
    return fetch(url, options).then(function (answer) {
      const token = answer.headers.get("X-Desk-Csrf");
      if (token) Desk.setToken(token);
      const ends = answer.headers.get("X-Desk-Session-Ends");
      if (ends && Desk.sessionEnds) Desk.sessionEnds(ends);
      return answer;
    });
  };

  Desk.toast = function (text, tone) {
    const box = document.querySelector("[data-toasts]");
    const names = { bad: "error", warn: "warning", good: "success" };
    const close = Desk.element("button", { type: "button", class: "icon-button", "aria-label": strings.close, "data-dismiss": "" }, Desk.icon("close"));
    const note = Desk.element("div", { class: "notice notice-" + (tone || "info") }, Desk.icon(names[tone] || "info"), Desk.element("div", { class: "notice-text", text: text }), close);
    box.append(note);
    if (tone !== "bad") setTimeout(function () { note.remove(); }, 7000);
    return note;
  };

  /* confirm(text) → Promise<boolean>, in a dialog of our own. */
  Desk.confirm = function (text) {
    return new Promise(function (resolve) {
      const yes = Desk.element("button", { class: "btn btn-main", value: "yes", text: strings.yes });
      const no = Desk.element("button", { class: "btn btn-plain", value: "no", text: strings.cancel });
      const form = Desk.element("form", { method: "dialog", class: "dialog-form" },
        Desk.element("header", { class: "dialog-head" }, Desk.element("h2", { id: "confirm-title", text: strings.confirm })),
        Desk.element("div", { class: "dialog-body" }, Desk.element("p", { text: text })),
        Desk.element("footer", { class: "dialog-foot" }, yes, no));
      const dialog = Desk.element("dialog", { class: "dialog dialog-small", "aria-labelledby": "confirm-title", "data-confirm-dialog": "" }, form);
      body.append(dialog);
      dialog.addEventListener("close", function () { dialog.remove(); resolve(dialog.returnValue === "yes"); });
      dialog.showModal();
      no.focus();
    });
  };

  /* data-confirm on a form or on its button: asks before the form goes. */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    const text = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!text || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    Desk.confirm(text).then(function (yes) {
      if (!yes) return;
      form.dataset.confirmed = "1";
      form.requestSubmit(button || undefined);
      delete form.dataset.confirmed;
    });
  }, true);

  document.addEventListener("click", function (event) {
    const target = event.target.closest("[data-dismiss], [data-refuse], [data-print], [data-fill], [data-copy]");
    if (!target) return;
    if ("dismiss" in target.dataset) target.closest(".notice").remove();
    if ("refuse" in target.dataset) Desk.toast(target.dataset.refuse, "warn");
    if ("print" in target.dataset) window.print();
    if ("copy" in target.dataset) navigator.clipboard.writeText(target.dataset.copy).then(function () { Desk.toast(strings.copied, "good"); });
    if ("fill" in target.dataset) {
      const input = document.querySelector("[name=" + target.dataset.fill + "]");
      if (input) { input.value = target.dataset.value; const next = document.querySelector("input[type=password]"); (next || input).focus(); }
    }
  });
  document.querySelectorAll("[data-print]").forEach(function (b) { b.hidden = false; });
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();

  /* Theme: kept in a cookie so that the server paints the first page right. */
  const root = document.documentElement;
  function showTheme() {
    document.querySelectorAll("[data-set-theme]").forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.setTheme === root.dataset.theme)); });
  }
  document.querySelectorAll("[data-theme-choice]").forEach(function (box) { box.hidden = false; });
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-set-theme]");
    if (!button) return;
    root.dataset.theme = button.dataset.setTheme;
    document.cookie = "desk_theme=" + button.dataset.setTheme + "; path=/; max-age=31536000; samesite=lax";
    showTheme();
  });
  showTheme();
})();
