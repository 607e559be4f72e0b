/* One question: its controls, two tries, and what is said of each. First right or not, and a hint;
   then why the chosen option is wrong, and the right one; then all. */

import { typeset } from "../formulas.js";
import { button, make } from "../make.js";
import { fields } from "./fields.js";
import { fits, right, wrong } from "./judge.js";
import { number } from "./number.js";
import { known, line, parts, saying } from "./parts.js";
import { shuffled } from "./seed.js";

const TRIES = 2;

const shown = (value) => `${Number(value.toPrecision(4))}`.replace("-", "−");

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
  // What was kept may be of a question that the site no longer asks so.
  if (!state.tries.every(({ answer }) => fits(kind, own.ids, answer))) state = { ...state, tries: [] };
  const controls = fields(kind, { parts: own, ids: order(), facts, text });
  const main = button("", () => (over() ? explain() : check(true)));
  const unsure = button("Check: not sure", () => check(false));
  const element = make("div", { className: "ask-form" }, text, controls.element,
    make("div", { className: "practice-buttons" }, main, unsure), said);
  element.dataset.variant = index;
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
    return [head, ...faults().map((id) => told(id)), ...solution(), ...(all ? rest() : [])];
  }
  /* What is wrong in the last answer. What is right and was left out is said with all that is right. */
  function faults() {
    const ids = wrong(kind, facts, state.tries.at(-1).answer);
    return ["choose", "several"].includes(kind) ? ids.filter((id) => !facts.right.includes(id)) : ids;
  }
  function hint() {
    return [line("", "Where to look:", ...own.hint())];
  }
  function readAs(answer) {
    if (kind !== "number") return [];
    const { value } = number(answer, facts.unit);
    return `${value}` === answer ? [] : [make("p", {}, `Read as ${shown(value)}.`)];
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
    if (kind === "order") return facts.right.map((id) => told(id, true));
    const said = faults();
    if (kind !== "number") return own.ids.filter((id) => ![...facts.right, ...said].includes(id)).map((id) => told(id));
    return Object.entries(facts.mistakes).filter(([id]) => !said.includes(id))
      .map(([id, value]) => line("✗", shown(value), ...own.why(id)));
  }

  return { element, over };
}
