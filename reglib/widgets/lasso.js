/* The lasso explorer; LassoExplorer in lasso.py says what it shows and keeps. */

import {
  explorer, format, key, limits, make, memo, pool, pretty, put, roundUp, scale, select, trace, view,
} from "./explorer.js";
import { hers } from "./hers.js";
import { lamAxis, lamControl, sliderLams } from "./lam.js";
import { dot } from "./numerics.js";

/** The coefficients at λ: between two knots of the path they are linear in it. */
export function between({ lams, coef }, lam) {
  const k = lams.findIndex((knot) => knot <= lam);
  if (k <= 0) return coef[0];
  const share = (lams[k - 1] - lam) / (lams[k - 1] - lams[k]);
  return coef[k].map((value, j) => share * value + (1 - share) * coef[k - 1][j]);
}

/** A function from w, and b unless it is the best one, to what belongs to them: the training error,
    and for each feature a and c, of which the soft threshold makes its coefficient, w = S(c, λ)/a. */
function fitter({ columns, means }) {
  const [X, y] = [columns.slice(0, -1), columns.at(-1)];
  const a = X.map((x) => dot(x, x));
  return ({ w, b: given }) => {
    const r = y.map((value, i) => value - X.reduce((fitted, x, j) => fitted + w[j] * x[i], 0));
    const c = X.map((x, j) => dot(x, r) + a[j] * w[j]);
    const best = means.at(-1) - dot(w, means);
    const b = given ?? best;
    return { w, b, training: dot(r, r) + (b - best) ** 2, a, c };
  };
}

/** Few rows in place of all: J depends on X and y by their means and their products alone, and these
    rows, each with its mirror image about the means, have the same. */
export function standIns({ columns, means }) {
  const size = Math.sqrt(columns[0].length);
  const rows = columns[0].flatMap((_, i) =>
    [1, -1].map((sign) => means.map((mean, j) => mean + sign * size * columns[j][i])),
  );
  return { X: rows.map((row) => row.slice(0, -1)), y: rows.map((row) => row.at(-1)) };
}

/** A learner's table as a path of the kind that Python sends: from large λ to small, with the
    stretches on which each coefficient is not zero, as far as her λ tell. */
function pathOf(table) {
  const lams = [...table.lams].sort((a, b) => b - a);
  const coef = lams.map((lam) => table.at(lam).w);
  const stays = coef[0].flatMap((_, j) => {
    const found = [];
    coef.forEach((w, k) => {
      if (w[j] && !coef[k - 1]?.[j]) found.push([j, lams[k - 1] ?? Infinity, 0]);
      if (!w[j] && coef[k - 1]?.[j]) found.at(-1)[2] = lams[k];
    });
    return found;
  });
  return { lams, coef, stays: stays.sort((a, b) => b[1] - a[1]) };
}

/** Places for labels, at least `gap` apart and as near to where they belong as a pass down and a
    pass up can bring them. */
function apart(places, gap, bottom) {
  const order = places.map((_, i) => i).sort((i, j) => places[i] - places[j]);
  const found = [...places];
  order.forEach((i, k) => k && (found[i] = Math.max(found[i], found[order[k - 1]] + gap)));
  order.reverse().forEach((i, k) => {
    found[i] = Math.min(found[i], k ? found[order[k - 1]] - gap : bottom);
  });
  return found;
}

