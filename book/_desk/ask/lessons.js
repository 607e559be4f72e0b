/* What she has done of a lesson: which of its questions, and which lesson it was in her own order. */

import { make } from "../make.js";
import { store } from "../store.js";

const SITE = new URL(".", import.meta.url.split("_static/")[0]);

/** The address of a page of the book. */
export const address = (page) => new URL(`${page}.html`, SITE).href;

const asked = (page) =>
  [...document.querySelectorAll("[data-question], [data-predict]")]
    .filter((section) => section.dataset.page === page && section.classList.contains("ask"))
    .map((section) => section.dataset.question ?? section.dataset.predict);

/** The number that a lesson has in her order, or will have. */
export async function place(page) {
  const all = await store.all("progress");
  return all[page]?.lesson ?? 1 + Math.max(0, ...Object.values(all).map(({ lesson = 0 }) => lesson));
}

/** Tick a question or prediction of a lesson; with the last of them, the lesson. */
export async function answered(page, name) {
  const lesson = await place(page);
  const all = asked(page);
  return store.update("progress", page, (old = {}) => {
    const done = [...new Set([...(old.done ?? []), name])];
    return { ...old, lesson, done, ticked: Boolean(old.ticked) || all.every((one) => done.includes(one)) };
  });
}

/** Show what is done: a line after the last question of the page, and ticks on the links to lessons. */
export function showProgress(page) {
  const names = asked(page);
  const told = make("p", { className: "ask-progress" });
  if (names.length) [...document.querySelectorAll(".ask[data-page]")].at(-1).after(told);
  async function draw() {
    const all = await store.all("progress");
    const done = names.filter((name) => all[page]?.done?.includes(name)).length;
    told.textContent = done === names.length ? `✓ Answered: all ${done}. This lesson is ticked.` : `Answered here: ${done} of ${names.length}.`;
    const ticked = new Set(Object.keys(all).filter((id) => all[id].ticked).map(address));
    for (const link of document.querySelectorAll(".bd-links a, .toctree-wrapper a")) {
      link.querySelector(".ask-tick")?.remove();
      if (!ticked.has(link.href.split("#")[0])) continue;
      link.append(make("span", { className: "ask-tick" }, " ✓", make("span", { className: "visually-hidden" }, " done")));
    }
  }
  store.addEventListener("change", ({ detail }) => detail.kind === "progress" && draw());
  return draw();
}
