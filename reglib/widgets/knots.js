/* The lasso's whole path, from knot to knot, as in `reglib.lasso_knots`. */

import { dot, orthogonalise } from "./numerics.js";

const minus = (a, b) => a.map((value, i) => value - b[i]);
const combine = (columns, w, zero) =>
  columns.reduce((total, column, k) => total.map((value, i) => value + w[k] * column[i]), zero);

/** While the features in A and their signs s stay the same, w = u − λv on them, and
    Xᵀ(y − Xw) = a + λb. Q has orthonormal columns that span those of A. */
function segment(X, y, A, s) {
  const [Q, R] = [[], []];
  for (const j of A) {
    const { h, d, q } = orthogonalise(Q, X[j]);
    Q.push(q);
    R.push([...h, d]);
  }
  const back = (right) => {
    const found = [...right];
    for (let k = found.length - 1; k >= 0; k--) {
      found[k] /= R[k][k];
      for (let i = 0; i < k; i++) found[i] -= R[k][i] * found[k];
    }
    return found;
  };
  const z = []; // Rᵀz = s
  R.forEach((column, k) => z.push((s[k] - dot(z, column)) / column[k]));
  const along = Q.map((q) => dot(q, y));
  const zero = y.map(() => 0);
  const [residual, turn] = [minus(y, combine(Q, along, zero)), combine(Q, z, zero)];
  const [a, b] = [residual, turn].map((row) => X.map((x) => dot(x, row)));
  return { Q, u: back(along), v: back(z), a, b };
}

/** Every λ at which the path bends, from the largest down to 0, and w there. X is an array of
    columns; they and y are centred, and scaled so that their squares add up to means over rows. */
export function lassoKnots(X, y) {
  const lengths = X.map((x) => Math.sqrt(dot(x, x)));
  const tolerance = Number.EPSILON * 10 * Math.max(X.length, y.length);
  const fresh = (A) => lengths.map((length, j) => length > 0 && !A.includes(j));
  let [A, s, lam, left] = [[], [], Infinity, false];
  let free = fresh(A); // may join: neither active nor dependent on the active ones
  const [lams, coefs] = [[], []];
  while (lam > 0) {
    const { Q, u, v, a, b } = segment(X, y, A, s);
    const on = (i) => u[i] - lam * v[i];
    // The smaller set has the smaller error: it is the one to trust at the knot.
    if (left) A.forEach((j, i) => (coefs.at(-1)[j] &&= on(i)));
    // |a + λb| reaches λ on the side of a, its value at λ = 0. Only what nears its limit as λ falls
    // can reach it: rounding cannot make a feature that has just joined leave again, nor one that
    // has just left rejoin.
    const joins = a.map((value, j) => {
      const nearing = 1 - Math.sign(value) * b[j];
      return free[j] && nearing > 0 ? Math.abs(value) / nearing : 0;
    });
    const leaves = u.map((value, i) => (s[i] * v[i] < 0 ? value / v[i] : 0));
    const [join, leave] = [Math.max(...joins), Math.max(...leaves)];
    const [j, i] = [joins.indexOf(join), leaves.indexOf(leave)];
    left = leave >= join && i >= 0;
    const event = Math.max(left ? leave : join, 0);
    const joining = event > 0 && !left;
    if (joining) {
      free[j] = false;
      // One that depends on the active features moves along with them.
      if (orthogonalise(Q, X[j]).d <= tolerance * lengths[j]) continue;
    }
    if (event < lam) {
      lam = event;
      const w = X.map(() => 0);
      A.forEach((j, i) => (w[j] = on(i)));
      lams.push(lam);
      coefs.push(w);
    } // else one more event at the same knot
    if (joining) {
      A.push(j);
      s.push(Math.sign(a[j]));
    } else if (lam > 0) {
      coefs.at(-1)[A[i]] = 0;
      A.splice(i, 1);
      s.splice(i, 1);
      free = fresh(A);
    }
  }
  return { lams, coefs };
}

/** The coefficients at λ: between two knots they are linear in it. */
export function between({ lams, coefs }, lam) {
  const k = lams.findIndex((knot) => knot <= lam);
  if (k <= 0) return coefs[0];
  const share = (lams[k - 1] - lam) / (lams[k - 1] - lams[k]);
  return coefs[k].map((value, j) => share * value + (1 - share) * coefs[k - 1][j]);
}

/** The stretches of λ on which each feature is in: [{ j, high, low }], in the order in which they
    begin as λ falls. */
export function stays({ lams, coefs }) {
  const [found, open] = [[], {}];
  for (let k = 0; k + 1 < lams.length; k++) {
    coefs[k].forEach((value, j) => {
      if (value === 0 && coefs[k + 1][j] === 0) delete open[j];
      else if (open[j]) open[j].low = lams[k + 1];
      else found.push((open[j] = { j, high: lams[k], low: lams[k + 1] }));
    });
  }
  return found;
}
