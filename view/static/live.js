import { ask, attempt, chances, complain, element, find, foreign, interval, looksOf, marker, number, options, plain, shape } from "./common.js";

const MOST_SHOWN = 300, SOON = 300, LATER = 2000;
const form = find("form");
let offer, looks = new Map(), state = { number: 0, status: "idle" }, seen = 0, rows = [], drawnRound = -1, timer = null, busy = false;

const isOn = () => ["opening", "playing", "pausing", "paused"].includes(state.status);

function filled() {
  const given = Object.fromEntries(new FormData(form));
  for (const key of ["agents", "rounds", "seed"]) given[key] = form.elements[key].value === "" ? null : Number(form.elements[key].value);
  return { ...given, seconds: Number(find("speed").value) };
}

// One look at a time: an action looks at once, and the clock goes on from there.
async function look() {
  clearTimeout(timer);
  if (busy) { timer = setTimeout(look, 30); return; }
  busy = true;
  try {
    take(await ask("/api/live?number=" + state.number + "&since=" + seen));
  } catch (error) {
    complain(error);
  }
  busy = false;
  timer = setTimeout(look, document.hidden ? LATER : isOn() ? SOON : LATER);
}

function take(found) {
  if (found.number !== state.number) {
    seen = 0;
    rows = [];
    drawnRound = -1;
    looks = new Map();
    find("stream").replaceChildren();
    options(find("whose"), [["", "everybody"]]);
    find("who").replaceChildren();
  }
  state = found;
  tellStanding();
  find("stage").hidden = !found.cast || !found.cast.characters;
  if (find("stage").hidden) return;
  if (!looks.size) meet(found.cast.characters);
  if (found.seen > seen) {
    rows = [...rows, ...found.rows].slice(-MOST_SHOWN);
    stream(found.rows);
  }
  seen = found.seen;
  find("stream-told").textContent = Math.min(rows.length, MOST_SHOWN) < seen ? "the newest " + rows.length + " of " + seen + "; all are in the records of the run" : seen + " so far, newest first";
  if (found.settled.round !== drawnRound) {
    drawnRound = found.settled.round;
    drawGraph();
    drawChart();
  }
}

function tellStanding() {
  const told = { idle: "nothing is played", opening: "opening", playing: "playing", pausing: "playing one round, then paused", paused: "paused", finished: "finished", failed: "failed", stopped: "reset" }[state.status];
  const round = state.settled && state.status !== "opening" ? ": round " + state.settled.round + " of " + state.rounds + " is settled" : "";
  const status = find("status"), text = told + round;
  // Only what has changed is read out again.
  if (status.textContent !== text) status.textContent = text;
  find("message").textContent = plain(state.message || (["playing", "pausing"].includes(state.status) && state.counters["in flight"] ? "the model thinks" : ""));
  const isHeld = ["pausing", "paused"].includes(state.status);
  find("start").textContent = isHeld ? "Go on" : "Start";
  find("start").disabled = ["opening", "playing"].includes(state.status);
  find("pause").disabled = !["opening", "playing"].includes(state.status);
  find("step").disabled = state.status === "playing";
  find("reset").disabled = state.status === "idle";
  const counters = Object.entries(state.counters || {});
  find("counters").replaceChildren(...counters.map(([name, count]) => element("div", {}, element("dt", {}, name), element("dd", {}, count.toLocaleString("en")))));
  find("run").textContent = state.run_id ? "run " + plain(state.run_id) : "";
  if (state.status === "failed") complain(state.message);
}

function meet(characters) {
  const members = [...new Set(characters.map((who) => who.member))].sort();
  looks = looksOf(offer.looks, members);
  options(find("whose"), [["", "everybody"], ...characters.map((who) => [who.agent, "character " + who.agent + ", " + who.member])]);
  find("members").replaceChildren(...members.map((name) => {
    const look = looks.get(name), picture = shape("svg", { viewBox: "0 0 20 20", width: 16, height: 16, "aria-hidden": "true" });
    picture.append(marker(look.shape, 10, 10, 7, { fill: look.colour }));
    return element("li", {}, picture, foreign(name));
  }));
  find("lines").replaceChildren(...members.map((name) => {
    const look = looks.get(name), picture = shape("svg", { viewBox: "0 0 40 14", width: 40, height: 14, "aria-hidden": "true" });
    picture.append(shape("line", { x1: 1, x2: 39, y1: 7, y2: 7, stroke: look.colour, "stroke-width": 2.4, "stroke-dasharray": look.dash }), marker(look.shape, 20, 7, 4, { fill: look.colour }));
    return element("li", {}, picture, foreign(name));
  }));
}

function kindOf(one, other) {
  if (one === undefined || other === undefined || one === null || other === null) return "part";
  if (one === "cooperative" && other === "cooperative") return "both";
  if (one === "cooperative" || other === "cooperative") return "one";
  return one === "uncooperative" && other === "uncooperative" ? "neither" : "part";
}

