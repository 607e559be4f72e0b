/* choose: what a learner's own function plots, for one option at a time; see choose.py. */

import {
  explorer, linear, log, make, pool, powerOfTen, powers, pretty, put, roundSpan, scale, steps, trace,
  view, write,
} from "./explorer.js";

const BENDS = { linear, log };

function axis({ kind, ends, label }, range) {
  const inside = (tick) => tick >= ends[0] && tick <= ends[1];
  const ticks = kind === "log" ? powers(ends) : roundSpan(...ends).filter(inside);
  const show = kind === "log" ? powerOfTen : pretty;
  return { scale: scale(ends, range, BENDS[kind]), ticks, show, label };
}

function render({ model, el }) {
  const { name, options, pictures, words } = model.get("_facts");
  const caption = make("span");
  const plot = view({
    title: "Your picture",
    words: [caption],
    label: "What you plotted. Its title is in the sentence below.",
    width: 400,
    height: 260,
  });
  plot.node.classList.add("explorer-own");
  const [lines, marks] = [[], []];
  const [inLines, inMarks] = [plot.add("svg:g"), plot.add("svg:g")];
  const draw = ({ at }) => {
    const { title, curves, x, y } = pictures[at];
    const [across, up] = [axis(x, plot.across), axis(y, plot.down)];
    write(caption, title);
    plot.axes(across, up);
    const given = curves.map((curve) => ({ ...curve, y: curve.y.map((value) => value ?? undefined) }));
    pool(lines, given.length, inLines, () => make("svg:path", { class: "line" }));
    given.forEach(({ x, y, colour, line }, i) =>
      put(lines[i], { stroke: colour, d: line ? trace(x, y, across.scale, up.scale) : "" }),
    );
    const points = given.flatMap(({ x, y, colour, mark }) =>
      mark ? x.map((value, i) => ({ cx: across.scale(value), cy: up.scale(y[i]), fill: colour })) : [],
    );
    const seen = points.filter(({ cx, cy }) => Number.isFinite(cx) && Number.isFinite(cy));
    pool(marks, seen.length, inMarks, () => make("svg:circle", { r: 3 }));
    seen.forEach((point, i) => put(marks[i], point));
    return { sentence: words[at], rows: [] };
  };
  explorer({ model, el }, {
    label: `Your pictures by ${name}`,
    controls: [steps(model, "at", name, options)],
    views: [plot],
    draw,
  });
}

export default { render };
