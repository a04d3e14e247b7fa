/* Warns before the session ends, keeps it alive on request, signs in again without losing the page. */
(function () {
  "use strict";
  const Desk = window.Desk;
  const body = document.body;
  const WARN = 5 * 60 * 1000;
  const SHARED = "desk.session";
  const bar = document.querySelector("[data-session-bar]");
  const text = document.querySelector("[data-session-text]");
  const skew = body.dataset.serverNow ? Date.parse(body.dataset.serverNow) - Date.now() : 0;
  let ends = body.dataset.sessionEnds ? Date.parse(body.dataset.sessionEnds) - skew : null;

  Desk.sessionEnds = function (moment) {
    ends = Date.parse(moment) - skew;
    Desk.store.set(SHARED, ends);
    tick();
  };
  Desk.sessionOver = function () { return ends !== null && Date.now() >= ends; };

  function left(ms) {
    return ms > 90000 ? Desk.text("minutes", { n: Math.round(ms / 60000) }) : Desk.text("seconds", { n: Math.max(0, Math.round(ms / 1000)) });
  }
  function tick() {
    if (!bar || ends === null) return;
    const remaining = ends - Date.now();
    bar.hidden = remaining > WARN;
    if (bar.hidden) return;
    text.textContent = remaining > 0 ? Desk.text("ends_in", { time: left(remaining) }) : Desk.strings.ended;
    bar.querySelector("[data-stay]").textContent = remaining > 0 ? bar.querySelector("[data-stay]").dataset.stayText : Desk.strings.login;
  }
  if (bar && ends !== null) {
    const button = bar.querySelector("[data-stay]");
    button.dataset.stayText = button.textContent;
    Desk.store.set(SHARED, ends);
    window.addEventListener("storage", function (event) { /* another tab stayed signed in */
      if (event.key === SHARED && event.newValue) { ends = Number(event.newValue); tick(); }
    });
    button.addEventListener("click", function () {
      if (Desk.sessionOver()) { Desk.signIn(); return; }
      Desk.fetch(body.dataset.keepAlive, { method: "POST" }).then(function (answer) {
        if (answer.status === 401) return Desk.signIn();
        if (answer.ok) bar.hidden = true;
        return null;
      }).catch(function () { Desk.toast(Desk.strings.network, "bad"); });
    });
    setInterval(tick, 1000);
    tick();
  }

  /* signIn() → Promise: opens the sign-in form in a dialog and resolves when it succeeded. */
  let pending = null;
  Desk.signingIn = function () { return pending !== null; };
  Desk.signIn = function () {
    if (pending) return pending;
    pending = Desk.openDialog(body.dataset.login || "/login", { signIn: true, note: Desk.strings.expired }).then(function (done) {
      pending = null;
      if (!done) throw new Error("not signed in");
      if (bar) bar.hidden = true;
      Desk.toast(Desk.strings.signed_in, "good");
    });
    return pending;
  };
})();
