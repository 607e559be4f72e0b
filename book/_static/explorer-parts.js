/* Parts of an explorer that wait for the text: an element with data-reveals="fit.errors fit.noise"
   shows these two when a reader has come to it. */

export function waitForText(root, key) {
  const marks = new Map();
  for (const mark of document.querySelectorAll("[data-reveals]")) {
    const named = mark.dataset.reveals.split(" ").map((name) => name.split("."));
    const parts = named.filter(([explorer]) => explorer === key).map(([, part]) => part);
    if (parts.length) marks.set(mark, parts);
  }
  const send = (what, parts) =>
    root.dispatchEvent(new CustomEvent(`reglib:${what}`, { detail: { parts } }));
  send("hide", [...marks.values()].flat());
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect: { top } } of entries) {
      if (!isIntersecting && top >= 0) continue; // still below the window
      observer.unobserve(target);
      send("show", marks.get(target));
    }
  });
  for (const mark of marks.keys()) observer.observe(mark);
}
