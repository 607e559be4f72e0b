/* λ: its control, its axis, and the pictures of what happens along it. */

import {
  clamp, control, errorsAlong, key, log, make, pool, powerOfTen, powers, put, roundSizes, roundUp,
  scale, subscript, symlog, tracer, traitAxis, view, write,
} from "./explorer.js";

const fromPower = (power) => Number((10 ** power).toPrecision(3));
const STEP = 0.05; // of a slider, in powers of ten

/** Every λ at which the slider of a control from one λ to another can stand. */
export function sliderLams([least, most]) {
  const [low, high] = [least, most].map(Math.log10);
  const count = Math.round((high - low) / STEP) + 1;
  return Array.from({ length: count }, (_, i) => fromPower(low + i * STEP));
}

/** A control of λ; its slider goes from one λ to another, and 0 and any other λ can be typed. */
export const lamControl = (model, [least, most]) =>
  control(model, "lam", {
    label: "λ, the strength of the penalty",
    min: Math.log10(least),
    max: Math.log10(most),
    step: STEP,
    to: (lam) => Math.log10(clamp(lam, least, most)),
    from: fromPower,
  });

/** A log λ axis for a view, which chooses λ where it is pressed, and a marker that moves to λ. */
export const lamAxis = (model, plot, span) =>
  traitAxis(model, plot, "lam", {
    domain: span,
    kind: log,
    round: (lam) => fromPower(Math.log10(lam)),
    ticks: powers(span),
    show: powerOfTen,
    label: "λ",
  });

/** The thin line of the j-th of p coefficients, in a run of colours. */
export function shade(j, p) {
  const share = Math.round((100 * j) / Math.max(p - 1, 1));
  const stroke = `color-mix(in oklab, var(--last) ${share}%, var(--first))`;
  return make("svg:path", { class: "line thin", stroke });
}

/** A function that names the most positive and the most negative of the coefficients `w` at x; of
    none, it takes the names away. */
export function extremes(plot) {
  const names = [plot.name(), plot.name()];
  return (x, w, y, nameOf) => {
    const [gap, anchor] = x > 200 ? [-6, "end"] : [6, "start"];
    [Math.max(...w), Math.min(...w)].forEach((value, i) => {
      const below = Math.min(y(value) + 13, plot.down[0] - 3);
      const shown = w.length > i; // a single one has one name
      if (shown) put(names[i], { x: x + gap, y: i ? below : y(value) - 5, "text-anchor": anchor });
      write(names[i], shown ? nameOf(w.indexOf(value)) : "");
    });
  };
}

/** Each coefficient against λ, those of a path: one { w } for each of `lams`. */
export function coefView(model, lams) {
  const plot = view({
    title: "Coefficients",
    words: [key("line", "first", "low powers"), key("line", "last", "high powers")],
    label: "Each coefficient against λ. The numbers at the present λ are in the table below.",
    width: 300,
    height: 172,
  });
  const lines = [];
  const inLines = plot.add("svg:g");
  const axis = lamAxis(model, plot, [lams[0], lams.at(-1)]);
  const name = extremes(plot);
  let y = null;
  return {
    ...plot,
    /** Draw the path of a fit at each λ of `at`. */
    drawPath(path, at = lams) {
      const all = path.flatMap(({ w }) => w);
      const low = roundUp(Math.max(1, -Math.min(...all)));
      const high = roundUp(Math.max(1, ...all));
      y = scale([-low, high], plot.down, symlog);
      const ticks = [...roundSizes(1, low, 2).map((v) => -v), 0, ...roundSizes(1, high, 2)];
      plot.axes(axis, { scale: y, ticks, label: "w, units of y" });
      const p = path[0].w.length;
      if (lines.length !== p) pool(lines, 0); // another degree has other colours
      pool(lines, p, inLines, (j) => shade(j, p));
      const draw = tracer(at, axis.scale);
      lines.forEach((line, j) => put(line, { d: draw(path.map(({ w }) => w[j]), y) }));
    },
    /** Mark λ, and name the most positive and the most negative coefficient there. */
    drawLam: (lam, { w }) => name(axis.mark(lam), w, y, (j) => `w${subscript(j + 1)}`),
  };
}

/** Errors against λ, each of `kinds` as `errorsAlong` wants them: `name` is its property in the
    fits of a path. */
export function errorView(model, kinds, lams) {
  const makeAxis = (plot) => lamAxis(model, plot, [lams[0], lams.at(-1)]);
  const plot = errorsAlong({ title: "Errors", along: "λ", kinds, makeAxis });
  const drawPath = (path, at = lams) => plot.drawCurves(at, path);
  return { ...plot, drawPath, drawLam: plot.drawMark };
}
