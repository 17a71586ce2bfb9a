"use strict";
// The live page. What comes from the wire is put into text nodes only; nothing here makes markup out of text.

const byId = (id) => document.getElementById(id);
const token = new URLSearchParams(location.search).get("token");
const address = (path) => (token === null ? path : `${path}?token=${encodeURIComponent(token)}`);

// ---- text and numbers

/** Code points that would not show, or would move what stands around them. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Text from the wire as it can be read: what is hidden is named. */
const visible = (text) => String(text).replace(hidden, (mark) =>
  `\u2039${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}\u203a`);

/** An element with children; strings become text. */
function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** An element that holds text from the wire. */
function wire(text, className = "", name = "bdi") {
  const element = make(name, `wire ${className}`.trim(), visible(text));
  element.dir = "auto";
  return element;
}

function drawn(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const grouped = new Intl.NumberFormat("en");
const count = (value) => (value === null || value === undefined ? "–" : grouped.format(value));

function rate(value) {
  if (value === 0) return "0";
  return value < 10 ? value.toFixed(1) : grouped.format(Math.round(value));
}

function scaled(value, unit) {
  if (value === null || value === undefined) return "–";
  for (const [limit, prefix] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= limit) return `${(value / limit).toFixed(value / limit < 10 ? 1 : 0)} ${prefix}${unit}`;
  }
  return `${Math.round(value)} ${unit}`;
}

function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "–";
  if (milliseconds === 0) return "0";
  if (milliseconds < 1) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return span(seconds);
}

function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([length]) => whole >= length);
  if (first < 0) return "0 s";
  const [length, unit] = parts[first];
  const rest = parts[first + 1];
  const major = `${Math.floor(whole / length)} ${unit}`;
  const minor = rest ? Math.floor((whole % length) / rest[0]) : 0;
  return minor ? `${major} ${minor} ${rest[1]}` : major;
}

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clock = (milliseconds) => clockFormat.format(new Date(milliseconds));

function moment(milliseconds) {
  const element = make("time", "", clock(milliseconds));
  element.dateTime = new Date(milliseconds).toISOString();
  return element;
}

const words = { delivered: "delivered", partial: "in part", refused: "refused", deferred: "put off", failed: "failed",
  nothing_sent: "no mail", unknown: "unknown", accepted: "accepted", partially_accepted: "in part", aborted: "given up",
  lost: "lost", unanswered: "no answer" };
const tones = { delivered: "ok", accepted: "ok", partial: "later", partially_accepted: "later", deferred: "later",
  aborted: "later", refused: "bad", failed: "bad", lost: "bad" };
const badge = (verdict) => make("span", `badge tone-${tones[verdict] || "calm"}`, words[verdict] || verdict);

// ---- what is known

const listedRows = 200;
const listedFailures = 60;
const state = { recent: [], long: [], sessions: [], failures: [], number: null, now: null, stride: 300 };
/** Known sessions' catalogue of findings, once it was asked for. */
let catalogue = null;
let spanShown = "recent";

// ---- figures

/** What becomes of mails, as tiles; each is counted as what it is. */
const fates = [["accepted", "mails accepted", false], ["partially_accepted", "accepted in part", true], ["deferred", "put off", false],
  ["refused", "refused", false], ["lost", "lost", false], ["aborted", "given up", true], ["unknown", "not known", true]];

const tiles = {};

/** `isRare`: the tile is there while it has something to say. */
function showTile(name, value, more, tone, toneOfMore, isRare = false) {
  let tile = tiles[name];
  if (!tile) {
    tile = tiles[name] = make("div", "tile", make("div", "name", name), make("div", "value"), make("div", "more"));
    byId("tiles").append(tile);
  }
  tile.hidden = isRare && value === "0";
  tile.children[1].textContent = value;
  tile.children[2].textContent = more;
  tile.dataset.tone = tone || "";
  tile.dataset.more = toneOfMore || "";
}

