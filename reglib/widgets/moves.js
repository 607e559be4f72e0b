/* When a move has come to rest, and what is said of it then. */

const STILL = 500; // milliseconds without a change

/** Let `ended` be called when something has changed and is at rest: nothing has changed for a while,
    and no pointer that was pressed on the element is still down. Returns what is to be told of each
    change. */
export function atRest(root, ended) {
  let [held, changed, timer] = [false, false, 0];
  const rest = () => {
    clearTimeout(timer);
    if (held || !changed) return;
    changed = false;
    ended();
  };
  root.addEventListener("pointerdown", () => {
    held = true;
    const up = () => {
      held = false;
      for (const kind of ["pointerup", "pointercancel"]) removeEventListener(kind, up);
      clearTimeout(timer);
      timer = setTimeout(rest); // after what a release itself sets
    };
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, up);
  });
  return () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(rest, STILL);
  };
}

const same = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
const way = (now, before) => (same(now, before) ? "as before" : now > before ? "rose" : "fell");

/** What is said of a state when it is reached: its sentence or, if it names numbers to `watch`, what
    is set and how each of these went. */
export function announcement({ sentence, lead, watch }, now, before, pretty) {
  if (!watch?.length) return sentence;
  const numbers = watch.map((name) => {
    const went = typeof before[name] === "number" ? `, ${way(now[name], before[name])}` : "";
    return `${name} ${pretty(now[name])}${went}`;
  });
  return `${lead}: ${numbers.join("; ")}.`;
}
