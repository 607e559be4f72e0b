import {
  control, decades, explorer, format, key, linear, log, make, mean, normals, points, powerOfTen,
  pretty, round, scale, subscript, symlog, trace, uniforms, view,
} from "./explorer.js";

const ROWS = 20;
const TRAITS = ["lam", "degree", "noise", "seed", "moved"];
const LAMS = Array.from({ length: 101 }, (_, i) => 10 ** (i / 10 - 8));
const GRID = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 100 - 1);

export const truth = (x) => Math.sin(Math.PI * x);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const square = (v) => v * v;

/** Training and validation rows, as `RidgeExplorer.data` makes them. */
export function data(seed, noise, moved) {
  const u = uniforms(seed, 6 * ROWS);
  const row = (i) => u.slice(i * ROWS, (i + 1) * ROWS);
  const place = (shares) => shares.map((share, i) => ((i + share) * 2) / ROWS - 1);
  const measure = (xs, z) => xs.map((x, i) => truth(x) + noise * z[i]);
  const [x, xVal] = [place(row(0)), place(row(3))];
  const y = measure(x, normals(row(1), row(2))).map((value, i) => value + moved[i]);
  return { x, y, xVal, yVal: measure(xVal, normals(row(4), row(5))) };
}

/** The columns x¹ … x^degree. */
export function polynomial(x, degree) {
  const columns = [x];
  while (columns.length < degree) columns.push(columns.at(-1).map((power, i) => power * x[i]));
  return columns;
}

/** The singular directions of a matrix given by its columns, by one-sided Jacobi rotations: turn
    pairs of columns until all are orthogonal. Their lengths are then the singular values. It keeps
    small ones to high relative accuracy (Demmel & Veselić, 1992). */