function showFigures() {
  const { totals } = state;
  const last = state.recent.slice(-10);
  const mean = (index) => (last.length ? last.reduce((sum, point) => sum + point[index], 0) / last.length : 0);
  const mails = fates.reduce((sum, [outcome]) => sum + totals[outcome], 0);
  const share = (part) => (mails ? `${((100 * part) / mails).toFixed(part && part < mails ? 1 : 0)} % of mails` : "no mail yet");
  showTile("sessions a second", rate(mean(at.sessions)), `${count(totals.sessions)} in all`);
  for (const [outcome, name, isRare] of fates) {
    const part = totals[outcome];
    showTile(name, count(part), share(part), part || outcome === "accepted" ? tones[outcome] : "", "", isRare);
  }
  showTile("connections open", count(totals.connections), totals.memory === null ? "" : `${scaled(totals.memory, "B")} of memory`);
  showTile("traffic", scaled(8 * mean(at.bytes), "bit/s"), totals.dropped ? `${count(totals.dropped)} packets lost` : `${count(totals.packets)} packets, none lost`,
    "", totals.dropped ? "bad" : "");
  const troubles = [];
  if (totals.dropped) troubles.push(`${count(totals.dropped)} packets were lost before they could be read: what is shown of their sessions may be incomplete.`);
  if (totals.droppedRecords) troubles.push(`${count(totals.droppedRecords)} records were not written: their reader is too slow.`);
  for (const one of state.interfaces) if (!one.up) troubles.push(`${one.name} is down.`);
  byId("drops").hidden = troubles.length === 0;
  byId("drops").textContent = visible(troubles.join(" "));
  byId("where").textContent = visible(state.interfaces.map((one) => one.name).join(", "));
  const failures = ["refused", "lost"].filter((outcome) => totals[outcome]).map((outcome) => `${count(totals[outcome])} ${words[outcome]}`);
  document.title = failures.length ? `smtpscope · ${failures.join(", ")}` : "smtpscope";
}

function showWaits() {
  const measured = state.phases.filter((phase) => phase.count > 0);
  const longest = Math.max(1, ...measured.map((phase) => phase.p95));
  // Each decade is as wide: a server's milliseconds and a greylister's minutes stand beside each other.
  const wide = (milliseconds) => Math.max(0.5, (100 * Math.log10(1 + 10 * milliseconds)) / Math.log10(1 + 10 * longest));
  byId("wait-list").replaceChildren(...measured.map((phase) => {
    const bars = drawn("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      drawn("rect", { class: "calm", width: wide(phase.p95), height: 10 }),
      drawn("rect", { class: "ok", width: wide(phase.p50), height: 10 }));
    return make("tr", "", make("td", "", phase.phase.replaceAll("_", " ")),
      make("td", "wide", make("span", "meter", bars)), make("td", "", duration(phase.p50)),
      make("td", "", duration(phase.p95)), make("td", "longest", duration(phase.max)), make("td", "", count(phase.count)));
  }));
  byId("no-waits").hidden = measured.length > 0;
  byId("wait-list").parentElement.hidden = measured.length === 0;
}

function showFindings() {
  byId("finding-list").replaceChildren(...state.findings.map((finding) =>
    make("li", "", make("span", `number tone-${{ error: "bad", warning: "later" }[finding.severity] || "calm"}`, count(finding.count)),
      make("span", "", finding.title, " ", make("span", "quiet mono", finding.id)))));
  byId("no-findings").hidden = state.findings.length > 0;
}

// ---- plots

/**
 * A plot that redraws itself: `draw` gets the points and a frame to draw in, `say` tells a point in words.
 * The arrow keys and the pointer move a cursor over it.
 */
