// Live totals and autosave of a score sheet. The server does all the counting; this only asks and shows.

const DELAY = 900;
// How long a button may have to wait for a draft on its way.
const PATIENCE = 15000;

function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !["csrf_token", "version", "editing_key", "facts_seen", "intent"].includes(name)) {
      fields[name] = value;
    }
  }
  return fields;
}

function put(form, attribute, key, text) {
  for (const place of form.querySelectorAll(`[data-${attribute}]`)) {
    if (key === null || place.getAttribute(`data-${attribute}`) === key) {
      place.textContent = text ?? "—";
    }
  }
}

function showErrors(form, errors) {
  for (const place of form.querySelectorAll("[data-error]")) {
    const text = errors[place.dataset.error] ?? "";
    place.hidden = text === "";
    place.querySelector("span").textContent = text;
    place.closest(".score-field")?.classList.toggle("has-error", text !== "");
    for (const control of form.querySelectorAll(`[name="${CSS.escape(place.dataset.error)}"]`)) {
      if (text === "") {
        control.removeAttribute("aria-invalid");
      } else {
        control.setAttribute("aria-invalid", "true");
      }
    }
  }
}

function show(form, figures) {
  put(form, "known", null, figures.known);
  put(form, "open", null, String(figures.open));
  put(form, "assessed", null, figures.assessed);
  for (const [key, section] of Object.entries(figures.sections)) {
    put(form, "section", key, section.known);
    put(form, "section-max", key, section.max);
  }
  for (const [key, measure] of Object.entries(figures.measures)) {
    put(form, "measure", key, measure.total);
    put(form, "measure-max", key, measure.max);
  }
  for (const [key, criterion] of Object.entries(figures.criteria)) {
    put(form, "computed", key, criterion.computed);
    put(form, "contribution", key, criterion.contribution);
    for (const place of form.querySelectorAll("[data-left-out]")) {
      if (place.dataset.leftOut === key) {
        place.hidden = criterion.state !== "left_out";
      }
    }
    for (const place of form.querySelectorAll("[data-difference]")) {
      if (place.dataset.difference === key) {
        place.hidden = criterion.difference === null;
        place.querySelector("strong").textContent = criterion.difference ?? "—";
      }
    }
  }
  for (const [name, text] of Object.entries(figures.supplied)) {
    put(form, "supplied", name, text);
  }
  for (const place of form.querySelectorAll("[data-moved]")) {
    place.hidden = !figures.record_moved;
  }
  const reasons = Object.entries(figures.gaps).filter(([name]) => /^(reason|why)-/.test(name));
  showErrors(form, { ...Object.fromEntries(reasons), ...figures.errors });
}

// A tick and the box that says there is none exclude each other; without this script the server says so.
function keepTicksApart(form) {
  form.addEventListener("change", (event) => {
    const list = event.target.closest("[data-ticks]");
    if (!list || !event.target.checked) {
      return;
    }
    const isNone = "none" in event.target.dataset;
    for (const box of list.querySelectorAll("input[type=checkbox]")) {
      if (box !== event.target && (isNone || "none" in box.dataset)) {
        box.checked = false;
      }
    }
  });
}

function watch(form) {
  const said = form.dataset;
  const saved = form.querySelector("[data-saved]");
  let timer = null;
  let busy = false;
  let again = false;
  let stopped = false;
  let pressed = null;

  function say(text, kind) {
    saved.textContent = text;
    saved.dataset.kind = kind;
  }

  async function save() {
    if (stopped || form.dataset.sent) {
      return;
    }
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    say(said.saidSaving, "busy");
    const body = {
      version: Number(form.elements.version.value),
      editing_key: form.elements.editing_key.value,
      facts_seen: form.elements.facts_seen.value,
      fields: fieldsOf(form),
    };
    try {
      const answer = await fetch(said.draft, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": form.elements.csrf_token.value,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
      const data = await answer.json();
      if (answer.ok) {
        form.elements.version.value = String(data.version);
        show(form, data);
        const partly = Object.keys(data.errors).length > 0;
        say(`${partly ? said.saidPartly : said.saidSaved} ${data.saved_at}`, partly ? "warning" : "done");
        if (!again && !partly) {
          form.dispatchEvent(new CustomEvent("agencyqa:saved"));
        }
      } else {
        // Another tab or another state: nothing typed here is lost, and pressing a button shows the difference.
        // A server that is only busy is asked again with the next key.
        stopped = answer.status < 500;
        say(data.error?.message ?? said.saidFailed, "danger");
      }
    } catch {
      say(said.saidFailed, "danger");
    } finally {
      busy = false;
      if (pressed) {
        const button = pressed;
        pressed = null;
        form.requestSubmit(button);
      } else if (again && !stopped) {
        again = false;
        schedule();
      }
    }
  }

  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  }

  form.addEventListener("input", schedule);
  // A draft on its way will raise the version of the sheet; sent before its answer, the page would be stale by its
  // own hand. So the button waits for the answer.
  form.addEventListener(
    "submit",
    (event) => {
      clearTimeout(timer);
      if (busy) {
        event.preventDefault();
        event.stopImmediatePropagation();
        pressed = event.submitter;
      }
    },
    true,
  );
}

const form = document.getElementById("sheet-form");
if (form) {
  keepTicksApart(form);
  watch(form);
}
