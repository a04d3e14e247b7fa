/* Likely repeats on the registration form: asked for while it is filled in, and once more before it goes.
   data-likely="address" on the place; data-likely-fields names the fields that are compared. */
(function () {
  "use strict";
  const Desk = window.Desk;
  const place = document.querySelector("[data-likely]");
  if (!place) return;
  const form = place.closest("form");
  const fields = place.dataset.likelyFields.split(" ");
  let timer = null;
  let asked = "";
  let serial = 0;

  function picked() {
    const one = form.querySelector("input[name=repeat_choice]:checked");
    return one ? one.value : "";
  }
  function said() {
    const body = new FormData();
    body.set("csrf_token", Desk.token());
    fields.forEach(function (name) {
      const field = form.elements[name];
      if (!field) return;
      if (field.type === "checkbox") { if (field.checked) body.set(name, "y"); }
      else body.set(name, field.value);
    });
    body.set("repeat_choice", picked());
    return body;
  }
  function signature() {
    return JSON.stringify(fields.map(function (name) { const f = form.elements[name]; return f ? (f.type === "checkbox" ? f.checked : f.value) : ""; }));
  }
  /* Resolves when the place shows what belongs to the form as it stands. In the background nobody is asked to sign in:
     that is for the moment when the form goes, which looks again. */
  function look(background) {
    const now = signature();
    if (now === asked || (background && Desk.signingIn())) return Promise.resolve();
    const number = ++serial;
    return Desk.fetch(place.dataset.likely, { method: "POST", body: said() }).then(function (answer) {
      if (answer.status === 401) return background ? null : Desk.signIn().then(function () { return look(false); });
      if (!answer.ok) return null;
      return answer.text().then(function (html) {
        if (number !== serial) return;
        const page = new DOMParser().parseFromString(html, "text/html");
        place.replaceChildren.apply(place, Array.prototype.map.call(page.body.childNodes, function (n) { return document.importNode(n, true); }));
        asked = now;
      });
    });
  }
  form.addEventListener("change", function (event) {
    if (fields.indexOf(event.target.name) < 0) return;
    clearTimeout(timer);
    timer = setTimeout(function () { look(true).catch(function () { asked = ""; }); }, 500);
  });
  form.addEventListener("submit", function (event) {
    /* Looked already; forms.js then asks whether the session stands and sends the form once more ("alive"). */
    if (form.dataset.alive) return;
    if (form.dataset.likelyLooked) { delete form.dataset.likelyLooked; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(timer);
    const button = event.submitter;
    /* Not before this event is over: a form that is being submitted takes no other request to submit. */
    const goOn = function () { setTimeout(function () { form.dataset.likelyLooked = "1"; form.requestSubmit(button || undefined); }); };
    look(false).then(function () {
      const choice = place.querySelector("fieldset");
      if (!choice || picked()) { goOn(); return; }
      choice.scrollIntoView({ block: "center" });
      choice.focus({ preventScroll: true });
      Desk.toast(Desk.strings.likely, "warn");
    }).catch(goOn);
  }, true);
})();
