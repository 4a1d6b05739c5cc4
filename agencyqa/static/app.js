// Comfort on every page; nothing here is needed to use one.
import { guardForms } from "./guard.js";
import { watchFilters } from "./filters.js";
import { warnUnsaved } from "./unsaved.js";

const box = document.querySelector("[data-focus]");
if (box) {
  box.focus();
}

// On a phone the figures of a chart are folded under the picture.
if (window.matchMedia("(max-width: 40rem)").matches) {
  for (const part of document.querySelectorAll("details.chart-data")) {
    part.open = false;
  }
}

const menu = document.getElementById("menu-toggle");
if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.checked) {
      menu.checked = false;
      menu.focus();
    }
  });
}

warnUnsaved(document);
guardForms(document);
watchFilters(document);
