/* The cross-validation explorer; CrossValidationExplorer says what it shows and keeps. */

import { button, change, explorer, pretty, select, tick, wholeControl } from "./explorer.js";
import { mean, normals, ridge, uniforms } from "./numerics.js";
import { choose, foldErrors, makeFolds } from "./folds.js";
import { choiceView, curveView, foldView, listed } from "./cv_views.js";

const [ROWS, FEATURES, TIMES] = [40, 12, 100];
const TRAITS = ["k", "shuffle", "seed", "risk_shown", "repeat"];
const [NOTHING, SHUFFLES, DATA] = ["nothing yet", "other shuffles", "other data"];
const fall = Array.from({ length: FEATURES }, (_, j) => 1 / Math.sqrt(j + 1));
const WEIGHTS = fall.map((weight) => weight / Math.hypot(...fall));

/** The made data of `CrossValidationExplorer`: X as columns, and y. */
export function makeData(seed) {
  const u = uniforms(seed, 2 * ROWS * (FEATURES + 1));
  const take = () => normals(u.splice(0, ROWS), u.splice(0, ROWS));
  const X = WEIGHTS.map(take);
  return { X, y: take().map((z, i) => X.reduce((y, x, j) => y + WEIGHTS[j] * x[i], z)) };
}

/** The true risk of a fit to made data. */
const trueRisk = ({ w, b }) => w.reduce((sum, v, j) => sum + (v - WEIGHTS[j]) ** 2, 1 + b ** 2);

/** What belongs to data: how many rows, the errors of any fold, the true risk at any λ. */
function study({ X, y }, lams) {
  let fit = null;
  return {
    n: y.length,
    errors: foldErrors(X, y, lams),
    risk: (lam) => trueRisk((fit ??= ridge(X, y))(lam)),
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

const SEEDS = 2 ** 31;
const RULES = [["best", "least mean"], ["oneSe", "one-SE rule"]];

function render({ model, el }) {
  const [lams, own] = [model.get("_lams"), model.get("_own")];
  const made = !own.y;
  const n = made ? ROWS : own.y.length;
  const [curves, folds] = [curveView(lams, made), foldView(n)];
  const choices = choiceView(lams, TIMES);
  const studies = new Map();
  const studyOf = (seed) => {
    if (!studies.has(seed)) studies.set(seed, study(made ? makeData(seed) : own, lams));
    return studies.get(seed);
  };
  let [known, repeated, seen] = [null, [], {}];

  /** One more of the repetitions: what each rule chooses and, of made data, its true risk. */
  const again = ({ k, shuffle, seed, repeat }) => {
    const i = repeated.length;
    const [data, other] = repeat === DATA ? [(seed + i) % SEEDS, shuffle] : [seed, i];
    const found = validate(studyOf(data), lams, k, other);
    const risk = (rule) => (made ? studyOf(data).risk(lams[found[rule]]) : 0);
    return { ...found, risks: { best: risk("best"), oneSe: risk("oneSe") } };
  };

  const draw = () => {
    const state = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
    const { k, shuffle, seed, risk_shown, repeat } = state;
    const shown = made && risk_shown;
    const present = `${k} ${shuffle} ${seed}`;
    if (present !== seen.present) {
      const risks = made ? lams.map(studyOf(seed).risk) : [];
      known = { ...validate(studyOf(seed), lams, k, shuffle), risks };
      folds.drawFolds(known.folds);
    }
    if (`${present} ${shown}` !== seen.curves) curves.drawErrors(known, known.risks, shown);
    // The hundred shuffles are the same ones whichever is shown.
    const many = `${repeat} ${k} ${seed} ${repeat === DATA && shuffle}`;
    if (many !== seen.many) repeated = [];
    const wanted = repeat === NOTHING ? 0 : TIMES;
    // A frame that answers the reader is not kept waiting: the repetitions have those after it.
    const pause = performance.now() + (present === seen.present ? 8 : 0);
    while (repeated.length < wanted && performance.now() < pause) repeated.push(again(state));
    choices.drawChoices(repeated, wanted);
    seen = { present, curves: `${present} ${shown}`, many };

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
    if (wanted && repeated.length === wanted) {
      for (const [name, title] of RULES) {
        const [low, middle, high] = spread(repeated.map((one) => lams[one[name]]));
        words.push(
          `The λ of the ${title} lies between ${pretty(low)} and ${pretty(high)} over ${TIMES} ` +
            `${repeat === DATA ? "data sets" : "shuffles"}, with median ${pretty(middle)}.`,
        );
        const of = `λ of the ${title}, of ${TIMES}`;
        rows.push([`smallest ${of}`, low], [`median ${of}`, middle], [`largest ${of}`, high]);
        const risk = mean(repeated.map(({ risks }) => risks[name]));
        if (shown) rows.push([`mean true risk of the ${title}, of ${TIMES}`, risk]);
      }
    }
    known.folds.forEach((held, f) =>
      rows.push(
        [`rows held out by fold ${f + 1}`, listed(held)],
        [`error of fold ${f + 1} at the λ of least mean`, known.errors[f][best]],
      ),
    );
    return { sentence: words.join(" "), rows, more: repeated.length < wanted };
  };
  const next = (name) => () => change(model, { [name]: (model.get(name) + 1) % SEEDS });
  const options = [NOTHING, SHUFFLES, ...(made ? [DATA] : [])];
  explorer({ model, el }, {
    label: "Cross-validation explorer",
    controls: [
      wholeControl(model, "k", "k, the number of folds", 2, n),
      select(model, "repeat", { label: `Repeat ${TIMES} times with`, options }),
      button("Reshuffle", next("shuffle")),
      ...(made
        ? [button("New data", next("seed")), tick(model, "risk_shown", "Show the true risk")]
        : []),
    ],
    views: [curves, folds, choices],
    traits: TRAITS,
    draw,
  });
}

export default { render };
