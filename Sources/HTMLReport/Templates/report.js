"use strict";
// The page is whole without this: it sorts and filters the table, looks nearer at the timeline, opens what a link leads to.
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const tools of all(".tools[hidden], .script[hidden]")) tools.hidden = false;

  // What a link or the address leads to is opened, and shown where the filter left it out.
  function reveal(target) {
    for (let at = target; at; at = at.parentElement) {
      at.hidden = false;
      if (at.localName === "details") at.open = true;
    }
  }
  function follow() {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    reveal(target);
    target.closest("details")?.scrollIntoView();
    target.focus({ preventScroll: true });
  }
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    // The address may be the one that stands there already, and then nothing would happen.
    const hash = link && (link.getAttribute("href") ?? "");
    if (hash && hash === location.hash) { event.preventDefault(); follow(); }
  });
  const sessions = all(".session");
  byId("open-all")?.addEventListener("click", () => { for (const one of sessions) if (!one.hidden) one.open = true; });
  byId("close-all")?.addEventListener("click", () => { for (const one of sessions) one.open = false; });

  for (const filter of navigator.clipboard ? all(".filter") : []) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the Wireshark display filter");
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(filter.textContent); button.textContent = "Copied"; } catch { button.textContent = "Not allowed"; }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    filter.after(button);
  }

  // The table.
  const table = byId("table");
  if (table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const sessionOf = new Map(sessions.map((one) => [one.dataset.id, one]));
    const cellText = (row, column) => row.cells[column].textContent.trim();
    const keys = (row, column, kind) => kind === "number" ? Number(row.cells[column].dataset.v ?? cellText(row, column)) : cellText(row, column).toLowerCase();
    for (const heading of all("th[data-sort]", table.tHead)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        for (const other of all("th[aria-sort]", table.tHead)) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = rows.map((row) => [keys(row, heading.cellIndex, heading.dataset.sort), row])
          .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0) * (down ? -1 : 1)).map(([, row]) => row);
        body.append(...sorted);
      });
    }

    const text = byId("filter-text"), outcome = byId("filter-outcome"), finding = byId("filter-finding"), server = byId("filter-server");
    const outcomeOf = (row) => row.cells[1].firstChild.nextSibling.textContent.trim();
    const offer = (select, values) => {
      const counts = new Map();
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
      for (const [value, count] of [...counts].sort((one, other) => other[1] - one[1]).slice(0, 300)) {
        if (value) select.append(new Option(`${value} (${count})`, value));
      }
    };
    offer(outcome, rows.map(outcomeOf));
    offer(finding, rows.flatMap((row) => row.dataset.f.split(" ")));
    offer(server, rows.map((row) => cellText(row, 4)));
    // Made when it is first asked for: it is as long as the page.
    let words = null;
    const marks = new Map(all("#timeline .m").map((mark) => [mark.dataset.id, mark]));
    const apply = () => {
      const wanted = text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      if (wanted.length) words ??= new Map(rows.map((row) => [row, `${row.textContent} ${row.dataset.f} ${sessionOf.get(row.dataset.id)?.textContent ?? ""}`.toLowerCase()]));
      let shown = 0;
      for (const row of rows) {
        const fits = (!outcome.value || outcomeOf(row) === outcome.value) && (!finding.value || row.dataset.f.split(" ").includes(finding.value))
          && (!server.value || cellText(row, 4) === server.value) && wanted.every((word) => words.get(row).includes(word));
        row.hidden = !fits;
        const session = sessionOf.get(row.dataset.id);
        if (session) session.hidden = !fits;
        marks.get(row.dataset.id)?.setAttribute("opacity", fits ? "1" : ".12");
        if (fits) shown += 1;
      }
      byId("table-count").textContent = shown === rows.length ? `${rows.length} sessions` : `${shown} of ${rows.length} sessions`;
      byId("none-found").hidden = shown > 0;
    };
    let soon = 0;
    text.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(apply, 150); });
    for (const select of [outcome, finding, server]) select.addEventListener("change", apply);
    byId("filter-clear").addEventListener("click", () => { for (const field of [text, outcome, finding, server]) field.value = ""; apply(); });
  }

  // The timeline.
  const timeline = byId("timeline");
  if (timeline) {
    const start = Number(timeline.dataset.start), span = Number(timeline.dataset.span);
    const places = all("[x], [x1]", timeline).filter((one) => !one.matches(".floor, .grid, text, use, .lane > svg")).map((one) => {
      const names = one.hasAttribute("x1") ? ["x1", "x2"] : ["x"];
      return { one, names, at: names.map((name) => parseFloat(one.getAttribute(name)) / 100), width: one.localName === "rect" ? parseFloat(one.getAttribute("width")) / 100 : 0 };
    });
    const ticks = all("text.tick", timeline);
    const range = byId("timeline-range"), whole = range.textContent;
    let from = 0, to = 1;
    const words = (part) => {
      const time = new Date(start + part * span).toISOString();
      const clock = (to - from) * span < 10000 ? time.slice(11, 23) : time.slice(11, 19);
      return span > 20 * 3600e3 && (to - from) * span > 3600e3 ? `${time.slice(5, 10)} ${time.slice(11, 16)}` : clock;
    };
    const draw = () => {
      const width = to - from;
      for (const { one, names, at, width: own } of places) {
        names.forEach((name, index) => one.setAttribute(name, `${((at[index] - from) / width * 100).toFixed(3)}%`));
        if (own) one.setAttribute("width", `${(own / width * 100).toFixed(3)}%`);
      }
      ticks.forEach((tick, index) => { tick.textContent = words(from + width * index / (ticks.length - 1)); });
      range.textContent = width >= 1 ? whole : `${words(from)} – ${words(to)} UTC`;
    };
    const look = (left, right) => {
      const width = Math.min(1, Math.max(right - left, Math.min(1, 20 / span)));
      from = Math.min(Math.max(0, left), 1 - width);
      to = from + width;
      draw();
    };
    const nearer = (factor, at = (from + to) / 2) => look(at - (at - from) * factor, at + (to - at) * factor);
    const moves = {
      in: () => nearer(0.5), out: () => nearer(2), left: () => look(from - (to - from) / 3, to - (to - from) / 3),
      right: () => look(from + (to - from) / 3, to + (to - from) / 3), all: () => look(0, 1),
    };
    byId("zoom").addEventListener("click", (event) => moves[event.target.dataset?.zoom]?.());
    timeline.tabIndex = 0;
    timeline.addEventListener("keydown", (event) => {
      const move = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", 0: "all" }[event.key];
      if (move && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); moves[move](); }
    });
    timeline.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      nearer(event.deltaY < 0 ? 0.8 : 1.25, part(event));
    }, { passive: false });
    const part = (event) => {
      const box = timeline.getBoundingClientRect();
      return from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (to - from);
    };
    let drag = null;
    timeline.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType !== "touch") drag = { at: part(event), x: event.clientX, box: null };
    });
    addEventListener("pointermove", (event) => {
      if (!drag || (!drag.box && Math.abs(event.clientX - drag.x) < 5)) return;
      if (!drag.box) {
        drag.box = timeline.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "rect"));
        drag.box.setAttribute("class", "range");
        drag.box.setAttribute("height", "100%");
      }
      const [left, right] = [drag.at, part(event)].sort((one, other) => one - other);
      drag.box.setAttribute("x", `${(left - from) / (to - from) * 100}%`);
      drag.box.setAttribute("width", `${(right - left) / (to - from) * 100}%`);
    });
    addEventListener("pointerup", (event) => {
      if (!drag) return;
      const { at, box } = drag;
      drag = null;
      if (!box) return;
      box.remove();
      // The click that follows is not meant for a mark.
      timeline.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
      const [left, right] = [at, part(event)].sort((one, other) => one - other);
      look(left, right);
    });
  }

  // On paper nothing can be opened: of few sessions all are, of many what is open.
  const closed = [];
  addEventListener("beforeprint", () => {
    const some = sessions.length > 20 ? all(".session[open] details, .server") : all("details");
    for (const one of some) if (!one.open) { one.open = true; closed.push(one); }
  });
  addEventListener("afterprint", () => { for (const one of closed.splice(0)) one.open = false; });
  follow();
})();
