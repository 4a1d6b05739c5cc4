// A list follows its conditions while they are typed; the button of the form does the same without this.

const WAIT = 600;
const PLACE = "agencyqa-filter-place";

function remember(input) {
  sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, id: input.id, at: input.selectionStart }));
}

function restore() {
  const saved = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (!saved) {
    return;
  }
  const { path, id, at } = JSON.parse(saved);
  const input = path === location.pathname ? document.getElementById(id) : null;
  if (input) {
    input.focus();
    input.setSelectionRange?.(at, at);
  }
}

export function watchFilters(root) {
  restore();
  for (const form of root.querySelectorAll("form[data-filters]")) {
    let timer = 0;
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) {
        form.requestSubmit();
      }
    });
    form.addEventListener("input", (event) => {
      // While an input method is composing, the Chinese word is not there yet.
      if (!event.target.matches("input[type=text]") || event.isComposing) {
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(() => {
        remember(event.target);
        form.requestSubmit();
      }, WAIT);
    });
    form.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      // Empty conditions only lengthen the address.
      for (const input of form.querySelectorAll("input, select")) {
        input.disabled = input.value === "";
      }
    });
    window.addEventListener("pageshow", () => {
      for (const input of form.querySelectorAll(":disabled")) {
        input.disabled = false;
      }
    });
  }
}