function plot(id, title, keys, top, draw, say) {
  const figure = byId(id);
  const caption = make("figcaption");
  const svg = drawn("svg", { tabindex: "0", role: "img" });
  figure.append(caption, svg);
  let cursor = null;

  function redraw() {
    const points = spanShown === "recent" ? state.recent : state.long;
    const places = spanShown === "recent" ? 300 : 288;
    const seconds = spanShown === "recent" ? 1 : state.stride;
    const width = Math.max(160, svg.clientWidth || 400), height = svg.clientHeight || 150;
    const frame = { left: 44, right: 4, top: 8, bottom: 18, width, height, seconds, points };
    const inner = width - frame.left - frame.right;
    frame.x = (index) => frame.left + (inner * (index + places - points.length)) / places;
    frame.step = inner / places;
    frame.base = height - frame.bottom;
    const scale = top(points, frame);
    frame.y = (value) => frame.base - (frame.base - frame.top) * Math.min(1, Math.max(0, scale.place(value)));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = [];
    for (const [value, text] of scale.marks) {
      const y = Math.round(frame.y(value)) + 0.5;
      parts.push(drawn("line", { class: "grid", x1: frame.left, x2: width - frame.right, y1: y, y2: y }),
        drawn("text", { x: frame.left - 5, y: y + 3.5, "text-anchor": "end" }, text));
    }
    const ends = spanShown === "recent" ? ["5 min ago", "now"] : ["24 h ago", "now"];
    parts.push(drawn("text", { x: frame.left, y: height - 4 }, ends[0]),
      drawn("text", { x: width - frame.right, y: height - 4, "text-anchor": "end" }, ends[1]));
    parts.push(...draw(points, frame));
    const shown = cursor === null ? null : points[Math.max(0, points.length - 1 - cursor)];
    if (shown) {
      const x = frame.x(Math.max(0, points.length - 1 - cursor)) + frame.step / 2;
      parts.push(drawn("line", { class: "cursor", x1: x, x2: x, y1: frame.top, y2: frame.base }));
    }
    svg.replaceChildren(...parts);
    const latest = points[points.length - 1];
    svg.setAttribute("aria-label", `${title(seconds)}. ${latest ? say(latest, seconds) : "Nothing was measured yet."}`);
    caption.replaceChildren(make("span", "title", title(seconds)),
      ...(shown ? [make("span", "", `${clock(shown[0])}: ${say(shown, seconds)}`)] : keys.map(([tone, text]) => make("span", `key key-${tone}`, text))));
  }

  function move(to) {
    const points = spanShown === "recent" ? state.recent : state.long;
    cursor = to === null || points.length === 0 ? null : Math.min(points.length - 1, Math.max(0, to));
    redraw();
  }

  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const places = spanShown === "recent" ? 300 : 288;
    move(Math.floor(((box.right - 4 - event.clientX) / (box.width - 48)) * places));
  });
  svg.addEventListener("pointerleave", () => move(null));
  svg.addEventListener("blur", () => move(null));
  svg.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 10 : 1;
    if (event.key === "ArrowLeft") move((cursor ?? -1) + far);
    else if (event.key === "ArrowRight") move((cursor ?? 0) - far);
    else if (event.key === "Escape") move(null);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(redraw).observe(svg);
  return redraw;
}

/** A linear scale from 0 to a round number. */
function linear(largest, text, least) {
  const rough = Math.max(largest, least) / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  return { place: (value) => value / (2 * step), marks: [0, step, 2 * step].map((value) => [value, text(value)]) };
}

/** Stacked columns; the path of each series is one element. */
function columns(points, frame, series) {
  const heights = points.map(() => 0);
  return series.map(([tone, value]) => {
    let path = "";
    points.forEach((point, index) => {
      const size = value(point);
      if (!size) return;
      const x = frame.x(index), low = frame.y(heights[index]);
      heights[index] += size;
      const high = Math.min(frame.y(heights[index]), low - 1);
      path += `M${x.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}h${Math.max(1.2, frame.step - 0.3).toFixed(2)}V${low.toFixed(1)}z`;
    });
    return drawn("path", { class: tone, d: path });
  });
}

