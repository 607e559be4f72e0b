/* A learner's function, once it has passed, drives the explorers of the page that name it: they tell
   of the rows on screen, and it is called for each λ that they want. reglib/widgets/hers.js is the
   other side. */

import { engine } from "./engine.js";

const SECONDS = 20;
const driven = new WeakSet();

const explorers = (exercise) => document.querySelectorAll(`.explorer[data-hers="${exercise}"]`);
const say = (explorer, event, detail) => explorer.dispatchEvent(new CustomEvent(event, { detail }));

/** Let the function of an exercise drive, as it is now; it has to be there in the page's Python. */
export function drive(exercise) {
  for (const explorer of explorers(exercise)) {
    if (!driven.has(explorer)) explorer.addEventListener("reglib:data", follow(explorer, exercise));
    driven.add(explorer);
    say(explorer, "reglib:ask");
  }
}

/** Show our own fits again. */
export function giveBack(exercise) {
  for (const explorer of explorers(exercise)) say(explorer, "reglib:ours");
}

/* While she drags a point there are new rows in every frame: only the last of them are fitted. */
function follow(explorer, exercise) {
  let [waiting, working] = [null, false];
  return async ({ detail }) => {
    waiting = detail;
    if (working) return;
    working = true;
    while (waiting) {
      const { version, X, y, lams } = waiting;
      waiting = null;
      const args = [exercise.split(".")[1], X, y, lams];
      const table = await engine.call("reglib.widgets.fits:table", args, { seconds: SECONDS }).catch(() => null);
      if (table) say(explorer, "reglib:hers", { version, lams, ...table });
      else say(explorer, "reglib:ours");
    }
    working = false;
  };
}
