// Comfort in the editor of schemes: the chosen rule shows its own fields at once.
for (const select of document.querySelectorAll("select[data-choose-rule]")) {
  select.addEventListener("change", () => {
    const button = select.closest(".rule-choice")?.querySelector("button[name=do]");
    if (button) {
      select.form.requestSubmit(button);
    }
  });
}
