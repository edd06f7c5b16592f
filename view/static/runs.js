import { DASH, ask, attempt, chances, element, find, foreign, interval, looksOf, marker, number, options, plain, shape } from "./common.js";

const PAGE = 500;
let offer, found = null, where = {}, run = null, start = 0;
const experiment = () => find("experiment").value;
const query = (given) => new URLSearchParams(Object.entries(given).filter(([, value]) => value !== "" && value !== null)).toString();
const levels = () => Object.fromEntries(Object.entries(where).map(([name, level]) => ["at." + name, level]));

// What was asked for later stands: a slow answer to an earlier question is dropped.
const turns = {};
async function newest(what, path) {
  const own = (turns[what] = (turns[what] || 0) + 1);
  const told = await ask(path);
  return own === turns[what] ? told : null;
}

async function open() {
  where = {};
  closeRun();
  const told = await newest("runs", "/api/runs?" + query({ experiment: experiment() }));
  if (!told) return;
  found = told;
  const varied = Object.entries(found.factors).filter(([, values]) => values.length > 1);
  const fixed = Object.entries(found.factors).filter(([, values]) => values.length === 1);
  find("filters").replaceChildren(...varied.map(([name, values]) => {
    const select = element("select", { "data-factor": name });
    options(select, [["", "any"], ...values]);
    select.addEventListener("change", () => attempt(filter));
    return element("label", {}, name.replace(/_/g, " "), select);
  }));
  find("same").textContent = plain("The same in all: " + fixed.map(([name, [level]]) => name + " " + level).join(", "));
  const populations = found.factors.population || [];
  options(find("a"), populations, populations[0]);
  options(find("b"), populations, populations[1]);
  options(find("metric"), found.metrics);
  find("alone").hidden = populations.length > 1;
  find("pair").hidden = populations.length < 2;
  find("compared").replaceChildren();
  show(varied.map(([name]) => name));
}
async function filter() {
  where = Object.fromEntries([...find("filters").querySelectorAll("select")].filter((each) => each.value !== "").map((each) => [each.dataset.factor, each.value]));
  const varied = [...find("filters").querySelectorAll("select")].map((each) => each.dataset.factor);
  const told = await newest("runs", "/api/runs?" + query({ experiment: experiment(), ...levels() }));
  if (!told) return;
  found = told;
  find("compared").replaceChildren();
  show(varied);
}
function show(varied) {
  const { runs, total, metrics } = found;
  find("told").textContent = total + (total === 1 ? " run" : " runs") + (runs.length < total ? ", the first " + runs.length + " are shown: filter to see others" : "");
  const head = element("tr", {}, element("th", { scope: "col", class: "text" }, "Run"), ...varied.map((name) => element("th", { scope: "col", class: "text" }, name.replace(/_/g, " "))), element("th", { scope: "col" }, "seed"), ...metrics.map((name) => element("th", { scope: "col" }, name.replace(/_/g, " "))));
  const table = find("runs");
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...runs.map((one) => {
    const button = element("button", { type: "button", "data-run": one.run_id, "aria-label": "Open " + one.run_id }, "Open");
    button.addEventListener("click", () => attempt(() => openRun(one)));
    const outcomes = metrics.map((name) => {
      const [value, n] = one.outcomes[name] || [null, 0];
      return element("td", {}, number(value), element("small", { class: "n" }, "n " + n));
    });
    return element("tr", {}, element("th", { scope: "row", class: "text" }, button), ...varied.map((name) => element("td", { class: "text" }, one.levels[name] ?? DASH)), element("td", {}, String(one.seed)), ...outcomes);
  }));
}

