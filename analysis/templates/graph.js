"use strict";
// The interaction graph: draws the runs found in the page, round by round. Foreign text reaches
// the page as text nodes only.
(function () {
  const holder = document.getElementById("plays");
  const root = document.querySelector("[data-society]");
  if (!holder || !root) return;
  const { plays, colours, members } = JSON.parse(holder.textContent);
  if (!plays.length) return;
  const SIZE = 520, MARGIN = 46, SVG = "http://www.w3.org/2000/svg";
  const find = (name) => root.querySelector("[data-" + name + "]");
  const parts = {};
  for (const name of ["run", "round", "shown", "play", "status", "drawing", "legend", "hover", "detail"]) parts[name] = find(name);
  let play = plays[0], round = 1, chosen = null, timer = null;

  function element(name, attributes, text) {
    const made = document.createElement(name);
    for (const key in attributes || {}) made.setAttribute(key, attributes[key]);
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  }
  function shape(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  const word = (index) => (index === null || index === undefined ? null : play.words[index]);
  const points = (value) => (value === null || value === undefined ? "\u2013" : String(Math.round(value * 100) / 100));
  const colour = (member) => colours[members.indexOf(member) % colours.length];
  const place = (who) => [MARGIN + (SIZE - 2 * MARGIN) * who.x, MARGIN + (SIZE - 2 * MARGIN) * who.y];
  const name = (agent) => "character " + agent;

  // A link is [round, source, target, action, class, payoff]; a move is
  // [round, agent, partner, answer, action, class, menu, probabilities, payoff, phase].
  function pairsOf(which) {
    const found = new Map();
    for (const link of play.links) {
      if (link[0] !== which) continue;
      const low = Math.min(link[1], link[2]), high = Math.max(link[1], link[2]);
      const key = low + "-" + high;
      if (!found.has(key)) found.set(key, { low: low, high: high, did: {} });
      // The first act of a round is what the game is about.
      found.get(key).did[link[1]] = found.get(key).did[link[1]] || link;
    }
    return [...found.values()].map((pair) => {
      const sides = [pair.low, pair.high].map((agent) => (pair.did[agent] ? word(pair.did[agent][4]) : null));
      const kind = kindOf(sides);
      const giver = sides[0] === "cooperative" ? pair.low : pair.high;
      return { low: pair.low, high: pair.high, kind: kind, giver: giver, did: pair.did };
    });
  }
  function kindOf(sides) {
    const kind = sides.filter((side) => side === "cooperative").length;
    if (sides.includes(null)) return "part";
    if (kind === 2) return "both";
    if (kind === 1) return "one";
    return sides.every((side) => side === "uncooperative") ? "neither" : "part";
  }
  function earned(agent) {
    let sum = 0, any = false;
    for (const move of play.moves) {
      if (move[1] === agent && move[0] <= round && move[8] !== null) { sum += move[8]; any = true; }
    }
    return any ? sum : null;
  }
  function lastMove(agent) {
    let last = null;
    for (const move of play.moves) if (move[1] === agent && move[0] <= round) last = move;
    return last;
  }
  function told(move) {
    if (!move) return "has not been asked yet";
    const about = move[2] === null ? "" : " toward " + name(move[2]);
    const choice = word(move[4]) === null ? "no usable answer (" + word(move[3]) + ")" : word(move[4]);
    return "round " + move[0] + ": " + choice + about + ", " + points(move[8]) + " points";
  }

  function marker(place, x, y, radius) {
    const index = place + Math.floor(place / 7);
    const corners = [0, 4, 3, 4, 6, 3, 5][index % 7];
    if (!corners) return shape("circle", { cx: x, cy: y, r: radius });
    const turn = [0, Math.PI / 4, -Math.PI / 2, 0, 0, Math.PI / 2, -Math.PI / 2][index % 7];
    const list = [];
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = turn + (2 * Math.PI * corner) / corners;
      list.push((x + 1.18 * radius * Math.cos(angle)).toFixed(1) + "," + (y + 1.18 * radius * Math.sin(angle)).toFixed(1));
    }
    return shape("polygon", { points: list.join(" ") });
  }

  function drawEdges(places) {
    const layer = shape("g", { "aria-hidden": "true" });
    for (const pair of pairsOf(round)) {
      const near = chosen === null || pair.low === chosen || pair.high === chosen;
      const start = places.get(pair.giver), end = places.get(pair.giver === pair.low ? pair.high : pair.low);
      const far = Math.hypot(end[0] - start[0], end[1] - start[1]) || 1;
      const stop = pair.kind === "one" ? 24 / far : 0;
      const line = shape("line", {
        x1: start[0], y1: start[1],
        x2: end[0] - (end[0] - start[0]) * stop, y2: end[1] - (end[1] - start[1]) * stop,
        class: "edge " + pair.kind + (near ? "" : " far"),
      });
      if (pair.kind === "one") line.setAttribute("marker-end", "url(#arrow)");
      layer.append(line);
    }
    return layer;
  }

  function drawNode(who, places, most) {
    const [x, y] = places.get(who.agent), sum = earned(who.agent);
    const radius = most > 0 && sum > 0 ? 11 + 11 * Math.sqrt(sum / most) : 13;
    const index = members.indexOf(who.member), move = lastMove(who.agent);
    const label = "Character " + who.agent + ", " + who.member + ", " + points(sum) + " points so far; " + told(move);
    const node = shape("g", { class: "node" + (chosen === who.agent ? " chosen" : ""), tabindex: "0", role: "button",
      "aria-label": label, "aria-pressed": String(chosen === who.agent), "data-agent": who.agent });
    const drawn = marker(index, x, y, radius);
    drawn.setAttribute("fill", colour(who.member));
    node.append(shape("title", {}, label), drawn, shape("text", { x: x, y: y + 4, class: "number" }, String(who.agent)));
    if (!play.links.length && move) {
      const side = word(move[5]) || "missing";
      drawn.setAttribute("class", "choice " + side);
      node.append(shape("text", { x: x, y: y + radius + 15, class: "choice-name" }, word(move[4]) || "no answer"));
    }
    const show = () => { parts.hover.textContent = label + "."; };
    const toggle = () => { chosen = chosen === who.agent ? null : who.agent; draw(); describe(); focus(who.agent); };
    node.addEventListener("pointerenter", show);
    node.addEventListener("focus", show);
    node.addEventListener("click", toggle);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); }
    });
    return node;
  }
  function focus(agent) {
    const node = parts.drawing.querySelector('[data-agent="' + agent + '"]');
    if (node) node.focus({ preventScroll: true });
  }

  function draw() {
    const places = new Map(play.characters.map((who) => [who.agent, place(who)]));
    const most = Math.max(0, ...play.characters.map((who) => earned(who.agent) || 0));
    const tip = shape("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
      orient: "auto", markerUnits: "userSpaceOnUse" });
    tip.append(shape("path", { d: "M0,0.5L8,4L0,7.5Z", class: "arrowhead" }));
    const defs = shape("defs", {});
    defs.append(tip);
    parts.drawing.replaceChildren(defs, drawEdges(places), ...play.characters.map((who) => drawNode(who, places, most)));
    parts.shown.textContent = round + " of " + play.rounds;
    parts.round.value = String(round);
    parts.round.setAttribute("aria-valuetext", "round " + round + " of " + play.rounds);
    parts.status.textContent = statusLine();
  }
  function statusLine() {
    if (!play.links.length) {
      return "Round " + round + ". In this game nobody meets anybody: there are no edges, and each character bears its last choice.";
    }
    const counts = { both: 0, one: 0, neither: 0, part: 0 };
    for (const pair of pairsOf(round)) counts[pair.kind] += 1;
    return "Round " + round + ": " + counts.both + " pairs both cooperative, " + counts.one + " one-sided, " +
      counts.neither + " both uncooperative" + (counts.part ? ", " + counts.part + " neutral or without an answer" : "") + ".";
  }

  function describe() {
    const who = play.characters.find((one) => one.agent === chosen);
    if (!who) {
      parts.detail.replaceChildren(element("p", { class: "note" }, "Choose a character to read its text and its decisions."));
      return;
    }
    const coordinates = [who.identity && "identity " + who.identity, who.affect && "affect " + who.affect,
      who.stance && "stance " + who.stance, who.strategy && "scripted: " + who.strategy].filter(Boolean).join(", ");
    const heading = element("h3", {}, "Character " + who.agent + ": " + who.member);
    const facts = element("p", { class: "note" }, [who.persona, coordinates, who.source && "source: " + who.source].filter(Boolean).join(" \u00b7 "));
    const text = who.text ? element("blockquote", {}, who.text) : element("p", {}, "No persona text was given.");
    parts.detail.replaceChildren(heading, facts, text, decisionTable(who));
  }
  function decisionTable(who) {
    const table = element("table", {}), head = element("tr"), body = element("tbody");
    table.append(element("caption", {}, "Every choice it was asked for, with the probability of each option"));
    for (const title of ["Round", "About", "Choice", "Probabilities", "Points"]) head.append(element("th", { scope: "col" }, title));
    for (const move of play.moves) {
      if (move[1] !== who.agent) continue;
      const row = element("tr", move[0] === round ? { class: "now" } : {});
      const given = move[7] === null ? "\u2013" : move[6].map((option, index) => word(option) + " " + move[7][index].toFixed(2)).join(", ");
      row.append(element("th", { scope: "row" }, String(move[0])), element("td", {}, move[2] === null ? "\u2013" : String(move[2])),
        element("td", {}, word(move[4]) || word(move[3])), element("td", {}, given), element("td", {}, points(move[8])));
      body.append(row);
    }
    const top = element("thead");
    top.append(head);
    table.append(top, body);
    const frame = element("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Choices of character " + who.agent });
    frame.append(table);
    return frame;
  }

  function drawLegend() {
    const here = members.filter((member) => play.characters.some((who) => who.member === member));
    parts.legend.replaceChildren(...here.map((member) => {
      const item = element("li"), picture = shape("svg", { viewBox: "0 0 20 20", width: 16, height: 16, "aria-hidden": "true" });
      const drawn = marker(members.indexOf(member), 10, 10, 7);
      drawn.setAttribute("fill", colour(member));
      picture.append(drawn);
      item.append(picture, document.createTextNode(" " + member));
      return item;
    }));
  }
  function stop() {
    window.clearInterval(timer);
    timer = null;
    parts.play.textContent = "Play";
    parts.play.setAttribute("aria-pressed", "false");
  }
  function open(index) {
    stop();
    play = plays[index];
    round = 1;
    chosen = null;
    parts.round.max = String(Math.max(1, play.rounds));
    parts.hover.textContent = "";
    drawLegend();
    draw();
    describe();
  }
  plays.forEach((one, index) => {
    const title = [one.scenario.replace(/_/g, " "), one.population, one.wording, "seed " + one.seed].filter((part) => part !== null && part !== undefined).join(", ");
    parts.run.append(element("option", { value: index }, title));
  });
  parts.run.addEventListener("change", () => open(Number(parts.run.value)));
  parts.round.addEventListener("input", () => { round = Number(parts.round.value); draw(); describe(); });
  parts.play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (round >= play.rounds) round = 0;
    parts.play.textContent = "Pause";
    parts.play.setAttribute("aria-pressed", "true");
    const advance = () => {
      round += 1;
      draw();
      if (round >= play.rounds) stop();
    };
    timer = window.setInterval(advance, 900);
    advance();
  });
  root.hidden = false;
  // A mixed population shows most; where there is none, the first run.
  const mixed = plays.findIndex((one) => new Set(one.characters.map((who) => who.member)).size > 1);
  parts.run.value = String(Math.max(0, mixed));
  open(Math.max(0, mixed));
})();