/** A line through the values that there are; one that stands alone is a dot. */
function line(points, frame, tone, value) {
  let path = "", dots = [];
  points.forEach((point, index) => {
    const one = value(point);
    if (one === null) return;
    const x = frame.x(index) + frame.step / 2, y = frame.y(one);
    const before = index > 0 ? value(points[index - 1]) : null;
    const after = index + 1 < points.length ? value(points[index + 1]) : null;
    if (before === null && after === null) dots.push(drawn("circle", { class: tone, cx: x.toFixed(1), cy: y.toFixed(1), r: 2 }));
    path += `${before === null ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return [drawn("path", { class: `line ${tone}`, d: path }), ...dots];
}

/** Where what stands in a point. */
const at = { sessions: 1, accepted: 2, partial: 3, deferred: 4, failed: 5, aborted: 6, packets: 7, bytes: 8, dropped: 9, median: 10, slow: 11 };
/** What a plot of mails shows, from the ground up. */
const stacked = [["ok", "accepted", at.accepted], ["part", "in part", at.partial], ["later", "put off", at.deferred],
  ["bad", "refused or lost", at.failed], ["calm", "given up", at.aborted]];

const most = (points, value) => points.reduce((largest, point) => Math.max(largest, value(point)), 0);
const every = (seconds) => (seconds === 1 ? "a second" : `in ${seconds / 60} minutes`);

const plots = [
  plot("plot-mail", (seconds) => `Mails ${every(seconds)}`, stacked.map(([tone, text]) => [tone, text]),
    (points) => linear(most(points, (point) => stacked.reduce((sum, [, , place]) => sum + point[place], 0)), (value) => count(value), 2),
    (points, frame) => columns(points, frame, stacked.map(([tone, , place]) => [tone, (point) => point[place]])),
    (point, seconds) => `${stacked.filter(([tone, , place]) => tone === "ok" || point[place]).map(([, text, place]) => `${count(point[place])} ${text}`).join(", ")} ${every(seconds)}`),
  plot("plot-wait", () => "Servers' answers", [["ok", "median"], ["later", "95 %"]],
    () => ({
      place: (value) => (Math.log10(Math.max(value, 0.1)) + 1) / 6,
      marks: [[0.1, "0.1 ms"], [1, "1 ms"], [10, "10 ms"], [100, "0.1 s"], [1000, "1 s"], [10000, "10 s"], [100000, "100 s"]],
    }),
    (points, frame) => [...line(points, frame, "later", (point) => point[at.slow]), ...line(points, frame, "ok", (point) => point[at.median])],
    (point) => (point[at.median] === null ? "no session ended" : `median ${duration(point[at.median])}, 95 % within ${duration(point[at.slow])}`)),
  plot("plot-bytes", () => "On the wire", [["calm", "bit/s"], ["bad", "packets lost"]],
    (points, frame) => linear(most(points, (point) => (8 * point[at.bytes]) / frame.seconds), (value) => scaled(value, "b"), 1000),
    (points, frame) => [
      ...columns(points, frame, [["calm", (point) => (8 * point[at.bytes]) / frame.seconds]]),
      drawn("path", { class: "bad", d: points.map((point, index) => (point[at.dropped] ? `M${frame.x(index).toFixed(1)} ${frame.top}h${Math.max(1.5, frame.step).toFixed(2)}v${frame.base - frame.top}h-${Math.max(1.5, frame.step).toFixed(2)}z` : "")).join("") }),
    ],
    (point, seconds) => `${scaled((8 * point[at.bytes]) / seconds, "bit/s")}, ${count(point[at.packets])} packets, ${count(point[at.dropped])} lost`),
];

function showSpan(name) {
  spanShown = name;
  for (const one of ["recent", "long"]) byId(`span-${one}`).setAttribute("aria-pressed", String(one === name));
  plots.forEach((redraw) => redraw());
}
byId("span-recent").addEventListener("click", () => showSpan("recent"));
byId("span-long").addEventListener("click", () => showSpan("long"));

// ---- lists

const nameOf = (address, name) => (name ? `${name} (${address})` : address);

function envelope(session) {
  if (!session.mails) return [wire(nameOf(session.client, session.clientName)), " → ", wire(session.serverName || session.server)];
  const more = session.recipients > 1 ? ` and ${count(session.recipients - 1)} more` : "";
  return [wire(session.from || "<>"), " → ", session.to === null ? "nobody" : wire(session.to), more];
}

function row(session, isNew) {
  const link = make("a", session.subject === null && session.class === "mail" ? "bare" : "", badge(session.verdict),
    make("span", "who", ...envelope(session)),
    make("span", "subject", session.subject === null ? (session.class === "mail" ? "" : session.class.replaceAll("_", " ")) : wire(session.subject)),
    make("span", "size number", session.bytes ? scaled(session.bytes, "B") : duration(session.ms)),
    moment(session.end));
  link.href = `#session-${session.id}`;
  link.title = visible(session.why);
  return make("li", isNew ? "new" : "", link);
}

function card(session) {
  const link = make("a", "",
    make("div", "head", badge(session.verdict), make("span", "title", session.title || session.finding || ""), moment(session.end)),
    wire(session.why, "why", "div"),
    make("div", "quiet envelope", ...envelope(session), ...(session.mails ? [" · ", wire(nameOf(session.server, session.serverName))] : [])));
  link.href = `#session-${session.id}`;
  return make("li", "", link);
}

const filter = byId("filter");
function matches(session) {
  const wanted = filter.value.trim().toLowerCase();
  if (!wanted) return true;
  const text = [session.from, session.to, session.subject, session.client, session.clientName, session.server, session.serverName,
    words[session.verdict], session.verdict, session.cause, session.why].join("\n").toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word));
}

