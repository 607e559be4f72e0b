/* The ridge explorer; RidgeExplorer in ridge.py says what it shows and keeps. */

import { button, change, explorer, format, pretty, subscript, wholeControl } from "./explorer.js";
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

/** A function from λ to the fit there: its w, b, curve and errors. */
export function solve({ x, y, xVal, yVal }, degree, noise) {
  const [X, XVal, XGrid] = [x, xVal, GRID].map((values) => polynomial(values, degree));
  const fit = ridge(X, y);
  return (lam) => judge(fit(lam), { X, y, XVal, yVal, XGrid, noise });
}

function render({ model, el }) {
  const [fits, coefs, errors] = [fitView(model), coefView(model), errorView(model, ERRORS)];
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
    for (const plot of [coefs, errors]) plot.drawLam(lam, fit);
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
      wholeControl(model, "degree", "Degree", 1, 15),
      noiseControl(model),
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
