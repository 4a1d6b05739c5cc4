// Sends a file with its progress in view, a large one in parts. Without this script the same form posts it, silently.
import { clearErrors, showErrors } from "./field_errors.js";
import { release } from "./guard.js";
import { Lost, Refused, ask, forget, giveUp, persist, recall, sendParts, stateOf } from "./parts.js";

const MEGABYTE = 1024 * 1024;
// What is smaller is sent again as quickly as it is asked after.
const LARGEST_WHOLE = MEGABYTE;
const LONGEST_NAME = 255;
const ANNOUNCED_STEP = 25;
// A large file is read and looked at before the answer comes.
const CHECKING_SECONDS = 600;

function fill(text, value) {
  return text.replace("{0}", value);
}

function percentOf(done, total) {
  return Math.floor((done / total) * 100);
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

// What is seen and heard while a file is on its way.
class Panel {
  constructor(form) {
    this.box = form.querySelector("[data-upload-progress]");
    this.bar = this.box.querySelector("progress");
    this.seen = this.box.querySelector(".upload-state");
    this.heard = this.box.querySelector("[role=status]");
    this.cancel = this.box.querySelector("[data-upload-cancel]");
    this.words = form.dataset;
    this.announced = 0;
  }

  open() {
    this.progress(0, 1);
    this.cancel.hidden = false;
    this.box.hidden = false;
    this.cancel.focus();
  }

  progress(done, total) {
    const percent = percentOf(done, total);
    this.bar.value = percent;
    this.seen.textContent = fill(this.words.percent, percent);
    // A reader of the screen hears quarters, not every hundredth.
    if (percent >= this.announced + ANNOUNCED_STEP || this.announced === 0) {
      this.announced = percent - (percent % ANNOUNCED_STEP) || 1;
      this.heard.textContent = fill(this.words.percent, percent);
    }
  }

  resume(done, total) {
    this.announced = ANNOUNCED_STEP * Math.floor(percentOf(done, total) / ANNOUNCED_STEP) || 1;
    this.say(fill(this.words.resumed, percentOf(done, total)));
  }

  say(text) {
    this.seen.textContent = text;
    this.heard.textContent = text;
  }

  checking() {
    this.bar.removeAttribute("value");
    this.say(this.words.checking);
    this.cancel.hidden = true;
  }
}

// The fields go in front of the file: an address has no room for a long note, and would stand in logs.
function put(form, submitter, { headers, file = null, ...more }) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value === "string" && name !== "csrf_token") {
      fields.append(name, value);
    }
  }
  const text = fields.toString();
  return ask("PUT", form.action, {
    headers: {
      "Content-Type": "application/octet-stream",
      "X-CSRFToken": form.elements.namedItem("csrf_token").value,
      "X-Form-Length": String(text.length),
      ...headers,
    },
    body: new Blob(file ? [text, file] : [text]),
    ...more,
  });
}

function nameOf(file) {
  const name = [...file.name.replace(/\p{Surrogate}/gu, "")].slice(-LONGEST_NAME).join("");
  return { "X-File-Name": encodeURIComponent(name) };
}

function sendWhole(form, file, submitter, { panel, signal }) {
  return put(form, submitter, {
    headers: nameOf(file),
    file,
    signal,
    silent: CHECKING_SECONDS,
    progress: (done, total) => (done < total ? panel.progress(done, total) : panel.checking()),
  });
}

// All parts first, then the form with their token in the place of the file.
async function sendInParts(form, file, submitter, { panel, signal }) {
  const waiting = (seconds) => panel.say(fill(form.dataset.waiting, seconds));
  const { token, sha256 } = await sendParts(form, file, {
    open: async () => {
      const headers = { ...nameOf(file), "X-Upload-Size": String(file.size) };
      const { status, answer } = await put(form, submitter, { headers, signal });
      if (status !== 201 || !answer) {
        throw new Refused(status, answer);
      }
      return answer;
    },
    progress: (done) => panel.progress(done, file.size),
    resumed: (done) => panel.resume(done, file.size),
    waiting,
    signal,
  });
  panel.checking();
  const fields = [
    [form.elements.namedItem("upload_token"), token],
    [form.elements.namedItem("upload_sha256"), sha256],
  ];
  for (const [field, value] of fields) {
    field.value = value;
  }
  try {
    // The server takes it once, however often it is asked because an answer was lost.
    return await persist(() => put(form, submitter, { headers: {}, silent: CHECKING_SECONDS }), { waiting });
  } finally {
    for (const [field] of fields) {
      field.value = "";
    }
  }
}

function saved({ status, answer }) {
  if (status !== 200 || !answer?.location) {
    throw new Refused(status, answer);
  }
  return answer.location;
}

// What is shown after this error, as [message, errors].
function wordsFor(form, file, error, isStopped) {
  const { cancelled, lost, kept, changed, failed } = form.dataset;
  if (isStopped) {
    return [cancelled];
  }
  if (error instanceof Lost) {
    return [recall(form, file) ? kept : lost];
  }
  if (error instanceof Refused) {
    return [error.answer?.message ?? failed, error.answer?.errors];
  }
  if (error.name === "NotReadableError" || error.name === "NotFoundError") {
    // It was moved or written to while it was read.
    forget(form, file);
    return [changed];
  }
  throw error;
}

async function send(form, file, submitter) {
  const panel = new Panel(form);
  const control = new AbortController();
  const stop = () => control.abort();
  panel.cancel.addEventListener("click", stop);
  clearErrors(form);
  panel.open();
  // Parts are kept for whoever is signed in; an applicant who has only a link sends in one piece.
  const way = "parts" in form.dataset && file.size > LARGEST_WHOLE ? sendInParts : sendWhole;
  try {
    const location = saved(await way(form, file, submitter, { panel, signal: control.signal }));
    forget(form, file);
    form.dispatchEvent(new Event("agencyqa:saved"));
    goTo(location);
  } catch (error) {
    const isStopped = control.signal.aborted;
    const token = recall(form, file);
    if (isStopped || (error instanceof Refused && error.answer?.errors?.file)) {
      forget(form, file);
    }
    if (isStopped && token) {
      giveUp(form, token).catch(() => {});
    }
    panel.box.hidden = true;
    release(form);
    // What was typed is still only here.
    form.dispatchEvent(new Event("input"));
    showErrors(form, ...wordsFor(form, file, error, isStopped));
  } finally {
    panel.cancel.removeEventListener("click", stop);
  }
}

// Says that a file which was just chosen goes on where it broke, also on a new page.
async function look(form, file) {
  const line = form.querySelector("[data-upload-found]");
  line.textContent = "";
  const token = file && recall(form, file);
  if (!token) {
    return;
  }
  try {
    const upload = await stateOf(token);
    if (!upload) {
      forget(form, file);
    } else if (upload.offset) {
      line.textContent = fill(form.dataset.found, percentOf(upload.offset, file.size));
    }
  } catch (error) {
    if (!(error instanceof Lost || error instanceof Refused)) {
      throw error;
    }
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.matches("input[type=file]") && form?.matches("form[data-upload]")) {
    look(form, event.target.files[0]);
  }
});

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
  // Looking for something by a part of its name loads the page anew: the file would travel for nothing.
  if (event.submitter?.name === "find") {
    box.value = "";
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
