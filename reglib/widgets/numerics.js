/* What explorers compute with. A matrix is an array of its columns. */

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

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

/** Ridge regression: a function from λ to its { w, b }, all from one decomposition. Objective and
    rank rule are those of `reglib.ridge_path`. */
export function ridge(X, y) {
  const n = y.length;
  const columns = X.map(centre);
  const { middle: yMean, centred } = centre(y);
  const { US, V, s } = svd(columns.map((column) => column.centred));
  const rounding = Number.EPSILON * Math.max(n, X.length) * Math.max(...s);
  const directions = s.flatMap((size, k) =>
    size > rounding ? [{ size, v: V[k], along: dot(US[k], centred) / size }] : [],
  );
  return (lam) => {
    const w = X.map(() => 0);
    for (const { size, v, along } of directions) {
      const share = along / (size + (n * lam) / size);
      for (let j = 0; j < w.length; j++) w[j] += share * v[j];
    }
    return { w, b: yMean - dot(w, columns.map((column) => column.middle)) };
  };
}

/** x = Qh + dq, with a q of length 1 orthogonal to Q's orthonormal columns: Gram–Schmidt, twice,
    which is as exact as reflections. */
export function orthogonalise(Q, x) {
  const h = Q.map(() => 0);
  const rest = [...x];
  for (let pass = 0; pass < 2; pass++) {
    Q.forEach((q, k) => {
      const along = dot(q, rest);
      h[k] += along;
      for (let i = 0; i < rest.length; i++) rest[i] -= along * q[i];
    });
  }
  const d = Math.sqrt(dot(rest, rest));
  return { h, d, q: rest.map((value) => value / d) };
}

/** A = QR with orthonormal columns in Q, one for each column of A that brings something new, and R
    as an array of its rows. */
export function orthonormal(A) {
  const [Q, R] = [[], []];
  A.forEach((column, j) => {
    const { h, d, q } = orthogonalise(Q, column);
    h.forEach((value, k) => (R[k][j] = value));
    if (d <= 1e-12 * Math.sqrt(dot(column, column))) return;
    Q.push(q);
    R.push(A.map((_, l) => (l === j ? d : 0)));
  });
  return { Q, R };
}

/** The { w, b } of least squares, of minimum norm where many fit, as in `reglib.least_squares`.
    From Xc = QR and Rᵀ = ZL (Z orthonormal, L triangular) it is w = Zt, with Lᵀt = Qᵀy. */
export function leastSquares(X, y) {
  const columns = X.map(centre);
  const { middle, centred } = centre(y);
  const { Q, R } = orthonormal(columns.map((column) => column.centred));
  const { Q: Z, R: L } = orthonormal(R);
  const t = [];
  Q.forEach((q, k) => {
    const known = t.reduce((sum, value, j) => sum + L[j][k] * value, 0);
    t.push((dot(q, centred) - known) / L[k][k]);
  });
  const w = X.map((_, j) => t.reduce((sum, value, k) => sum + value * Z[k][j], 0));
  return { w, b: middle - dot(w, columns.map((column) => column.middle)) };
}

/** b + Xw, one number per row. */
export function predict({ w, b }, X) {
  const fitted = new Array(X[0].length).fill(b);
  X.forEach((column, j) => {
    for (let i = 0; i < fitted.length; i++) fitted[i] += w[j] * column[i];
  });
  return fitted;
}

export const meanSquaredError = (y, fitted) => mean(y.map((value, i) => (value - fitted[i]) ** 2));
