// Comfort in the editor of schemes: the chosen rule shows its own fields at once, and the preview follows what is typed.
for (const select of document.querySelectorAll("select[data-choose-rule]")) {
  select.addEventListener("change", () => {
    const button = select.closest(".rule-choice")?.querySelector("button[name=do]");
    if (button) {
      select.form.requestSubmit(button);
    }
  });
}

const PAUSE = 600;
const button = document.querySelector("button[name=do][value=preview]");
const shown = document.getElementById("preview-body");

if (button && shown) {
  const { form } = button;
  let timer = 0;
  let latest = 0;

  const refresh = async () => {
    const number = (latest += 1);
    const fields = new FormData(form);
    fields.append(button.name, button.value);
    const answer = await fetch(form.action, { method: "POST", body: fields });
    // What could not be previewed is told when the page is saved; an older answer never replaces a newer one.
    if (!answer.ok || number !== latest) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("preview-body");
    if (fresh && number === latest) {
      shown.replaceChildren(...fresh.childNodes);
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), PAUSE);
  };

  form.addEventListener("input", soon);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    latest += 1;
  });
  // The page stays as it is: where the reader was, and with its unsaved changes.
  button.addEventListener("click", (event) => {
    event.preventDefault();
    refresh().catch(() => {});
  });
}
