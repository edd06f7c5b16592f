// What both pages use. Foreign text reaches a page as text nodes only, with what could hide or
// turn other text around made visible.
const SVG = "http://www.w3.org/2000/svg";
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
export const DASH = "\u2013";

export function plain(text) {
  return String(text).replace(HIDDEN, (one) => "\u27e8U+" + one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");
}
export const find = (id) => document.getElementById(id);
export function element(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const key in attributes || {}) if (attributes[key] !== null) made.setAttribute(key, attributes[key]);
  made.append(...inside.filter((one) => one !== null && one !== undefined).map((one) => (one instanceof Node ? one : plain(one))));
  return made;
}
export function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = plain(text);
  return made;
}
export const foreign = (text, name = "span", extra = "") => element(name, { class: ("foreign " + extra).trim() }, text);
export const number = (value, digits = 2) => (value === null || value === undefined ? DASH : Number(value).toFixed(digits));
export const interval = (one, digits = 2) => (one.low === null || one.low === undefined ? DASH : number(one.low, digits) + " to " + number(one.high, digits));

export async function ask(path, given) {
  const options = given === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) };
  let reply;
  try {
    reply = await fetch(path, options);
  } catch {
    throw new Error("the app does not answer: has it been ended? Start `society view` again and reload this page");
  }
  const type = reply.headers.get("Content-Type") || "";
  const found = type.includes("json") ? await reply.json() : { error: await reply.text() };
  if (!reply.ok) throw new Error(found.error);
  return found;
}
export function complain(error) {
  const place = find("error");
  place.hidden = !error;
  place.textContent = error ? plain(error.message || error) : "";
  if (error) place.scrollIntoView({ block: "nearest" });
}
// Runs what a person asked for; what goes wrong is one message on the page.
export async function attempt(work) {
  try {
    complain(null);
    return await work();
  } catch (error) {
    complain(error);
    return undefined;
  }
}
export function options(select, values, kept) {
  select.replaceChildren(...values.map((value) => (Array.isArray(value) ? element("option", { value: value[0] }, value[1]) : element("option", { value }, value))));
  if (kept !== undefined) select.value = kept;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}
// A colour, shape and dash for each name, as in every other picture.
export function looksOf(looks, names) {
  const turn = (index) => (index + Math.floor(index / looks.colours.length)) % looks.shapes.length;
  return new Map(names.map((name, index) => [name, { colour: looks.colours[index % looks.colours.length], shape: turn(index), dash: looks.dashes[turn(index)].join(" ") }]));
}
export function marker(kind, x, y, radius, attributes) {
  const corners = [0, 4, 3, 4, 6, 3, 5][kind];
  if (!corners) return shape("circle", { cx: x, cy: y, r: radius, ...attributes });
  const turn = [0, Math.PI / 4, -Math.PI / 2, 0, 0, Math.PI / 2, -Math.PI / 2][kind];
  const list = [];
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (2 * Math.PI * corner) / corners;
    list.push((x + 1.18 * radius * Math.cos(angle)).toFixed(1) + "," + (y + 1.18 * radius * Math.sin(angle)).toFixed(1));
  }
  return shape("polygon", { points: list.join(" "), ...attributes });
}
export function chances(menu, probabilities, drawn) {
  const list = element("div", { class: "chances" });
  if (!probabilities) return list;
  menu.forEach((option, index) => {
    const share = probabilities[index];
    const bar = shape("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" });
    bar.append(shape("rect", { class: "track", x: 0, y: 0, width: 100, height: 6 }), shape("rect", { class: "filled", x: 0, y: 0, width: 100 * share, height: 6 }));
    list.append(element("div", { class: "chance" }, element("span", { class: option === drawn ? "drawn" : null }, option), bar, element("span", {}, number(share))));
  });
  return list;
}
