"use strict";
// Makes the still charts answer to the pointer, and fit the width that there is, when they come
// near the window. Without this script the still pictures stay, and nothing is lost but the hints.
(function () {
  if (typeof vegaEmbed === "undefined") return;
  const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, tooltip: { theme: "custom" } };
  function enliven(panel) {
    const source = panel.querySelector("script[type='application/json']");
    const still = panel.querySelector(".still");
    const spec = JSON.parse(source.textContent);
    spec.width = "container";
    spec.autosize = { type: "fit-x", contains: "padding" };
    const live = document.createElement("div");
    live.className = "live waiting";
    panel.append(live);
    vegaEmbed(live, spec, options).then(
      () => {
        // The library names every chart alike; what it shows is in the words of the still one.
        live.setAttribute("role", "img");
        live.setAttribute("aria-label", still.getAttribute("aria-label"));
        live.removeAttribute("aria-roledescription");
        live.classList.remove("waiting");
        still.remove();
      },
      () => { live.remove(); },
    );
  }
  const panels = document.querySelectorAll("[data-chart]");
  if (typeof IntersectionObserver === "undefined") { panels.forEach(enliven); return; }
  const watch = new IntersectionObserver((seen) => {
    for (const one of seen) {
      if (!one.isIntersecting) continue;
      watch.unobserve(one.target);
      enliven(one.target);
    }
  }, { rootMargin: "300px" });
  panels.forEach((panel) => watch.observe(panel));
})();
