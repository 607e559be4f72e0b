/* What the browser keeps, in the reader's own hands: as a file, from a file, and deleted. */

import { save } from "../_static/files.js";
import { button, make } from "./make.js";
import { store } from "./store.js";

const FILE = "regularization-hands-on.json";

export function keptPanel() {
  const said = make("p", { ariaLive: "polite" });
  const chooser = make("input", { type: "file", accept: ".json", hidden: true, ariaLabel: "A file that was saved here" });
  const forget = "Delete all of it";
  const sure = "Yes, delete all of it";

  async function give() {
    save(FILE, await store.exported(), "application/json");
    said.textContent = `Saved as ${FILE}.`;
  }
  async function open() {
    const [file] = chooser.files;
    chooser.value = ""; // so that the same file can be opened again
    if (!file) return;
    try {
      const changed = await store.imported(await file.text());
      said.textContent = `${file.name} is in: ${changed} of its answers and ticks are new here.`;
    } catch (problem) {
      said.textContent = problem.message;
    }
  }
  async function remove(pressed) {
    if (pressed.textContent === forget) {
      pressed.textContent = sure;
      said.textContent = "This deletes your answers and ticks for the whole course. Press again to do so.";
      return;
    }
    pressed.textContent = forget;
    await store.clear();
    said.textContent = "All of it is deleted.";
  }
  chooser.addEventListener("change", open);
  return make("details", { className: "practice-kept" },
    make("summary", {}, "What your browser keeps"),
    make("p", {}, "Your answers and ticks are kept in this browser, and nowhere else. ", navigator.serviceWorker
      ? "Once you have used Python, pages that you open are kept too, and work without a connection."
      : "Pages need a connection: this browser keeps none from an address without https."),
    make("div", { className: "practice-buttons" },
      button("Save as a file", give), button("Open a file", () => chooser.click()), chooser, button(forget, remove)),
    said);
}
