/* What the build has written of a question, as copies to be put where they are wanted. */

import { make } from "../make.js";

/** The parts of a variant: functions that return what is in them, anew at each call. */
export function parts(variant) {
  const root = variant.content ?? variant;
  const inside = (found) => [...(found?.cloneNode(true).childNodes ?? [])];
  const byId = (name, id) => [...root.querySelectorAll(`[${name}]`)].find((node) => node.getAttribute(name) === id);
  const option = (id) => {
    const item = byId("data-option", id);
    return inside(item?.querySelector("p") ?? item);
  };
  return {
    ids: [...root.querySelectorAll("[data-option]")].map((item) => item.dataset.option),
    text: () => [".ask-text", ".ask-plot"].flatMap((name) => copies(root.querySelector(name))),
    option,
    words: (id) => make("span", {}, ...option(id)).textContent.trim(),
    hint: () => inside(root.querySelector(".ask-hint")).filter((node) => node.nodeName !== "SUMMARY"),
    why: (id) => inside(byId("data-why", id)),
  };
}

const copies = (found) => (found ? [found.cloneNode(true)] : []);

/** What a script must know of an element, as the build has written it. */
export const known = (element) => JSON.parse(element.querySelector(":scope > script").textContent);

/** A place where what comes of a press is said, and read aloud. */
export const saying = () => make("div", { className: "ask-said", role: "status", tabIndex: -1 });

const SORTS = { "✓": "ask-good", "✗": "ask-bad" };

/** A line in bold, of words or of copied nodes, with what belongs to it. */
export const line = (sign, words, ...more) =>
  make("div", { className: `ask-line ${SORTS[sign] ?? ""}` },
    make("p", {}, make("strong", {}, sign && `${sign} `, ...[words].flat())), ...more);
