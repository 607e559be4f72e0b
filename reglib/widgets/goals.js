/* Goals: what to bring about in an explorer, which knows by its states when it has come about.

   A goal is { id, task, reached, why, show, cannot }:
     id       "reproduce", "separate" or "refute"
     task     what to do, or the sentence to refute
     reached  (now, before) -> whether it is, of the present state and one that was seen earlier; a
              state holds the traits and the numbers of the table, by their names
     why      (now, before) -> one sentence
     show     settings of traits that lead there, one after another
     cannot   true of a sentence that nothing refutes; then that is the answer

   On the element of the explorer the page hears
     reglib:goal { goal, how }   when one is reached, "hers" or "shown"
   and sends
     reglib:kept { goals }       how each was reached at an earlier visit, by its id */

import { button, change, make, part, put, write } from "./explorer.js";

const SEEN = 200; // states that are remembered
const HOW = { hers: "✓ Reached.", shown: "✓ Shown." };
const CAN = "It can be done. Try once more, or let it be shown.";

/** The goals of an explorer, for `explorer`. */
export function goals(model, all) {
  let [root, ask, shown, steps] = [null, null, null, []];
  const seen = [];

  const items = all.map((goal, i) => {
    const note = make("p", { class: "explorer-why", tabindex: -1 });
    const buttons = [put(button("Show me", () => play(goal)), { "aria-label": `Show me goal ${i + 1}` })];
    if (goal.id === "refute") buttons.push(button("It cannot be done", () => deny(goal)));
    const node = make(
      "li", { "data-goal": goal.id }, make("p", {}, goal.task), note,
      make("div", { class: "explorer-buttons" }, ...buttons),
    );
    return { goal, node, note };
  });
  const itemOf = (wanted) => items.find(({ goal }) => goal === wanted);
  const node = part("goals", make(
    "div", { class: "explorer-goals" },
    make("p", {}, make("strong", {}, "Goals")),
    make("ol", {}, ...items.map(({ node }) => node)),
  ));

  function mark({ node, note }, how, why = "") {
    node.dataset.reached = how;
    write(note, `${HOW[how]} ${why}`.trim());
    return note.textContent;
  }

  /** Say why a goal is reached, tell the page, and return what was said. */
  function reach(goal, how, why) {
    const item = itemOf(goal);
    if (item.node.dataset.reached === "hers") how = "hers"; // what was hers stays hers
    const detail = { goal: goal.id, how };
    root.dispatchEvent(new CustomEvent("reglib:goal", { bubbles: true, detail }));
    return mark(item, how, why);
  }

  function deny(goal) {
    const item = itemOf(goal);
    if (goal.cannot) reach(goal, "hers", goal.why());
    else if (!item.node.dataset.reached) write(item.note, CAN);
    item.note.focus();
  }

  function play(goal) {
    [shown, steps] = [goal, [...goal.show]];
    step();
  }
  function step() {
    change(model, steps.shift());
    ask(); // also if that changed nothing
  }
  const stop = () => {
    [shown, steps] = [null, []];
  };

  return {
    node,
    start(explorer, first, again) {
      [root, ask] = [explorer, again];
      seen.push(first);
      // Who takes hold of something takes over.
      root.addEventListener("pointerdown", stop);
      root.addEventListener("keydown", ({ key }) => key !== "Tab" && stop());
      root.addEventListener("reglib:kept", ({ detail }) => {
        for (const item of items) {
          const how = detail.goals[item.goal.id];
          if (how && !item.node.dataset.reached) mark(item, how);
        }
      });
    },
    /** Hear of a state at rest. Returns what there is to say of goals that it reaches, or null while
        more of one is to be shown. */
    rest(now) {
      const before = (goal) => seen.findLast((state) => goal.reached(now, state));
      const why = (goal) => goal.why(now, before(goal));
      seen.push(now);
      if (seen.length > SEEN) seen.shift();
      if (steps.length) {
        step();
        return null;
      }
      const [goal, open] = [shown, all.filter((goal) => itemOf(goal).node.dataset.reached !== "hers")];
      stop();
      if (goal) return goal.cannot || before(goal) ? reach(goal, "shown", why(goal)) : "";
      return open.filter(before).map((goal) => reach(goal, "hers", why(goal))).join(" ");
    },
  };
}
