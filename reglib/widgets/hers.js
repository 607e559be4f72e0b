/* A learner's own function in place of ours: what the page and an explorer say to each other.

   On the element of an explorer with `data-hers`, which is the name of the exercise, the page sends
     reglib:ask                                        which rows are shown, and which λ are wanted?
     reglib:hers  { version, lams, coefs, intercepts } show this fit, one for each of these λ
     reglib:ours                                       show our own fit again
   and hears, once it has asked,
     reglib:data  { version, X, y, lams }              then, and whenever other rows are shown
   A table is for the rows that had its version, so one that comes too late is not shown. */

import { change, make, write } from "./explorer.js";

/** `exercise` names the function that may stand in for ours, and `of(rows)`, with rows as
    { X, y, lams } that stay the same object until they change, returns its table for them, or
    nothing; a table is { lams, at(lam) -> { w, b } }. `start` is given what `explorer` returns. */
export function hers(model, exercise) {
  const whose = make("p", { class: "explorer-whose", "aria-live": "polite" });
  let [root, ask, asked, rows, version, table] = [null, null, false, null, 0, null];
  const tell = () => {
    const detail = { version, ...rows };
    root.dispatchEvent(new CustomEvent("reglib:data", { bubbles: true, detail }));
  };
  const take = ({ detail }) => {
    if (detail.version !== version) return;
    const { lams, coefs, intercepts } = detail;
    const p = rows.X[0].length;
    const numbers = [...lams, ...coefs.flat(), ...intercepts];
    const wide = coefs.every((w) => w.length === p) && coefs.length === lams.length;
    const full = lams.length > 0 && numbers.length === lams.length * (p + 2);
    if (!wide || !full || !numbers.every(Number.isFinite)) {
      throw new Error(`reglib:hers wants ${p} coefs and an intercept for each of lams, all finite`);
    }
    const place = (lam) => Math.log10(Math.max(lam, 1e-300));
    const nearest = (lam) => {
      const away = lams.map((other) => Math.abs(place(other) - place(lam)));
      return away.indexOf(Math.min(...away));
    };
    table = {
      lams,
      at(lam) {
        const k = lams.indexOf(lam);
        return { w: coefs[k], b: intercepts[k] };
      },
      // What her function did not give is not shown: λ goes to the nearest at which it did.
      settle(lam) {
        const near = lams[nearest(lam)];
        if (near !== lam) change(model, { lam: near });
        return near;
      },
    };
    ask();
  };
  return {
    of(now) {
      if (now !== rows) {
        const driven = table || whose.textContent;
        [rows, table] = [now, null];
        version += 1;
        if (driven) write(whose, "Other rows: this is our function, until yours has seen them.");
        if (asked) tell();
      }
      if (table) write(whose, "This is your function.");
      return table;
    },
    start(explorer) {
      ({ root, ask } = explorer);
      root.dataset.hers = exercise;
      root.prepend(whose);
      root.addEventListener("reglib:ask", () => {
        asked = true;
        tell();
      });
      root.addEventListener("reglib:hers", take);
      root.addEventListener("reglib:ours", () => {
        [table, asked] = [null, false];
        write(whose, "");
        ask();
      });
    },
  };
}
