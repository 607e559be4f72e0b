/* Two coefficients, a loss of elliptic contours, and a budget: exactly where the loss is least. */

import { dot } from "./numerics.js";

export const DEGREES = Array.from({ length: 361 }, (_, i) => i - 180); // a walk around the rim
export const CORNERS = [[1, 0], [0, 1], [-1, 0], [0, -1]];
const FAR = 12; // beyond every edge of the picture

const radians = (degrees) => (degrees * Math.PI) / 180;
const times = (G, w) => G.map((row) => dot(row, w));

const unit = ([x, y]) => [x / Math.hypot(x, y), y / Math.hypot(x, y)];

/** G⁻¹c of a symmetric G. */
function divide([[a, r], [, b]], [c1, c2]) {
  const det = a * b - r * r;
  return [(b * c1 - r * c2) / det, (a * c2 - r * c1) / det];
}

/** The w that minimises ½wᵀHw − cᵀw + t‖w‖₁: try in turn which coefficients are zero. */
function penalised(H, c, t) {
  const rounding = 4 * Number.EPSILON * (Math.abs(c[0]) + Math.abs(c[1]));
  for (const [j, k] of [[0, 1], [1, 0]]) {
    const alone = (Math.sign(c[j]) * Math.max(Math.abs(c[j]) - t, 0)) / H[j][j];
    if (Math.abs(c[k] - H[j][k] * alone) <= t + rounding) return j ? [0, alone] : [alone, 0];
  }
  const signs = [[1, 1], [1, -1], [-1, 1], [-1, -1]];
  const both = signs.map((s) => divide(H, c.map((value, j) => value - t * s[j])));
  return both.find((w, i) => w.every((value, j) => value * signs[i][j] > 0));
}

/** The contours' G, the w of least loss within the budget, the λ that leads there, and the rest
    of what is drawn and said. */
export function solve({ penalty, l1_ratio, reach, angle, stretch, optimum }) {
  const rho = { L1: 1, L2: 0 }[penalty] ?? l1_ratio;
  const [cos, sin] = [Math.cos, Math.sin].map((f) => stretch * f(2 * radians(angle)));
  const G = [[1 - cos, -sin], [-sin, 1 + cos]];
  const [c, l2] = [times(G, optimum), (1 - rho) / 2];
  const cost = ([a, b]) => rho * (Math.abs(a) + Math.abs(b)) + l2 * (a * a + b * b);
  const budget = cost([reach, 0]);
  const from = (w) => optimum.map((value, j) => value - w[j]);
  const loss = (w) => dot(from(w), times(G, from(w))) / 2;
  const at = (lam) =>
    penalised(G.map((row, j) => row.map((v, k) => v + (j === k) * 2 * l2 * lam)), c, lam * rho);
  let [low, lam] = [0, 0];
  if (cost(optimum) > budget) {
    for (lam = 1; cost(at(lam)) > budget; lam *= 2) low = lam;
    // The cost falls as λ grows: halve until no number is left between.
    for (let mid = low; (mid = (low + lam) / 2) > low && mid < lam; ) {
      if (cost(at(mid)) > budget) low = mid;
      else lam = mid;
    }
  }
  const w = lam ? at(lam) : optimum;
  const rim = DEGREES.map(radians).map((turn) => {
    const [x, y] = [Math.cos(turn), Math.sin(turn)];
    const l1 = rho * (Math.abs(x) + Math.abs(y));
    const r = (2 * budget) / (l1 + Math.sqrt(l1 * l1 + 4 * l2 * budget));
    return [r * x, r * y];
  });
  // A corner is the solution for every optimum from which the pull along the other axis is at most
  // `rate` times the pull along its own.
  const rate = rho / (rho + 2 * l2 * reach);
  const regions = CORNERS.map(([x, y]) => {
    const [a, b] = [rate, -rate].map((r) => unit(divide(G, [x + r * y, y + r * x])));
    const middle = unit([a[0] + b[0], a[1] + b[1]]);
    const ends = [[0, 0], a, middle, b];
    return ends.map((end) => [reach * x + FAR * end[0], reach * y + FAR * end[1]]);
  });
  return { rho, G, w, lam, loss, rim, regions, pull: times(G, from(w)) };
}
