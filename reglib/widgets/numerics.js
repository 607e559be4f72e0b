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
        for (const M of [US, V]) {
          const [left, right] = [M[i], M[j]];
          M[i] = left.map((value, k) => cos * (value - tan * right[k]));
          M[j] = right.map((value, k) => cos * (value + tan * left[k]));
        }
      }
    }
  }
  return { US, V, s: US.map((column) => Math.sqrt(dot(column, column))) };
}

/** Ridge regression: a function from λ to its { w, b }, all from one decomposition. Objective and
    rank rule are those of `reglib.ridge_path`. */
export function ridge(X, y) {
  const n = y.length;
  const isConstant = (column) => column.every((value) => value === column[0]);
  const xMeans = X.map((column) => (isConstant(column) ? column[0] : mean(column)));
  const yMean = mean(y);
  const centred = y.map((value) => value - yMean);
  const { US, V, s } = svd(X.map((column, j) => column.map((value) => value - xMeans[j])));
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
    return { w, b: yMean - dot(w, xMeans) };
  };
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
