// SHA-256 of what comes in pieces; the browser's own wants the whole content at once, and only over HTTPS.

// The fractional parts of the roots of the first primes, as the standard (FIPS 180-4) defines its constants.
function primes(count) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime)) {
      found.push(number);
    }
  }
  return found;
}

// The first 32 bits behind the point of the root of this degree. A double holds 53, of which the whole part takes few.
function fraction(prime, degree) {
  const root = degree === 2 ? Math.sqrt(prime) : Math.cbrt(prime);
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

const START = Int32Array.from(primes(8), (prime) => fraction(prime, 2));
const ROUNDS = Int32Array.from(primes(64), (prime) => fraction(prime, 3));
const BLOCK = 64;

export class Sha256 {
  constructor() {
    this.state = START.slice();
    this.words = new Int32Array(64);
    this.rest = new Uint8Array(BLOCK);
    this.length = 0;
  }

  update(bytes) {
    let at = 0;
    const held = this.length % BLOCK;
    this.length += bytes.length;
    if (held) {
      at = Math.min(BLOCK - held, bytes.length);
      this.rest.set(bytes.subarray(0, at), held);
      if (held + at < BLOCK) {
        return this;
      }
      this.block(this.rest, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) {
      this.block(bytes, at);
    }
    this.rest.set(bytes.subarray(at), 0);
    return this;
  }

  // As 64 small hexadecimal digits. Nothing can be added afterwards.
  hex() {
    const bits = this.length * 8;
    const held = this.length % BLOCK;
    const end = new Uint8Array(held < 56 ? BLOCK - held : 2 * BLOCK - held);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits % 2 ** 32);
    this.update(end);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  block(bytes, at) {
    const { words, state } = this;
    for (let i = 0, j = at; i < 16; i += 1, j += 4) {
      words[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = words[i - 15];
      const y = words[i - 2];
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = (words[i - 16] + low + words[i - 7] + high) | 0;
    }
    // Named one by one: to unpack them takes longer than the rounds.
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let i = 0; i < 64; i += 1) {
      const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + high + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
      const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}
