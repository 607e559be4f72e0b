/* The controls of a question, by its kind. Each has an `element`; `read()` returns `{ answer }` or
   `{ problem }`, a sentence; `write(answer)` shows an answer, and `lock(yes)` leaves it as it is. */

import { arrows } from "../arrows.js";
import { make } from "../make.js";
import { number } from "./number.js";

let groups = 0;

/** The controls for a kind; `ids` are in the order in which they are to be shown, and what is asked
    stands in the element `text`. `more` are options besides, from ids to words. */
export function fields(kind, { parts, ids, facts, text, more = {} }) {
  text.id ||= `ask-${(groups += 1)}`;
  if (kind === "number") return typed(facts.unit, text);
  if (kind === "order") return sorted(ids, parts, text, more);
  return ticked(kind === "choose" ? "radio" : "checkbox", ids, parts, text, more);
}

function ticked(type, ids, parts, text, more) {
  const name = `ask-${(groups += 1)}`;
  const row = (id, ...inside) => {
    const box = make("input", { type, name, value: id });
    return make("label", { className: "ask-option" }, box, make("span", {}, ...inside));
  };
  const rows = [...ids.map((id) => row(id, ...parts.option(id))), ...Object.entries(more).map(([id, words]) => row(id, words))];
  const element = group(text, ...rows);
  const boxes = [...element.querySelectorAll("input")];
  return {
    element,
    read() {
      const answer = boxes.filter((box) => box.checked).map((box) => box.value);
      return answer.length ? { answer } : { problem: type === "radio" ? "Choose one of them first." : "Tick what is right first." };
    },
    write: (answer) => boxes.forEach((box) => (box.checked = answer.includes(box.value))),
    lock: (yes) => boxes.forEach((box) => (box.disabled = yes)),
  };
}

function typed(unit, text) {
  const field = make("input", { type: "text", inputMode: "decimal", autocomplete: "off", className: "ask-number" });
  const label = make("label", {}, "Your number: ", field, unit && ` ${unit}`);
  field.setAttribute("aria-describedby", text.id);
  return {
    element: make("div", {}, label),
    read() {
      const { problem } = number(field.value, unit);
      return problem ? { problem } : { answer: field.value.trim() };
    },
    write: (answer) => (field.value = answer),
    lock: (yes) => (field.readOnly = yes),
  };
}

function sorted(ids, parts, text, more) {
  const list = make("ol", { className: "ask-steps" });
  const { buttons, draw } = arrows(list, ({ dataset: { step } }, i) =>
    [`Move up to place ${i}: ${parts.words(step)}`, `Move down to place ${i + 2}: ${parts.words(step)}`]);
  const show = (order) => {
    list.replaceChildren(...order.map((id) => {
      const item = make("li", {}, make("span", {}, ...parts.option(id)), buttons());
      item.dataset.step = id;
      return item;
    }));
    draw();
  };
  show(ids);
  const [[other, words] = []] = Object.entries(more);
  const box = make("input", { type: "checkbox" });
  const element = group(text, list, ...(other ? [make("label", { className: "ask-option" }, box, make("span", {}, words))] : []));
  return {
    element,
    read: () => ({ answer: box.checked ? [other] : [...list.children].map((item) => item.dataset.step) }),
    write(answer) {
      box.checked = Boolean(other) && answer.includes(other);
      if (!box.checked) show(answer);
    },
    lock(yes) {
      element.querySelectorAll("input, button").forEach((control) => (control.disabled = yes));
      if (!yes) draw();
    },
  };
}

function group(text, ...inside) {
  const element = make("fieldset", {}, ...inside);
  element.setAttribute("aria-labelledby", text.id);
  return element;
}