/** While somebody points into a list or walks through it, nothing moves there. */
const held = { "session-list": false, "failure-list": false };
let isPaused = false, waiting = 0;
/** What there was when the list was paused. */
let paused = [];

/** `isAsked`: somebody did something to the list and wants to see it. */
function showLists(fresh, isAsked = false) {
  const list = byId("session-list");
  if ((isPaused || held["session-list"]) && !isAsked) {
    waiting += fresh.size;
  } else {
    if (!isPaused) waiting = 0;
    const shown = (isPaused ? paused : state.sessions).filter(matches).slice(-listedRows).reverse();
    list.replaceChildren(...shown.map((session) => row(session, fresh.has(session.id))));
    byId("no-sessions").hidden = shown.length > 0;
    byId("no-sessions").textContent = state.sessions.length ? "No session matches." : "Waiting for the first session to end.";
  }
  byId("pause").textContent = isPaused ? `Go on${waiting ? ` (${count(waiting)} new)` : ""}` : "Pause";
  if (!held["failure-list"]) {
    byId("failure-list").replaceChildren(...state.failures.slice(-listedFailures).reverse().map(card));
    byId("no-failures").hidden = state.failures.length > 0;
    byId("failures-count").textContent = state.failures.length > listedFailures ? `the last ${listedFailures}` : "";
  }
}

for (const id of Object.keys(held)) {
  const list = byId(id);
  const release = () => {
    if (list.matches(":hover") || list.contains(document.activeElement)) return;
    held[id] = false;
    if (state.totals) showLists(new Set());
  };
  list.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") held[id] = true; });
  list.addEventListener("pointerleave", () => setTimeout(release));
  list.addEventListener("focusin", () => { held[id] = true; });
  list.addEventListener("focusout", () => setTimeout(release));
  list.addEventListener("keydown", (event) => {
    const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const item = way && document.activeElement.closest("li")?.[way];
    if (!item) return;
    item.firstElementChild.focus();
    event.preventDefault();
  });
}
filter.addEventListener("input", () => showLists(new Set(), true));
byId("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  paused = isPaused ? state.sessions.slice() : [];
  byId("pause").setAttribute("aria-pressed", String(isPaused));
  showLists(new Set(), true);
});

function learn(sessions) {
  for (const session of sessions) {
    state.sessions.push(session);
    if (session.failed) state.failures.push(session);
  }
  if (state.sessions.length > 2 * listedRows) state.sessions.splice(0, state.sessions.length - 2 * listedRows);
  if (state.failures.length > 2 * listedFailures) state.failures.splice(0, state.failures.length - 2 * listedFailures);
}

// ---- news

function showLink(name, text) {
  byId("link").dataset.state = name;
  byId("link-text").textContent = text;
}

function take(news) {
  Object.assign(state, { number: news.number, now: news.now, start: news.start, totals: news.totals,
    interfaces: news.interfaces, phases: news.phases, findings: news.findings });
}

