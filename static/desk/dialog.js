/* Forms in dialogs: opened by fetch, posted by fetch, faults shown in place, nothing typed lost.
   data-dialog on a link: opens its page in a dialog. data-dialog-submit on a button: posts its form there.
   data-dialog-form on a form inside: posted by fetch. data-open="id": opens a <dialog> of the page. */
(function () {
  "use strict";
  const Desk = window.Desk;

  function errorBox(message) {
    return Desk.element("div", { class: "error-summary", role: "alert", tabindex: "-1" }, Desk.element("p", { text: message }));
  }
  function showError(dialog, message) {
    const place = dialog.querySelector(".dialog-body") || dialog;
    place.querySelectorAll("[data-send-error]").forEach(function (n) { n.remove(); });
    const box = errorBox(message);
    box.dataset.sendError = "";
    place.prepend(box);
    box.focus();
  }

  function fill(dialog, html, state, sent) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fragment = page.querySelector("[data-fragment]") || page.querySelector("main");
    dialog.replaceChildren(fragment ? document.importNode(fragment, true) : errorBox(Desk.strings.failed));
    dialog.classList.toggle("dialog-wide", Boolean(dialog.querySelector("[data-wide], .conflict, .plain, .days")));
    const next = dialog.querySelector("form[data-dialog-form]");
    if (sent && next) keepPicks(sent, next);
    if (state.note) {
      const place = dialog.querySelector(".dialog-body");
      if (place) place.prepend(Desk.element("div", { class: "notice notice-warn", role: "status" }, Desk.icon("lock"), Desk.element("div", { class: "notice-text", text: state.note })));
    }
    if (Desk.enhance) Desk.enhance(dialog);
    const focus = dialog.querySelector(".error-summary, [aria-invalid=true]") || dialog.querySelector(".dialog-body input:not([type=hidden]), .dialog-body select, .dialog-body textarea, .dialog-body a.btn, .dialog-body button:not([data-close])");
    if (focus) { if (focus.matches(".error-summary")) focus.tabIndex = -1; focus.focus(); }
  }

  /* A look-up's choice is not among the options the server rendered again: taken over from the form that was sent. */
  function keepPicks(sent, next) {
    sent.querySelectorAll("select[data-lookup-url]").forEach(function (old) {
      const select = next.querySelector('select[name="' + CSS.escape(old.name) + '"]');
      if (!select || Array.prototype.some.call(select.selectedOptions, function (o) { return o.value; })) return;
      Array.prototype.forEach.call(old.selectedOptions, function (o) { if (o.value) select.append(new Option(o.textContent, o.value, true, true)); });
    });
  }

  /* openDialog(url, {body}) → Promise<boolean>: true when the step was done. */
  Desk.openDialog = function (url, options) {
    const state = Object.assign({}, options);
    const dialog = Desk.element("dialog", { class: "dialog", "aria-labelledby": "dialog-title" },
      Desk.element("p", { class: "dialog-wait", role: "status", text: Desk.strings.loading }));
    document.body.append(dialog);
    const opener = document.activeElement;
    dialog.showModal();
    let done = false;
    let settle;
    const promise = new Promise(function (resolve) { settle = resolve; });
    dialog.addEventListener("close", function () {
      dialog.remove();
      if (opener && opener.isConnected) opener.focus();
      settle(done);
    });
    dialog.addEventListener("click", function (event) {
      if (event.target === dialog && !dirty(dialog)) dialog.close();
      if (event.target.closest("[data-close]")) { event.preventDefault(); dialog.close(); }
    });
    dialog.addEventListener("submit", function (event) {
      const form = event.target;
      if (!form.matches("[data-dialog-form]") || event.defaultPrevented) return;
      event.preventDefault();
      send(form, event.submitter);
    });
    load(url, state.body ? { method: "POST", body: state.body } : {});
    return promise;

    function load(address, request) {
      Desk.fetch(address, request).then(function (answer) {
        if (answer.status === 401 && !state.signIn) return Desk.signIn().then(function () {
          if (request.body) request.body.set("csrf_token", Desk.token());
          load(address, request);
        });
        return handle(answer);
      }).catch(function () { dialog.replaceChildren(closeable(errorBox(Desk.strings.network))); });
    }
    function closeable(box) {
      const close = Desk.element("button", { type: "button", class: "btn btn-plain", "data-close": "", text: Desk.strings.close });
      return Desk.element("div", { class: "dialog-body" }, box, close);
    }
    function send(form, button) {
      if (form.dataset.sending) return;
      form.dataset.sending = "1";
      form.querySelectorAll("[name=csrf_token]").forEach(function (input) { input.value = Desk.token(); });
      const data = new FormData(form);
      if (button && button.name) data.append(button.name, button.value);
      const address = (button && button.getAttribute("formaction")) || form.getAttribute("action") || url;
      busy(button, true);
      Desk.fetch(address, { method: "POST", body: data }).then(function (answer) {
        delete form.dataset.sending;
        busy(button, false);
        if (answer.status === 401 && !state.signIn) return Desk.signIn().then(function () { send(form, button); }).catch(function () {});
        return handle(answer, form);
      }).catch(function () {
        delete form.dataset.sending;
        busy(button, false);
        showError(dialog, Desk.strings.network);
      });
    }
    function handle(answer, form) {
      const target = answer.headers.get("X-Desk-Location");
      if (target !== null || answer.status === 204 || (answer.redirected && form)) {
        done = true;
        if (form && form.dataset.draft) Desk.store.drop(form.dataset.draft);
        dialog.close();
        if (state.signIn) return null;
        go(target || (answer.redirected ? answer.url : location.href));
        return null;
      }
      const kind = answer.headers.get("Content-Type") || "";
      return answer.text().then(function (html) {
        if (kind.indexOf("html") < 0 || !html) { showError(dialog, Desk.strings.failed); return; }
        if (answer.status >= 500) { showError(dialog, words(html) || Desk.strings.failed); return; }
        fill(dialog, html, state, form);
        const report = dialog.querySelector(".report");
        if (report && answer.ok && form && form.dataset.draft) Desk.store.drop(form.dataset.draft);
        if (report && answer.ok) dialog.addEventListener("close", function () { location.reload(); });
      });
    }
  };
  function words(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const place = page.querySelector("[data-error-text]");
    return place ? place.textContent.trim() : "";
  }
  function go(target) {
    const address = new URL(target, location.href);
    if (address.origin !== location.origin) return;
    if (address.pathname + address.search === location.pathname + location.search) {
      if (address.hash) history.replaceState(null, "", address.hash);
      location.reload();
    } else location.assign(address.href);
  }
  function busy(button, on) {
    if (!button) return;
    button.disabled = on;
    button.setAttribute("aria-busy", String(on));
  }
  function dirty(dialog) {
    return Array.prototype.some.call(dialog.querySelectorAll("input:not([type=hidden]), textarea"), function (f) {
      return f.type === "checkbox" || f.type === "radio" ? f.checked !== f.defaultChecked : f.value !== f.defaultValue;
    });
  }

  /* data-panels="url": dialogs of the page that are asked for when the first of them is opened. */
  function loadPanels(opener) {
    const place = document.querySelector("[data-panels]");
    if (!place || opener.disabled) return;
    opener.disabled = true;
    fetch(place.dataset.panels, { headers: { "X-Desk-Fragment": "1" } })
      .then(function (answer) {
        if (answer.status === 401) { location.reload(); return ""; }
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) {
        opener.disabled = false;
        if (!html) return;
        place.innerHTML = html;
        if (document.getElementById(opener.dataset.open)) opener.click();
      })
      .catch(function () {
        opener.disabled = false;
        opener.focus();
        Desk.toast(place.dataset.panelsFailed, "error");
      });
  }

  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      const inside = link.closest("dialog");
      if (inside && link.closest(".missing")) inside.close();
      Desk.openDialog(link.href);
      return;
    }
    const opener = event.target.closest("[data-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.open);
      if (dialog) { dialog.showModal(); if (Desk.enhance) Desk.enhance(dialog); }
      else loadPanels(opener);
      return;
    }
    const inPage = event.target.closest("dialog[id]");
    if (inPage && (event.target === inPage || event.target.closest("[data-close]"))) { event.preventDefault(); inPage.close(); }
  });
  document.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (event.defaultPrevented || !button || !("dialogSubmit" in button.dataset)) return;
    event.preventDefault();
    const data = new FormData(event.target);
    if (button.name) data.append(button.name, button.value);
    if (!data.getAll("rowid").length && !data.get("all_matching")) { Desk.toast(Desk.strings.none_selected, "warn"); return; }
    Desk.openDialog(button.getAttribute("formaction") || event.target.action, { body: data });
  });
})();
