// Sends a file with its progress in view. Without this script the same form posts it, only silently.
import { release } from "./guard.js";

const MEGABYTE = 1024 * 1024;
const LONGEST_NAME = 255;
const ANNOUNCED_STEP = 25;

function fill(text, value) {
  return text.replace("{0}", value);
}

function fieldOf(form, name) {
  const control = form.elements.namedItem(name);
  const first = control instanceof RadioNodeList ? control[0] : control;
  return first?.closest(".field") ? first : null;
}

function clearErrors(form) {
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
function showErrors(form, message, errors) {
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

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

function goTo(address) {
  const target = new URL(address, window.location.href);
  const here = window.location;
  const isHere = target.pathname === here.pathname && target.search === here.search;
  window.location.assign(target);
  if (isHere && target.hash) {
    window.location.reload();
  }
}

function send(form, file, submitter) {
  const { checking, cancelled, lost, failed, percent: said } = form.dataset;
  const panel = form.querySelector("[data-upload-progress]");
  const bar = panel.querySelector("progress");
  const seen = panel.querySelector(".upload-state");
  const heard = panel.querySelector("[role=status]");
  const cancel = panel.querySelector("[data-upload-cancel]");

  // The fields go in front of the file: an address has no room for a long note, and would stand in logs.
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value === "string" && name !== "csrf_token") {
      fields.append(name, value);
    }
  }
  const text = fields.toString();

  const request = new XMLHttpRequest();
  request.open("PUT", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-CSRFToken", form.elements.namedItem("csrf_token").value);
  const name = [...file.name.replace(/\p{Surrogate}/gu, "")].slice(-LONGEST_NAME).join("");
  request.setRequestHeader("X-File-Name", encodeURIComponent(name));
  request.setRequestHeader("X-Form-Length", String(text.length));

  let announced = 0;
  request.upload.addEventListener("progress", (event) => {
    const percent = Math.floor((event.loaded / event.total) * 100);
    bar.value = percent;
    seen.textContent = fill(said, percent);
    // A reader of the screen hears quarters, not every hundredth.
    if (percent >= announced + ANNOUNCED_STEP || announced === 0) {
      announced = percent - (percent % ANNOUNCED_STEP) || 1;
      heard.textContent = fill(said, percent);
    }
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    seen.textContent = checking;
    heard.textContent = checking;
    cancel.hidden = true;
  });

  const stop = () => request.abort();
  const end = (message, errors = {}) => {
    cancel.removeEventListener("click", stop);
    panel.hidden = true;
    release(form);
    // What was typed is still only here.
    form.dispatchEvent(new Event("input"));
    showErrors(form, message, errors);
  };
  request.addEventListener("load", () => {
    const answer = answerOf(request);
    if (request.status === 200 && answer?.location) {
      form.dispatchEvent(new Event("agencyqa:saved"));
      goTo(answer.location);
      return;
    }
    end(answer?.message ?? failed, answer?.errors);
  });
  request.addEventListener("error", () => end(lost));
  request.addEventListener("abort", () => end(cancelled));
  cancel.addEventListener("click", stop);

  clearErrors(form);
  bar.value = 0;
  seen.textContent = fill(said, 0);
  heard.textContent = seen.textContent;
  cancel.hidden = false;
  panel.hidden = false;
  cancel.focus();
  request.send(new Blob([text, file]));
}

// On the document, so that the guards of the form itself have spoken before.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-upload]")) {
    return;
  }
  const box = form.querySelector("input[type=file]");
  const file = box?.files[0];
  if (!file) {
    return;
  }
  event.preventDefault();
  if (file.size > Number(form.dataset.limit)) {
    release(form);
    showErrors(form, "", { [box.name]: fill(form.dataset.tooLarge, Math.ceil(file.size / MEGABYTE)) });
    return;
  }
  send(form, file, event.submitter);
});
