/* Drop-downs, the side menu on narrow screens, row menus, tabs of keys. */
(function () {
  "use strict";
  const Desk = window.Desk;

  function items(panel) {
    return Array.prototype.filter.call(panel.querySelectorAll("a[href], button:not(:disabled), input:not([type=hidden])"), function (n) { return n.offsetParent !== null || getComputedStyle(n).position === "fixed"; });
  }
  function arrows(panel, event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if (event.target.matches("input:not([type=checkbox]):not([type=radio])")) return;
    const all = items(panel);
    if (!all.length) return;
    event.preventDefault();
    const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    all[(at + all.length) % all.length].focus();
  }
  /* Keeps a panel inside the window; fixed panels are placed by hand because a scrolling box would cut them. */
  function place(panel, opener, fixed) {
    const box = opener.getBoundingClientRect();
    if (fixed) {
      panel.style.position = "fixed";
      panel.style.right = "auto";
      const left = Math.min(Math.max(8, box.right - panel.offsetWidth), window.innerWidth - panel.offsetWidth - 8);
      const below = box.bottom + 4 + panel.offsetHeight < window.innerHeight;
      panel.style.left = (opener.closest(".menu-left") ? Math.min(box.left, window.innerWidth - panel.offsetWidth - 8) : left) + "px";
      panel.style.top = (below ? box.bottom + 4 : Math.max(8, box.top - panel.offsetHeight - 4)) + "px";
      return;
    }
    panel.style.marginLeft = panel.style.marginRight = "";
    const own = panel.getBoundingClientRect();
    if (own.left < 8) panel.style.marginRight = own.left - 8 + "px";
    if (own.right > window.innerWidth - 8) panel.style.marginLeft = window.innerWidth - 8 - own.right + "px";
  }

  document.querySelectorAll("details[data-menu]").forEach(wire);
  function wire(menu) {
    const summary = menu.querySelector("summary");
    const panel = menu.querySelector(".menu-panel");
    menu.addEventListener("toggle", function () {
      if (!menu.open) return;
      document.querySelectorAll("details[data-menu][open]").forEach(function (other) { if (other !== menu) other.open = false; });
      place(panel, summary, "menuFixed" in menu.dataset);
    });
    menu.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) { menu.open = false; summary.focus(); event.stopPropagation(); }
      if (menu.open) arrows(panel, event);
    });
  }
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (!menu.contains(event.target) || event.target.closest("a.menu-item, [data-show-keys]")) menu.open = false;
    });
  });

  /* Row menus: buttons in the table, panels outside its form. */
  let openRow = null;
  Desk.closeRowMenu = function (focus) {
    if (!openRow) return;
    openRow.panel.hidden = true;
    openRow.button.setAttribute("aria-expanded", "false");
    if (focus) openRow.button.focus();
    openRow = null;
  };
  /* A menu that rows share: the lines that this row has, leading to this row. */
  function addressTo(panel, row, lines) {
    Array.prototype.forEach.call(panel.children, function (line, at) {
      line.hidden = lines.indexOf(String(at)) < 0;
      line.querySelectorAll("a[href], form[action]").forEach(function (n) {
        const name = n.matches("a") ? "href" : "action";
        n.dataset.anyRow = n.dataset.anyRow || n.getAttribute(name);
        n.setAttribute(name, n.dataset.anyRow.replace("/-row-/", "/" + row + "/"));
      });
    });
  }
  Desk.openRowMenu = function (button) {
    const panel = document.getElementById(button.dataset.ownMenu || "row-menu");
    const again = openRow && openRow.button === button;
    Desk.closeRowMenu(false);
    if (!panel || again) return;
    if (button.dataset.rowMenu) addressTo(panel, button.closest("[data-row]").dataset.row, button.dataset.rowMenu.split(" "));
    panel.hidden = false;
    place(panel, button, true);
    button.setAttribute("aria-expanded", "true");
    openRow = { button: button, panel: panel };
    const first = items(panel)[0];
    if (first) first.focus();
  };
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-row-menu]");
    if (button) { Desk.openRowMenu(button); return; }
    if (openRow && (!openRow.panel.contains(event.target) || event.target.closest(".menu-item"))) Desk.closeRowMenu(false);
  });
  document.addEventListener("keydown", function (event) {
    if (!openRow) return;
    if (event.key === "Escape") { event.stopPropagation(); Desk.closeRowMenu(true); }
    else if (event.key === "Tab") Desk.closeRowMenu(true);
    else arrows(openRow.panel, event);
  });
  window.addEventListener("scroll", function () { Desk.closeRowMenu(false); }, { passive: true });

  /* Side menu on narrow screens. */
  const toggle = document.querySelector(".top [data-toggle-menu]");
  const side = document.getElementById("desk-menu");
  function setSide(open) {
    document.body.classList.toggle("menu-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    const focus = open ? side.querySelector("[aria-current], a[href]:not([data-toggle-menu])") : toggle;
    if (focus) focus.focus();
  }
  if (toggle && side) {
    document.addEventListener("click", function (event) {
      if (!event.target.closest("[data-toggle-menu]")) return;
      event.preventDefault();
      setSide(!document.body.classList.contains("menu-open"));
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && document.body.classList.contains("menu-open")) setSide(false);
    });
    /* Groups that the reader opens stay open, in a cookie so that the server paints them right. */
    side.addEventListener("click", function (event) {
      const head = event.target.closest("summary");
      const group = head && head.closest("[data-menu-group]");
      if (!group) return;
      const kept = (document.cookie.match(/(?:^|; )desk_menu=([^;]*)/) || ["", ""])[1].split(".").filter(function (key) { return key && key !== group.dataset.menuGroup; });
      if (!group.open) kept.push(group.dataset.menuGroup);
      document.cookie = "desk_menu=" + kept.join(".") + "; path=/; max-age=31536000; samesite=lax";
    });
    const current = side.querySelector("[aria-current]");
    const scroll = side.querySelector(".side-scroll");
    if (current && scroll && current.offsetTop > scroll.clientHeight) scroll.scrollTop = current.offsetTop - scroll.clientHeight / 2;
  }

  /* Tables wider than their box get a shade at the edge, so that nobody misses the rest. */
  function mark(box) { box.classList.toggle("is-cut", box.scrollWidth - box.clientWidth - box.scrollLeft > 4); }
  document.querySelectorAll(".table-scroll").forEach(function (box) {
    mark(box);
    box.addEventListener("scroll", function () { mark(box); }, { passive: true });
    if (window.ResizeObserver) new ResizeObserver(function () { mark(box); }).observe(box);
  });

  /* Single keys, off while typing, in a dialog, or when the user turned them off. */
  const KEYS_OFF = "desk.keys.off";
  function typing(target) { return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"); }
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]") || Desk.store.get(KEYS_OFF)) return;
    if (event.key === "?") { showKeys(); return; }
    const target = Array.prototype.find.call(document.querySelectorAll("[data-key]"), function (n) { return n.dataset.key === event.key && (n.offsetParent !== null || n.closest(".top")); });
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) { target.focus(); target.select(); } else target.click();
  });
  function showKeys() {
    const list = Desk.element("dl", { class: "keys" });
    Desk.strings.keys.forEach(function (pair) {
      list.append(Desk.element("dt", {}, Desk.element("kbd", { text: pair[0] })), Desk.element("dd", { text: pair[1] }));
    });
    const on = Desk.element("input", { type: "checkbox" });
    on.checked = !Desk.store.get(KEYS_OFF);
    on.addEventListener("change", function () { Desk.store.set(KEYS_OFF, !on.checked); });
    const close = Desk.element("button", { class: "icon-button", "aria-label": Desk.strings.close }, Desk.icon("close"));
    const dialog = Desk.element("dialog", { class: "dialog dialog-small", "aria-labelledby": "keys-title" },
      Desk.element("form", { method: "dialog", class: "dialog-form" },
        Desk.element("header", { class: "dialog-head" }, Desk.element("h2", { id: "keys-title", text: Desk.strings.keys_title }), close),
        Desk.element("div", { class: "dialog-body" }, list, Desk.element("label", { class: "check" }, on, Desk.element("span", { text: Desk.strings.keys_on })))));
    document.body.append(dialog);
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.showModal();
  }
  document.querySelectorAll("[data-show-keys]").forEach(function (b) { b.hidden = false; b.addEventListener("click", showKeys); });
})();
