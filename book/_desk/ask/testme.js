/* Test me: questions from several lessons, in variants that she has not had, mixed, one try each. */

import { typeset } from "../formulas.js";
import { button, make } from "../make.js";
import { store } from "../store.js";
import { form } from "./form.js";
import { address, place } from "./lessons.js";
import { known, line } from "./parts.js";
import { live } from "./question.js";
import { entry } from "./schedule.js";
import { shuffled } from "./seed.js";

const idOf = ({ dataset }) => `${dataset.page}#${dataset.question}`;

/** Draw a sitting: ids with variants, half of them on other data where there are so many. With
    `know`, the hardest. `had` says which variant of each she has seen. */
export function draw(pool, { items, know }, had, seed) {
  const mixed = shuffled(pool, seed);
  const hard = (section) => known(section).hard;
  const transfer = mixed.filter((section) => known(section).transfer);
  const here = mixed.filter((section) => !known(section).transfer);
  const half = Math.min(transfer.length, Math.ceil(items / 2));
  const first = know ? mixed.sort((a, b) => hard(b) - hard(a)) : [...transfer.slice(0, half), ...here, ...transfer.slice(half)];
  return shuffled(first.slice(0, items), `${seed} order`).map((section) => {
    const id = idOf(section);
    return { id, variant: ((had[id] ?? -1) + 1) % known(section).variants.length };
  });
}

export async function testme(section) {
  const { testme: page } = section.dataset;
  const about = known(section);
  const pool = [...section.querySelector(":scope > template").content.querySelectorAll(".ask[data-question]")];
  const record = `test ${page}${about.know ? " known" : ""}`;
  section.querySelector(".ask-without").hidden = true;

  await live(section, "question", record, (kept, seed) => {
    const box = make("div", { className: "ask-test" });
    // A test that was begun with questions that are gone begins anew.
    let state = kept?.items.every(({ id }) => pool.some((one) => idOf(one) === id)) ? kept : undefined;
    show();
    return box;

    async function begin() {
      const kept = await store.all("question");
      const had = Object.fromEntries(Object.entries(kept).map(([id, { variant }]) => [id, variant]));
      const sitting = (state?.sitting ?? 0) + 1;
      state = { sitting, items: draw(pool, about, had, `${seed} ${record} ${sitting}`), at: 0, tries: [] };
      show(true);
      await save();
    }
    function save() {
      return store.update("question", record, () => state);
    }
    function show(move) {
      const title = make("p", { className: "ask-title", tabIndex: -1 }, heading());
      box.replaceChildren(title, ...(!state ? start() : state.at < state.items.length ? item() : end()));
      typeset(box);
      if (move) title.focus();
    }
    function heading() {
      if (!state) return about.know ? "I know this" : "Test me";
      return state.at < state.items.length ? `Question ${state.at + 1} of ${state.items.length}` : "How it went";
    }
    function start() {
      const many = Math.min(about.items, pool.length);
      const words = about.know
        ? `${many} questions, the hardest of this lesson. If all are right, the lesson is ticked.`
        : `${many} questions from these lessons, mixed, with other numbers. One try each, and no hints.`;
      return [make("p", {}, words), make("div", { className: "practice-buttons" }, button("Begin", begin))];
    }
    function item() {
      const { id, variant } = state.items[state.at];
      const asked = pool.find((one) => idOf(one) === id);
      const last = state.at + 1 === state.items.length;
      const onward = button(last ? "How did it go?" : "Next question", async () => {
        state = { ...state, at: state.at + 1 };
        show(true);
        await save();
        if (last) await over();
      });
      const tried = state.tries[state.at];
      const { element } = form({
        section: asked,
        index: Math.min(variant, known(asked).variants.length - 1),
        seed: `${seed} ${record} ${state.sitting} ${id}`,
        most: 1,
        state: tried ? { tries: [tried] } : undefined,
        async keep(now) {
          state = { ...state, tries: [...state.tries.slice(0, state.at), now.tries[0]] };
          onward.hidden = false;
          await save();
        },
      });
      onward.hidden = !tried;
      element.dataset.question = id;
      return [element, onward];
    }
    /* What was missed or guessed comes back; what was known well need not come sooner. */
    async function over() {
      const lesson = (await place(page)) - 1;
      for (const [i, { id, variant }] of state.items.entries()) {
        const tried = state.tries[i];
        if (!tried.right || !tried.sure) await store.update("queue", id, () => entry(tried, lesson, variant));
      }
      if (about.know && state.tries.every(({ right }) => right)) {
        const own = await place(page);
        await store.update("progress", page, (old) => ({ ...old, lesson: own, ticked: true, tested: true }));
      }
    }
    function end() {
      const right = (tries) => tries.filter((one) => one.right).length;
      const sure = state.tries.filter((one) => one.sure);
      const said = [`${right(state.tries)} of ${state.tries.length} right.`];
      if (sure.length) said.push(`You were sure of ${sure.length}, and ${right(sure)} of these are right.`);
      if (about.know) said.push(right(state.tries) === state.tries.length ? "The lesson is ticked." : "Read the lesson: it answers what was missed.");
      const rows = state.items.map(({ id }, i) => {
        const [from] = id.split("#");
        const { right: good, sure: certain } = state.tries[i];
        return make("li", {}, `${good ? "✓" : "✗"} ${certain ? "sure" : "not sure"}, from `,
          make("a", { href: address(from) }, from.split("/").at(-1).replaceAll("-", " ")));
      });
      return [line("", said.join(" ")), make("ol", {}, ...rows),
        make("div", { className: "practice-buttons" }, button("Once more, with other numbers", begin))];
    }
  });
}
