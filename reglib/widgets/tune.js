/* tune: what a learner's own function gave at each λ of a grid, and nothing between; see tune.py. */

import {
  errorsAlong, explorer, format, key, linear, pool, powerOfTen, powers, pretty, put, roundSpan,
  scale, steps, tracer, traitAxis, view,
} from "./explorer.js";
import { extremes, shade } from "./lam.js";

const KINDS = ["training", "validation"];

/** A log λ axis through the steps, with room for λ = 0 a decade to the left of the others; a press
    goes to the nearest step. */
function stepAxis(model, plot, all) {
  const lams = all.map(({ lam }) => lam);
  const positive = lams.filter((lam) => lam > 0);
  const [least, most] = positive.length ? [positive[0], positive.at(-1)] : [1, 1];
  const bend = (lam) => Math.max(Math.log10(lam / least), -1);
  const tens = powers([least, most]);
  const ticks = tens.length > 1 ? tens : [...new Set([least, most])];
  const nearest = (place) => {
    const away = lams.map((lam) => Math.abs(bend(lam) - place));
    return away.indexOf(Math.min(...away));
  };
  return traitAxis(model, plot, "at", {
    domain: [lams[0], lams.at(-1)],
    kind: [bend, (place) => place],
    round: nearest,
    ticks: lams[0] === 0 ? [0, ...ticks] : ticks,
    show: (lam) => (lam && tens.length > 1 ? powerOfTen(lam) : format(lam)),
    label: "λ",
  });
}

/** The rows and, for a single feature, the line through them; otherwise fitted against actual y. */
function rowsView({ x, actual, names, steps: all }) {
  const kinds = x ? ["training"] : KINDS.filter((kind) => kind in actual);
  const plot = view({
    title: x ? "Your line" : "Your fit",
    words: [
      ...kinds.map((kind) => key("dot", kind, kind)),
      x ? key("line", "fit", "your line") : key("line", "muted", "fitted = actual"),
    ],
    label: "The rows and your fit to them. What it comes to is in the sentence below.",
    width: 400,
    height: 388,
  });
  const drawn = all.filter((step) => step.fitted);
  const ends = (lists) => {
    const of = (end) => end(...lists.map((list) => end(...list)));
    const ticks = roundSpan(of(Math.min), of(Math.max));
    return [ticks, [ticks[0], ticks.at(-1)]];
  };
  const fitted = kinds.flatMap((kind) => drawn.map((step) => step.fitted[kind]));
  const actuals = kinds.map((kind) => actual[kind]);
  const [xTicks, across] = ends(x ? [x] : actuals);
  const [yTicks, down] = ends(x ? [...fitted, ...actuals] : fitted);
  const [left, up] = [scale(across, plot.across, linear), scale(down, plot.down, linear)];
  plot.axes(
    { scale: left, ticks: xTicks, show: pretty, label: x ? names[0] : "actual y" },
    { scale: up, ticks: yTicks, label: x ? "y" : "fitted y" },
  );
  const line = plot.line(x ? "fit" : "muted", x ? "" : "thin");
  const marks = kinds.flatMap((kind) =>
    (x ?? actual[kind]).map((value, i) => ({ kind, i, mark: plot.mark(kind, 3), cx: left(value) })),
  );
  if (x) {
    for (const { mark, cx, i } of marks) put(mark, { cx, cy: up(actual.training[i]) });
    const [from, to] = [Math.min(...x), Math.max(...x)];
    const [first, last] = [x.indexOf(from), x.indexOf(to)];
    const draw = tracer([from, to], left);
    const drawStep = ({ fitted }) =>
      put(line, { d: fitted ? draw([fitted.training[first], fitted.training[last]], up) : "" });
    return { ...plot, drawStep };
  }
  put(line, { d: tracer(across, left)(across, up) });
  for (const { mark, cx } of marks) put(mark, { cx });
  const drawStep = ({ fitted }) => {
    for (const { mark, kind, i } of marks) put(mark, { cy: fitted ? up(fitted[kind][i]) : -99 });
  };
  return { ...plot, drawStep };
}

function coefsView(model, { names, steps: all }) {
  const plot = view({
    title: "Your coefficients",
    label: "Each coefficient against λ. The numbers at the present λ are in the table below.",
    width: 300,
    height: 172,
  });
  const drawn = [0, ...all.flatMap(({ w }) => w ?? [])];
  const ticks = roundSpan(Math.min(...drawn), Math.max(...drawn));
  const y = scale([ticks[0], ticks.at(-1)], plot.down, linear);
  const axis = stepAxis(model, plot, all);
  plot.axes(axis, { scale: y, ticks, label: "w" });
  const draw = tracer(all.map(({ lam }) => lam), axis.scale);
  const lines = pool([], names.length, plot.add("svg:g"), (j) => shade(j, names.length));
  lines.forEach((line, j) => put(line, { d: draw(all.map(({ w }) => w?.[j]), y) }));
  const name = extremes(plot);
  return { ...plot, drawStep: ({ lam, w }) => name(axis.mark(lam), w ?? [], y, (j) => names[j]) };
}

function render({ model, el }) {
  const facts = model.get("_facts");
  const { steps: all, names, actual, words } = facts;
  const kinds = KINDS.filter((kind) => kind in actual);
  const errors = errorsAlong({
    title: "Your errors",
    along: "λ",
    kinds: kinds.map((kind) => ({ name: kind, words: kind, colour: kind })),
    makeAxis: (plot) => stepAxis(model, plot, all),
  });
  errors.drawCurves(all.map(({ lam }) => lam), all.map(({ errors }) => errors ?? {}));
  const views = [
    rowsView(facts),
    coefsView(model, facts),
    { ...errors, drawStep: (step) => errors.drawMark(step.lam, step.errors ?? {}) },
  ];
  const draw = ({ at }) => {
    const step = all[at];
    for (const plot of views) plot.drawStep(step);
    const numbers = step.w && [
      ...kinds.map((kind) => [`${kind} error`, step.errors[kind]]),
      ["intercept", step.b],
      ...step.w.map((value, j) => [`w of ${names[j]}`, value]),
    ];
    return { sentence: words[at], rows: [["λ", step.lam], ...(numbers ?? [])] };
  };
  explorer({ model, el }, {
    label: "Your function, as λ moves",
    controls: [steps(model, "at", "λ", all.map(({ label }) => label))],
    views,
    draw,
  });
}

export default { render };
