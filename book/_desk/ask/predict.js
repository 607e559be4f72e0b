/* A prediction: taken, resolved by what came of many draws, and given a reason. */

import { typeset } from "../formulas.js";
import { button, make } from "../make.js";
import { store } from "../store.js";
import { fields } from "./fields.js";
import { fits } from "./judge.js";
import { answered } from "./lessons.js";
import { lock } from "./lock.js";
import { known, line, parts, saying } from "./parts.js";
import { live } from "./question.js";
import { shuffled } from "./seed.js";

const UNKNOWN = "?"; // no option has this id
const MORE = { [UNKNOWN]: "I do not know" };

/** The controls of what was asked first, at its place and at the end. */
function asking(section, told, seed) {
  const own = parts(section.querySelector(".ask-first"));
  const text = make("div", { className: "ask-asks" }, ...own.text());
  const ids = told.ordered ? own.ids : shuffled(own.ids, `${seed} ${section.dataset.page} ${section.dataset.predict ?? section.dataset.predictAgain}`);
  const controls = fields(told.kind, { parts: own, ids, facts: told, text, more: MORE });
  return { own, text, controls };
}

const key = (answer) => answer.join(" ");

/** What came of it, beside an answer: a sentence, and the counts of all that came. */
function came(told, own, kept) {
  const { counts, draws, each, most } = told;
  const words = (id) => id.split(" ").map(own.words).join(" → ");
  const often = (id) => `in ${counts[id] ?? 0} of ${draws} ${each}`;
  const mine = kept.answer && kept.answer[0] !== UNKNOWN ? key(kept.answer) : undefined;
  const head =
    mine === most ? line("✓", `This is what happened ${often(most)}.`)
    : mine ? line("✗", `What you said came ${often(mine)}.`, make("p", {}, `Most often it was this, ${often(most)}: ${words(most)}`))
    : line("", `It came ${often(most)}: ${words(most)}`);
  const several = Object.entries(counts).filter(([, count]) => count > 0);
  const rows = (several.length > 1 ? several : []).map(([id, count]) => {
    const bar = make("span", { className: "ask-bar", ariaHidden: "true" });
    bar.style.width = `${(100 * count) / draws}%`;
    return make("li", {}, `${words(id)} `, make("span", { className: "ask-count" }, `${count} of ${draws}${id === mine ? ", yours" : ""}`), bar);
  });
  return [head, ...(rows.length ? [make("ul", { className: "ask-counts" }, ...rows)] : [])];
}

export async function predict(section) {
  const { page, predict: name, locks } = section.dataset;
  const id = `${page}#${name}`;
  const told = known(section);
  const after = section.querySelector(":scope > .ask-after");
  let release = () => {};
  await live(section, "prediction", id, (kept, seed) => {
    let state = kept ?? {};
    release();
    release = locks && !state.answer && !state.skipped ? lock(locks) : () => {};
    const { own, text, controls } = asking(section, told, seed);
    if (state.answer && !fits(told.kind, [...own.ids, UNKNOWN], state.answer)) state = {};
    const said = saying();
    const commit = button("This is my prediction", () => {
      const { answer, problem } = controls.read();
      if (problem) return said.replaceChildren(line("", `${problem} “I do not know” is a choice too.`));
      return go({ answer });
    });
    const skip = button("Skip", () => go({ skipped: true }));
    const see = button(`See what came in ${told.draws} ${told.each}`, () => go({ seen: true }));
    const reasons = make("div", { className: "ask-why" });
    const element = make("div", { className: "ask-form" }, make("p", { className: "ask-title" }, "Predict first"), text, controls.element,
      make("div", { className: "practice-buttons" }, commit, skip, see), said, reasons);
    if (state.answer) controls.write(state.answer);

    async function go(news) {
      state = { ...state, ...news };
      if (news.skipped) state.seen = state.reason = true;
      else if (!locks) state.seen = true;
      release();
      draw();
      (see.hidden ? said : see).focus();
      await store.update("prediction", id, () => state);
      if (state.skipped) await answered(page, name);
    }
    function draw() {
      const { answer, skipped, seen, reason } = state;
      const taken = Boolean(answer || skipped);
      controls.lock(taken);
      commit.hidden = skip.hidden = taken;
      see.hidden = !taken || Boolean(seen);
      if (seen) said.replaceChildren(...came(told, own, state));
      else if (taken) said.replaceChildren(line("", "Your prediction is kept. Now try it."));
      if (seen && !skipped && !reasons.hasChildNodes()) reasons.append(why(section, told.reasons, seed, reason, choose));
      after.hidden = !reason;
      typeset(element);
    }
    async function choose(chosen) {
      state = { ...state, reason: chosen };
      draw();
      await store.update("prediction", id, () => state);
      await answered(page, name);
    }
    draw();
    return element;
  });
}

/* The reason: three options, one tap, and why. */
function why(section, facts, seed, kept, onChoose) {
  const own = parts(section.querySelector(".ask-reasons"));
  const text = make("div", { className: "ask-asks" }, ...own.text());
  const ids = shuffled(own.ids, `${seed} ${section.dataset.page} ${section.dataset.predict} why`);
  const controls = fields("choose", { parts: own, ids, facts, text });
  const said = saying();
  const tell = (chosen) => {
    const good = facts.right.includes(chosen);
    const wrong = good ? [] : [line("✗", own.option(chosen), ...own.why(chosen))];
    said.replaceChildren(...wrong, ...facts.right.map((id) => line("✓", own.option(id), ...own.why(id))));
    controls.lock(true);
    press.hidden = true;
    typeset(said);
  };
  const press = button("This is the reason", () => {
    const { answer, problem } = controls.read();
    if (problem) return said.replaceChildren(line("", problem));
    tell(answer[0]);
    said.focus();
    return onChoose(answer[0]);
  });
  if (typeof kept === "string") {
    controls.write([kept]);
    tell(kept);
  }
  return make("div", {}, text, controls.element, make("div", { className: "practice-buttons" }, press), said);
}

/** The same once more at the end, before her first answer is shown. */
export async function again(section) {
  const { page, predictAgain: name } = section.dataset;
  const id = `${page}#${name}`;
  const told = known(section);
  await live(section, "prediction", id, (kept, seed) => {
    const { own, text, controls } = asking(section, told, seed);
    const said = saying();
    const commit = button("This is what I say now", async () => {
      const { answer, problem } = controls.read();
      if (problem) return said.replaceChildren(line("", problem));
      const state = await store.update("prediction", id, (old) => ({ ...old, again: answer }));
      tell(state);
      said.focus();
    });
    const words = (answer) => (!answer ? "nothing, you skipped it" : answer[0] === UNKNOWN ? MORE[UNKNOWN] : answer.map(own.words).join(" → "));
    function tell(state) {
      controls.write(state.again);
      controls.lock(true);
      commit.hidden = true;
      const before = make("p", {}, make("strong", {}, "At first you said: "), words(state.answer));
      said.replaceChildren(...came(told, own, { answer: state.again }), before);
      typeset(said);
    }
    if (kept?.again) tell(kept);
    return make("div", { className: "ask-form" }, make("p", { className: "ask-title" }, "What would you say now?"),
      text, controls.element, make("div", { className: "practice-buttons" }, commit), said);
  });
}