export function svd(columns) {
  const US = columns.map((column) => [...column]);
  const V = columns.map((_, i) => columns.map((_, j) => Number(i === j)));
  for (let turned = true, sweep = 0; turned && sweep < 60; sweep++) {
    turned = false;
    for (let i = 0; i < US.length; i++) {
      for (let j = i + 1; j < US.length; j++) {
        const [a, b, c] = [dot(US[i], US[i]), dot(US[j], US[j]), dot(US[i], US[j])];
        if (Math.abs(c) <= 2 ** -52 * Math.sqrt(a * b)) continue;
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

/** Ridge regression at every λ from one decomposition: returns a function of λ. The objective and
    the rule for dropped directions are those of `reglib.ridge_path`. */
export function ridge(columns, y) {
  const n = y.length;
  const means = columns.map((c) => (Math.max(...c) === Math.min(...c) ? c[0] : mean(c)));
  const yMean = mean(y);
  const { US, V, s } = svd(columns.map((column, j) => column.map((value) => value - means[j])));
  const least = 2 ** -52 * Math.max(n, columns.length) * Math.max(...s);
  const kept = s.flatMap((value, k) => (value > least ? [k] : []));
  const along = US.map((us) => dot(us, y.map((value) => value - yMean)));
  return (lam) => {
    const w = columns.map(() => 0);
    for (const k of kept) {
      const size = along[k] / (square(s[k]) + n * lam);
      V[k].forEach((value, j) => (w[j] += size * value));
    }
    return { w, b: yMean - dot(w, means) };
  };
}

const predict = ({ w, b }, columns) => columns[0].map((_, i) => w.reduce((sum, value, j) => sum + value * columns[j][i], b));
const error = (fit, columns, y) => mean(predict(fit, columns).map((value, i) => square(value - y[i])));

/** Everything that does not change with λ. */
export function solve({ degree, noise, seed, moved }) {
  const rows = data(seed, noise, moved);
  const [X, XVal, XGrid] = [rows.x, rows.xVal, GRID].map((x) => polynomial(x, degree));
  const fit = ridge(X, rows.y);
  const f = GRID.map(truth);
  const at = (lam) => {
    const now = fit(lam);
    return {
      ...now, curve: predict(now, XGrid),
      training: error(now, X, rows.y), validation: error(now, XVal, rows.yVal), risk: square(noise) + error(now, XGrid, f),
    };
  };
  return { ...rows, at, path: LAMS.map(at) };
}

function render({ model, el }) {
  const change = (traits) => {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  };
  const fromLog = (power) => Number((10 ** power).toPrecision(3));
  const button = make("button", { type: "button" }, "New data");
  button.addEventListener("click", () => change({ seed: model.get("seed") + 1, moved: Array(ROWS).fill(0) }));
  const controls = [
    control(model, "lam", {
      label: "λ, the strength of the penalty", wanted: "a number of at least 0",
      accept: (v) => v >= 0 && Number.isFinite(v), min: -8, max: 2, step: 0.05, from: fromLog, to: (v) => Math.log10(v || 1e-8),
    }),
    control(model, "degree", {
      label: "Degree of the polynomial", wanted: "a whole number from 1 to 15",
      accept: (v) => Number.isInteger(v) && v >= 1 && v <= 15, min: 1, max: 15, step: 1,
    }),
    control(model, "noise", {
      label: "Noise (standard deviation)", wanted: "a number from 0 to 1",
      accept: (v) => v >= 0 && v <= 1, min: 0, max: 1, step: 0.05,
    }),
    button,
  ];

  const fitView = view({ title: "The fit", role: "group", width: 400, height: 350,
    label: "The fit. Up and down keys move a training point, left and right keys go to the next." });
  const pathView = view({ title: "Coefficients", width: 300, height: 175, label: "Each coefficient against λ; the table below has those at the present λ." });
  const errorView = view({ title: "Mean squared error", width: 300, height: 175, label: "Errors against λ; the sentence below has those at the present λ." });

  fitView.caption.append(key("dot", "ink", "training "), key("ring", "validation", "validation "), key("line", "fit", "fit "), key("dashes", "truth", "truth, sin(πx)"));
  errorView.caption.append(key("line", "ink", "training "), key("line", "validation", "validation "), key("dashes", "truth", "true risk, known because we made the data"));
  const rings = Array.from({ length: ROWS }, () => fitView.add("svg:circle", { r: 3, fill: "none", stroke: "var(--validation)" }));
  const line = (plot, colour, more) => plot.add("svg:path", { class: "line", stroke: `var(--${colour})`, ...more });
  const truthLine = line(fitView, "truth", { "stroke-dasharray": "6 4" });
  const fitLine = line(fitView, "fit", { "stroke-width": 2.5 });
  const errorLines = { training: line(errorView, "ink"), validation: line(errorView, "validation"), risk: line(errorView, "truth", { "stroke-dasharray": "6 4" }) };
  const paths = pathView.add("svg:g", {});
  const markers = [pathView, errorView].map((plot) => plot.add("svg:line", { class: "marker", y1: plot.down[0], y2: plot.down[1] }));
  const drawPoints = points(fitView, ROWS, 0.05, (i, y) => {
    change({ moved: model.get("moved").map((shift, k) => (k === i ? shift + y - solved.y[i] : shift)) });
  });
  const lamScale = scale([1e-8, 100], pathView.across, log);
  const lamAxis = { scale: lamScale, ticks: [1e-8, 1e-6, 1e-4, 1e-2, 1, 100], show: powerOfTen, label: "λ" };
  for (const plot of [pathView, errorView]) plot.scrub((x) => change({ lam: fromLog(Math.log10(lamScale.invert(x))) }));

  let known = null;
  let solved = null;
  let height = 0;
  let yScale = null;
  const xScale = scale([-1, 1], fitView.across);

  const drawData = (sameData) => {
    // While a point is dragged the axis may grow but not shrink, or it would run from the pointer.
    height = Math.max(2, Math.ceil(Math.max(...solved.y.map(Math.abs)) * 2) / 2, sameData ? height : 0);
    yScale = scale([-height, height], fitView.down);
    fitView.axes({ scale: xScale, ticks: [-1, -0.5, 0, 0.5, 1], label: "x" }, { scale: yScale, ticks: [-2, -1, 0, 1, 2], label: "y" });
    truthLine.setAttribute("d", trace(GRID, GRID.map(truth), xScale, yScale));
    drawPoints(solved.x, solved.y, xScale, yScale);
    rings.forEach((ring, i) => {
      ring.setAttribute("cx", xScale(solved.xVal[i]));
      ring.setAttribute("cy", yScale(solved.yVal[i]));
    });

    const all = solved.path.flatMap((fit) => fit.w);
    const [low, high] = [-round(Math.max(1, -Math.min(...all)), true), round(Math.max(1, ...all), true)];
    const wScale = scale([low, high], pathView.down, symlog);
    const up = decades(1, high, 3);
    pathView.axes(lamAxis, { scale: wScale, ticks: [...decades(1, -low, 3).map((v) => -v), 0, ...up], label: "w, units of y" });
    paths.replaceChildren(...solved.path[0].w.map((_, j) => make("svg:path", {
      class: "line", d: trace(LAMS, solved.path.map((fit) => fit.w[j]), lamScale, wScale),
      stroke: `color-mix(in oklab, var(--last) ${Math.round((100 * j) / 14)}%, var(--first))`,
    })));

    const sizes = solved.path.flatMap((fit) => [fit.training, fit.validation, fit.risk]);
    const most = round(Math.max(...sizes), true);
    const errorScale = scale([Math.max(round(Math.min(...sizes), false), most * 1e-5), most], errorView.down, log);
    errorView.axes(lamAxis, { scale: errorScale, ticks: decades(...errorScale.domain), label: "units of y²" });
    for (const [name, node] of Object.entries(errorLines)) {
      node.setAttribute("d", trace(LAMS, solved.path.map((fit) => fit[name]), lamScale, errorScale));
    }
  };

  const draw = () => {
    const now = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
    const { lam, moved, ...same } = now;
    const [draws, all] = [JSON.stringify(same), JSON.stringify([same, moved])];
    if (known?.all !== all) {
      solved = solve(now);
      drawData(known?.draws === draws);
      known = { draws, all };
    }
    const fit = solved.at(lam);
    fitLine.setAttribute("d", trace(GRID, fit.curve, xScale, yScale));
    const x = lamScale(lamScale.clamp(lam));
    for (const marker of markers) {
      marker.setAttribute("x1", x);
      marker.setAttribute("x2", x);
    }
    const largest = fit.w.reduce((best, value, j) => (Math.abs(value) > Math.abs(fit.w[best]) ? j : best), 0);
    return {
      words: `λ = ${format(lam)}, degree ${now.degree}: training error ${pretty(fit.training)}, validation error ${pretty(fit.validation)}, ` +
        `true risk ${pretty(fit.risk)}, largest coefficient w${subscript(largest + 1)} = ${pretty(fit.w[largest])}.`,
      table: [
        ["training error", fit.training], ["validation error", fit.validation], ["true risk", fit.risk],
        ["intercept", fit.b], ...fit.w.map((value, j) => [`w${subscript(j + 1)}`, value]),
      ],
    };
  };
  explorer({ model, el }, { label: "Ridge explorer", controls, views: [fitView, pathView, errorView], traits: TRAITS, draw });
}

export default { render };
