/* A question of a lesson, where it stands: kept, and put into the queue of those that come back. */

import { make } from "../make.js";
import { store } from "../store.js";
import { form } from "./form.js";
import { answered, place } from "./lessons.js";
import { known } from "./parts.js";
import { entry } from "./schedule.js";
import { learner, numbers } from "./seed.js";

export async function question(section) {
  const { page, question: name } = section.dataset;
  const id = `${page}#${name}`;
  const { variants } = known(section);
  await live(section, "question", id, (kept, seed) => {
    const drawn = Math.floor(numbers(`${seed} ${id}`)() * variants.length);
    const variant = kept?.variant < variants.length ? kept.variant : drawn;
    const { element } = form({
      section,
      index: variant,
      seed: `${seed} ${id} ${variant}`,
      state: kept && kept.variant === variant ? kept : { variant, tries: [] },
      async keep(state, over) {
        await store.update("question", id, () => ({ ...state, variant }));
        if (!over || state.all) return;
        const lesson = await place(page);
        await store.update("queue", id, () => entry(state.tries[0], lesson, variant));
        await answered(page, name);
      },
    });
    return element;
  });
}

/** Show in an element what `build` makes of a record and of her seed, and make it anew when the
    record is changed elsewhere: in another tab, or by deleting what is kept. */
export async function live(section, kind, id, build) {
  const seed = await learner();
  const place = make("div", { className: "ask-live" });
  const show = async () => place.replaceChildren(build(await store.get(kind, id), seed));
  await show();
  const after = section.querySelector(":scope > .ask-after");
  if (after) after.before(place);
  else section.append(place);
  section.classList.add("ask-moves-on");
  store.addEventListener("change", ({ detail }) => {
    if (detail.elsewhere && detail.kind === kind && detail.id === id) show();
  });
}
