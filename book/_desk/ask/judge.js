/* Whether an answer is right, and what of it to explain. `facts` are those of book/_ext/ask/shape.py;
   an answer is a list of ids, or the text of a number. */

import { near, number } from "./number.js";

const same = (a, b) => a.length === b.length && a.every((id, i) => id === b[i]);
const orders = ({ right, also }) => [right, ...also];

/** Whether it is an answer to a question of this kind, with these options. */
export const fits = (kind, ids, answer) =>
  kind === "number" ? typeof answer === "string" : Array.isArray(answer) && answer.every((id) => ids.includes(id));

/** Whether it is right. */
export function right(kind, facts, answer) {
  if (kind === "number") return near(number(answer, facts.unit).value, facts.answer, facts.within);
  if (kind === "order") return orders(facts).some((order) => same(order, answer));
  return same([...facts.right].sort(), [...answer].sort());
}

/** The ids of what is wrong in an answer: the options that were chosen, or left out; the step that
    comes too early; the mistake that gives the number. */
export function wrong(kind, facts, answer) {
  if (right(kind, facts, answer)) return [];
  if (kind === "number") {
    const { value } = number(answer, facts.unit);
    return Object.keys(facts.mistakes).filter((id) => near(value, facts.mistakes[id], facts.within));
  }
  if (kind === "order") {
    const fits = (order) => answer.findIndex((id, i) => id !== order[i]);
    return [answer[Math.max(...orders(facts).map(fits))]];
  }
  const [chosen, meant] = [new Set(answer), new Set(facts.right)];
  if (kind === "choose") return answer;
  return [...chosen.symmetricDifference(meant)];
}
