/* Runs the explorers of a page with no kernel, from the widget state that the page carries. What is
   not an anywidget is left alone. */

import { start } from "./widget-host.js";

const read = (kind) =>
  [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${kind}+json"]`)].map(
    (script) => [script, JSON.parse(script.textContent)],
  );

const saved = Object.assign({}, ...read("state").map(([, { state }]) => state));
const started = {};
for (const [script, { model_id: id }] of read("view")) {
  if (saved[id]?.model_module !== "anywidget") continue;
  const { state } = saved[id];
  try {
    const widget = await (started[id] ??= start({ module: state._esm, state }));
    const el = document.createElement("div");
    await widget.show(el);
    script.after(el);
  } catch (problem) {
    console.error(`The explorer ${id} did not start, so its picture stays:`, problem);
  }
}