function drawGraph() {
  const { characters, edges } = state.cast, { links, points, last, pairs } = state.settled;
  const place = new Map(characters.map((who) => [who.agent, [46 + 428 * who.x, 46 + 428 * who.y]]));
  const did = new Map(links.map(([source, target, kind]) => [source + ">" + target, kind]));
  const met = links.length ? [...new Set(links.map(([a, b]) => Math.min(a, b) + "-" + Math.max(a, b)))].map((key) => key.split("-").map(Number)) : edges;
  const counts = { both: 0, one: 0, neither: 0, part: 0 };
  const drawing = find("graph"), layer = shape("g", {});
  for (const [a, b] of met) {
    const one = did.get(a + ">" + b), other = did.get(b + ">" + a), kind = kindOf(one, other);
    counts[kind] += 1;
    const [from, to] = one === "cooperative" || kind !== "one" ? [place.get(a), place.get(b)] : [place.get(b), place.get(a)];
    const far = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1, stop = kind === "one" ? 24 / far : 0;
    const end = [to[0] - (to[0] - from[0]) * stop, to[1] - (to[1] - from[1]) * stop];
    layer.append(shape("line", { x1: from[0], y1: from[1], x2: end[0], y2: end[1], class: "edge " + kind }));
    if (kind === "one") {
      const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
      const at = (turn, back) => (end[0] - back * Math.cos(angle + turn)).toFixed(1) + "," + (end[1] - back * Math.sin(angle + turn)).toFixed(1);
      layer.append(shape("polygon", { points: [at(0, -5), at(0.5, 6), at(-0.5, 6)].join(" "), class: "arrowhead" }));
    }
  }
  const most = Math.max(0, ...Object.values(points));
  const radius = characters.length > 60 ? 7 : characters.length > 25 ? 10 : 15;
  const nodes = characters.map((who) => {
    const [x, y] = place.get(who.agent), sum = points[who.agent], look = looks.get(who.member);
    const size = most > 0 && sum > 0 ? radius * (0.75 + 0.5 * Math.sqrt(sum / most)) : radius;
    const node = shape("g", { class: "node" }), [answer, action] = last[who.agent] || [];
    const told = answer ? (answer === "decision" ? "last choice " + action : "last answer " + answer) : "has not chosen yet";
    node.append(shape("title", {}, "character " + who.agent + ", " + who.member + ": " + (sum === undefined ? "no points yet" : number(sum, 1) + " points") + ", " + told),
      marker(look.shape, x, y, size, { fill: look.colour }));
    if (radius > 8) node.append(shape("text", { x, y: y + 4, class: "number" }, String(who.agent)));
    return node;
  });
  drawing.replaceChildren(layer, ...nodes);
  find("graph-round").textContent = state.settled.round ? "round " + state.settled.round : "before the first round";
  const tooMany = pairs && !links.length ? " " + pairs + " acts are too many to be drawn." : "";
  const told = links.length ? counts.both + " pairs both cooperative, " + counts.one + " one-sided, " + counts.neither + " both uncooperative, " + counts.part + " neutral or without an answer." : state.settled.round ? "Lines join who can meet whom." + (tooMany || " In this game acts are toward the whole group.") : "Lines join who can meet whom.";
  find("graph-told").textContent = told + " The size grows with the points earned so far.";
  drawing.setAttribute("aria-label", "Interaction graph, " + characters.length + " characters. " + told);
}

