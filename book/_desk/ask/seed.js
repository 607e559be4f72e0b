/* What differs from learner to learner: orders and variants, drawn from a seed that is hers. */

import { store } from "../store.js";

let seed;

/** Her seed, drawn once and kept. */
export function learner() {
  seed ??= store.update("learner", "seed", (old) => old ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  return seed;
}

/** Numbers from 0 to 1, the same for the same text (FNV-1a, then mulberry32). */
export function numbers(text) {
  let state = 2166136261;
  for (const sign of text) state = Math.imul(state ^ sign.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The items in an order that depends on nothing but a text. */
export function shuffled(items, text) {
  const next = numbers(text);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
