// What a script was told is wrong, shown as the server would have shown it.

function fieldOf(form, name) {
  const control = form.elements.namedItem(name);
  const first = control instanceof RadioNodeList ? control[0] : control;
  return first?.closest(".field") ? first : null;
}

export function clearErrors(form) {
  for (const part of form.querySelectorAll(".error-summary, .field-error")) {
    part.remove();
  }
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.classList.remove("is-invalid");
    control.closest(".field")?.classList.remove("has-error");
  }
}

function markField(control, text) {
  const id = `${control.id}-error`;
  const line = document.createElement("p");
  line.className = "field-error";
  line.id = id;
  line.textContent = text;
  const field = control.closest(".field");
  field.classList.add("has-error");
  field.append(line);
  control.setAttribute("aria-invalid", "true");
  control.classList.add("is-invalid");
  const described = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  control.setAttribute("aria-describedby", [...described.add(id)].join(" "));
}

// The same box above the form that the server would have written, with the same words beside the fields.
export function showErrors(form, message, errors = {}) {
  clearErrors(form);
  const box = document.createElement("div");
  box.className = "callout callout-danger error-summary";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const inner = document.createElement("div");
  const heading = document.createElement("h2");
  heading.className = "callout-title";
  heading.textContent = form.dataset.heading;
  const list = document.createElement("ul");
  const lines = Object.entries(errors);
  for (const [name, text] of lines) {
    const item = document.createElement("li");
    const control = fieldOf(form, name);
    if (control) {
      markField(control, text);
      const link = document.createElement("a");
      link.href = `#${control.id}`;
      link.textContent = form.querySelector(`label[for="${control.id}"]`)?.firstChild.textContent.trim() ?? name;
      item.append(link, " ");
    }
    item.append(text);
    list.append(item);
  }
  if (!lines.length) {
    const item = document.createElement("li");
    item.textContent = message;
    list.append(item);
  }
  inner.append(heading, list);
  box.append(inner);
  form.prepend(box);
  box.focus();
}
