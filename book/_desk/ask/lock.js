/* Locks an explorer or a figure until a prediction is made or skipped. */

import { make } from "../make.js";

/** Lock what has the name, as an explorer or as an id, now or as soon as it is there. Returns what
    releases it. */
export function lock(name) {
  const all = () => document.querySelectorAll(`[data-explorer="${CSS.escape(name)}"], #${CSS.escape(name)}`);
  const notes = new Map();
  function close() {
    for (const element of all()) {
      if (notes.has(element)) continue;
      element.inert = true;
      element.classList.add("ask-locked");
      const note = make("p", { className: "ask-lock" }, "Locked until you have made your prediction, or skipped it.");
      element.before(note);
      notes.set(element, note);
    }
  }
  const watching = new MutationObserver(close);
  watching.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-explorer"] });
  close();
  return () => {
    watching.disconnect();
    for (const [element, note] of notes) {
      element.inert = false;
      element.classList.remove("ask-locked");
      note.remove();
    }
    notes.clear();
  };
}
