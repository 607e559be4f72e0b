/* The fit explorer; FitExplorer in fit.py says what it shows and keeps. */

import {
  button, change, errorsAlong, explorer, following, key, limits, memo, part, pretty, subscript,
  traitAxis, wholeControl,
} from "./explorer.js";
import { fitGoals } from "./fit_goals.js";
import { goals } from "./goals.js";
import { centre, leastSquares, mean, polynomial, uniforms } from "./numerics.js";
import {
  ERRORS, GRID, fitView, flatness, judge, measure, moveRows, noiseControl, slices,
} from "./curve.js";

const upTo = (most) => Array.from({ length: most }, (_, i) => i + 1);

/** The made rows of `FitExplorer`, before any is moved: `count` for training, others to validate. */
export function makeRows({ golden, validation }, count, seed, noise) {
  const u = uniforms(seed, 1 + 2 * count + 3 * validation);
  const take = (count) => u.splice(0, count);
  const [shift] = take(1);
  const x = upTo(count).map((i) => 2 * ((shift + (i - 1) * golden) % 1) - 1);
  const y = measure(x, noise, take(count), take(count));
  const xVal = slices(take(validation));
  return { x, y, xVal, yVal: measure(xVal, noise, take(validation), take(validation)), noise };
}

/** What does not depend on y: all powers of every x, and a solver for the first n rows. */
function prepare({ x, xVal }, most) {
  const [all, XVal, XGrid] = [x, xVal, GRID].map((values) => polynomial(values, most));
  const begun = [];
  const begin = (X) => ({ X, fit: leastSquares(X) });
  const first = (n) => (begun[n] ??= begin(all.map((column) => column.slice(0, n))));
  return { XVal, XGrid, first };
}

/** A function from a degree, of at most `most`, and n to the fit of that degree to the first n
    rows. */
export function solve({ y, yVal, noise, ...rows }, most, prepared = prepare(rows, most)) {
  const { XVal, XGrid, first } = prepared;
  return (degree, n) => {
    const [{ X, fit }, seen] = [first(n), y.slice(0, n)];
    return judge(fit(seen, degree), { X, y: seen, XVal, yVal, XGrid, noise });
  };
}

function axis(model, name, label) {
  const { most } = limits(model, name);
  const step = most > 20 ? 10 * Math.ceil(most / 60) : 2;
  const ticks = upTo(most).filter((value) => (value - 1) % step === (step > 2 ? step - 1 : 0));
  const domain = [0.5, most + 0.5];
  return (plot) =>
    traitAxis(model, plot, name, { domain, round: Math.round, ticks, show: pretty, label });
}

function render({ model, el }) {
  const facts = model.get("_facts");
  const made = !facts.x;
  const { count } = limits(model, "moved");
  const degrees = upTo(limits(model, "degree").most);
  const sizes = upTo(count).filter((n) => n > 1 && (count - n) % Math.ceil(count / 60) === 0);
  const kinds = made ? ERRORS : ERRORS.filter(({ name }) => name !== "risk");
  const fits = fitView(model, made);
  const byDegree = errorsAlong({
    title: "Errors by degree", along: "the degree", kinds,
    words: kinds.map(({ name, words, colour }) => {
      const node = key("line", colour, words);
      return name === "risk" ? part("risk", node) : node;
    }),
    makeAxis: axis(model, "degree", "degree"),
  });
  const bySize = errorsAlong({
    title: "Learning curve", along: "n", kinds, words: ["the same errors at this degree"],
    makeAxis: axis(model, "n", "n, training points"),
  });

  const rowsAt = (seed, noise) => (made ? makeRows(facts, count, seed, noise) : facts);
  const [rowsOf, prepared] = [
    memo(rowsAt),
    memo((seed) => prepare(rowsAt(seed, 0), degrees.at(-1))), // x is the same at every noise
  ];
  const known = memo((rows, moved, seed) => {
    const data = moveRows(rows, moved);
    const spread = mean(centre(data.y).centred.map((value) => value ** 2));
    const cut = { most: 30 * spread || 1, span: 1e4 };
    return { data, spread, cut, fitAt: solve(data, degrees.at(-1), prepared(seed)) };
  });
  const drawPoints = memo(({ data }, rows, n) => {
    const [x, y] = [data.x.slice(0, n), data.y.slice(0, n)];
    fits.drawData({ ...data, x, y }, rows);
  });
  const drawable = (fit, risky) => (risky ? fit : { ...fit, risk: undefined });
  const atEachDegree = memo(({ fitAt, cut }, n, risky) => {
    const all = degrees.map((degree) => drawable(fitAt(degree, n), risky));
    byDegree.drawCurves(degrees, all, cut);
    return all;
  });
  const drawSizes = memo(({ fitAt, cut }, degree, risky) =>
    bySize.drawCurves(sizes, sizes.map((n) => drawable(fitAt(degree, n), risky)), cut),
  );

  for (const [name, { node }] of [["errors", byDegree], ["points", bySize]]) part(name, node);
  const draw = ({ degree, n, noise, seed, moved }, shown) => {
    const risky = shown("risk");
    const seen = kinds.filter(({ name }) => risky || name !== "risk");
    const told = shown("errors") ? seen : seen.slice(0, 1);
    const rows = rowsOf(seed, noise);
    const state = known(rows, moved, seed);
    drawPoints(state, rows, n);
    drawSizes(state, degree, risky);
    const [all, { spread }] = [atEachDegree(state, n, risky), state];
    const fit = all[degree - 1];
    fits.drawCurve(fit.curve);
    byDegree.drawMark(degree, fit);
    bySize.drawMark(n, fit);
    const named = (name) => (name === "risk" ? "true risk" : `${name} error`);
    const { y, yVal } = state.data;
    const flat = flatness({ y: y.slice(0, n), yVal });
    const through = flat || (n <= degree + 1 && fit.training <= 1e-12 * spread);
    const tell = (name) =>
      `${named(name)} ${through && name === "training" ? "0 but for rounding" : pretty(fit[name])}`;
    const best = told.slice(1).map(({ name }) => {
      const errors = all.map((each) => each[name]);
      return `the ${named(name)} is least at degree ${errors.indexOf(Math.min(...errors)) + 1}`;
    });
    const lead = `Degree ${degree}, ${n} training points`;
    return {
      lead,
      watch: told.slice(0, 2).map(({ name }) => named(name)),
      sentence:
        `${lead}: ${told.map(({ name }) => tell(name)).join(", ")}.` +
        (best.length ? ` With these points ${best.join(", ")}.` : "") + flat,
      rows: [
        ...seen.map(({ name }) => [named(name), fit[name]]),
        ["intercept", fit.b],
        ...fit.w.map((value, j) => [`w${subscript(j + 1)}`, value]),
      ],
    };
  };
  const forget = { moved: Array(count).fill(0) };
  explorer({ model, el }, {
    label: "Fit explorer",
    controls: [
      wholeControl(model, "degree", "Degree"),
      part("points", wholeControl(model, "n", "Training points, n")),
      ...(made ? [part("noise", noiseControl(model))] : []),
      made
        ? button("New data", () => change(model, { seed: following(model, "seed"), ...forget }))
        : button("Put points back", () => change(model, forget)),
    ],
    views: [fits, byDegree, bySize],
    draw,
    goals: made ? goals(model, fitGoals(count)) : null,
  });
}

export default { render };
