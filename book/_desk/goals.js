/* Goals of explorers that a reader has reached, kept. What the two say to each other is said in
   reglib/widgets/goals.js. */

import { store } from "./store.js";

const idOf = (explorer) => `goals.${explorer.dataset.explorer}`;

async function remind(explorer) {
  const goals = (await store.get("progress", idOf(explorer))) ?? {};
  explorer.dispatchEvent(new CustomEvent("reglib:kept", { detail: { goals } }));
}

document.addEventListener("reglib:goal", ({ target, detail: { goal, how } }) =>
  store.update("progress", idOf(target), (old = {}) => ({ ...old, [goal]: how })),
);
document.addEventListener("reglib:started", ({ target }) => remind(target.firstElementChild));
for (const explorer of document.querySelectorAll("[data-explorer]")) remind(explorer);
