/* A combobox over a native <select data-lookup-url>: asks the address with ?q= and expects
   [{"value": …, "label": …, "note": …}]. Without scripts the select itself stays. */
(function () {
  "use strict";
  const Desk = window.Desk;
  let serial = 0;

  Desk.lookup = function (select) {
    if (select.dataset.wired) return;
    select.dataset.wired = "1";
    const id = "lookup-" + ++serial;
    const many = select.multiple;
    const input = Desk.element("input", { class: "form-control", type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, placeholder: Desk.strings.type_more });
    const list = Desk.element("ul", { class: "lookup-list", role: "listbox", id: id });
    const picks = Desk.element("div", { class: "lookup-picks" });
    const box = Desk.element("div", { class: "lookup" });
    list.hidden = true;
    select.before(box);
    box.append(picks, input, list, select);
    select.hidden = true;
    const label = select.id && document.querySelector('label[for="' + CSS.escape(select.id) + '"]');
    if (label) { input.id = select.id + "-search"; label.htmlFor = input.id; }
    else input.setAttribute("aria-label", select.getAttribute("aria-label") || "");
    ["aria-describedby", "aria-invalid"].forEach(function (a) { if (select.hasAttribute(a)) input.setAttribute(a, select.getAttribute(a)); });
    let found = [];
    let at = -1;
    let timer = null;
    let asked = 0;

    function chosen() { return Array.prototype.filter.call(select.options, function (o) { return o.selected && o.value; }); }
    function show() {
      if (!many) { const one = chosen()[0]; input.value = one ? one.textContent : ""; return; }
      picks.replaceChildren();
      chosen().forEach(function (o) {
        const remove = Desk.element("button", { type: "button", "aria-label": Desk.strings.remove + " " + o.textContent }, Desk.icon("close"));
        remove.addEventListener("click", function () { o.selected = false; changed(); input.focus(); });
        picks.append(Desk.element("span", { class: "chip" }, Desk.element("span", { text: o.textContent }), remove));
      });
    }
    function changed() { show(); select.dispatchEvent(new Event("change", { bubbles: true })); }
    function close() { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
    function mark(next) {
      at = next;
      Array.prototype.forEach.call(list.children, function (li, i) { li.setAttribute("aria-selected", String(i === at)); });
      if (list.children[at]) { input.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
    }
    function pick(item) {
      if (!many) Array.prototype.forEach.call(select.options, function (o) { o.selected = false; });
      let option = Array.prototype.find.call(select.options, function (o) { return o.value === String(item.value); });
      if (!option) { option = new Option(item.label, item.value); select.append(option); }
      option.selected = true;
      if (many) input.value = "";
      close();
      changed();
    }
    function render(items) {
      found = items;
      list.replaceChildren();
      items.forEach(function (item, i) {
        const li = Desk.element("li", { role: "option", id: id + "-" + i, "aria-selected": "false", text: item.label });
        if (item.note) li.append(Desk.element("small", { text: item.note }));
        li.addEventListener("mousedown", function (e) { e.preventDefault(); pick(item); });
        list.append(li);
      });
      if (!items.length) list.append(Desk.element("li", { class: "lookup-note", text: Desk.strings.no_match }));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      if (items.length) mark(0);
    }
    function ask() {
      const number = ++asked;
      const address = new URL(select.dataset.lookupUrl, location.href);
      address.searchParams.set("q", input.value.trim());
      const depends = select.dataset.lookupDepends; /* name of a field whose value narrows the search */
      if (depends && select.form && select.form.elements[depends]) address.searchParams.set(depends, select.form.elements[depends].value);
      Desk.fetch(address).then(function (a) { if (a.status === 401) { return Desk.signIn().then(function () { return []; }); } return a.ok ? a.json() : []; })
        .then(function (items) { if (number === asked) render(items.results || items); })
        .catch(function () { if (number === asked) render([]); });
    }
    input.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(ask, 180); });
    input.addEventListener("focus", function () { if (!many) input.select(); });
    input.addEventListener("click", function () { if (list.hidden) { const old = input.value; if (!many) input.value = ""; ask(); if (!many) input.value = old; } });
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { ask(); return; }
        if (found.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
      } else if (event.key === "Enter" && !list.hidden && found[at]) { event.preventDefault(); pick(found[at]); }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); show(); }
      else if (event.key === "Backspace" && many && !input.value) { const last = chosen().pop(); if (last) { last.selected = false; changed(); } }
    });
    input.addEventListener("blur", function () {
      close();
      if (!many && !input.value.trim() && chosen().length) { chosen()[0].selected = false; if (select.options[0] && !select.options[0].value) select.options[0].selected = true; changed(); }
      else show();
    });
    if (select.form) select.form.addEventListener("desk:refresh", show);
    show();
  };
})();
