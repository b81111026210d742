"use strict";
(() => {
  const bar = document.querySelector(".filters");
  if (!bar) return;
  const buttons = [...bar.querySelectorAll("button")];
  const location = bar.querySelector("select[name=location]");
  const label = bar.querySelector("select[name=label]");
  const name = bar.querySelector("input");
  const output = bar.querySelector("output");
  const servers = [...document.querySelectorAll(".server")];

  // A card without a server that is shown is out as well, and so is its section.
  const fold = (outer, inner) => {
    for (const e of document.querySelectorAll(outer)) {
      e.classList.toggle("out", !e.querySelector(inner + ":not(.out)"));
    }
  };

  const filter = () => {
    const kinds = buttons.filter((b) => b.ariaPressed === "true").map((b) => b.dataset.kind);
    const part = name.value.trim().toLowerCase();
    let shown = 0;
    for (const s of servers) {
      const fits = (kinds.length === 0 || kinds.includes(s.dataset.kind)) &&
        (!location?.value || s.dataset.location === location.value) &&
        (!label?.value || (s.dataset.labels ?? "").split("\n").includes(label.value)) &&
        s.dataset.name.toLowerCase().includes(part);
      s.classList.toggle("out", !fits);
      if (fits) shown++;
    }
    fold(".changes .card", ".server");
    fold(".changes", ".card");
    if (part) for (const d of document.querySelectorAll(".card:not(.out) details")) d.open = true;
    output.textContent = shown === servers.length ? `${shown} shown` : `${shown} of ${servers.length} shown`;
  };

  for (const b of buttons) {
    b.addEventListener("click", () => { b.ariaPressed = String(b.ariaPressed !== "true"); filter(); });
  }
  location?.addEventListener("change", filter);
  label?.addEventListener("change", filter);
  name.addEventListener("input", filter);
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && document.activeElement !== name) { e.preventDefault(); name.focus(); }
    if (e.key === "Escape" && document.activeElement === name) { name.value = ""; filter(); }
  });
  bar.hidden = false;
  filter();
})();
