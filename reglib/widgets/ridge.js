/* The ridge explorer; RidgeExplorer in ridge.py says what it shows and keeps. */

import {
  button, change, explorer, following, format, limits, make, memo, pool, pretty, put, scale,
  subscript, view, wholeControl,
} from "./explorer.js";
import { hers } from "./hers.js";
import { coefView, errorView, lamControl, sliderLams } from "./lam.js";
import { polynomial, ridge, uniforms } from "./numerics.js";
import {
  ERRORS, GRID, fitView, flatness, judge, measure, moveRows, noiseControl, slices,
} from "./curve.js";

/** The rows that `RidgeExplorer.data` returns, before any is moved. */
function makeRows(count, seed, noise) {
  const u = uniforms(seed, 6 * count);
  const take = () => u.splice(0, count);
  const x = slices(take());
  const y = measure(x, noise, take(), take());
  const xVal = slices(take());
  return { x, y, xVal, yVal: measure(xVal, noise, take(), take()), noise };
}

/** A function from λ to the fit there: its w, b, shrinkage factors, curve and errors. A table has
    the w and b of a learner's own function. */
function solve({ x, y, xVal, yVal, noise }, degree, table) {
  const [X, XVal, XGrid] = [x, xVal, GRID].map((values) => polynomial(values, degree));
  const fit = ridge(X, y);
  return (lam) => judge({ ...fit(lam), ...table?.at(lam) }, { X, y, XVal, yVal, XGrid, noise });
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
  const [{ lams }, { count }] = [model.get("_facts"), limits(model, "moved")];
  const [fits, coefs] = [fitView(model, true, 300), coefView(model, lams)];
  const [factors, errors] = [factorView(), errorView(model, ERRORS, lams)];
  const rowsOf = memo((seed, noise) => makeRows(count, seed, noise));
  const dataOf = memo((rows, moved) => {
    const data = moveRows(rows, moved);
    fits.drawData(data, rows);
    return data;
  });
  const fitAt = memo((data, degree, table) => {
    const fit = solve(data, degree, table);
    const at = table?.lams ?? lams;
    const path = at.map(fit);
    for (const plot of [coefs, errors]) plot.drawPath(path, at);
    return fit;
  });
  const own = hers(model, "ridge.ridge_fit");
  const wanted = memo(({ x, y }, degree) => {
    const columns = polynomial(x, degree);
    const X = x.map((_, i) => columns.map((column) => column[i]));
    return { X, y, lams: sliderLams([lams[0], lams.at(-1)]) };
  });
  const draw = ({ lam: asked, degree, noise, seed, moved }) => {
    const data = dataOf(rowsOf(seed, noise), moved);
    const table = own.of(wanted(data, degree));
    const lam = table?.settle(asked) ?? asked;
    const fit = fitAt(data, degree, table)(lam);
    fits.drawCurve(fit.curve);
    for (const plot of [coefs, factors, errors]) plot.drawLam(lam, fit);
    const coefficients = fit.w.map((value, j) => [`w${subscript(j + 1)}`, value]);
    const larger = (a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a);
    const [name, largest] = coefficients.reduce(larger);
    const dof = fit.factors.reduce((sum, f) => sum + f, 0);
    const lead = `λ = ${format(lam)}, degree ${degree}`;
    return {
      lead,
      watch: ["training error", "validation error"],
      sentence:
        `${lead}: training error ${pretty(fit.training)}, ` +
        `validation error ${pretty(fit.validation)}, true risk ${pretty(fit.risk)}, ` +
        `largest coefficient ${name}\u00a0=\u00a0${pretty(largest)}; effective degrees of ` +
        `freedom ${pretty(dof)} without the intercept.${flatness(data)}`,
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
  const shown = explorer({ model, el }, {
    label: "Ridge explorer",
    controls: [
      lamControl(model, [lams[0], lams.at(-1)]),
      wholeControl(model, "degree", "Degree"),
      noiseControl(model),
      button("New data", () =>
        change(model, { seed: following(model, "seed"), moved: Array(count).fill(0) }),
      ),
    ],
    views: [fits, coefs, factors, errors],
    draw,
  });
  own.start(shown);
}

export default { render };
