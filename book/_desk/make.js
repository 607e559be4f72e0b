/** Make an element with properties and what is in it. */
export function make(tag, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

/** A button; `act` is given the button when it is pressed. */
export function button(words, act, properties = {}) {
  const made = make("button", { type: "button", ...properties }, words);
  made.addEventListener("click", () => act(made));
  return made;
}
