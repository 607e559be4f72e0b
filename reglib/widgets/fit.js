/* The fit explorer; FitExplorer in fit.py says what it shows and keeps. */

import {
  button, change, errorsAlong, explorer, pretty, subscript, traitAxis, wholeControl,
} from "./explorer.js";
import { centre, leastSquares, mean, polynomial, uniforms } from "./numerics.js";
import { ERRORS, GRID, fitView, judge, measure, noiseControl, slices } from "./curve.js";

const [ROWS, VALIDATION, DEGREES] = [60, 20, 15];
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const TRAITS = ["degree", "n", "noise", "seed", "moved"];
const upTo = (most) => Array.from({ length: most }, (_, i) => i + 1);

/** The made rows of `FitExplorer`, before any is moved. */
export function makeRows({ seed, noise }) {
  const u = uniforms(seed, 1 + 2 * ROWS + 3 * VALIDATION);
  const take = (count) => u.splice(0, count);
  const [shift] = take(1);
  const x = upTo(ROWS).map((i) => 2 * ((shift + (i - 1) * GOLDEN) % 1) - 1);
  const y = measure(x, noise, take(ROWS), take(ROWS));
  const xVal = slices(take(VALIDATION));
  return { x, y, xVal, yVal: measure(xVal, noise, take(VALIDATION), take(VALIDATION)) };
}

/** What does not depend on y: all powers of every x, and a solver for the first n rows. */
function prepare({ x, xVal }) {
  const [all, XVal, XGrid] = [x, xVal, GRID].map((values) => polynomial(values, DEGREES));
  const begun = [];
  const begin = (X) => ({ X, fit: leastSquares(X) });
  const first = (n) => (begun[n] ??= begin(all.map((column) => column.slice(0, n))));
  return { XVal, XGrid, first };
}

/** A function from degree and n to the fit of that degree to the first n rows. */
export function solve(rows, noise, { XVal, XGrid, first } = prepare(rows)) {
  return (degree, n) => {
    const [{ X, fit }, y] = [first(n), rows.y.slice(0, n)];
    return judge(fit(y, degree), { X, y, XVal, yVal: rows.yVal, XGrid, noise });
  };
}

function axis(model, name, most, label) {
  const step = most > 20 ? 10 * Math.ceil(most / 60) : 2;
  const ticks = upTo(most).filter((value) => (value - 1) % step === (step > 2 ? step - 1 : 0));
  const domain = [0.5, most + 0.5];
  return (plot) =>
    traitAxis(model, plot, name, { domain, round: Math.round, ticks, show: pretty, label });
}

function render({ model, el }) {
  const own = model.get("_own");
  const made = !own.x;
  const rows = made ? ROWS : own.x.length;
  const sizes = upTo(rows).filter((n) => n > 1 && (rows - n) % Math.ceil(rows / 60) === 0);
  const kinds = made ? ERRORS : ERRORS.filter(({ name }) => name !== "risk");
  const fits = fitView(model, made);
  const makeDegreeAxis = axis(model, "degree", DEGREES, "degree");
  const makeSizeAxis = axis(model, "n", rows, "n, training points");
  const byDegree = errorsAlong({
    title: "Errors by degree", along: "the degree", kinds, makeAxis: makeDegreeAxis,
  });
  const bySize = errorsAlong({
    title: "Learning curve", along: "n", kinds, makeAxis: makeSizeAxis,
    words: ["the same errors at this degree"],
  });
  let known = {};
  const draw = () => {
    const [degree, n, noise, seed, moved] = TRAITS.map((name) => model.get(name));
    if (seed !== known.seed) known.prepared = prepare(made ? makeRows({ seed, noise }) : own);
    const draws = `${seed} ${noise}`;
    const [data, atN, atDegree] = [moved, n, degree].map((part) => `${draws} ${moved} ${part}`);
    if (data !== known.data) {
      const given = made ? makeRows({ seed, noise }) : own;
      const y = given.y.map((value, i) => value + moved[i]);
      known.rows = { ...given, y };
      known.fitAt = solve(known.rows, noise, known.prepared);
      known.spread = mean(centre(y).centred.map((value) => value ** 2));
      known.cut = { most: 30 * known.spread || 1, span: 1e4 };
    }
    if (atN !== known.atN) {
      const { x, y, xVal, yVal } = known.rows;
      fits.drawData({ x: x.slice(0, n), y: y.slice(0, n), xVal, yVal }, draws === known.draws);
      known.byDegree = upTo(DEGREES).map((d) => known.fitAt(d, n));
      byDegree.drawCurves(upTo(DEGREES), known.byDegree, known.cut);
    }
    if (atDegree !== known.atDegree) {
      bySize.drawCurves(sizes, sizes.map((m) => known.fitAt(degree, m)), known.cut);
    }
    known = { ...known, seed, draws, data, atN, atDegree };
    const fit = known.byDegree[degree - 1];
    fits.drawCurve(fit.curve);
    byDegree.drawMark(degree, fit);
    bySize.drawMark(n, fit);
    const named = (name) => (name === "risk" ? "true risk" : `${name} error`);
    const through = n <= degree + 1 && fit.training <= 1e-12 * known.spread;
    const tell = (name) =>
      `${named(name)} ${through && name === "training" ? "0 but for rounding" : pretty(fit[name])}`;
    const best = kinds.slice(1).map(({ name }) => {
      const errors = known.byDegree.map((each) => each[name]);
      return `the ${named(name)} is least at degree ${errors.indexOf(Math.min(...errors)) + 1}`;
    });
    return {
      sentence:
        `Degree ${degree}, ${n} training points: ` +
        kinds.map(({ name }) => tell(name)).join(", ") +
        `. With these points ${best.join(", ")}.`,
      rows: [
        ...kinds.map(({ name }) => [named(name), fit[name]]),
        ["intercept", fit.b],
        ...fit.w.map((value, j) => [`w${subscript(j + 1)}`, value]),
      ],
    };
  };
  const forget = { moved: Array(rows).fill(0) };
  explorer({ model, el }, {
    label: "Fit explorer",
    controls: [
      wholeControl(model, "degree", "Degree", 1, DEGREES),
      wholeControl(model, "n", "Training points, n", 2, rows),
      ...(made ? [noiseControl(model)] : []),
      made
        ? button("New data", () =>
            change(model, { seed: (model.get("seed") + 1) % 2 ** 32, ...forget }))
        : button("Put points back", () => change(model, forget)),
    ],
    views: [fits, byDegree, bySize],
    traits: TRAITS,
    draw,
  });
}

export default { render };
