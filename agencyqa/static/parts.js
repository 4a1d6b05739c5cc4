// Sends a file in parts. Where the line breaks, it waits, asks how far the server is and goes on from there.
import { Sha256 } from "./sha256.js";

const SILENT_SECONDS = 60;
const LONGEST_WAIT_SECONDS = 30;
// In a row, without a byte getting through: about seven minutes.
const TRIES = 18;
const READ_AT_ONCE = 1024 * 1024;
const PLACE = "agencyqa:upload:";
const KEPT_DAYS = 3;
const AWAY = new Set([0, 502, 503, 504]);

// Nobody answered; later somebody may.
export class Lost extends Error {}

// The server said no; ``answer`` is what it said, null where that was no JSON.
export class Refused extends Error {
  constructor(status, answer) {
    super(`refused with ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

export function ask(method, address, { headers = {}, body = null, progress, signal, silent = SILENT_SECONDS } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = 0;
    const stop = () => request.abort();
    const listen = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, silent * 1000);
    };
    const settle = (done, value) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      done(value);
    };
    request.open(method, address);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => {
      listen();
      progress?.(event.loaded, event.total);
    });
    request.upload.addEventListener("load", listen);
    request.addEventListener("load", () => {
      if (AWAY.has(request.status)) {
        settle(reject, new Lost());
        return;
      }
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A page, for instance that of the sign-in: whoever asked decides.
      }
      settle(resolve, { status: request.status, answer });
    });
    request.addEventListener("error", () => settle(reject, new Lost()));
    request.addEventListener("abort", () => settle(reject, signal?.aborted ? signal.reason : new Lost()));
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    signal?.addEventListener("abort", stop);
    listen();
    request.send(body);
  });
}

// Until the time is over or the browser says that the network is back.
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (done, value) => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      signal?.removeEventListener("abort", stop);
      done(value);
    };
    const go = () => end(resolve);
    const stop = () => end(reject, signal.reason);
    const timer = setTimeout(go, seconds * 1000);
    window.addEventListener("online", go);
    signal?.addEventListener("abort", stop);
  });
}

// Calls again what got no answer. ``waiting`` hears how long it waits; ``isMoving`` whether anything got through since.
export async function persist(call, { waiting, signal, isMoving = () => false }) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Lost)) {
        throw error;
      }
      failures = isMoving() ? 1 : failures;
      if (failures > TRIES) {
        throw error;
      }
      const seconds = Math.min(2 ** (failures - 1), LONGEST_WAIT_SECONDS);
      waiting(seconds);
      await pause(seconds, signal);
    }
  }
}

// ------------------------------------------------------------------ what this browser has begun to send

// Without the name in the clear: others may sit at this browser, too. The token opens nothing to them.
function placeOf(form, file) {
  const path = new URL(form.action).pathname;
  const text = JSON.stringify([path, file.name, file.size, file.lastModified]);
  return PLACE + new Sha256().update(new TextEncoder().encode(text)).hex();
}

function withStorage(use) {
  try {
    return use(window.localStorage);
  } catch {
    // Switched off or full: the upload works, and only a new page begins anew.
    return null;
  }
}

function remember(form, file, token) {
  withStorage((storage) => {
    const old = Date.now() - KEPT_DAYS * 86_400_000;
    for (const key of Object.keys(storage)) {
      if (key.startsWith(PLACE) && !(Number.parseInt(storage.getItem(key), 10) > old)) {
        storage.removeItem(key);
      }
    }
    storage.setItem(placeOf(form, file), `${Date.now()} ${token}`);
  });
}

export function forget(form, file) {
  withStorage((storage) => storage.removeItem(placeOf(form, file)));
}

export function recall(form, file) {
  return withStorage((storage) => storage.getItem(placeOf(form, file))?.split(" ")[1] ?? null);
}

// ------------------------------------------------------------------------------------------- the protocol

function headersOf(form) {
  return { "X-CSRFToken": form.elements.namedItem("csrf_token").value };
}

// How far the server is, or null where it knows of no such upload.
export async function stateOf(token, signal) {
  const { status, answer } = await ask("GET", `/uploads/${token}`, { signal });
  if (status === 200 && answer) {
    return answer;
  }
  if (status === 404) {
    return null;
  }
  throw new Refused(status, answer);
}

export function giveUp(form, token) {
  return ask("DELETE", `/uploads/${token}`, { headers: headersOf(form) });
}

async function sendPart(form, file, upload, { digest, progress, signal }) {
  const end = Math.min(upload.offset + upload.part, file.size);
  const sending = ask("PATCH", `/uploads/${upload.upload}`, {
    headers: {
      ...headersOf(form),
      "Content-Type": "application/octet-stream",
      "Upload-Offset": String(upload.offset),
    },
    body: file.slice(upload.offset, end),
    progress: (loaded) => progress(upload.offset + loaded),
    signal,
  });
  const [{ status, answer }] = await Promise.all([sending, digest.upTo(end)]);
  if ((status === 200 || status === 409) && answer?.offset !== undefined) {
    return answer;
  }
  if (status === 404) {
    return null;
  }
  throw new Refused(status, answer);
}

// The hash of what was chosen, read beside the sending.
class Digest {
  constructor(file) {
    this.file = file;
    this.hash = new Sha256();
    this.at = 0;
    this.reading = Promise.resolve();
  }

  upTo(end) {
    this.reading = this.reading.then(async () => {
      while (this.at < end) {
        const to = Math.min(this.at + READ_AT_ONCE, end);
        this.hash.update(new Uint8Array(await this.file.slice(this.at, to).arrayBuffer()));
        this.at = to;
      }
    });
    return this.reading;
  }
}

// The token and the hash of the file, once all of it is with the server. ``open`` begins a new upload and gives what
// the server told of it. Throw Lost after many tries, Refused, or the reason of ``signal``.
export async function sendParts(form, file, { open, progress, waiting, resumed, signal }) {
  const digest = new Digest(file);
  const known = recall(form, file);
  let upload = known ? { upload: known } : null;
  let moved = false;

  async function next() {
    if (upload && upload.offset === undefined) {
      upload = await stateOf(upload.upload, signal);
      if (upload?.offset) {
        resumed(upload.offset);
      }
    }
    if (!upload) {
      upload = await open();
      remember(form, file, upload.upload);
    }
    while (upload && upload.offset < file.size) {
      const before = upload.offset;
      progress(before);
      upload = await sendPart(form, file, upload, { digest, progress, signal });
      if (upload && upload.offset <= before) {
        throw new Lost();
      }
      moved = true;
    }
    if (!upload) {
      // It has ended in the meantime, by another tab or because it was too old: from the beginning.
      forget(form, file);
      throw new Lost();
    }
    await digest.upTo(file.size);
    return { token: upload.upload, sha256: digest.hash.hex() };
  }

  return persist(next, {
    waiting: (seconds) => {
      upload = upload && { upload: upload.upload };
      waiting(seconds);
    },
    isMoving: () => {
      const was = moved;
      moved = false;
      return was;
    },
    signal,
  });
}