function pathView(model, names, span, height) {
  const plot = view({
    title: "Coefficients",
    words: [key("line", "first", "the chosen feature"), key("line", "muted", "the others")],
    label: "Each coefficient against λ. The numbers at the present λ are in the table below.",
    width: 400,
    height,
  });
  const across = [plot.across[0] + 36, plot.across[1]]; // room for the names
  const axis = lamAxis(model, { ...plot, across }, span);
  const lines = names.map(() => plot.line("muted", "thin"));
  const bold = plot.line("first");
  const labels = names.map((name) => Object.assign(plot.name(), { textContent: name }));
  const even = Array.from({ length: 121 }, (_, i) => span[0] * (span[1] / span[0]) ** (i / 120));
  let shapes = [];
  return {
    ...plot,
    drawPath(path) {
      const [most, least] = [Math.max, Math.min].map((end) => end(...path.coef.flat(), 0));
      const margin = 0.06 * (most - least);
      const y = scale([least - margin, most + margin], plot.down);
      const step = roundUp((most - least) / 8);
      const [low, high] = y.domain.map((end) => Math.trunc(end / step));
      const ticks = Array.from({ length: high - low + 1 }, (_, i) => (low + i) * step);
      plot.axes(axis, { scale: y, ticks, label: "coefficient w" });
      const inside = path.lams.filter((lam) => lam > span[0]);
      const lams = [...even, ...inside].sort((a, b) => a - b);
      const drawn = lams.map((lam) => between(path, lam));
      shapes = names.map((_, j) => trace(lams, drawn.map((w) => w[j]), axis.scale, y));
      shapes.forEach((d, j) => put(lines[j], { d }));
      apart(drawn[0].map(y), 12, plot.down[0] - 2).forEach((at, j) =>
        put(labels[j], { x: across[0] - 4, y: at + 4, "text-anchor": "end" }),
      );
    },
    drawLam(lam, { w }, chosen) {
      axis.mark(lam);
      put(bold, { d: shapes[chosen] });
      labels.forEach((label, j) =>
        put(label, { class: `name ${w[j] === 0 ? "out" : "in"} ${j === chosen ? "chosen" : ""}` }),
      );
    },
  };
}

function stayView(model, names, span, height) {
  const plot = view({
    title: "Features in",
    label: "The stretches of λ on which each coefficient is not zero, as in the table below.",
    width: 300,
    height,
  });
  const axis = lamAxis(model, plot, span);
  const [bars, inBars] = [[], plot.add("svg:g")];
  let stays = [];
  return {
    ...plot,
    drawPath(path) {
      stays = path.stays;
      const ever = [...new Set(stays.map(([j]) => j))];
      const rows = [...ever, ...names.map((_, j) => j).filter((j) => !ever.includes(j))];
      const y = scale([0.5, names.length + 0.5], [plot.down[1], plot.down[0]]);
      const show = (row) => names[rows[row - 1]];
      plot.axes(axis, { scale: y, ticks: rows.map((_, i) => i + 1), show, label: "" });
      pool(bars, stays.length, inBars, () => make("svg:line", { class: "stay" }));
      stays.forEach(([j, high, low], i) => {
        const [x1, x2] = [low, high].map((lam) => axis.scale(axis.scale.clamp(lam)));
        const at = y(rows.indexOf(j) + 1);
        put(bars[i], { x1, x2, y1: at, y2: at });
      });
    },
    drawLam(lam, fit, chosen) {
      axis.mark(lam);
      stays.forEach(([j], i) =>
        put(bars[i], { stroke: `var(--${j === chosen ? "first" : "edge"})` }),
      );
    },
  };
}

function thresholdView() {
  const plot = view({
    title: "Its soft threshold",
    words: [key("line", "first", "w = S(c, λ)/a"), key("line", "second", "c/a")],
    label: "The chosen coefficient as a function of c, as the sentence below says.",
    width: 300,
    height: 172,
  });
  const zone = plot.add("svg:rect", { class: "zone", y: plot.down[1], height: 999 });
  const free = plot.line("second");
  const soft = plot.line("first");
  const now = plot.add("svg:circle", { class: "now", r: 4.5 });
  return {
    ...plot,
    drawLam(lam, { w, a, c }, chosen) {
      const top = roundUp(1.2 * Math.max(lam, Math.abs(c[chosen])) || 1);
      const slope = a[chosen] ? 1 / a[chosen] : 1;
      const x = scale([-top, top], plot.across);
      const y = scale([-top * slope, top * slope], plot.down);
      const edges = lam > top / 6 && lam < top * 0.8 ? [-lam, lam] : [];
      plot.axes(
        {
          scale: x,
          ticks: [-top, ...edges, 0, top],
          show: (at) => (edges.includes(at) ? (at < 0 ? "−λ" : "λ") : pretty(at)),
          label: "c, covariance with what the others leave",
        },
        { scale: y, ticks: [-top * slope, 0, top * slope], label: "w" },
      );
      put(zone, { x: x(-lam), width: x(lam) - x(-lam) });
      const bend = (top - lam) * (a[chosen] && slope);
      put(soft, { d: trace([-top, -lam, lam, top], [-bend, 0, 0, bend], x, y) });
      put(free, { d: trace([-top, top], [-top * slope, top * slope], x, y) });
      put(now, { cx: x(c[chosen]), cy: y(w[chosen]) });
    },
  };
}

