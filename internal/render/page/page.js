"use strict";
(() => {
  const table = document.querySelector(".list");
  if (!table) return;
  const form = document.querySelector(".filters");
  const search = form.querySelector("input[type=search]");
  const each = form.querySelector("input[type=checkbox]");
  const output = form.querySelector("output");
  const empty = document.querySelector(".empty");
  const selects = [...form.querySelectorAll("select")];
  const buttons = [...form.querySelectorAll(".kinds button")];

  // What the table has: of every section its groups, of every group the rows of
  // its servers. A server by itself is a group of one, whose row is its own.
  const sections = [...table.tBodies].map((body) => ({ body, groups: [] }));
  for (const s of sections) {
    for (const row of [...s.body.rows].slice(1)) {
      if (row.classList.contains("member")) s.groups.at(-1).servers.push(row);
      else s.groups.push({ row, servers: row.classList.contains("group") ? [] : [row] });
    }
  }
  const groups = sections.flatMap((s) => s.groups);
  const servers = groups.flatMap((g) => g.servers);

  const unfold = (g, open) => {
    g.row.querySelector(".fold")?.setAttribute("aria-expanded", String(open));
    for (const s of g.servers) s.classList.toggle("open", open && s !== g.row);
  };
  const isOpen = (g) => g.row.querySelector(".fold")?.getAttribute("aria-expanded") === "true";

  // chosen are the values of the pressed buttons and of the lists, by what they filter.
  const chosen = () => {
    const by = {};
    for (const b of buttons) {
      if (b.ariaPressed === "true") (by[b.parentElement.dataset.by] ??= []).push(b.dataset.value);
    }
    for (const s of selects) if (s.value) by[s.name] = [s.value];
    return by;
  };

  const filter = () => {
    const by = Object.entries(chosen());
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) => by.every(([key, values]) => (row.dataset[key] ?? "").split("\n").some((v) => values.includes(v))) &&
      words.every((w) => row.dataset.text.toLowerCase().includes(w));
    let shown = 0;
    for (const g of groups) {
      const fitting = g.servers.filter(fits);
      for (const s of g.servers) s.classList.toggle("out", !fitting.includes(s));
      g.row.classList.toggle("out", fitting.length === 0);
      if (words.length > 0 && fitting.length > 0 && fitting.length < g.servers.length) unfold(g, true);
      shown += fitting.length;
    }
    for (const s of sections) s.body.classList.toggle("out", s.groups.every((g) => g.row.classList.contains("out")));
    table.classList.toggle("each", each?.checked ?? false);
    output.textContent = shown === servers.length ? "" : `${shown} of ${servers.length}`;
    empty.hidden = shown > 0;
    empty.firstChild.data = words.length > 0 ? `No server matches “${search.value.trim()}”. ` : "No server matches. ";
  };

  // The address carries the filters, so that a link shows what its sender saw.
  const remember = () => {
    const to = new URLSearchParams();
    for (const [key, values] of Object.entries(chosen())) to.set(key, values.join(","));
    if (search.value.trim()) to.set("q", search.value.trim());
    if (each?.checked) to.set("each", "1");
    history.replaceState(null, "", "#" + to);
    filter();
  };

  // recall does what the address says: filters, or the row or section that it names.
  const recall = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.checkVisibility()) return;
    const from = new URLSearchParams(target ? "" : location.hash.slice(1));
    for (const b of buttons) {
      b.ariaPressed = String((from.get(b.parentElement.dataset.by) ?? "").split(",").includes(b.dataset.value));
    }
    for (const s of selects) s.value = from.get(s.name) ?? "";
    search.value = from.get("q") ?? "";
    if (each) each.checked = from.get("each") === "1";
    filter();
    const g = groups.find((g) => g.row !== target && g.servers.includes(target));
    if (g) unfold(g, true);
    target?.scrollIntoView();
  };

  const key = (row, by) => row.dataset[by] ?? (by === "what" ? row.cells[1].textContent : "");
  const compare = (a, b) => a === "" || b === "" ? (a === "") - (b === "") :
    isNaN(a) || isNaN(b) ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  const original = sections.map((s) => [...s.body.rows]);

  // sort puts the rows of every section in order; the sections stay where they are.
  const sort = (by, direction) => {
    sections.forEach((s, i) => {
      if (!direction) return s.body.append(...original[i]);
      const sorted = (list, row) => [...list].sort((a, b) => {
        const [x, y] = [key(row(a), by), key(row(b), by)];
        return compare(x, y) * (x === "" || y === "" ? 1 : direction);
      });
      const rows = each?.checked ? sorted(s.groups.flatMap((g) => g.servers), (r) => r) :
        sorted(s.groups, (g) => g.row).flatMap((g) => g.row === g.servers[0] ? [g.row] : [g.row, ...sorted(g.servers, (r) => r)]);
      s.body.append(...rows);
    });
  };

  const heads = [...table.tHead.querySelectorAll("th[data-by]")];
  const sorts = { none: ["ascending", 1], ascending: ["descending", -1], descending: ["none", 0] };
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.ariaSort = "none";
    button.addEventListener("click", () => {
      const [next, direction] = sorts[head.ariaSort];
      for (const other of heads) other.ariaSort = "none";
      head.ariaSort = next;
      sort(head.dataset.by, direction);
    });
  }

  for (const g of groups) g.row.querySelector(".fold")?.addEventListener("click", () => unfold(g, !isOpen(g)));
  for (const b of buttons) {
    b.style.flexGrow = Math.sqrt(b.dataset.count); // a policy forbids a style in the page, not this
    b.addEventListener("click", () => { b.ariaPressed = String(b.ariaPressed !== "true"); remember(); });
  }
  for (const s of selects) s.addEventListener("change", remember);
  search.addEventListener("input", remember);
  each?.addEventListener("change", () => {
    const head = heads.find((h) => h.ariaSort !== "none");
    if (head) sort(head.dataset.by, head.ariaSort === "ascending" ? 1 : -1);
    remember();
  });
  empty.querySelector("button").addEventListener("click", () => {
    history.replaceState(null, "", "#");
    recall();
    search.focus();
  });
  form.addEventListener("submit", (e) => e.preventDefault());
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && document.activeElement !== search) { e.preventDefault(); search.focus(); }
    if (e.key === "Escape" && document.activeElement === search) { search.value = ""; remember(); }
  });

  const copy = form.querySelector(".copy");
  copy?.addEventListener("click", async () => {
    const command = document.getElementById("command");
    try {
      await navigator.clipboard.writeText(command.textContent);
      copy.textContent = "Copied";
    } catch { // not everywhere allowed: select it, so that one key copies it
      getSelection().selectAllChildren(command);
      command.scrollIntoView({ block: "center" });
    }
  });

  addEventListener("hashchange", recall);
  form.hidden = false;
  filter();
  recall();
})();
