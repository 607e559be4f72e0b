/* An exercise without Python: choose what is missing in a line, or put the lines in order. */

import { arrows } from "./arrows.js";
import { button, make } from "./make.js";

const RIGHT = "✓ Right. That ticks the lesson. It earns no points: those are for a function that you write.";
const GAP = "____";

let forms = 0;

/** Make the form of an exercise. `gaps` come one after the other, since each shows what belongs in
    the others; where there are none, the lines of `order` are sorted. `places` are where to reread,
    and `onRight` is called when all is right. */
export function plainForm({ gaps, order, places, onRight }) {
  const form = make("div", { className: "plain" });
  const steps = gaps.length ? gaps.map((gap) => (next) => fillIn(gap, places, next)) : [(next) => putInOrder(order, next)];
  const go = (i) => {
    if (i < steps.length) form.append(steps[i](() => go(i + 1)));
    else {
      form.append(make("p", { className: "plain-right", tabIndex: -1 }, RIGHT));
      onRight();
    }
    if (i) form.lastElementChild.querySelector("input, button")?.focus();
  };
  go(0);
  return form;
}

/* One question with its button. `judge` returns what is wrong, as elements, or nothing. */
function question(fields, judge, onRight) {
  const said = make("div", { className: "plain-said", ariaLive: "polite" });
  const ask = button("Is this right?", () => {
    const wrong = judge();
    said.replaceChildren(...(wrong ?? [make("p", {}, "✓ Right.")]));
    if (wrong) return;
    ask.remove();
    for (const control of step.querySelectorAll("input, button")) control.disabled = true;
    onRight();
  });
  const step = make("div", { className: "plain-step" }, ...fields, ask, said);
  return step;
}

function fillIn({ code, helpers, options }, places, onRight) {
  const name = `plain-${(forms += 1)}`;
  const choices = shuffled(options, ({ text }) => text).map((option) => {
    const radio = Object.assign(make("input", { type: "radio", name }), { option });
    return make("label", { className: "plain-option" }, radio, make("code", {}, option.text));
  });
  const legend = make("legend", {}, "What belongs where ", make("code", {}, GAP), " stands?");
  const help = helpers.map(({ call, says }) => make("p", {}, make("code", {}, call), `: ${says}`));
  const fields = make("fieldset", {}, legend, make("pre", { className: "plain-code", tabIndex: 0 }, code), ...help, ...choices);
  return question([fields], () => {
    const { option } = fields.querySelector("input:checked") ?? {};
    if (!option) return [make("p", {}, "Choose one of them first.")];
    if (option.right) return undefined;
    const place = places[option.section];
    const reread = place && make("p", {}, "Reread: ", make("a", { href: place.href }, place.title), ".");
    return [
      make("p", {}, `✗ Not yet. With this, ${option.name}.`),
      make("p", {}, `Next: ${option.advice}`),
      ...(reread ? [reread] : []),
    ];
  }, onRight);
}

function putInOrder({ lines, orders }, onRight) {
  const list = make("ol", { className: "plain-lines" });
  const { buttons, draw } = arrows(list, ({ line }, i) =>
    ["up", "down"].map((way) => `Move line ${i + 1} ${way}: ${line.text.trim()}`));
  for (const line of shuffled(lines.map((line, place) => ({ ...line, place })), ({ text }) => text)) {
    list.append(Object.assign(make("li", {}, make("code", {}, line.text), buttons()), { line }));
  }
  draw();
  const task = make("p", {}, "Put the lines in order. The arrows move a line up and down.");
  return question([task, list], () => {
    const now = [...list.children].map(({ line }) => line);
    const fits = (order) => {
      const first = now.findIndex(({ place }, i) => place !== order[i]);
      return first < 0 ? now.length : first;
    };
    const most = Math.max(...orders.map(fits));
    if (most === now.length) return undefined;
    const { text, reads } = now[most];
    const given = now.slice(0, most).flatMap(({ gives }) => gives);
    const lacks = reads.filter((name) => !given.includes(name));
    const why = lacks.length ? `needs ${lacks.join(" and ")}, which is not there yet` : "comes too early";
    return [make("p", {}, `✗ Not yet. Line ${most + 1}, `, make("code", {}, text.trim()), `, ${why}.`)];
  }, onRight);
}

/* In another order, which is the same each time and never the one that it had. */
function shuffled(items, text) {
  const hash = (item) => [...text(item)].reduce((sum, sign) => (Math.imul(sum, 31) + sign.codePointAt(0)) | 0, 7);
  const mixed = [...items].sort((a, b) => hash(a) - hash(b));
  return mixed[0] === items[0] ? [...mixed.slice(1), mixed[0]] : mixed;
}
