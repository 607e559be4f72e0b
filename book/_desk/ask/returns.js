/* Questions of earlier lessons that come back: two at most in a lesson, and each can be skipped. */

import { button, make } from "../make.js";
import { store } from "../store.js";
import { form } from "./form.js";
import { address, place } from "./lessons.js";
import { known, line } from "./parts.js";
import { live } from "./question.js";
import { MOST, due, next } from "./schedule.js";

const ASKED = 6; // pages that are looked into at most

/** Put what is due before the first question of the page. */
export async function returns(page, before) {
  const lesson = await place(page);
  const kept = (await store.get("progress", page))?.returns;
  const queue = await store.all("queue");
  const found = [];
  for (const id of kept ?? due(queue, page, lesson).slice(0, ASKED)) {
    const section = found.length < MOST && (await fetched(id));
    if (section) found.push([id, section]);
  }
  if (!found.length) return;
  await store.update("progress", page, (old) => ({ ...old, returns: found.map(([id]) => id) }));
  const box = make("section", { className: "ask ask-returns", ariaLabel: "From earlier lessons" },
    make("p", { className: "ask-title" }, "From earlier lessons"));
  before.before(box);
  for (const [id, section] of found) await one(id, section, queue[id] ?? {}, box);

  async function one(id, section, old, box) {
    const { variants } = known(section);
    const index = ((old.variant ?? -1) + 1) % variants.length;
    const holder = make("div", { className: "ask-return" });
    holder.dataset.question = id;
    box.append(holder);
    await live(holder, "question", `${id} in ${page}`, (state, seed) => {
      if (state?.skipped) return line("", "Skipped. It comes back in another lesson.");
      const variant = state?.variant ?? index;
      const { element, over } = form({
        section,
        index: variant,
        seed: `${seed} ${id} ${variant} ${page}`,
        state: state ?? { tries: [] },
        async keep(now, done) {
          await store.update("question", `${id} in ${page}`, () => ({ ...now, variant }));
          if (!done || now.all) return;
          skip.hidden = true;
          const kept = next(old, now.tries[0], lesson, variant);
          if (kept) await store.update("queue", id, () => kept);
          else await store.remove("queue", id);
        },
      });
      const skip = button("Skip", async () => {
        await store.update("question", `${id} in ${page}`, () => ({ skipped: true }));
        await store.update("queue", id, (kept) => ({ ...kept, lesson, after: 1 }));
        holder.replaceChildren(line("", "Skipped. It comes back in another lesson."));
        holder.tabIndex = -1;
        holder.focus();
      });
      skip.hidden = over();
      element.querySelector(".practice-buttons").append(skip);
      return element;
    });
  }
}

/** A question as it stands on its own page, its links leading on from there. */
async function fetched(id) {
  const [page, name] = id.split("#");
  const base = address(page);
  try {
    const answer = await fetch(base);
    if (!answer.ok) return undefined;
    const there = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = there.querySelector(`.ask[data-question="${CSS.escape(name)}"]`);
    const inside = section ? [section, ...[...section.querySelectorAll("template")].map(({ content }) => content)] : [];
    for (const link of inside.flatMap((part) => [...part.querySelectorAll("a[href]")])) {
      link.setAttribute("href", new URL(link.getAttribute("href"), base).href);
    }
    return section;
  } catch {
    return undefined; // the page may be gone, or the reader offline
  }
}