function showAll(fresh) {
  showFigures();
  showWaits();
  showFindings();
  showLists(fresh);
  plots.forEach((redraw) => redraw());
}

function listen() {
  const source = new EventSource(address("events"));
  source.addEventListener("state", (event) => {
    const opening = JSON.parse(event.data);
    Object.assign(state, { recent: opening.recent, long: opening.long, stride: opening.stride, sessions: [], failures: [] });
    take(opening);
    learn(opening.sessions);
    byId("version").textContent = `smtpscope ${visible(opening.version)}`;
    showLink("live", `live, for ${span((state.now - state.start) / 1000)}`);
    showAll(new Set());
    openNamed();
  });
  source.addEventListener("news", (event) => {
    const news = JSON.parse(event.data);
    if (news.number !== state.number + 1) {
      // This page was too slow for a second or more: begin anew with all there is.
      source.close();
      listen();
      return;
    }
    take(news);
    state.recent.push(...news.point);
    if (state.recent.length > 300) state.recent.shift();
    const [stride] = news.stride;
    if (stride && state.long.at(-1)?.[0] !== stride[0]) {
      state.long.push(stride);
      if (state.long.length > 288) state.long.shift();
    }
    learn(news.sessions);
    byId("omitted").textContent = news.omitted ? `${count(news.omitted)} more in the last second are counted and not listed.` : "";
    showLink("live", `live, for ${span((state.now - state.start) / 1000)}`);
    showAll(new Set(news.sessions.map((session) => session.id)));
  });
  source.addEventListener("over", () => {
    source.close();
    showLink("over", "the capture has ended");
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) {
      showLink("lost", "not connected; trying again");
      setTimeout(listen, 5000);
    } else {
      showLink("lost", "connection lost; trying again");
    }
  });
}

// ---- a session

const sheet = byId("session");
let cameFrom = null;

function fact(list, name, ...values) {
  if (values.every((value) => value === null || value === undefined || value === "")) return;
  list.append(make("dt", "", name), make("dd", "", ...values));
}

const endpoint = (one) => wire(`${one.name ? `${one.name} ` : ""}${one.ip.includes(":") ? `[${one.ip}]` : one.ip}:${one.port}`);

function reply(code, text) {
  if (code === null || code === undefined) return "";
  return make("span", code >= 500 ? "tone-bad" : code >= 400 ? "tone-later" : "", `${code} `, text ? wire(text) : "");
}

function findingBlock(finding, said) {
  const known = catalogue?.[finding.id];
  const block = make("div", `finding tone-${finding.severity}`);
  block.append(make("div", "", make("strong", "", known?.title || finding.id), " ",
    make("span", "quiet", make("span", "mono", finding.id), `, ${finding.severity}`, finding.frame ? `, frame ${count(finding.frame)}` : "")));
  if (finding.message !== said) block.append(wire(finding.message, "", "div"));
  if (finding.evidence) block.append(wire(finding.evidence, "mono", "pre"));
  if (known) {
    const more = make("details", "", make("summary", "", "What it means, and what to do"),
      make("p", "", known.explanation), make("p", "", known.whatToDo));
    if (finding.reference) more.append(make("p", "quiet", finding.reference));
    block.append(more);
  }
  return block;
}

/** What came behind a reply that does not refuse, of a recipient that is not known to have the mail; "" where it says all there is. */
function followed(mail, one, isStillOpen) {
  const code = one.data_code ?? one.code;
  if (one.outcome === "accepted" || !code || code >= 400) return "";
  if (one.outcome === "refused" || one.outcome === "deferred") return `then the data was ${words[one.outcome]}`;
  if (mail.outcome === "accepted") return "then the mail was accepted";
  if (mail.outcome === "aborted") return "then the client gave up";
  if (mail.outcome !== "lost") return "what came after is not known";
  return isStillOpen ? "then nothing came through until the capture ended" : "then the connection was lost";
}

