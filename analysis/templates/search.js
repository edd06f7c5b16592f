"use strict";
// Filters what is listed by words, persona, scenario and answer. Without this script all is shown.
(function () {
  const root = document.querySelector("[data-search]");
  if (!root) return;
  const items = [...document.querySelectorAll("[data-item]")];
  const words = root.querySelector("input");
  const selects = [...root.querySelectorAll("select")];
  const told = root.querySelector("output");
  const texts = items.map((item) => item.textContent.toLowerCase());
  for (const select of selects) {
    const found = [...new Set(items.map((item) => item.dataset[select.name]))];
    for (const value of found) select.add(new Option(value, value));
  }
  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    items.forEach((item, index) => {
      const fits = wanted.every((word) => texts[index].includes(word)) &&
        selects.every((select) => select.value === "" || item.dataset[select.name] === select.value);
      item.hidden = !fits;
      if (fits) shown += 1;
    });
    told.value = shown + " of " + items.length + " shown";
  }
  root.hidden = false;
  root.addEventListener("input", filter);
  root.querySelector("button").addEventListener("click", () => {
    words.value = "";
    for (const select of selects) select.value = "";
    filter();
    words.focus();
  });
  filter();
})();
