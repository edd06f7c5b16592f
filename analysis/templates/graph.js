"use strict";
// The interaction graph: which run, which round, who is chosen.
(function () {
  const ours = window.societyGraph, { element } = ours;
  const holder = document.getElementById("plays"), root = document.querySelector("[data-society]");
  if (!holder || !root) return;
  const { plays, colours, members } = JSON.parse(holder.textContent);
  if (!plays.length) return;
  const looks = { colours, members }, parts = {};
  for (const name of ["run", "round", "shown", "play", "speed", "who", "status", "drawing", "canvas", "legend", "hover", "tip", "size", "detail"]) parts[name] = root.querySelector("[data-" + name + "]");
  let play = plays[0], data = null, view = null, round = 1, chosen = null, timer = null;

  function draw() {
    const counts = view.show(round, chosen);
    parts.shown.textContent = round + " of " + play.rounds;
    parts.round.value = String(round);
    parts.round.setAttribute("aria-valuetext", "round " + round + " of " + play.rounds);
    parts.status.textContent = "Round " + round + ": " + statusLine(counts);
  }
  function statusLine(counts) {
    const missing = play.missing ? " Choices without a usable answer in the run: " + play.missing + "." : "";
    if (play.blocks) {
      return counts.cooperative + " cooperative, " + counts.neutral + " neutral and " + counts.uncooperative + " uncooperative acts among " + play.size + " characters." + missing;
    }
    if (!play.links.length) return "in this game nobody meets anybody, so that there are no edges, and each character bears its last choice." + missing;
    return counts.both + " pairs both cooperative, " + counts.one + " one-sided, " + counts.neither + " both uncooperative" +
      (counts.other ? ", " + counts.other + " otherwise" : "") + "." + missing;
  }
  function describe() {
    if (chosen === null) {
      parts.detail.replaceChildren(element("p", { class: "note" }, "Choose a " + (play.blocks ? "member" : "character") + " in the picture or above to read who it is and what it did. Escape closes it again."));
      return;
    }
    const close = element("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => leave());
    const were = new Map([...parts.detail.querySelectorAll("details")].map((one) => [one.dataset.part, one.open]));
    parts.detail.replaceChildren(close, ...(play.blocks ? ours.describeBlock(play, chosen, round) : ours.describe(play, data, chosen, round)));
    for (const one of parts.detail.querySelectorAll("details")) if (were.has(one.dataset.part)) one.open = were.get(one.dataset.part);
    // The rows of this round come into sight, without moving the page.
    for (const frame of parts.detail.querySelectorAll(".tall")) {
      const now = frame.querySelector(".now");
      if (now) frame.scrollTop = now.offsetTop - 48;
    }
  }
  function choose(agent) {
    chosen = agent;
    parts.who.value = agent === null ? "" : String(agent);
    draw();
    describe();
  }
  function leave() {
    const was = chosen;
    if (was === null) return;
    choose(null);
    view.node(was).focus({ preventScroll: true });
  }
  function go(to) {
    round = Math.min(Math.max(1, to), Math.max(1, play.rounds));
    draw();
    if (chosen !== null) describe();
  }

  const nodeOf = (event) => (event.target.closest ? event.target.closest("[data-agent]") : null);
  const agentOf = (node) => Number(node.dataset.agent);
  function hover(node) {
    parts.tip.hidden = !node;
    if (!node) return;
    const label = view.label(agentOf(node), round) + ".";
    parts.hover.textContent = label;
    parts.tip.textContent = label;
    const here = node.getBoundingClientRect(), around = frame.getBoundingClientRect();
    const left = Math.min(here.left - around.left, around.width - parts.tip.offsetWidth);
    parts.tip.style.left = Math.max(0, left) + "px";
    parts.tip.style.top = here.bottom - around.top + 6 + "px";
  }
  function move(node, step) {
    const nodes = [...parts.drawing.querySelectorAll("[data-agent]")];
    const next = nodes[(nodes.indexOf(node) + step + nodes.length) % nodes.length];
    if (nodes.some((one) => one.getAttribute("tabindex") === "-1")) { node.setAttribute("tabindex", "-1"); next.setAttribute("tabindex", "0"); }
    next.focus({ preventScroll: true });
  }
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  parts.drawing.addEventListener("pointerover", (event) => hover(nodeOf(event)));
  parts.drawing.addEventListener("pointerleave", () => hover(null));
  // On the frame: listening for focus itself would make the picture a stop of its own.
  const frame = parts.drawing.parentElement;
  frame.addEventListener("focusin", (event) => hover(nodeOf(event)));
  frame.addEventListener("focusout", () => hover(null));
  parts.drawing.addEventListener("click", (event) => {
    const node = nodeOf(event);
    if (node) choose(agentOf(node) === chosen ? null : agentOf(node));
  });
  parts.drawing.addEventListener("keydown", (event) => {
    const node = nodeOf(event);
    if (!node) return;
    if (event.key === "Enter" || event.key === " ") choose(agentOf(node) === chosen ? null : agentOf(node));
    else if (event.key in STEPS) move(node, STEPS[event.key]);
    else return;
    event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { hover(null); leave(); }
  });

  function drawLegend() {
    const present = new Set(play.blocks ? play.blocks.map((block) => block[0]) : play.characters.map((who) => who.member));
    const here = members.filter((member) => present.has(member));
    parts.legend.replaceChildren(...here.map((member) => {
      const item = element("li"), picture = ours.shape("svg", { viewBox: "-10 -10 20 20", width: 16, height: 16, "aria-hidden": "true" });
      const drawn = ours.marker(members.indexOf(member), colours);
      drawn.setAttribute("transform", "scale(7)");
      picture.append(drawn);
      item.append(picture, element("bdi", {}, member));
      return item;
    }));
  }
  function offer() {
    const names = play.blocks ? play.blocks.map((block, at) => [at, block[0]]) : play.characters.map((who) => [who.agent, who.agent + ": " + who.member]);
    parts.who.replaceChildren(element("option", { value: "" }, "nobody"), ...names.map(([at, name]) => element("option", { value: at }, name)));
  }
  function stop() {
    window.clearInterval(timer);
    timer = null;
    parts.play.textContent = "Play";
  }
  function start() {
    if (round >= play.rounds) go(1);
    parts.play.textContent = "Pause";
    window.clearInterval(timer);
    timer = window.setInterval(() => {
      if (round < play.rounds) go(round + 1);
      if (round >= play.rounds) stop();
    }, 1000 / Number(parts.speed.value));
  }
  function open(index) {
    stop();
    play = plays[index];
    root.classList.toggle("crowd", !play.blocks && play.characters.length > 60);
    data = play.blocks ? null : ours.index(play);
    view = play.blocks ? ours.blocks(play, looks, parts.drawing, parts.canvas) : ours.society(play, data, looks, parts.drawing, parts.canvas);
    round = 1;
    parts.round.max = String(Math.max(1, play.rounds));
    parts.hover.textContent = "";
    parts.size.textContent = play.blocks
      ? "Each node is a member of the population with the number of its characters; an edge bears the cooperative share of acts in this round and their number, and the look of most of them."
      : "Colour and shape name the population's member; the size grows with the points earned so far.";
    offer();
    drawLegend();
    choose(null);
  }
  plays.forEach((one, index) => {
    const title = [one.scenario.replace(/_/g, " "), one.population, one.wording, "seed " + one.seed].filter((part) => part !== null && part !== undefined).join(", ");
    parts.run.append(element("option", { value: index }, title));
  });
  parts.run.addEventListener("change", () => open(Number(parts.run.value)));
  parts.who.addEventListener("change", () => choose(parts.who.value === "" ? null : Number(parts.who.value)));
  parts.round.addEventListener("input", () => go(Number(parts.round.value)));
  parts.play.addEventListener("click", () => (timer ? stop() : start()));
  parts.speed.addEventListener("change", () => { if (timer) start(); });
  new ResizeObserver(() => view && view.repaint()).observe(parts.canvas);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.repaint());
  parts.run.parentElement.hidden = plays.length === 1;
  root.hidden = false;
  // A mixed population shows most; where there is none, the first run.
  const mixed = plays.findIndex((one) => new Set((one.blocks || one.characters).map((who) => who.member || who[0])).size > 1);
  parts.run.value = String(Math.max(0, mixed));
  open(Math.max(0, mixed));
})();
