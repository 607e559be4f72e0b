/* The cross-validation explorer; CrossValidationExplorer says what it shows and keeps. */

import {
  button, change, explorer, following, limits, memo, pretty, select, tick, wholeControl,
} from "./explorer.js";
import { mean, normals, ridge, uniforms } from "./numerics.js";
import { choose, foldErrors, makeFolds } from "./folds.js";
import { choiceView, curveView, foldView, listed } from "./cv_views.js";

/** The made data of `CrossValidationExplorer`: X as columns, and y. */
function makeData({ rows, weights }, seed) {
  const u = uniforms(seed, 2 * rows * (weights.length + 1));
  const take = () => normals(u.splice(0, rows), u.splice(0, rows));
  const X = weights.map(take);
  return { X, y: take().map((z, i) => X.reduce((y, x, j) => y + weights[j] * x[i], z)) };
}

/** The true risk of a fit to made data. */
const trueRisk = ({ w, b }, weights) =>
  w.reduce((sum, v, j) => sum + (v - weights[j]) ** 2, 1 + b ** 2);

/** What belongs to data: how many rows, the errors of any fold, the true risk at any λ. */
function study({ X, y }, { lams, weights }) {
  let fit = null;
  return {
    n: y.length,
    errors: foldErrors(X, y, lams),
    risk: (lam) => trueRisk((fit ??= ridge(X, y))(lam), weights),
  };
}

/** Cross-validate: the folds, their errors and what `choose` makes of them. */
function validate({ n, errors }, lams, k, shuffle) {
  const folds = makeFolds(n, k, shuffle);
  const all = folds.map(errors);
  return { folds, errors: all, ...choose(lams, all) };
}

/** The smallest, the median and the largest of many numbers. */
function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return [sorted[0], (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2, sorted.at(-1)];
}

const RULES = [["best", "least mean"], ["oneSe", "one-SE rule"]];

function render({ model, el }) {
  const facts = model.get("_facts");
  const { lams, times, weights } = facts;
  const made = Boolean(weights);
  const n = limits(model, "k").most;
  const [nothing, , otherData] = limits(model, "repeat").options;
  const [curves, folds, choices] = [curveView(lams, made), foldView(n), choiceView(lams, times)];
  const studies = new Map();
  const studyOf = (seed) => {
    if (!studies.has(seed)) studies.set(seed, study(made ? makeData(facts, seed) : facts, facts));
    return studies.get(seed);
  };

  const present = memo((seed, k, shuffle) => {
    const risks = made ? lams.map(studyOf(seed).risk) : [];
    const found = { ...validate(studyOf(seed), lams, k, shuffle), risks };
    folds.drawFolds(found.folds);
    return found;
  });
  const drawCurves = memo((found, shown) => curves.drawErrors(found, found.risks, shown));
  // The hundred shuffles are the same ones whichever is shown: `shuffle` counts for other data only.
  const repetitions = memo((repeat, k, seed, shuffle) => {
    const done = [];
    const { most } = limits(model, "seed");
    /** One more: what each rule chooses and, of made data, its true risk. */
    const again = () => {
      const i = done.length;
      const [data, other] = repeat === otherData ? [(seed + i) % (most + 1), shuffle] : [seed, i];
      const found = validate(studyOf(data), lams, k, other);
      const risk = (rule) => (made ? studyOf(data).risk(lams[found[rule]]) : 0);
      done.push({ ...found, risks: { best: risk("best"), oneSe: risk("oneSe") } });
    };
    return { done, again, wanted: repeat === nothing ? 0 : times };
  });

  let last = null;
  const draw = ({ k, shuffle, seed, risk_shown, repeat }) => {
    const shown = made && risk_shown;
    const known = present(seed, k, shuffle);
    drawCurves(known, shown);
    const { done, again, wanted } = repetitions(repeat, k, seed, repeat === otherData && shuffle);
    // A frame that answers the reader is not kept waiting: the repetitions have those after it.
    const pause = performance.now() + (known === last ? 8 : 0);
    while (done.length < wanted && performance.now() < pause) again();
    choices.drawChoices(done, wanted);
    last = known;

    const [best, rule] = [known.best, known.oneSe];
    const words = [
      `${k} folds of ${n} rows: the mean validation error is least, ` +
        `${pretty(known.means[best])} ± ${pretty(known.se[best])} (one standard error), at λ = ` +
        `${pretty(lams[best])}. The one-standard-error rule takes λ = ${pretty(lams[rule])}.`,
    ];
    const rows = [
      ["λ of least mean", lams[best]],
      ["least mean error", known.means[best]],
      ["standard error there", known.se[best]],
      ["λ by the one-SE rule", lams[rule]],
      ["mean error there", known.means[rule]],
    ];
    if (shown) {
      const least = Math.min(...known.risks);
      const where = lams[known.risks.indexOf(least)];
      words.push(
        `The true risk is ${pretty(known.risks[best])} at the first, ` +
          `${pretty(known.risks[rule])} at the second, and least, ${pretty(least)}, at λ = ` +
          `${pretty(where)}.`,
      );
      rows.push(
        ["true risk at the λ of least mean", known.risks[best]],
        ["true risk at the λ of the rule", known.risks[rule]],
        ["least true risk", least],
        ["λ of least true risk", where],
      );
    }
    if (wanted && done.length === wanted) {
      for (const [name, title] of RULES) {
        const [low, middle, high] = spread(done.map((one) => lams[one[name]]));
        words.push(
          `The λ of the ${title} lies between ${pretty(low)} and ${pretty(high)} over ${times} ` +
            `${repeat === otherData ? "data sets" : "shuffles"}, with median ${pretty(middle)}.`,
        );
        const of = `λ of the ${title}, of ${times}`;
        rows.push([`smallest ${of}`, low], [`median ${of}`, middle], [`largest ${of}`, high]);
        const risk = mean(done.map(({ risks }) => risks[name]));
        if (shown) rows.push([`mean true risk of the ${title}, of ${times}`, risk]);
      }
    }
    known.folds.forEach((held, f) =>
      rows.push(
        [`rows held out by fold ${f + 1}`, listed(held)],
        [`error of fold ${f + 1} at the λ of least mean`, known.errors[f][best]],
      ),
    );
    return { sentence: words.join(" "), rows, more: done.length < wanted };
  };
  const next = (name) => () => change(model, { [name]: following(model, name) });
  explorer({ model, el }, {
    label: "Cross-validation explorer",
    controls: [
      wholeControl(model, "k", "k, the number of folds"),
      select(model, "repeat", `Repeat ${times} times with`),
      button("Reshuffle", next("shuffle")),
      ...(made
        ? [button("New data", next("seed")), tick(model, "risk_shown", "Show the true risk")]
        : []),
    ],
    views: [curves, folds, choices],
    draw,
  });
}

export default { render };
