/* One question: its controls, two tries, and what is said of each. First right or not, and a hint;
   then why the chosen option is wrong, and the right one; then all. */

import { button, make } from "../make.js";
import { fields } from "./fields.js";
import { right, wrong } from "./judge.js";
import { number } from "./number.js";
import { known, line, parts, saying, typeset } from "./parts.js";
import { shuffled } from "./seed.js";

export const TRIES = 2;

/** Make the form of a question from the element that the build has written.

    index   which variant
    seed    of the order of the options
    state   `{ tries, all }` as it was kept; a try is `{ answer, right, sure }`
    most    after so many wrong tries the right answer is told; with 1 there is no hint
    keep    called with the state whenever it has changed, and whether the question is over */
export function form({ section, index, seed, state = { tries: [] }, most = TRIES, keep }) {
  const { kind } = section.dataset;
  const { ordered, variants } = known(section);
  const facts = variants[index];
  const said = saying();
  const own = parts([...section.querySelectorAll(":scope > .ask-variant")][index]);
  const text = make("div", { className: "ask-asks" }, ...own.text());
  const controls = fields(kind, { parts: own, ids: order(), facts, text });
  const main = button("", () => (over() ? explain() : check(true)));
  const unsure = button("Check: not sure", () => check(false));
  const element = make("div", { className: "ask-form" }, text, controls.element,
    make("div", { className: "practice-buttons" }, main, unsure), said);
  if (state.tries.length) controls.write(state.tries.at(-1).answer);
  draw();

  function order() {
    if (ordered) return own.ids;
    const ids = shuffled(own.ids, `${seed}`);
    // Steps that begin in their order would ask nothing.
    return kind === "order" && right(kind, facts, ids) ? [...ids.slice(1), ids[0]] : ids;
  }
  function over() {
    const { tries } = state;
    return Boolean(tries.at(-1)?.right) || tries.length >= most;
  }

  function check(sure) {
    const { answer, problem } = controls.read();
    if (problem) return said.replaceChildren(line("", problem));
    const again = state.tries.some((tried) => `${tried.answer}` === `${answer}`);
    if (again) return said.replaceChildren(line("", "You have tried this answer. "), ...hint());
    state = { ...state, tries: [...state.tries, { answer, right: right(kind, facts, answer), sure }] };
    changed();
  }
  function explain() {
    state = { ...state, all: true };
    changed();
  }
  function changed() {
    const pressed = document.activeElement;
    draw();
    keep(state, over());
    // The keyboard stays where it was, or goes to what is next.
    if (pressed.hidden) (main.hidden ? said : main).focus();
  }

  function draw() {
    const { tries, all } = state;
    controls.lock(over());
    main.textContent = over() ? "Explain every answer" : tries.length ? "Check again" : "Check: I am sure";
    main.hidden = over() && (Boolean(all) || !rest().length);
    unsure.hidden = tries.length > 0;
    said.replaceChildren(...verdict());
    typeset(element);
  }

  function verdict() {
    const { tries, all } = state;
    const last = tries.at(-1);
    if (!last) return [];
    const read = readAs(last.answer);
    if (!over()) return [line("✗", "Not yet.", ...read), ...hint()];
    const head = last.right ? line("✓", "Right.", ...read) : line("✗", tries.length > 1 ? "Not this either." : "Not right.", ...read);
    const faults = last.right ? [] : wrong(kind, facts, last.answer).map((id) => told(id));
    return [head, ...faults, ...solution(), ...(all ? rest() : [])];
  }
  function hint() {
    return [line("", "Where to look:", ...own.hint())];
  }
  function readAs(answer) {
    if (kind !== "number") return [];
    const { value } = number(answer, facts.unit);
    return `${value}` === answer ? [] : [make("p", {}, `Read as ${String(value).replace("-", "−")}.`)];
  }

  /* What is said of one option, step or mistake; of a step, `good` where it is in its place. */
  function told(id, good = false) {
    if (kind === "number") return make("div", { className: "ask-line" }, ...own.why(id));
    if (kind === "order") return line("", good ? own.option(id) : ["Too early: ", ...own.option(id)], ...own.why(id));
    return line(facts.right.includes(id) ? "✓" : "✗", own.option(id), ...own.why(id));
  }
  function solution() {
    if (kind === "number") return [line("✓", `${facts.shown} ${facts.unit}`.trim(), ...own.why(""))];
    if (kind !== "order") return facts.right.map((id) => told(id));
    if (state.tries.at(-1).right) return [];
    return [line("✓", "The right order:", make("ol", {}, ...facts.right.map((id) => make("li", {}, ...own.option(id)))))];
  }
  function rest() {
    if (kind === "number") {
      const { tries } = state;
      const said = tries.at(-1)?.right ? [] : wrong(kind, facts, tries.at(-1)?.answer ?? "");
      return Object.entries(facts.mistakes).filter(([id]) => !said.includes(id))
        .map(([id, value]) => line("✗", String(Number(value.toPrecision(3))).replace("-", "−"), ...own.why(id)));
    }
    const ids = kind === "order" ? facts.right : own.ids.filter((id) => !facts.right.includes(id));
    return ids.map((id) => told(id, kind === "order"));
  }

  return { element, over };
}
