/* The case page: timeline filter, section links that follow the scroll, polling of jobs. */
(function () {
  "use strict";
  const kinds = document.querySelectorAll("[data-timeline-kind]");
  kinds.forEach(function (button) {
    button.addEventListener("click", function () {
      kinds.forEach(function (b) { b.setAttribute("aria-pressed", String(b === button)); });
      document.querySelectorAll("[data-kind]").forEach(function (entry) {
        entry.hidden = Boolean(button.dataset.timelineKind) && entry.dataset.kind !== button.dataset.timelineKind;
      });
    });
  });

  const links = Array.prototype.slice.call(document.querySelectorAll("[data-section-link]"));
  const sections = links.map(function (l) { return document.getElementById(l.hash.slice(1)); });
  if (links.length) {
    const follow = function () {
      let active = 0;
      sections.forEach(function (s, i) { if (s && s.getBoundingClientRect().top < 150) active = i; });
      if (window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4) active = sections.length - 1;
      links.forEach(function (l, i) { if (i === active) l.setAttribute("aria-current", "true"); else l.removeAttribute("aria-current"); });
    };
    window.addEventListener("scroll", follow, { passive: true });
    follow();
  }
  document.addEventListener("input", function (event) { /* a quick note shows its button once typed */
    if (event.target.matches("[data-note-text]")) event.target.form.classList.toggle("is-open", Boolean(event.target.value.trim()));
  });
  /* Opens every fold before printing: the printed case is complete. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not([data-menu]):not([open])").forEach(function (d) { d.open = true; d.dataset.printOpened = "1"; });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("[data-print-opened]").forEach(function (d) { d.open = false; delete d.dataset.printOpened; });
  });

  const jobs = document.querySelector("[data-refresh]");
  if (jobs) {
    const timer = setInterval(function () {
      if (document.hidden || document.querySelector("dialog[open]")) return;
      window.Desk.fetch(location.href).then(function (a) { return a.ok ? a.text() : ""; }).then(function (html) {
        const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-refresh]");
        if (!fresh) return;
        document.querySelector("[data-refresh]").replaceWith(fresh);
        if (fresh.dataset.refresh === "") clearInterval(timer);
      }).catch(function () {});
    }, Math.max(3, Number(jobs.dataset.refresh) || 5) * 1000);
    if (jobs.dataset.refresh === "") clearInterval(timer);
  }
})();
