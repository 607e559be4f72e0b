/* The ridge explorer; RidgeExplorer in ridge.py says what it shows and keeps. */

import {
  button, change, explorer, format, make, pool, pretty, put, scale, subscript, view, wholeControl,
} from "./explorer.js";
import { LAMS, coefView, errorView, lamControl } from "./lam.js";
import { polynomial, ridge, uniforms } from "./numerics.js";
import { ERRORS, GRID, fitView, judge, measure, noiseControl, slices } from "./curve.js";

const ROWS = 20;
const TRAITS = ["lam", "degree", "noise", "seed", "moved"];

/** The rows that `RidgeExplorer.data` returns. */
export function makeData({ seed, noise, moved }) {
  const u = uniforms(seed, 6 * ROWS);
  const row = (i) => u.slice(i * ROWS, (i + 1) * ROWS);
  const [x, xVal] = [slices(row(0)), slices(row(3))];
  const y = measure(x, noise, row(1), row(2)).map((value, i) => value + moved[i]);
  return { x, y, xVal, yVal: measure(xVal, noise, row(4), row(5)) };
}

/** A function from λ to the fit there: its w, b, shrinkage factors, curve and errors. */
export function solve({ x, y, xVal, yVal }, degree, noise) {
  const [X, XVal, XGrid] = [x, xVal, GRID].map((values) => polynomial(values, degree));
  const fit = ridge(X, y);
  return (lam) => judge(fit(lam), { X, y, XVal, yVal, XGrid, noise });
}

function factorView() {
  const plot = view({
    title: "Shrinkage factors",
    words: ["share of least squares kept"],
    label: "A bar for each shrinkage factor. The numbers are in the table below.",
    width: 400,
    height: 140,
  });
  const [bars, inBars] = [[], plot.add("svg:g")];
  const y = scale([0, 1], plot.down);
  return {
    ...plot,
    drawLam(lam, { factors }) {
      const x = scale([0.5, factors.length + 0.5], plot.across);
      const label = "singular direction, largest s first";
      plot.axes(
        { scale: x, ticks: factors.map((_, k) => k + 1), show: String, label },
        { scale: y, ticks: [0, 0.5, 1], label: "f = s²/(s² + nλ)" },
      );
      const width = Math.min(24, 0.6 * (x(1) - x(0)));
      pool(bars, factors.length, inBars, () => make("svg:rect", { class: "bar" }));
      factors.forEach((f, k) =>
        put(bars[k], { x: x(k + 1) - width / 2, y: y(f), width, height: y(0) - y(f) }),
      );
    },
  };
}

function render({ model, el }) {
  const [fits, coefs] = [fitView(model, true, 300), coefView(model)];
  const [factors, errors] = [factorView(), errorView(model, ERRORS)];
  let [known, data, fitAt] = [{}, null, null];
  const draw = () => {
    const [lam, degree, noise, seed, moved] = TRAITS.map((name) => model.get(name));
    const draws = `${seed} ${noise}`;
    const [rows, all] = [`${draws} ${moved}`, `${draws} ${moved} ${degree}`];
    if (rows !== known.rows) {
      data = makeData({ seed, noise, moved });
      fits.drawData(data, draws === known.draws);
    }
    if (all !== known.all) {
      fitAt = solve(data, degree, noise);
      const path = LAMS.map(fitAt);
      coefs.drawPath(path);
      errors.drawPath(path);
    }
    known = { draws, rows, all };
    const fit = fitAt(lam);
    fits.drawCurve(fit.curve);
    for (const plot of [coefs, factors, errors]) plot.drawLam(lam, fit);
    const coefficients = fit.w.map((value, j) => [`w${subscript(j + 1)}`, value]);
    const larger = (a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a);
    const [name, largest] = coefficients.reduce(larger);
    const dof = fit.factors.reduce((sum, f) => sum + f, 0);
    return {
      sentence:
        `λ = ${format(lam)}, degree ${degree}: training error ${pretty(fit.training)}, ` +
        `validation error ${pretty(fit.validation)}, true risk ${pretty(fit.risk)}, ` +
        `largest coefficient ${name}\u00a0=\u00a0${pretty(largest)}; effective degrees of ` +
        `freedom ${pretty(dof)} without the intercept.`,
      rows: [
        ["training error", fit.training],
        ["validation error", fit.validation],
        ["true risk", fit.risk],
        ["effective degrees of freedom, intercept not counted", dof],
        ["intercept", fit.b],
        ...coefficients,
        ...fit.factors.map((f, k) => [`shrinkage factor f${subscript(k + 1)}`, f]),
      ],
    };
  };
  explorer({ model, el }, {
    label: "Ridge explorer",
    controls: [
      lamControl(model),
      wholeControl(model, "degree", "Degree", 1, 15),
      noiseControl(model),
      button("New data", () =>
        change(model, { seed: (model.get("seed") + 1) % 2 ** 32, moved: Array(ROWS).fill(0) }),
      ),
    ],
    views: [fits, coefs, factors, errors],
    traits: TRAITS,
    draw,
  });
}

export default { render };