function mailBlock(mail, said, isStillOpen) {
  const block = make("div", "mail");
  const facts = make("dl", "facts");
  block.append(make("div", "bar", make("strong", "", `Mail ${mail.id}`), badge(mail.outcome)));
  if (mail.explanation && mail.explanation !== said) block.append(wire(mail.explanation, "", "p"));
  fact(facts, "from", mail.mail_from === null ? "not in the capture" : wire(mail.mail_from || "<>"), " ", reply(mail.mail_code >= 400 ? mail.mail_code : null, mail.mail_text));
  const message = mail.message;
  if (message) {
    fact(facts, "subject", message.subject === null ? null : wire(message.subject));
    fact(facts, "Message-ID", message.message_id === null ? null : wire(message.message_id, "mono"));
    fact(facts, "size", `${count(message.bytes)} bytes${message.complete ? "" : ", not whole"}`);
  }
  fact(facts, "answer", reply(mail.data_code, mail.data_text), mail.end_reply_ms === null || mail.end_reply_ms === undefined ? "" : ` after ${duration(mail.end_reply_ms)}`);
  block.append(facts);
  const shown = mail.recipients.slice(0, 100);
  if (shown.length) {
    block.append(make("div", "scroll", make("table", "recipients",
      make("thead", "", make("tr", "", make("th", "text", "recipient"), make("th", "text", "outcome"), make("th", "text", "reply"))),
      make("tbody", "", ...shown.map((one) => make("tr", "", make("td", "text", wire(one.address)), make("td", "text", badge(one.outcome)),
        make("td", "text", reply(one.data_code ?? one.code, one.data_text ?? one.text), make("div", "quiet", followed(mail, one, isStillOpen)))))))));
    if (mail.recipients.length > shown.length) block.append(make("p", "quiet", `and ${count(mail.recipients.length - shown.length)} more`));
  }
  return block;
}

