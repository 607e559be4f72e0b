/* What explorers compute with. A matrix is an array of its columns. */

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Numbers between 0 and 1 made from a seed, the same as Python's `uniforms`. */
export function uniforms(seed, count) {
  const mix = (h) => {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  const start = mix(seed + 1);
  return Array.from({ length: count }, (_, i) => (mix(start + i) + 0.5) / 2 ** 32);
}

/** Standard normal numbers from two rows of uniform ones (Box and Muller). */
export const normals = (u, v) =>
  u.map((value, i) => Math.sqrt(-2 * Math.log(value)) * Math.cos(2 * Math.PI * v[i]));

/** The columns x¹ … x^degree. */
export function polynomial(x, degree) {
  const columns = [x];
  while (columns.length < degree) columns.push(columns.at(-1).map((power, i) => power * x[i]));
  return columns;
}

function rotate(left, right, cos, tan) {
  for (let k = 0; k < left.length; k++) {
    const [a, b] = [left[k], right[k]];
    left[k] = cos * (a - tan * b);
    right[k] = cos * (b + tan * a);
  }
}

/** A = US·Vᵀ with orthogonal columns in US, of lengths s: the singular value decomposition. By
    one-sided Jacobi rotations: turn pairs of columns until all are orthogonal. Small singular
    values keep their leading digits (Demmel and Veselić, 1992). */
export function svd(A) {
  const US = A.map((column) => [...column]);
  const V = A.map((_, i) => A.map((_, j) => Number(i === j)));
  for (let turned = true, sweep = 0; turned && sweep < 60; sweep++) {
    turned = false;
    for (let i = 0; i < A.length; i++) {
      for (let j = i + 1; j < A.length; j++) {
        const [a, b, c] = [dot(US[i], US[i]), dot(US[j], US[j]), dot(US[i], US[j])];
        if (Math.abs(c) <= Number.EPSILON * Math.sqrt(a * b)) continue;
        turned = true;
        const zeta = (b - a) / (2 * c);
        const tan = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cos = 1 / Math.hypot(1, tan);
        for (const M of [US, V]) rotate(M[i], M[j], cos, tan);
      }
    }
  }
  return { US, V, s: US.map((column) => Math.sqrt(dot(column, column))) };
}

/** A column or y minus its mean, which for a constant one is its value: so zeros come out exact. */
export function centre(values) {
  const isConstant = values.every((value) => value === values[0]);
  const middle = isConstant ? values[0] : mean(values);
  return { middle, centred: values.map((value) => value - middle) };
}

/** Ridge regression: a function from λ to its { w, b } and its shrinkage factors s²/(s² + nλ), by
    descending s; all from one decomposition. Objective and rank rule are those of
    `reglib.ridge_path`. */
export function ridge(X, y) {
  const n = y.length;
  const columns = X.map(centre);
  const { middle: yMean, centred } = centre(y);
  const { US, V, s } = svd(columns.map((column) => column.centred));
  const rounding = Number.EPSILON * Math.max(n, X.length) * Math.max(...s);
  const directions = s.flatMap((size, k) =>
    size > rounding ? [{ size, v: V[k], along: dot(US[k], centred) / size }] : [],
  );
  directions.sort((a, b) => b.size - a.size);
  return (lam) => {
    const w = X.map(() => 0);
    for (const { size, v, along } of directions) {
      const share = along / (size + (n * lam) / size);
      for (let j = 0; j < w.length; j++) w[j] += share * v[j];
    }
    const factors = directions.map(({ size }) => size / (size + (n * lam) / size));
    return { w, b: yMean - dot(w, columns.map((column) => column.middle)), factors };
  };
}

/** x = Qh + dq, with a q of length 1 orthogonal to Q's orthonormal columns: Gram–Schmidt, twice,
    which is as exact as reflections. */
function orthogonalise(Q, x) {
  const h = Q.map(() => 0);
  const rest = [...x];
  for (let pass = 0; pass < 2; pass++) {
    for (let k = 0; k < Q.length; k++) {
      const along = dot(Q[k], rest);
      h[k] += along;
      for (let i = 0; i < rest.length; i++) rest[i] -= along * Q[k][i];
    }
  }
  const d = Math.sqrt(dot(rest, rest));
  return { h, d, q: rest.map((value) => value / d) };
}

/** A = QR with orthonormal columns in Q, one for each column of A that brings something new, and R
    as an array of its rows; `from` holds the places of those columns in A. */
export function orthonormal(A) {
  const [Q, R, from] = [[], [], []];
  A.forEach((column, j) => {
    const { h, d, q } = orthogonalise(Q, column);
    h.forEach((value, k) => (R[k][j] = value));
    if (d <= 1e-12 * Math.sqrt(dot(column, column))) return;
    Q.push(q);
    R.push(A.map((_, l) => (l === j ? d : 0)));
    from.push(j);
  });
  return { Q, R, from };
}

/** Least squares: a function from y and p to the { w, b } of the first p columns of X, of minimum
    norm where many fit, as in `reglib.least_squares`. All p share one Xc = QR. If the columns are
    independent then Rw = Qᵀy. If not, from Rᵀ = ZL (Z orthonormal, L triangular) it is w = Zt, with
    Lᵀt = Qᵀy. */
export function leastSquares(X) {
  const columns = X.map(centre);
  const middles = columns.map((column) => column.middle);
  const { Q, R, from } = orthonormal(columns.map((column) => column.centred));
  return (y, p = X.length) => {
    const { middle, centred } = centre(y);
    const along = Q.slice(0, from.filter((j) => j < p).length).map((q) => dot(q, centred));
    const w = new Array(p).fill(0);
    if (along.length === p) {
      for (let k = p - 1; k >= 0; k--) {
        w[k] = along[k];
        for (let j = k + 1; j < p; j++) w[k] -= R[k][j] * w[j];
        w[k] /= R[k][k];
      }
    } else {
      const { Q: Z, R: L } = orthonormal(along.map((_, k) => R[k].slice(0, p)));
      const t = [];
      Z.forEach((z, k) => {
        const known = t.reduce((sum, value, j) => sum + L[j][k] * value, 0);
        t.push((along[k] - known) / L[k][k]);
        for (let j = 0; j < p; j++) w[j] += t[k] * z[j];
      });
    }
    return { w, b: middle - dot(w, middles) };
  };
}

/** b + Xw, one number per row; columns of X beyond the length of w are ignored. */
export function predict({ w, b }, X) {
  const fitted = new Array(X[0].length).fill(b);
  for (let j = 0; j < w.length; j++) {
    for (let i = 0; i < fitted.length; i++) fitted[i] += w[j] * X[j][i];
  }
  return fitted;
}

export function meanSquaredError(y, fitted) {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (y[i] - fitted[i]) ** 2;
  return sum / y.length;
}
