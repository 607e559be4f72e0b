/* λ: its control, its axis, and the pictures of what happens along it. */

import {
  change, clamp, control, key, log, make, powerOfTen, put, roundDown, roundSizes, roundUp, scale,
  subscript, symlog, trace, view,
} from "./explorer.js";

// What the slider spans; 0 and any other λ can be typed.
const [LEAST, MOST] = [1e-8, 100];
const fromPower = (power) => Number((10 ** power).toPrecision(3));

/** Where curves against λ are computed. */
export const LAMS = Array.from({ length: 101 }, (_, i) => 10 ** (i / 10 - 8));

export function lamControl(model) {
  return control(model, "lam", {
    label: "λ, the strength of the penalty",
    wanted: "a number of at least 0",
    accept: (value) => value >= 0 && Number.isFinite(value),
    min: Math.log10(LEAST),
    max: Math.log10(MOST),
    step: 0.05,
    to: (lam) => Math.log10(clamp(lam, LEAST, MOST)),
    from: fromPower,
  });
}

/** A log λ axis for a view, which chooses λ where it is pressed, and a marker that moves to λ. */
export function lamAxis(model, plot) {
  const x = scale([LEAST, MOST], plot.across, log);
  const ticks = [1e-8, 1e-6, 1e-4, 1e-2, 1, 100];
  const marker = make("svg:line", { class: "marker", y1: plot.down[0], y2: plot.down[1] });
  plot.front.append(marker);
  plot.scrub((at) => change(model, { lam: fromPower(Math.log10(x.invert(at))) }));
  const mark = (lam) => {
    const at = x(x.clamp(lam));
    put(marker, { x1: at, x2: at });
    return at;
  };
  return { scale: x, ticks, show: powerOfTen, label: "λ", mark };
}

/** Each coefficient against λ, those of a path: one { w } for each of LAMS. */
export function coefView(model) {
  const plot = view({
    title: "Coefficients",
    words: [key("line", "first", "low powers"), key("line", "last", "high powers")],
    label: "Each coefficient against λ. The numbers at the present λ are in the table below.",
    width: 300,
    height: 172,
  });
  const lines = plot.add("svg:g");
  const axis = lamAxis(model, plot);
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
      const line = (_, j) => {
        const share = Math.round((100 * j) / Math.max(p - 1, 1));
        return make("svg:path", {
          class: "line thin",
          stroke: `color-mix(in oklab, var(--last) ${share}%, var(--first))`,
          d: trace(LAMS, path.map(({ w }) => w[j]), axis.scale, y),
        });
      };
      lines.replaceChildren(...Array.from({ length: p }, line));
    },
    /** Mark λ, and name the most positive and the most negative coefficient there. */
    drawLam(lam, { w }) {
      const x = axis.mark(lam);
      const [gap, anchor] = x > 200 ? [-6, "end"] : [6, "start"];
      [Math.max(...w), Math.min(...w)].forEach((value, i) => {
        const below = Math.min(y(value) + 13, plot.down[0] - 3);
        put(names[i], { x: x + gap, y: i ? below : y(value) - 5, "text-anchor": anchor });
        names[i].textContent = `w${subscript(w.indexOf(value) + 1)}`;
      });
    },
  };
}

/** Errors against λ, each of `kinds` = [{ name, words, colour, shape }], with `name` its property
    in the fits of a path. */
export function errorView(model, kinds) {
  const plot = view({
    title: "Errors",
    words: kinds.map(({ words, colour, shape }) => key(shape, colour, words)),
    label: "Errors against λ. The numbers at the present λ are in the sentence below.",
    width: 300,
    height: 172,
  });
  const drawn = kinds.map(({ name, colour, shape }) => ({
    name,
    line: plot.line(colour, shape),
    dot: plot.add("svg:circle", { r: 3.5, fill: `var(--${colour})` }),
  }));
  const axis = lamAxis(model, plot);
  let y = null;
  return {
    ...plot,
    drawPath(path) {
      const all = path.flatMap((fit) => kinds.map(({ name }) => fit[name]));
      const high = roundUp(Math.max(...all));
      const low = roundDown(Math.max(Math.min(...all), high * 1e-6));
      y = scale([low, high], plot.down, log);
      const label = "mean squared error, units of y²";
      plot.axes(axis, { scale: y, ticks: roundSizes(low, high), label });
      for (const { name, line } of drawn) {
        put(line, { d: trace(LAMS, path.map((fit) => fit[name]), axis.scale, y) });
      }
    },
    drawLam(lam, fit) {
      const x = axis.mark(lam);
      for (const { name, dot } of drawn) put(dot, { cx: x, cy: y(fit[name]) });
    },
  };
}
