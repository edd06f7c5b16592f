"use strict";
// One character in full: who it is, what it was told and saw, what it chose and said. Foreign text
// reaches the page as text nodes only, each in a bdi element that keeps its direction to itself.
(function () {
  const ours = window.societyGraph, { element, points } = ours;

  function foreign(name, attributes, text) {
    const made = element(name, attributes), inside = element("bdi", {}, text);
    made.append(inside);
    return made;
  }
  function section(title, count, body, open) {
    const made = element("details", { "data-part": title });
    made.open = open;
    made.append(element("summary", {}, title + " (" + count + ")"), body);
    return made;
  }
  function list(rows, label, empty) {
    if (!rows.length) return element("p", { class: "note" }, empty);
    const made = element("ul", { class: "said tall", tabindex: "0", "aria-label": label });
    made.append(...rows);
    return made;
  }
  function row(round, who, text, now) {
    const made = element("li", now ? { class: "now" } : {});
    made.append(element("span", { class: "note" }, "Round " + round + (who ? ", " + who : "") + ": "), element("bdi", {}, text));
    return made;
  }

  function describe(play, data, agent, round) {
    const who = play.characters.find((one) => one.agent === agent);
    const moves = data.moves.get(agent), sayings = data.sayings.get(agent);
    const heading = foreign("h3", { tabindex: "-1", "data-heading": "" }, "Character " + agent + ": " + who.member);
    const coordinates = [who.identity && "identity " + who.identity, who.affect && "affect " + who.affect,
      who.stance && "stance " + who.stance, who.strategy && "scripted: " + who.strategy].filter(Boolean).join(", ");
    const facts = foreign("p", { class: "note" }, [who.persona, coordinates, who.source && "source: " + who.source].filter(Boolean).join(" \u00b7 "));
    const text = who.text ? foreign("blockquote", {}, who.text) : element("p", {}, "No persona text was given.");
    const seen = seenRows(data, agent, round);
    return [heading, facts, text,
      section("Choices", moves.length, decisions(play, data, agent, round), true),
      section("Said and thought", sayings.length, list(sayings.map((one) => said(data, one, round)), "What character " + agent + " said and thought", "It said nothing in its own words, and no message of it is recorded."), sayings.length > 0),
      section("Saw and was told up to this round", seen.length, seenList(play, seen, agent), false)];
  }

  function said(data, one, round) {
    const kind = data.word(one[2]), to = one[5].length ? " to " + (one[5].length > 6 ? one[5].length + " others" : one[5].join(", ")) : "";
    return row(one[0], kind + to, whole(data, one), one[0] === round);
  }
  function whole(data, one) {
    const text = data.word(one[3]);
    if (text === null) return "not shown here; the table of messages has its " + one[4] + " characters";
    return text + (text.length < one[4] ? " [cut; " + one[4] + " characters in all]" : "");
  }

  // Prompts are stored as hashes; the tables say what was done and said to it.
  function seenRows(data, agent, round) {
    const rows = [];
    for (const one of data.told.get(agent)) if (one[0] <= round) rows.push([one[0], 0, "told (" + data.word(one[2]) + ", " + data.word(one[3]) + ")", data.word(one[4])]);
    for (const link of data.seen.get(agent)) {
      if (link[0] <= round && link[3] !== null) rows.push([link[0], 2, "done by " + link[1], data.word(link[3])]);
    }
    for (const one of data.heard.get(agent)) if (one[0] <= round) rows.push([one[0], 1, "said by " + one[1], whole(data, one)]);
    for (const move of data.moves.get(agent)) {
      const known = data.word(move[10]);
      if (move[0] <= round && known) rows.push([move[0], 1, "told before its choice (" + data.word(move[9]) + ")", known]);
    }
    return rows.sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([when, , who, text]) => row(when, who, text, when === round));
  }
  function seenList(play, rows, agent) {
    const made = element("div");
    made.append(element("p", { class: "note" }, "From the tables of acts and messages, newest first. Its memory in this design: " + (play.memory || "not recorded") +
      "; it was told no more of earlier rounds than that holds."), list(rows, "What character " + agent + " saw", "Nothing was done or said to it yet."));
    return made;
  }

  function decisions(play, data, agent, round) {
    const table = element("table", { class: "choices" }), head = element("tr"), body = element("tbody"), top = element("thead");
    table.append(element("caption", {}, "Every choice it was asked for, with the probability of each option; a dash where none was read"));
    for (const title of ["Round", "About", "Choice", "Probabilities", "Points"]) head.append(element("th", { scope: "col" }, title));
    top.append(head);
    for (const move of data.moves.get(agent)) {
      const line = element("tr", move[0] === round ? { class: "now" } : {});
      line.append(element("th", { scope: "row" }, String(move[0])), element("td", {}, move[2] === null ? "\u2013" : String(move[2])),
        element("td", { class: "text" }, data.word(move[4]) || "none: " + data.word(move[3])), bars(data, move), element("td", {}, points(move[8])));
      body.append(line);
    }
    table.append(top, body);
    const frame = element("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Choices of character " + agent });
    frame.append(table);
    return frame;
  }
  function bars(data, move) {
    const cell = element("td", { class: "text" });
    if (move[7] === null) { cell.textContent = "\u2013"; return cell; }
    move[6].forEach((option, place) => {
      const value = move[7][place], line = element("div", { class: "odds" + (option === move[4] ? " drawn" : "") });
      const track = element("span", { class: "track", "aria-hidden": "true" }), bar = element("span");
      bar.style.width = (100 * value).toFixed(1) + "%";
      track.append(bar);
      line.append(element("span", {}, data.word(option) + " "), track, element("span", {}, value.toFixed(2)));
      cell.append(line);
    });
    return cell;
  }
  ours.describe = describe;
})();