function drawChart() {
  const { series, rounds } = state, left = 44, right = 508, top = 12, bottom = 262;
  const x = (round) => (rounds > 1 ? left + 12 + ((right - left - 24) * (round - 1)) / (rounds - 1) : (left + right) / 2);
  const y = (value) => bottom - (bottom - top) * value;
  const parts = [];
  for (const value of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(shape("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }), shape("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  const every = Math.max(1, Math.ceil(rounds / 10));
  for (let round = 1; round <= rounds; round += every) parts.push(shape("text", { x: x(round), y: bottom + 18, "text-anchor": "middle" }, String(round)));
  parts.push(shape("text", { x: (left + right) / 2, y: bottom + 34, "text-anchor": "middle" }, "round"));
  for (const [name, look] of looks) {
    const own = series.filter((one) => one.member === name && one.value !== null), ranged = own.filter((one) => one.low !== null);
    if (ranged.length > 1) {
      const edge = [...ranged.map((one) => x(one.round) + "," + y(one.high)), ...ranged.reverse().map((one) => x(one.round) + "," + y(one.low))];
      parts.push(shape("polygon", { class: "band", fill: look.colour, points: edge.join(" ") }));
    }
    parts.push(shape("polyline", { class: "line", stroke: look.colour, "stroke-dasharray": look.dash, points: own.map((one) => x(one.round) + "," + y(one.value)).join(" ") }));
    if (ranged.length === 1) parts.push(shape("line", { class: "whisker", stroke: look.colour, x1: x(ranged[0].round), x2: x(ranged[0].round), y1: y(ranged[0].low), y2: y(ranged[0].high) }));
    if (own.length <= 40) for (const one of own) {
      const point = shape("g", {});
      point.append(shape("title", {}, name + ", round " + one.round + ": " + number(one.value) + ", 95% interval " + interval(one) + ", n = " + one.n + " characters, " + one.decisions + " decisions"), marker(look.shape, x(one.round), y(one.value), 5, { fill: look.colour }));
      parts.push(point);
    }
  }
  find("chart").replaceChildren(...parts);
  const newest = series.filter((one) => one.round === state.settled.round).map((one) => one.member + " " + number(one.value));
  find("chart").setAttribute("aria-label", plain("Cooperation over rounds; in round " + state.settled.round + ": " + (newest.join(", ") || "nothing defined")));
  find("numbers").replaceChildren(...series.slice(-400).reverse().map((one) => element("tr", {}, element("th", { scope: "row" }, String(one.round)), element("td", { class: "text" }, one.member), element("td", {}, number(one.value)), element("td", {}, interval(one)), element("td", {}, String(one.n)), element("td", {}, String(one.decisions)))));
}

function line(row) {
  const who = state.cast.characters[row.agent];
  const toward = row.partner === null ? "" : " toward " + row.partner;
  const what = row.answer === "said" ? "says" : row.answer === "decision" ? row.action : "no usable answer: " + row.answer;
  const phase = row.phase === "choose" ? "" : ", " + row.phase;
  const head = element("div", {}, element("div", { class: "what" }, what), element("small", {}, "round " + row.round + phase + " \u00b7 character " + row.agent + toward), element("br"), element("small", {}, foreign(who.member)));
  const side = element("div", {}, chances(row.menu, row.probabilities, row.action));
  if (row.text) side.append(foreign(row.text, "div"), row.cut ? element("small", {}, row.cut.toLocaleString("en") + " more letters are in the records") : "");
  return element("li", { class: row.answer === "said" ? "said" : row.action_class || "missing" }, head, side);
}
const isShown = (row) => find("whose").value === "" || row.agent === Number(find("whose").value);
function stream(added) {
  const place = find("stream"), fresh = added.filter(isShown).slice(-MOST_SHOWN).reverse().map(line);
  place.prepend(...fresh);
  while (place.children.length > MOST_SHOWN) place.lastChild.remove();
}
function choose() {
  find("stream").replaceChildren();
  stream(rows);
  const chosen = find("whose").value, who = chosen === "" ? null : state.cast.characters[Number(chosen)];
  find("who").replaceChildren(...(who ? [element("p", { class: "note" }, [who.persona, who.identity && "identity " + who.identity, who.affect && "affect " + who.affect, who.stance && "stance " + who.stance].filter(Boolean).join(" \u00b7 ")), who.text ? foreign(who.text, "blockquote") : element("p", {}, "No persona text was given.")] : []));
}

async function act(what, given) {
  await attempt(async () => {
    await ask("/api/live/" + what, given || {});
  });
  look();
}
find("start").addEventListener("click", () => (["pausing", "paused"].includes(state.status) ? act("go") : act("start", filled())));
find("pause").addEventListener("click", () => { find("pause").disabled = true; find("status").textContent = "playing one round, then paused"; act("pause"); });
find("step").addEventListener("click", () => (isOn() ? act("step") : act("start", { ...filled(), paused: true, step: true })));
find("reset").addEventListener("click", () => { find("reset").disabled = true; act("reset"); });
find("speed").addEventListener("change", () => isOn() && act("speed", { seconds: Number(find("speed").value) }));
find("whose").addEventListener("change", choose);
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => document.hidden || look());

attempt(async () => {
  offer = await ask("/api/offer");
  const scenario = form.elements.scenario;
  options(scenario, Object.keys(offer.scenarios).map((name) => [name, name.replace(/_/g, " ")]), "prisoners_dilemma");
  const word = () => options(form.elements.wording, offer.scenarios[scenario.value]);
  scenario.addEventListener("change", word);
  word();
  for (const [key, values] of [["network", offer.networks], ["placement", offer.placements], ["readout", offer.readouts]]) options(form.elements[key], values);
  options(form.elements.memory, offer.memories, "last-1");
  for (const key of ["populations", "models"]) find(key).replaceChildren(...offer[key].map((value) => element("option", { value })));
  find("home").textContent = plain("Live runs are stored in " + offer.home + " once they are whole, and then stand on the Runs page.");
  await look();
});
