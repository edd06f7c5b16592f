"use strict";
// A large society by the population's members: a node a member, an edge the acts between two.
(function () {
  const ours = window.societyGraph, { element, shape } = ours;
  const SIDES = ["cooperative", "neutral", "uncooperative"];
  const counts = (flow) => flow[3] + flow[4] + flow[5];
  const mostly = (flow) => (flow[5] >= flow[4] && flow[5] >= flow[3] ? SIDES[2] : flow[4] >= flow[3] ? SIDES[1] : SIDES[0]);

  // A block is [member, characters, x, y, points so far by round]; a flow is
  // [round or 0 for all, source, target, cooperative, neutral, uncooperative, low, high].
  function blocks(play, looks, drawing, canvas) {
    const most = Math.max(...play.blocks.map((block) => block[1])), nodes = new Map();
    const places = play.blocks.map((block) => ours.place(0.12 + 0.76 * block[2], 0.12 + 0.76 * block[3]));
    const edges = shape("g", { "aria-hidden": "true" }), words = shape("g", { "aria-hidden": "true" });
    play.blocks.forEach((block, at) => {
      const node = shape("g", { class: "node", role: "button", tabindex: "0", "data-agent": at,
        transform: "translate(" + places[at].map((value) => value.toFixed(1)).join(" ") + ")" });
      const drawn = ours.marker(looks.members.indexOf(block[0]), looks.colours);
      drawn.setAttribute("transform", "scale(" + (14 + 16 * Math.sqrt(block[1] / most)).toFixed(2) + ")");
      node.append(drawn, shape("text", { y: 4, class: "number" }, String(block[1])));
      nodes.set(at, node);
    });
    drawing.classList.remove("many");
    canvas.hidden = true;
    drawing.replaceChildren(edges, ...nodes.values(), words);

    function label(at, round) {
      const block = play.blocks[at];
      return block[0] + ": " + block[1] + " characters, " + ours.points(block[4][round - 1]) + " points each so far";
    }
    function show(round, chosen) {
      const sums = { cooperative: 0, neutral: 0, uncooperative: 0 }, lines = [], texts = [];
      for (const flow of play.flows) {
        if (flow[0] !== round) continue;
        SIDES.forEach((side, at) => { sums[side] += flow[3 + at]; });
        const [from, to] = [places[flow[1]], places[flow[2]]];
        const path = flow[1] === flow[2] ? ours.loop(from, 6) : ours.curve(from, to, 6);
        const faint = chosen === null || flow[1] === chosen ? "" : " far";
        lines.push(shape("path", { class: "edge wide " + mostly(flow) + faint, d: path.line }), shape("path", { class: "head " + mostly(flow) + faint, d: path.head }));
        if (play.blocks.length <= 4 || flow[1] === chosen) texts.push(shape("text", { ...ours.beside(from, to), class: "share" + faint }, Math.round((100 * flow[3]) / counts(flow)) + "% (" + counts(flow) + ")"));
      }
      edges.replaceChildren(...lines);
      words.replaceChildren(...texts);
      for (const [at, node] of nodes) {
        node.setAttribute("class", "node" + (chosen === at ? " chosen" : ""));
        node.setAttribute("aria-pressed", String(chosen === at));
        node.setAttribute("aria-label", label(at, round));
      }
      return sums;
    }
    return { show, repaint: () => {}, label, node: (at) => nodes.get(at) };
  }

  function describeBlock(play, at, round) {
    const block = play.blocks[at];
    const heading = element("h3", { tabindex: "-1", "data-heading": "" }), name = element("bdi", {}, block[0]);
    heading.append(name);
    const rows = play.flows.filter((flow) => (flow[0] === 0 || flow[0] === round) && flow[1] === at);
    const table = element("table"), head = element("tr"), top = element("thead"), body = element("tbody");
    table.append(element("caption", {}, "What its characters did, by member; the share of cooperative acts with Wilson's 95% interval, which takes acts for independent"));
    for (const title of ["Toward", "Rounds", "Acts", "Cooperative", "Neutral", "Uncooperative"]) head.append(element("th", { scope: "col" }, title));
    for (const flow of rows) {
      const n = counts(flow), line = element("tr", flow[0] === round ? { class: "now" } : {}), toward = element("th", { scope: "row" });
      toward.append(element("bdi", {}, play.blocks[flow[2]][0]));
      line.append(toward, element("td", {}, flow[0] === 0 ? "all" : String(flow[0])), element("td", {}, String(n)),
        element("td", {}, (flow[3] / n).toFixed(2) + " [" + flow[6].toFixed(2) + ", " + flow[7].toFixed(2) + "]"),
        element("td", {}, (flow[4] / n).toFixed(2)), element("td", {}, (flow[5] / n).toFixed(2)));
      body.append(line);
    }
    top.append(head);
    table.append(top, body);
    const frame = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Acts of " + block[0] });
    frame.append(table);
    return [heading, element("p", { class: "note" }, block[1] + " of " + play.size + " characters, " + ours.points(block[4][round - 1]) + " points each so far."), frame];
  }
  Object.assign(ours, { blocks, describeBlock });
})();