function phaseTable(phases) {
  const longest = Math.max(1e-6, ...phases.map((phase) => phase.duration_ms));
  return make("table", "", make("thead", "", make("tr", "", make("th", "", "phase"), make("th", "wide", ""), make("th", "", "client"),
    make("th", "", "server"), make("th", "", "network"))),
    make("tbody", "", ...phases.map((phase) => {
      let x = 0;
      const part = (tone, value) => {
        const width = (100 * value) / longest;
        x += width;
        return drawn("rect", { class: tone, x: x - width, width, height: 10 });
      };
      const bars = drawn("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        part("later", phase.client_ms), part("ok", phase.server_ms), part("calm", phase.network_ms));
      return make("tr", "", make("td", "", phase.phase.replaceAll("_", " ")), make("td", "wide", make("span", "meter", bars)),
        make("td", "", duration(phase.client_ms)), make("td", "", duration(phase.server_ms)), make("td", "", duration(phase.network_ms)));
    })));
}

function dialogueList(lines, start) {
  const list = make("ol", "dialogue mono");
  for (const line of lines) {
    const said = line.kind === undefined;
    let text;
    if (said) text = wire(line.line, line.from === "server" && /^[45]\d\d/.test(line.line) ? "refusal" : "", "span");
    else if (line.kind === "closed") text = make("span", "note", `the ${line.from} closes`);
    else text = make("span", "note", `${count(line.bytes)} bytes ${{ message: "of message text", gap: "are missing in the capture", encrypted: "of TLS" }[line.kind] || line.kind}`);
    list.append(make("li", line.from, make("span", "at", `+${duration(Math.max(0, Date.parse(line.time) - start))}`),
      make("span", "side", line.from === "server" ? "S:" : "C:"), text));
  }
  return list;
}

const endings = { client_fin: "the client", server_fin: "the server", client_rst: "a reset by the client",
  server_rst: "a reset by the server", timeout: "silence", capture_end: "the end of the capture" };

function sessionBody(record, listed) {
  const facts = make("dl", "facts");
  const start = Date.parse(record.start);
  fact(facts, "client", endpoint(record.client), record.helo ? " as " : "", record.helo ? wire(record.helo.argument) : "");
  fact(facts, "server", endpoint(record.server));
  fact(facts, "greeting", record.greeting ? reply(record.greeting.code, record.greeting.text.join(" ")) : "none");
  fact(facts, "began", `${new Date(start).toLocaleString("en-GB")}, lasted ${duration(record.duration_ms)}`);
  fact(facts, "TLS", record.tls ? wire([record.tls.method, record.tls.outcome, record.tls.version, record.tls.cipher, record.tls.sni && `for ${record.tls.sni}`,
    record.tls.decrypted && "readable"].filter(Boolean).join(", ")) : "none");
  for (const one of record.auth.slice(0, 20)) {
    fact(facts, "login", wire([one.mechanism, one.username !== null && `as ${one.username}`].filter(Boolean).join(" ")),
      `, ${one.outcome}${one.code ? ` (${one.code})` : ""}${one.in_clear ? ", in clear" : ""}`);
  }
  fact(facts, "ended by", endings[record.tcp.closed_by]);
  fact(facts, "frames", record.capture.file === null ? "" : wire(record.capture.file), ` ${count(record.capture.first_frame)} to ${count(record.capture.last_frame)}`);
  const body = [make("p", "verdict", badge(record.verdict.outcome), " ", wire(record.verdict.message)), facts];
  if (record.findings.length) body.push(make("h3", "", "Findings"), ...record.findings.map((finding) => findingBlock(finding, record.verdict.message)));
  if (record.transactions.length) body.push(make("h3", "", record.transactions.length > 1 ? `${count(record.transactions.length)} mails` : "The mail"),
    ...record.transactions.slice(0, 50).map((mail) => mailBlock(mail, record.verdict.message, record.tcp.closed_by === "capture_end")));
  if (record.transactions.length > 50) body.push(make("p", "quiet", `and ${count(record.transactions.length - 50)} more`));
  body.push(make("h3", "", "Dialogue"));
  if (record.dialogue) {
    body.push(dialogueList(record.dialogue, start));
    if (listed && listed.lines > record.dialogue.length) body.push(make("p", "quiet", `These are the first ${count(record.dialogue.length)} lines; there are more.`));
  } else {
    body.push(make("p", "quiet", "Dialogues are not kept."));
  }
  if (record.phases.length) body.push(make("h3", "", "Whose time it was"), make("div", "scroll", phaseTable(record.phases)));
  const link = make("a", "", "The whole record as JSON");
  link.href = address(`sessions/${record.id}`);
  body.push(make("p", "", make("br"), link));
  return body;
}

async function ask(path) {
  const response = await fetch(address(path));
  return response.ok ? response.json() : null;
}

async function openSession(id) {
  if (!sheet.open) {
    cameFrom = document.activeElement?.closest?.("a");
    sheet.showModal();
  }
  byId("session-title").textContent = `Session ${id}`;
  byId("session-body").replaceChildren(make("p", "empty", "…"));
  sheet.scrollTop = 0;
  byId("session-title").focus();
  const listed = state.sessions.find((session) => session.id === id) || state.failures.find((session) => session.id === id);
  try {
    const [record, known] = await Promise.all([listed || state.totals ? ask(`sessions/${id}`) : null, catalogue || ask("catalogue")]);
    catalogue = known;
    if (location.hash !== `#session-${id}`) return;
    byId("session-body").replaceChildren(...(record ? sessionBody(record, listed)
      : [make("p", "empty", "Its record is no longer kept. The report on standard output has it.")]));
  } catch {
    byId("session-body").replaceChildren(make("p", "empty", "The program does not answer."));
  }
}

function openNamed() {
  const match = /^#session-(\d+)$/.exec(location.hash);
  if (match) {
    if (!sheet.open || byId("session-title").dataset.id !== match[1]) openSession(Number(match[1]));
    byId("session-title").dataset.id = match[1];
  } else if (sheet.open) {
    sheet.close();
  }
}

function leaveSession() {
  if (location.hash) history.pushState(null, "", location.pathname + location.search);
  delete byId("session-title").dataset.id;
  cameFrom?.focus?.({ preventScroll: true });
  cameFrom?.blur?.();
}

window.addEventListener("hashchange", openNamed);
sheet.addEventListener("close", leaveSession);
sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
byId("close").addEventListener("click", () => sheet.close());
byId("metrics").href = address("metrics");
listen();
