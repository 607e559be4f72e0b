/* The data sets of the game, what each choice is worth on them, and what is compared at the end.
   `Set` in game.py says the same. `facts` are those of GameExplorer. */

import { slices } from "./curve.js";
import { choose, foldErrors } from "./folds.js";
import { meanSquaredError, normals, polynomial, predict, ridge, uniforms } from "./numerics.js";

/** A data set: its rows, its truth, the fit of each stiffness, and their scores. */
export function makeSet(facts, seed) {
  const { rows, fresh, waves, noises, degree, lams, folds } = facts;
  const u = uniforms(seed, 3 + 3 * rows + 3 * fresh);
  const take = (count) => u.splice(0, count);
  const [a, b, c] = take(3);
  const frequency = Math.PI * (waves[0] + a * (waves[1] - waves[0]));
  const noise = noises[0] * (noises[1] / noises[0]) ** c;
  const truth = (x) => Math.sin(frequency * x + 2 * Math.PI * b);
  const measured = (x, count) => {
    const z = normals(take(count), take(count));
    return x.map((value, i) => truth(value) + noise * z[i]);
  };
  const x = slices(take(rows));
  const y = measured(x, rows);
  const xNew = take(fresh).map((share) => 2 * share - 1);
  const yNew = measured(xNew, fresh);
  const [X, XNew] = [x, xNew].map((values) => polynomial(values, degree));
  const fits = lams.map(ridge(X, y));
  const errors = fits.map((fit) => meanSquaredError(yNew, predict(fit, XNew)));
  const least = Math.min(...errors);
  return {
    x, y, xNew, yNew, X, noise, truth, fits, errors, least,
    best: errors.indexOf(least),
    scores: errors.map((error) => (100 * (error - least)) / noise ** 2),
    /** The stiffness that cross-validation on the training rows chooses; 0 is not among its own. */
    chosen() {
      const every = Array.from({ length: folds }, (_, f) =>
        Array.from({ length: rows / folds }, (_, i) => f + i * folds),
      );
      const candidates = lams.slice(1);
      const errorsOf = foldErrors(X, y, candidates);
      return 1 + choose(candidates, every.map(errorsOf)).best;
    },
  };
}

/** The value below which so large a share of many lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (at % 1) * (high - low);
}

/** Where the median of all that there could be lies, with 95 % certainty: by the binomial
    distribution of how many of the values lie below it. */
export function medianBounds(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const off = (1.96 * Math.sqrt(sorted.length)) / 2;
  const [low, high] = [sorted.length / 2 - off, sorted.length / 2 + off];
  return [sorted[Math.max(Math.floor(low) - 1, 0)], sorted[Math.min(Math.ceil(high), sorted.length - 1)]];
}

/** What is compared over many sets, a set at a time: `step` takes the next, `done` of `wanted` are
    taken; then `fixed` is the one value, and `scores(k)`, `crossValidated` those on the sets. */
export function comparison(facts) {
  const { sets, others, likeHers, lams } = facts;
  const [first, second, crossValidated] = [[], [], []];
  let fixed = 0;
  return {
    wanted: 2 * sets,
    get done() {
      return first.length + second.length;
    },
    get fixed() {
      return fixed;
    },
    crossValidated,
    scores: (k) => second.map((scores) => scores[k]),
    step() {
      if (first.length < sets) {
        first.push(makeSet(facts, others + first.length).scores);
        if (first.length < sets) return;
        const medians = lams.map((_, k) => quantile(first.map((scores) => scores[k]), 0.5));
        fixed = medians.indexOf(Math.min(...medians));
      } else {
        const set = makeSet(facts, likeHers + second.length);
        second.push(set.scores);
        crossValidated.push(set.scores[set.chosen()]);
      }
    },
  };
}
