/* The draft of a procedure as text: a fault's link puts the cursor into its line. data-lines, data-line="number". */
(function () {
  "use strict";
  const area = document.querySelector("[data-lines]");
  if (!area) return;
  function go(number) {
    const lines = area.value.split("\n");
    const at = Math.max(1, Math.min(number, lines.length)) - 1;
    const start = lines.slice(0, at).join("\n").length + (at ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + lines[at].length);
    area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, at - 4);
  }
  document.addEventListener("click", function (event) {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.line));
  });
  const asked = /^#line-(\d+)$/.exec(location.hash);
  if (asked) go(Number(asked[1]));
})();
