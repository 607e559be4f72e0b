/* A curve through points: where it is drawn, the truth behind made data, the picture of a fit. */

import {
  change, control, key, points, pool, pretty, put, roundSpan, scale, trace, view,
} from "./explorer.js";
import { meanSquaredError, normals, predict } from "./numerics.js";

/** Midpoints of 200 equal slices: there curves are drawn and the true risk is averaged. */
export const GRID = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 100 - 1);

export const truth = (x) => Math.sin(Math.PI * x);
const TRUTH = GRID.map(truth);

/** One x in each of as many equal slices of [-1, 1] as there are shares. */
export const slices = (shares) => shares.map((share, i) => ((i + share) * 2) / shares.length - 1);

/** Noisy values of the truth, from two rows of uniform numbers. */
export function measure(x, noise, u, v) {
  const z = normals(u, v);
  return x.map((value, i) => truth(value) + noise * z[i]);
}

/** The errors of a fit to made data, as `errorsAlong` wants them. */
export const ERRORS = [
  { name: "training", words: "training", colour: "training" },
  { name: "validation", words: "validation", colour: "validation" },
  { name: "risk", words: "true risk, known because we made the data", colour: "truth" },
];

/** Rows with y moved by so much each. */
export const moveRows = (rows, moved) => ({ ...rows, y: rows.y.map((y, i) => y + moved[i]) });

/** What there is to say when all y are one number but for rounding, or nothing. */
export function flatness({ y, yVal }) {
  const rounding = 1e-12 * Math.max(...[...y, ...yVal].map(Math.abs));
  return Math.max(...y) - Math.min(...y) <= rounding
    ? " All training points have the same y, so the fit is that constant."
    : "";
}

/** A fit's curve and those errors of it; `X`, `XVal` and `XGrid` hold the features at each x. */
export function judge(fit, { X, y, XVal, yVal, XGrid, noise }) {
  const curve = predict(fit, XGrid);
  return {
    ...fit,
    curve,
    training: meanSquaredError(y, predict(fit, X)),
    validation: meanSquaredError(yVal, predict(fit, XVal)),
    risk: noise ** 2 + meanSquaredError(TRUTH, curve),
  };
}

export const noiseControl = (model) =>
  control(model, "noise", { label: "Noise (standard deviation)", step: 0.05 });

/** Points, fit and, if the data are made, truth. Points that are moved change the trait `moved`. */
export function fitView(model, made = true, height = 388) {
  const plot = view({
    title: "Fit",
    words: [
      key("dot", "training", "training, to drag"),
      key("dot", "validation", "validation"),
      key("line", "fit", "fit"),
      ...(made ? [key("line", "truth", "truth, sin(πx)")] : []),
    ],
    label: "The fit. Up and down keys move a training point, left and right keys go to the next.",
    role: "group",
    width: 400,
    height,
  });
  const rings = [];
  const inRings = plot.add("svg:g");
  const truthLine = plot.line("truth");
  const fitLine = plot.line("fit");
  const x = scale([-1, 1], plot.across);
  let [data, draws, order, y, drawPoints] = [null, null, [], null, null];
  const move = (place, to) => {
    const moved = [...model.get("moved")];
    moved[order[place]] += to - data.y[order[place]];
    change(model, { moved });
  };
  return {
    ...plot,
    /** Draw the points of `newData`, which may have been moved from where `rows` drew them. */
    drawData(newData, rows) {
      data = newData;
      let [low, high] = [Math.min(...data.y), Math.max(...data.y)];
      const margin = made ? 0 : (high - low) / 20 || 1;
      const seen = made ? [-2, 2] : [low - margin, high + margin];
      // While points are moved the axis only grows: shrinking would run away from the pointer.
      if (draws === rows) seen.push(...y.domain);
      draws = rows;
      const ticks = roundSpan(Math.min(low, ...seen), Math.max(high, ...seen));
      [low, high] = [ticks[0], ticks.at(-1)];
      y = scale([low, high], plot.down);
      plot.axes(
        { scale: x, ticks: [-1, -0.5, 0, 0.5, 1], show: pretty, label: "x" },
        { scale: y, ticks, label: "y" },
      );
      if (made) put(truthLine, { d: trace(GRID, TRUTH, x, y) });
      pool(rings, data.xVal.length, inRings, () => plot.mark("validation", 3));
      rings.forEach((ring, i) => put(ring, { cx: x(data.xVal[i]), cy: y(data.yVal[i]) }));
      drawPoints ??= points(plot, (high - low) / 80, move);
      order = data.x.map((_, i) => i).sort((i, j) => data.x[i] - data.x[j]);
      drawPoints(order.map((i) => data.x[i]), order.map((i) => data.y[i]), x, y);
    },
    drawCurve: (curve) => put(fitLine, { d: trace(GRID, curve, x, y) }),
  };
}
