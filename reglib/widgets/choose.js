/* choose: pictures that a learner's own function drew, one for each option; see choose.py. */

import { explorer, make, steps } from "./explorer.js";

function render({ model, el }) {
  const { name, options, pictures, words } = model.get("_facts");
  const images = pictures.map((svg) =>
    make("img", {
      alt: "Your picture. What it shows is in the sentence below.",
      src: `data:image/svg+xml,${encodeURIComponent(svg)}`,
    }),
  );
  const draw = ({ at }) => {
    images.forEach((image, i) => (image.hidden = i !== at));
    return { sentence: words[at], rows: [] };
  };
  explorer({ model, el }, {
    label: `Your pictures by ${name}`,
    controls: [steps(model, "at", name, options)],
    views: [{ node: make("div", { class: "explorer-view explorer-pictures" }, ...images) }],
    draw,
  });
}

export default { render };
