/* Runs the explorers of a page with no kernel, from the widget state that the page carries. What is
   not an anywidget is left alone. */

import { inAddress } from "./explorer-address.js";
import { waitForText } from "./explorer-parts.js";
import { start } from "./widget-host.js";

const read = (kind) =>
  [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${kind}+json"]`)].map(
    (script) => [script, JSON.parse(script.textContent)],
  );

const saved = Object.assign({}, ...read("state").map(([, { state }]) => state));
const started = {};
const count = {};

/** Start a widget, under a key that no other of the page has: fit, and the next one fit-2. */
async function begin({ _esm: module, ...state }) {
  const widget = await start({ module, state });
  if (!state._name) return widget; // an anywidget that is none of ours
  const nth = (count[state._name] = (count[state._name] ?? 0) + 1);
  const key = nth > 1 ? `${state._name}-${nth}` : state._name;
  return { ...widget, key, sent: inAddress(widget.model, key) };
}

for (const [script, { model_id: id }] of read("view")) {
  if (saved[id]?.model_module !== "anywidget") continue;
  try {
    const { show, key, sent } = await (started[id] ??= begin(saved[id].state));
    const el = document.createElement("div");
    await show(el);
    script.after(el);
    if (!key) continue;
    const [root] = el.children;
    const [{ type }] = performance.getEntriesByType("navigation");
    if (!sent) waitForText(root, key);
    else if (type === "navigate") root.scrollIntoView(); // not on a reload, which comes back
    el.dispatchEvent(new Event("reglib:started", { bubbles: true }));
  } catch (problem) {
    console.error(`The explorer ${id} did not start, so its picture stays:`, problem);
  }
}