function render({ model, el }) {
  const names = limits(model, "feature").options;
  const facts = model.get("_facts");
  const { span } = facts;
  const complete = fitter(facts);
  const height = 60 + 14 * names.length;
  const [paths, inside, threshold] = [
    pathView(model, names, span, height + 216),
    stayView(model, names, span, height),
    thresholdView(),
  ];
  const views = [paths, inside, threshold];
  const own = hers(model, "lasso.lasso_fit");
  const wanted = { ...standIns(facts), lams: sliderLams(span).reverse() };
  const pathFor = memo((table) => {
    const path = table ? pathOf(table) : facts;
    for (const plot of [paths, inside]) plot.drawPath(path);
    const events = path.stays.flatMap(([j, high, low]) => [
      ...(high < Infinity ? [{ lam: high, what: `${names[j]} becomes zero` }] : []),
      ...(low > 0 ? [{ lam: low, what: `${names[j]} comes in` }] : []),
    ]);
    return { path, events };
  });
  const draw = ({ lam: asked, feature }) => {
    const table = own.of(wanted);
    const lam = table?.settle(asked) ?? asked;
    const { path, events } = pathFor(table);
    const fit = complete(table ? table.at(lam) : { w: between(path, lam) });
    const chosen = names.indexOf(feature);
    for (const plot of views) plot.drawLam(lam, fit, chosen);
    const [w, a, c] = [fit.w[chosen], fit.a[chosen], fit.c[chosen]];
    const moved = c < 0 ? "c + λ" : "c − λ";
    const formula = Math.abs(a - 1) < 1e-9 ? moved : `(${moved})/a`;
    const kept = fit.w.filter(Boolean).length;
    const next = Math.min(...events.map((event) => event.lam).filter((at) => at > lam));
    const coming = events.filter((event) => event.lam === next).map(({ what }) => what);
    return {
      sentence:
        `λ = ${format(lam)}: ${kept} of ${names.length} coefficients ${kept === 1 ? "is" : "are"} ` +
        `not zero; training error ${pretty(fit.training)}. For ${feature}, c = ${pretty(c)} is ` +
        (w ? `beyond ±λ: w = ${formula} = ${pretty(w)}. ` : "within ±λ: w = 0. ") +
        (coming.length ? `Next, at λ = ${format(next)}, ${coming.join(" and ")}.` : ""),
      rows: [
        ["training error", fit.training],
        ["intercept", fit.b],
        ["sum of |w|", fit.w.reduce((sum, value) => sum + Math.abs(value), 0)],
        ...names.map((name, j) => [`w of ${name}`, fit.w[j]]),
        [`c of ${feature}`, c],
        [`a of ${feature}`, a],
        ...events.map((event) => [`λ at which ${event.what}`, event.lam]),
      ],
    };
  };
  const whose = "Feature whose soft threshold is shown";
  const shown = explorer({ model, el }, {
    label: "Lasso explorer",
    controls: [lamControl(model, span), select(model, "feature", whose)],
    views,
    draw,
  });
  own.start(shown);
}

export default { render };
