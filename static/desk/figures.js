/* Figures that the page does not wait for: beside the menu and the bell, of the tabs, of the length of a list.
   Their places are kept free, so that nothing moves when they come; where they fail to come, there are none. */
(function () {
  "use strict";
  const Desk = window.Desk;

  function ask(url, show) {
    Desk.fetch(url, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (answer.ok) return answer.json().then(show);
    }).catch(function () { /* without a connection the page says so when something is done */ });
  }

  if (document.body.dataset.figures) ask(document.body.dataset.figures, function (figures) {
    document.querySelectorAll("[data-figure]").forEach(function (place) {
      const words = figures[place.dataset.figure];
      if (words) { place.textContent = words; place.hidden = false; }
    });
  });

  const list = document.querySelector("[data-counts]");
  if (list) ask(list.dataset.counts, function (said) {
    document.querySelectorAll("[data-tab-count]").forEach(function (place, at) { place.textContent = said.tabs[at]; });
    if (!said.rows) return;
    document.querySelectorAll("[data-count]").forEach(function (place) { place.textContent = said[place.dataset.count]; });
    const page = document.querySelector("[data-page]");
    if (page) { page.max = said.last_page; if (document.activeElement !== page) page.value = said.page; }
    const matching = document.querySelector("[data-all-matching]");
    if (matching) { matching.dataset.matching = said.matching; matching.dispatchEvent(new Event("change", { bubbles: true })); }
  });
})();