async function compare() {
  const place = find("compared");
  place.replaceChildren(element("p", { class: "note" }, "computing \u2026"));
  try {
    const told = await newest("compare", "/api/compare?" + query({ experiment: experiment(), a: find("a").value, b: find("b").value, metric: find("metric").value, ...levels() }));
    if (told) place.replaceChildren(...compared(told));
  } catch (error) {
    place.replaceChildren();
    throw error;
  }
}
function compared({ metric, unit, definition, sides, contrast }) {
  const looks = looksOf(offer.looks, found.factors.population), digits = 3;
  const body = sides.map((one) => element("tr", {}, element("th", { scope: "row", class: "text" }, one.population), element("td", {}, number(one.estimate, digits)), element("td", {}, interval(one, digits)), element("td", {}, String(one.n)), element("td", {}, one.clusters + " " + one.units)));
  const difference = element("tr", {}, element("th", { scope: "row", class: "text" }, contrast.a + " minus " + contrast.b), element("td", {}, number(contrast.estimate, digits)), element("td", {}, interval(contrast, digits)), element("td", {}, contrast.n + (contrast.paired ? " pairs" : " unpaired")), element("td", {}, contrast.units + " " + contrast.cluster + "s"));
  const top = element("tr", {}, element("td", {}), ...["Mean", "95% interval", "Runs", "Over"].map((title) => element("th", { scope: "col" }, title)));
  const table = element("table", {}, element("caption", {}, metric + " (" + unit + "): " + definition), element("thead", {}, top), element("tbody", {}, ...body, difference));
  const p = contrast.p_adjusted === null ? "" : " Corrected p = " + number(contrast.p_adjusted, 3) + ", over " + contrast.corrected_for + " contrasts.";
  const standing = contrast.registered ? " Registered before the runs." : " Exploratory: not registered before the runs.";
  return [picture(sides, looks), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The comparison in numbers" }, table), element("p", { class: "note" }, "As society compare has it; the interval is over situations and personas together." + p + standing)];
}
function picture(sides, looks) {
  const known = sides.filter((one) => one.estimate !== null);
  const ends = known.flatMap((one) => [one.estimate, one.low ?? one.estimate, one.high ?? one.estimate]);
  const low = Math.min(0, ...ends), high = Math.max(1, ...ends), x = (value) => 20 + (360 * (value - low)) / (high - low);
  const height = 30 + 46 * known.length;
  const drawing = shape("svg", { viewBox: "0 0 400 " + height, class: "dots", role: "img", "aria-label": plain(known.map((one) => one.population + ": " + number(one.estimate) + ", 95% interval " + interval(one) + ", n = " + one.n).join("; ")) });
  for (const value of [low, (low + high) / 2, high]) drawing.append(shape("line", { x1: x(value), x2: x(value), y1: 6, y2: height - 22 }), shape("text", { x: x(value), y: height - 6, "text-anchor": "middle" }, number(value)));
  known.forEach((one, index) => {
    const y = 36 + 46 * index, look = looks.get(one.population);
    drawing.append(shape("text", { x: 24, y: y - 12, class: "name" }, one.population));
    if (one.low !== null) drawing.append(shape("line", { class: "whisker", x1: x(one.low), x2: x(one.high), y1: y, y2: y }));
    const whisker = drawing.querySelectorAll(".whisker");
    if (one.low !== null) whisker[whisker.length - 1].style.stroke = look.colour;
    drawing.append(marker(look.shape, x(one.estimate), y, 6, { fill: look.colour }));
  });
  return drawing;
}

function closeRun() {
  run = null;
  find("one").hidden = true;
  find("replay").removeAttribute("src");
}
async function openRun(one) {
  run = one;
  start = 0;
  for (const row of find("runs").tBodies[0].rows) {
    if (row.querySelector("button").dataset.run === one.run_id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  find("one-told").textContent = plain(one.run_id + ": " + Object.entries(one.levels).map(([name, level]) => name + " " + level).join(", ") + ", seed " + one.seed);
  find("replay").src = "/replay?" + query({ experiment: experiment(), run: one.run_id });
  const agents = Number(one.levels.agents) || 0;
  options(find("agent"), [["", "all"], ...Array.from({ length: agents }, (_, agent) => [agent, "character " + agent])]);
  find("decision").hidden = true;
  find("one").hidden = false;
  await list();
  find("one-title").focus();
}
async function list() {
  const told = await newest("decisions", "/api/decisions?" + query({ experiment: experiment(), run: run.run_id, agent: find("agent").value, start }));
  if (!told) return;
  const last = start + told.rows.length;
  find("decisions-told").textContent = told.total ? start + 1 + " to " + last + " of " + told.total : "no decisions";
  find("earlier").disabled = start === 0;
  find("later").disabled = last >= told.total;
  const titles = ["", "Round", "Phase", "Character", "Toward", "Persona", "Answer", "Probabilities"];
  const table = find("decisions");
  table.tHead.replaceChildren(element("tr", {}, ...titles.map((title) => (title ? element("th", { scope: "col", class: ["Phase", "Persona", "Answer", "Probabilities"].includes(title) ? "text" : null }, title) : element("td", {})))));
  table.tBodies[0].replaceChildren(...told.rows.map((row) => {
    const button = element("button", { type: "button", "data-at": row.at, "aria-label": "Open the decision of character " + row.agent + " in round " + row.round }, "Open");
    button.addEventListener("click", () => attempt(() => openDecision(row.at)));
    const given = row.probabilities ? row.menu.map((option, index) => option + " " + number(row.probabilities[index])).join(", ") : DASH;
    return element("tr", {}, element("td", {}, button), element("th", { scope: "row" }, String(row.round)), element("td", { class: "text" }, row.phase), element("td", {}, String(row.agent)), element("td", {}, row.partner === null ? DASH : String(row.partner)), element("td", { class: "text" }, row.persona ?? DASH), element("td", { class: "text" }, row.action ?? row.answer), element("td", { class: "text" }, given));
  }));
}
async function openDecision(at) {
  const one = await newest("decision", "/api/decision?" + query({ experiment: experiment(), run: run.run_id, at }));
  if (!one) return;
  const fact = (name, value) => element("div", {}, element("dt", {}, name), element("dd", {}, value === null || value === undefined ? DASH : foreign(value)));
  const toward = one.partner === null ? "" : " toward " + one.partner;
  const facts = element("dl", { class: "facts" }, fact("answer", one.answer), fact("action", one.action), fact("class", one.action_class), fact("points", one.payoff), fact("probability on the menu", number(one.mass, 3)), fact("level", one.level));
  const menu = one.probabilities ? chances(one.menu, one.probabilities, one.action) : element("p", {}, "Menu: " + one.menu.join(", ") + ". No probabilities were read.");
  const text = one.text ? [element("h4", {}, "What it said"), foreign(one.text, "pre", "long")] : [];
  const persona = one.persona_text ? [element("h4", {}, "Persona"), foreign(one.persona_text, "blockquote", "long")] : [];
  const puts = one.puts.filter((put) => put.prompt !== null).map((put) => element("details", {}, element("summary", {}, "Prompt, " + (put.variant || "as put")), foreign(put.prompt, "pre", "long")));
  const hashes = element("dl", { class: "facts" }, element("div", {}, element("dt", {}, "prompt hash"), element("dd", {}, element("code", {}, one.prompt_sha256 ?? DASH))), element("div", {}, element("dt", {}, "call key"), element("dd", {}, element("code", {}, one.call_key ?? DASH))));
  const place = find("decision");
  place.replaceChildren(element("h3", { id: "decision-title", tabindex: "-1" }, "Round " + one.round + ", " + one.phase + ": character " + one.agent + " (" + one.member + ")" + toward), facts, menu, ...text, hashes, ...persona, ...puts);
  place.hidden = false;
  find("decision-title").focus();
}

find("experiment").addEventListener("change", () => attempt(open));
find("compare").addEventListener("click", () => attempt(compare));
find("agent").addEventListener("change", () => { start = 0; attempt(list); });
find("earlier").addEventListener("click", () => { start = Math.max(0, start - PAGE); attempt(list); });
find("later").addEventListener("click", () => { start += PAGE; attempt(list); });
attempt(async () => {
  offer = await ask("/api/offer");
  const { experiments } = await ask("/api/experiments");
  options(find("experiment"), experiments);
  find("none").hidden = experiments.length > 0;
  find("whole").hidden = !experiments.length;
  find("experiment").closest(".controls").hidden = !experiments.length;
  if (experiments.length) await open();
});
