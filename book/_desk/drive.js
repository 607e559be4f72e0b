/* A learner's function in place of ours in the explorers of the page. How the two speak is said in
   reglib/widgets/hers.js; that her function is the one that runs is what this sees to. */

import { engine } from "./engine.js";

const FITS = "reglib.widgets.fits:table";
const SECONDS = 20; // that all fits of a table may take

/** What lets the function of an exercise drive: `set(true)` when it has passed and stands in Python's
    namespace, `set(false)` before anything else comes there. */
export function driver(name) {
  const [, called] = name.split(".");
  const explorers = () => document.querySelectorAll(`[data-hers="${name}"]`);
  let on = false;
  let working = false;
  const waiting = new Map(); // the newest rows of each explorer, as a drag makes many

  async function work() {
    if (working) return;
    working = true;
    for (const [explorer, { version, X, y, lams }] of waiting) {
      waiting.delete(explorer);
      const table = await engine.call(FITS, [called, X, y, lams], { seconds: SECONDS }).catch(() => null);
      if (on && table) explorer.dispatchEvent(new CustomEvent("reglib:hers", { detail: { version, lams, ...table } }));
    }
    working = false;
  }

  document.addEventListener("reglib:data", ({ target, detail }) => {
    if (!on || target.dataset.hers !== name) return;
    waiting.set(target, detail);
    work();
  });

  return {
    /** Whether there is anything to drive. */
    get able() {
      return explorers().length > 0;
    },
    /** Say when there is, as explorers start in their own time. */
    whenAble(say) {
      new MutationObserver((_, observer) => {
        if (!explorers().length) return;
        observer.disconnect();
        say();
      }).observe(document.body, { childList: true, subtree: true });
    },
    get on() {
      return on;
    },
    set(yes) {
      if (on === yes) return;
      on = yes;
      for (const explorer of explorers()) explorer.dispatchEvent(new Event(yes ? "reglib:ask" : "reglib:ours"));
    },
  };
}
