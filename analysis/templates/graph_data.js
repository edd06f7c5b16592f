"use strict";
// The runs found in the page, indexed once so that a round is told without going through all rows.
window.societyGraph = (function () {
  const points = (value) => (value === null || value === undefined ? "\u2013" : String(Math.round(value * 100) / 100));

  // A link is [round, source, target, action, class, payoff]; a move is
  // [round, agent, partner, answer, action, class, menu, probabilities, payoff, phase, facts].
  function index(play) {
    const word = (place) => (place === null || place === undefined ? null : play.words[place]);
    const agents = play.characters.map((who) => who.agent);
    const empty = () => new Map(agents.map((agent) => [agent, []]));
    const moves = empty(), seen = empty(), sayings = empty(), heard = empty(), told = empty();
    const acts = Array.from({ length: play.rounds + 1 }, () => []);
    for (const move of play.moves) moves.get(move[1]).push(move);
    for (const link of play.links) {
      acts[link[0]].push(link);
      seen.get(link[2]).push(link);
    }
    for (const one of play.sayings) {
      sayings.get(one[1]).push(one);
      for (const target of one[5]) if (heard.has(target)) heard.get(target).push(one);
    }
    for (const one of play.told) told.get(one[1]).push(one);
    const earned = new Map(agents.map((agent) => [agent, soFar(moves.get(agent), play.rounds)]));
    const last = new Map(agents.map((agent) => [agent, lastOf(moves.get(agent), play.rounds)]));
    return { word, moves, seen, sayings, heard, told, acts, earned, last };
  }
  function soFar(moves, rounds) {
    const sums = new Array(rounds + 1).fill(null);
    for (const move of moves) if (move[8] !== null) sums[move[0]] = (sums[move[0]] || 0) + move[8];
    for (let round = 1; round <= rounds; round += 1) {
      if (sums[round - 1] !== null) sums[round] = (sums[round] || 0) + sums[round - 1];
    }
    return sums;
  }
  function lastOf(moves, rounds) {
    const found = new Array(rounds + 1).fill(null);
    for (const move of moves) found[move[0]] = move;
    for (let round = 1; round <= rounds; round += 1) found[round] = found[round] || found[round - 1];
    return found;
  }
  // Pairs of whom each did the same class of act to the other, and how many are one-sided.
  function reciprocity(acts, word) {
    const classes = new Map(acts.map((link) => [link[1] + ">" + link[2], word(link[4])]));
    const counts = { both: 0, one: 0, neither: 0, other: 0 }, mutual = [];
    for (const link of acts) {
      const back = classes.get(link[2] + ">" + link[1]);
      if (back !== undefined && link[1] > link[2]) continue;
      const sides = [word(link[4]), back];
      const giving = sides.filter((side) => side === "cooperative").length;
      const taking = sides.filter((side) => side === "uncooperative").length;
      if (giving === 2) { counts.both += 1; mutual.push([link[1], link[2]]); }
      else if (giving === 1 && taking === 1) counts.one += 1;
      else if (taking === 2) counts.neither += 1;
      else counts.other += 1;
    }
    return { counts, mutual };
  }
  function tellMove(data, move) {
    if (!move) return "not asked yet";
    const about = move[2] === null ? "" : " toward " + move[2];
    const choice = data.word(move[4]) === null ? "no usable answer (" + data.word(move[3]) + ")" : data.word(move[4]);
    return "last move, round " + move[0] + ": " + choice + about + ", " + points(move[8]) + " points";
  }
  return { index, reciprocity, tellMove, points };
})();
