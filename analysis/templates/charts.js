"use strict";
// Makes the still charts answer to the pointer, and fit the width that there is. Without this
// script the still pictures stay, and nothing is lost but the hints.
(function () {
  if (typeof vegaEmbed === "undefined") return;
  const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, tooltip: { theme: "custom" } };
  for (const panel of document.querySelectorAll("[data-chart]")) {
    const source = panel.querySelector("script[type='application/json']");
    const still = panel.querySelector(".still");
    const spec = JSON.parse(source.textContent);
    spec.width = "container";
    spec.autosize = { type: "fit-x", contains: "padding" };
    const live = document.createElement("div");
    live.className = "live";
    panel.append(live);
    vegaEmbed(live, spec, options).then(
      () => { still.remove(); },
      () => { live.remove(); },
    );
  }
})();
