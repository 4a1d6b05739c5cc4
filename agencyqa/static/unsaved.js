// The browser asks before a page with unsaved changes is left.

export function warnUnsaved(root) {
  for (const form of root.querySelectorAll("form[data-unsaved]")) {
    // A form that came back with errors holds unsaved text from the start.
    let changed = form.querySelector("[aria-invalid]") !== null;
    form.addEventListener("input", () => {
      changed = true;
    });
    form.addEventListener("agencyqa:saved", () => {
      changed = false;
    });
    form.addEventListener("submit", (event) => {
      changed = event.defaultPrevented;
    });
    window.addEventListener("beforeunload", (event) => {
      if (changed) {
        event.preventDefault();
      }
    });
  }
}
