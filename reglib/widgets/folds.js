/* Cross-validation of ridge regression: the folds, their errors, the λ that they choose. */

import { centre, dot, mean, svd, uniforms } from "./numerics.js";

/** The rows that each of k folds holds out, as in `CrossValidationExplorer.folds`. */
export function makeFolds(n, k, shuffle) {
  const keys = uniforms(2 ** 32 - 1 - shuffle, n);
  const order = keys.map((_, i) => i).sort((i, j) => keys[i] - keys[j]);
  return Array.from({ length: k }, (_, fold) => {
    const size = Math.floor(n / k) + (fold < n % k);
    return order.splice(0, size).sort((i, j) => i - j);
  });
}

/** The x of Ax = b for a positive definite A, of which only the upper triangle is read. It is
    overwritten, as b is. */
function solve(A, b) {
  for (let k = 0; k < b.length; k++) {
    for (let i = k + 1; i < b.length; i++) {
      const share = A[k][i] / A[k][k];
      for (let j = i; j < b.length; j++) A[i][j] -= share * A[k][j];
      b[i] -= share * b[k];
    }
  }
  for (let k = b.length - 1; k >= 0; k--) {
    for (let j = k + 1; j < b.length; j++) b[k] -= A[k][j] * b[j];
    b[k] /= A[k][k];
  }
  return b;
}

/** A function from the rows that a fold holds out to its mean squared errors, one for each of
    `lams`, without refits. The fit to the other n − m rows has the total penalty c = (n − m)λ. With H
    and r the hat matrix and the residuals of the fit to all rows at that c, its errors e on the rows
    held out solve (I − H) e = r, all three cut down to those rows; for one row e = r/(1 − h).
    In singular directions I − H = (I − 1/n − UUᵀ) + U diag(c/(s² + c)) Uᵀ, so that nothing is lost
    where H is close to I. */
export function foldErrors(X, y, lams) {
  const n = y.length;
  const columns = X.map((column) => centre(column).centred);
  // Only U and s are needed: of more columns than rows, decompose the rows.
  const wide = X.length > n;
  const { US, V, s } = svd(wide ? y.map((_, i) => columns.map((column) => column[i])) : columns);
  const rounding = Number.EPSILON * Math.max(n, X.length) * Math.max(...s);
  const kept = s.map((_, k) => k).filter((k) => s[k] > rounding);
  const U = kept.map((k) => (wide ? V[k] : US[k].map((value) => value / s[k])));
  const squares = kept.map((k) => s[k] ** 2);
  const { centred } = centre(y);
  const z = U.map((u) => dot(u, centred));
  const full = kept.length === n - 1; // then the first part of I − H is exactly zero
  const rows = y.map((_, i) => U.map((u) => u[i]));
  const outside = centred.map((value, i) => (full ? 0 : value - dot(rows[i], z)));
  const shares = (c) => squares.map((square) => c / (square + c));
  const known = []; // those at every λ, by the number of rows fitted
  return (held) => {
    const fitted = n - held.length;
    known[fitted] ??= lams.map((lam) => shares(fitted * lam));
    const upper = (entry) =>
      held.map((i, a) => held.map((j, b) => (b < a ? 0 : entry(i, j, a, b))));
    const fixed = upper((i, j) => (full ? 0 : (i === j) - 1 / n - dot(rows[i], rows[j])));
    return known[fitted].map((share) => {
      const scaled = held.map((i) => rows[i].map((value, k) => value * share[k]));
      const A = upper((i, j, a, b) => fixed[a][b] + dot(scaled[a], rows[j]));
      const r = held.map((i, a) => outside[i] + dot(scaled[a], z));
      return mean(solve(A, r).map((error) => error ** 2));
    });
  };
}

/** What `cross_validate` makes of one row of errors for each fold: mean and standard error for each
    of `lams`, and the places in it of least mean and of the one-standard-error rule. */
export function choose(lams, errors) {
  const k = errors.length;
  const columns = lams.map((_, l) => errors.map((row) => row[l]));
  const means = columns.map(mean);
  const se = columns.map((column, l) =>
    Math.sqrt(column.reduce((sum, error) => sum + (error - means[l]) ** 2, 0) / (k - 1) / k),
  );
  const least = Math.min(...means);
  const largest = (good) => {
    const places = lams.map((_, l) => l).filter(good);
    return places.reduce((best, l) => (lams[l] > lams[best] ? l : best));
  };
  const best = largest((l) => means[l] === least);
  return { means, se, best, oneSe: largest((l) => means[l] <= least + se[best]) };
}
