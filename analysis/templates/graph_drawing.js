"use strict";
// Draws a society: nodes are made once a run and only changed in size; the edges of a round are a
// few paths, one a class. Those of a crowd are straight lines on a canvas beneath, which browsers
// paint many times faster than curves of SVG.
(function () {
  const ours = window.societyGraph, SVG = "http://www.w3.org/2000/svg";
  const SIZE = 520, MARGIN = 52, FEW = 60;
  const CORNERS = [[0, 0], [4, Math.PI / 4], [3, -Math.PI / 2], [4, 0], [6, 0], [3, Math.PI / 2], [5, -Math.PI / 2]];

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
  // A member's mark of radius 1; shapes shift when colours begin anew.
  function marker(place, colours) {
    const [corners, turn] = CORNERS[(place + Math.floor(place / CORNERS.length)) % CORNERS.length];
    const list = [];
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = turn + (2 * Math.PI * corner) / corners;
      list.push((1.18 * Math.cos(angle)).toFixed(3) + "," + (1.18 * Math.sin(angle)).toFixed(3));
    }
    const made = corners ? shape("polygon", { points: list.join(" ") }) : shape("circle", { r: 1 });
    made.setAttribute("class", "mark");
    made.setAttribute("fill", colours[place % colours.length]);
    return made;
  }
  const place = (x, y) => [MARGIN + (SIZE - 2 * MARGIN) * x, MARGIN + (SIZE - 2 * MARGIN) * y];
  const spell = (point) => point[0].toFixed(1) + "," + point[1].toFixed(1);
  function along(points, when) {
    let left = points;
    while (left.length > 1) {
      left = left.slice(1).map((end, at) => [0, 1].map((axis) => left[at][axis] + when * (end[axis] - left[at][axis])));
    }
    return left[0];
  }
  function arrowhead(points, when, size) {
    const [x, y] = along(points, when);
    const [dx, dy] = along(points.slice(1).map((end, at) => [end[0] - points[at][0], end[1] - points[at][1]]), when);
    const far = Math.hypot(dx, dy) || 1, u = (size * dx) / far, v = (size * dy) / far;
    return "M" + [[x + u, y + v], [x - u - 0.85 * v, y - v + 0.85 * u], [x - u + 0.85 * v, y - v - 0.85 * u]].map(spell).join("L") + "Z";
  }
  // Bent to the left of its way, so that the way back lies beside it.
  function curve(start, end, size) {
    const dx = end[0] - start[0], dy = end[1] - start[1], far = Math.hypot(dx, dy) || 1;
    const bend = Math.min(0.16 * far, 34) / far;
    const bent = [(start[0] + end[0]) / 2 + dy * bend, (start[1] + end[1]) / 2 - dx * bend];
    return { line: "M" + spell(start) + "Q" + spell(bent) + " " + spell(end), head: arrowhead([start, bent, end], 0.56, size) };
  }
  function outward(at) {
    const x = at[0] - SIZE / 2, y = at[1] - SIZE / 2, far = Math.hypot(x, y);
    return far > 1 ? [x / far, y / far] : [0, -1];
  }
  // The place of a word beside an arrowhead, on the side that the edge is bent to, and its anchor.
  function beside(start, end) {
    if (start === end) {
      const [x, y] = outward(start);
      return { x: start[0] + 71 * x, y: start[1] + 71 * y + (y < 0 ? -13 : 30), "text-anchor": "middle" };
    }
    const dx = end[0] - start[0], dy = end[1] - start[1], length = Math.hypot(dx, dy), far = Math.min(0.08 * length, 17) + 13;
    const side = [dy / length, -dx / length];
    return { x: start[0] + 0.56 * dx + far * side[0], y: start[1] + 0.56 * dy + far * side[1] + 4,
      "text-anchor": side[0] > 0.4 ? "start" : side[0] < -0.4 ? "end" : "middle" };
  }
  function loop(at, size) {
    const [x, y] = outward(at);
    const first = [at[0] + 95 * x - 58 * y, at[1] + 95 * y + 58 * x], second = [at[0] + 95 * x + 58 * y, at[1] + 95 * y - 58 * x];
    const points = [at, first, second, at];
    return { line: "M" + spell(at) + "C" + points.slice(1).map(spell).join(" "), head: arrowhead(points, 0.5, size) };
  }
  // Edges as one path for all lines of a class, and one for their arrowheads.
  function joined(edges, dim) {
    const layer = [];
    for (const side of ["neutral", "uncooperative", "cooperative"]) {
      const those = edges.filter((edge) => edge.side === side);
      if (!those.length) continue;
      const faint = dim ? " far" : "";
      layer.push(shape("path", { class: "edge " + side + faint, d: those.map((edge) => edge.path.line).join("") }),
        shape("path", { class: "head " + side + faint, d: those.map((edge) => edge.path.head).join("") }));
    }
    return layer;
  }

  // A crowd's edges: each is [from, to, class, near], with the way back beside the way there.
  function paint(canvas, edges, bands) {
    const scale = (canvas.clientWidth * (window.devicePixelRatio || 1)) / SIZE, look = window.getComputedStyle(canvas);
    canvas.width = canvas.height = Math.max(1, Math.round(SIZE * scale));
    const pen = canvas.getContext("2d"), ink = {
      cooperative: look.getPropertyValue("--give"), uncooperative: look.getPropertyValue("--take"), neutral: look.getPropertyValue("--else") };
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    function line(from, to, aside) {
      const dx = to[0] - from[0], dy = to[1] - from[1], far = Math.hypot(dx, dy) || 1, x = (dy / far) * aside, y = (-dx / far) * aside;
      pen.beginPath();
      pen.moveTo(from[0] + x, from[1] + y);
      pen.lineTo(to[0] + x, to[1] + y);
      pen.stroke();
    }
    pen.strokeStyle = ink.cooperative;
    pen.lineWidth = 3.4;
    for (const [from, to, near] of bands) { pen.globalAlpha = near ? 0.25 : 0.03; line(from, to, 0); }
    for (const front of [false, true]) {
      pen.lineWidth = front ? 0.9 : 0.6;
      for (const [from, to, side, near] of edges) {
        if (near !== front) continue;
        pen.globalAlpha = near ? 0.9 : 0.07;
        pen.strokeStyle = ink[side];
        pen.setLineDash(side === "uncooperative" ? [3, 2] : side === "neutral" ? [0.8, 1.6] : []);
        line(from, to, 0.9);
      }
    }
  }

  function society(play, data, looks, drawing, canvas) {
    const few = play.characters.length <= FEW, scale = few ? 1 : 0.7 * Math.sqrt(FEW / play.characters.length);
    const places = new Map(play.characters.map((who) => [who.agent, place(who.x, who.y)]));
    const edges = shape("g", { "aria-hidden": "true" }), nodes = new Map(), paths = new Map();
    for (const who of play.characters) {
      const [x, y] = places.get(who.agent);
      const node = shape("g", { class: "node", role: "button", transform: "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ")", "data-agent": who.agent,
        tabindex: few || who === play.characters[0] ? "0" : "-1" });
      const drawn = marker(looks.members.indexOf(who.member), looks.colours);
      node.append(drawn);
      if (few) node.append(shape("text", { y: 4, class: "number" }, String(who.agent)));
      const choice = shape("text", { class: "choice-name" });
      if (few && !play.links.length) node.append(choice);
      nodes.set(who.agent, { node, drawn, choice, who });
    }
    drawing.classList.toggle("many", !few);
    canvas.hidden = few;
    let repaint = () => {};
    drawing.replaceChildren(edges, ...[...nodes.values()].map((one) => one.node));

    function pathOf(link) {
      const key = link[1] + ">" + link[2];
      if (!paths.has(key)) paths.set(key, curve(places.get(link[1]), places.get(link[2]), 5));
      return paths.get(key);
    }
    function label(who, round) {
      return "Character " + who.agent + ", " + who.member + ", " + ours.points(data.earned.get(who.agent)[round]) + " points so far; " +
        ours.tellMove(data, data.last.get(who.agent)[round]);
    }
    function show(round, chosen) {
      let most = 0;
      const all = data.acts[round].filter((link) => link[4] !== null), beside = new Set([chosen]);
      for (const link of all) if (link[1] === chosen || link[2] === chosen) { beside.add(link[1]); beside.add(link[2]); }
      for (const who of play.characters) most = Math.max(most, data.earned.get(who.agent)[round] || 0);
      for (const { node, drawn, choice, who } of nodes.values()) {
        const sum = data.earned.get(who.agent)[round];
        const radius = scale * (most > 0 && sum > 0 ? 11 + 11 * Math.sqrt(sum / most) : most > 0 ? 11 : 13);
        drawn.setAttribute("transform", "scale(" + radius.toFixed(2) + ")");
        const far = !few && chosen !== null && !beside.has(who.agent);
        node.setAttribute("class", "node" + (chosen === who.agent ? " chosen" : far ? " far" : ""));
        node.setAttribute("aria-pressed", String(chosen === who.agent));
        node.setAttribute("aria-label", label(who, round));
        if (few && !play.links.length) {
          const move = data.last.get(who.agent)[round];
          choice.setAttribute("y", radius + 15);
          choice.textContent = move ? data.word(move[4]) || "no answer" : "";
          drawn.setAttribute("class", "mark " + (move ? data.word(move[5]) || "missing" : ""));
        }
      }
      const told = ours.reciprocity(all, data.word), near = (a, b) => chosen === null || a === chosen || b === chosen;
      if (!few) {
        const lines = all.map((link) => [places.get(link[1]), places.get(link[2]), data.word(link[4]), near(link[1], link[2])]);
        const bands = told.mutual.map(([a, b]) => [places.get(a), places.get(b), near(a, b)]);
        repaint = () => paint(canvas, lines, bands);
        repaint();
        return told.counts;
      }
      const band = (pairs, dim) => shape("path", { class: "band" + (dim ? " far" : ""), d: pairs.map(([a, b]) => "M" + spell(places.get(a)) + "L" + spell(places.get(b))).join("") });
      const drawn = all.map((link) => ({ side: data.word(link[4]), path: pathOf(link), near: near(link[1], link[2]) }));
      edges.replaceChildren(
        band(told.mutual.filter(([a, b]) => !near(a, b)), true), band(told.mutual.filter(([a, b]) => near(a, b)), false),
        ...joined(drawn.filter((edge) => !edge.near), true), ...joined(drawn.filter((edge) => edge.near), false));
      return told.counts;
    }
    return { show, repaint: () => repaint(), label: (agent, round) => label(nodes.get(agent).who, round), node: (agent) => nodes.get(agent).node };
  }
  Object.assign(ours, { element, shape, marker, place, beside, curve, loop, society });
})();
