/* A list whose items are put in order by two buttons in each. */

import { button, make } from "./make.js";

/** What moves the items of a list: `buttons()` are put into an item, and `draw()` is called when items
    were put into the list. `names(item, i)` returns what the two of an item are called. */
export function arrows(list, names) {
  function draw() {
    [...list.children].forEach((item, i, { length }) => {
      const [up, down] = item.querySelectorAll(".moves button");
      [up.ariaLabel, down.ariaLabel] = names(item, i);
      up.disabled = i === 0;
      down.disabled = i === length - 1;
    });
  }
  const mover = (sign, move) =>
    button(sign, (pressed) => {
      const item = pressed.closest("li");
      move(item);
      draw();
      (pressed.disabled ? item.querySelector(".moves button:not(:disabled)") : pressed).focus();
    });
  const buttons = () => make("span", { className: "moves" },
    mover("↑", (item) => item.previousElementSibling.before(item)),
    mover("↓", (item) => item.nextElementSibling.after(item)));
  return { buttons, draw };
}
