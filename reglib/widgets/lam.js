/* λ: its control, its axis, and the pictures of what happens along it. */

import {
  clamp, control, errorsAlong, key, log, make, pool, powerOfTen, powers, put, roundSizes, roundUp,
  scale, subscript, symlog, tracer, traitAxis, view, write,
} from "./explorer.js";

const fromPower = (power) => Number((10 ** power).toPrecision(3));

/** A control of λ; its slider goes from one λ to another, and 0 and any other λ can be typed. */
export const lamControl = (model, [least, most]) =>
  control(model, "lam", {
    label: "λ, the strength of the penalty",
    min: Math.log10(least),
    max: Math.log10(most),
    step: 0.05,
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
  const names = [plot.name(), plot.name()];
  let y = null;
  return {
    ...plot,
    drawPath(path) {
      const all = path.flatMap(({ w }) => w);
      const low = roundUp(Math.max(1, -Math.min(...all)));
      const high = roundUp(Math.max(1, ...all));
      y = scale([-low, high], plot.down, symlog);
      const ticks = [...roundSizes(1, low, 2).map((v) => -v), 0, ...roundSizes(1, high, 2)];
      plot.axes(axis, { scale: y, ticks, label: "w, units of y" });
      const p = path[0].w.length;
      pool(lines, p, inLines, () => make("svg:path", { class: "line thin" }));
      const draw = tracer(lams, axis.scale);
      lines.forEach((line, j) => {
        const share = Math.round((100 * j) / Math.max(p - 1, 1));
        put(line, {
          stroke: `color-mix(in oklab, var(--last) ${share}%, var(--first))`,
          d: draw(path.map(({ w }) => w[j]), y),
        });
      });
    },
    /** Mark λ, and name the most positive and the most negative coefficient there. */
    drawLam(lam, { w }) {
      const x = axis.mark(lam);
      const [gap, anchor] = x > 200 ? [-6, "end"] : [6, "start"];
      [Math.max(...w), Math.min(...w)].forEach((value, i) => {
        const below = Math.min(y(value) + 13, plot.down[0] - 3);
        put(names[i], { x: x + gap, y: i ? below : y(value) - 5, "text-anchor": anchor });
        write(names[i], `w${subscript(w.indexOf(value) + 1)}`);
      });
    },
  };
}

/** Errors against λ, each of `kinds` as `errorsAlong` wants them: `name` is its property in the
    fits of a path. */
export function errorView(model, kinds, lams) {
  const makeAxis = (plot) => lamAxis(model, plot, [lams[0], lams.at(-1)]);
  const plot = errorsAlong({ title: "Errors", along: "λ", kinds, makeAxis });
  return { ...plot, drawPath: (path) => plot.drawCurves(lams, path), drawLam: plot.drawMark };
}
