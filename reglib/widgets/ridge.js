/* The ridge explorer; RidgeExplorer in ridge.py says what it shows and keeps. */

import {
  button, change, control, explorer, format, key, points, pretty, put, roundUp, scale, subscript,
  trace, view,
} from "./explorer.js";
import { LAMS, coefView, errorView, lamControl } from "./lam.js";
import {
  meanSquaredError, normals, polynomial, predict, ridge, uniforms,
} from "./numerics.js";

const ROWS = 20;
const TRAITS = ["lam", "degree", "noise", "seed", "moved"];
const GRID = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 100 - 1);
const ERRORS = [
  { name: "training", words: "training", colour: "ink", shape: "line" },
  { name: "validation", words: "validation", colour: "validation", shape: "line" },
  {
    name: "risk", words: "true risk, known because we made the data", colour: "truth", shape: "dashes",
  },
];

const truth = (x) => Math.sin(Math.PI * x);

/** The rows that `RidgeExplorer.data` returns. */
export function makeData({ seed, noise, moved }) {
  const u = uniforms(seed, 6 * ROWS);
  const row = (i) => u.slice(i * ROWS, (i + 1) * ROWS);
  const places = (shares) => shares.map((share, i) => ((i + share) * 2) / ROWS - 1);
  const measure = (x, z) => x.map((value, i) => truth(value) + noise * z[i]);
  const [x, xVal] = [places(row(0)), places(row(3))];
  const y = measure(x, normals(row(1), row(2))).map((value, i) => value + moved[i]);
  return { x, y, xVal, yVal: measure(xVal, normals(row(4), row(5))) };
}

/** A function from λ to the fit there: its w, b, curve and errors. */
export function solve({ x, y, xVal, yVal }, degree, noise) {
  const [X, XVal, XGrid] = [x, xVal, GRID].map((values) => polynomial(values, degree));
  const fit = ridge(X, y);
  const f = GRID.map(truth);
  return (lam) => {
    const { w, b } = fit(lam);
    const curve = predict({ w, b }, XGrid);
    const training = meanSquaredError(y, predict({ w, b }, X));
    const validation = meanSquaredError(yVal, predict({ w, b }, XVal));
    return { w, b, curve, training, validation, risk: noise ** 2 + meanSquaredError(f, curve) };
  };
}

function fitView(model) {
  const plot = view({
    title: "Fit",
    words: [
      key("dot", "ink", "training"),
      key("ring", "validation", "validation"),
      key("line", "fit", "fit"),
      key("dashes", "truth", "truth, sin(πx)"),
    ],
    label: "The fit. Up and down keys move a training point, left and right keys go to the next.",
    role: "group",
    width: 400,
    height: 388,
  });
  const rings = Array.from({ length: ROWS }, () => plot.add("svg:circle", { class: "ring", r: 3 }));
  const truthLine = plot.line("truth", "dashes");
  const fitLine = plot.line("fit");
  const x = scale([-1, 1], plot.across);
  let [data, y] = [null, null];
  const drawPoints = points(plot, ROWS, 0.05, (i, to) => {
    const moved = [...model.get("moved")];
    moved[i] += to - data.y[i];
    change(model, { moved });
  });
  return {
    ...plot,
    drawData(newData, sameDraws) {
      // While points are moved the axis only grows: shrinking would run away from the pointer.
      const top = Math.max(
        sameDraws ? y.domain[1] : 2,
        Math.ceil(2 * Math.max(...newData.y.map(Math.abs))) / 2,
      );
      data = newData;
      y = scale([-top, top], plot.down);
      const step = Math.max(1, roundUp(top / 6));
      const ticks = Array.from({ length: 13 }, (_, i) => (i - 6) * step);
      plot.axes(
        { scale: x, ticks: [-1, -0.5, 0, 0.5, 1], show: pretty, label: "x" },
        { scale: y, ticks: ticks.filter((tick) => Math.abs(tick) <= top), label: "y" },
      );
      put(truthLine, { d: trace(GRID, GRID.map(truth), x, y) });
      rings.forEach((ring, i) => put(ring, { cx: x(data.xVal[i]), cy: y(data.yVal[i]) }));
      drawPoints(data.x, data.y, x, y);
    },
    drawLam: (lam, { curve }) => put(fitLine, { d: trace(GRID, curve, x, y) }),
  };
}

function render({ model, el }) {
  const [fits, coefs, errors] = [fitView(model), coefView(model), errorView(model, ERRORS)];
  let [known, fitAt] = [{}, null];
  const draw = () => {
    const [lam, degree, noise, seed, moved] = TRAITS.map((name) => model.get(name));
    const [draws, all] = [`${seed} ${noise}`, `${seed} ${noise} ${degree} ${moved}`];
    if (all !== known.all) {
      const data = makeData({ seed, noise, moved });
      fitAt = solve(data, degree, noise);
      const path = LAMS.map(fitAt);
      fits.drawData(data, draws === known.draws);
      coefs.drawPath(path);
      errors.drawPath(path);
      known = { draws, all };
    }
    const fit = fitAt(lam);
    for (const plot of [fits, coefs, errors]) plot.drawLam(lam, fit);
    const coefficients = fit.w.map((value, j) => [`w${subscript(j + 1)}`, value]);
    const larger = (a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a);
    const [name, largest] = coefficients.reduce(larger);
    return {
      sentence:
        `λ = ${format(lam)}, degree ${degree}: training error ${pretty(fit.training)}, ` +
        `validation error ${pretty(fit.validation)}, true risk ${pretty(fit.risk)}, ` +
        `largest coefficient ${name}\u00a0=\u00a0${pretty(largest)}.`,
      rows: [
        ["training error", fit.training],
        ["validation error", fit.validation],
        ["true risk", fit.risk],
        ["intercept", fit.b],
        ...coefficients,
      ],
    };
  };
  explorer({ model, el }, {
    label: "Ridge explorer",
    controls: [
      lamControl(model),
      control(model, "degree", {
        label: "Degree",
        wanted: "a whole number from 1 to 15",
        accept: (value) => Number.isInteger(value) && value >= 1 && value <= 15,
        min: 1,
        max: 15,
        step: 1,
      }),
      control(model, "noise", {
        label: "Noise (standard deviation)",
        wanted: "a number from 0 to 1",
        accept: (value) => value >= 0 && value <= 1,
        min: 0,
        max: 1,
        step: 0.05,
      }),
      button("New data", () =>
        change(model, { seed: (model.get("seed") + 1) % 2 ** 32, moved: Array(ROWS).fill(0) }),
      ),
    ],
    views: [fits, coefs, errors],
    traits: TRAITS,
    draw,
  });
}

export default { render };
