/* The pictures of cross-validation: the rows held out, the curve, the λ that are chosen. */

import {
  key, log, powerOfTen, powers, pretty, put, roundSpan, scale, trace, tracer, view, write,
} from "./explorer.js";
import { mean } from "./numerics.js";

export const listed = (rows) => rows.map((i) => i + 1).join(", ");

function axis(plot, lams) {
  const domain = [lams[0], lams.at(-1)];
  const x = scale(domain, plot.across, log);
  return { scale: x, ticks: powers(domain), show: powerOfTen, label: "λ" };
}

/** The rows in a line for each fold, those it holds out filled. */
export function foldView(n) {
  const plot = view({
    title: "Folds",
    words: [key("block", "validation", "held out"), key("block", "rule", "fitted")],
    width: 300,
    height: 172,
  });
  const fitted = plot.add("svg:path", { stroke: "var(--rule)" });
  const held = plot.add("svg:path", { fill: "var(--validation)" });
  const x = scale([0.5, n + 0.5], plot.across);
  const pitch = x(2) - x(1);
  return {
    ...plot,
    drawFolds(folds) {
      const k = folds.length;
      const y = scale([k + 0.5, 0.5], plot.down);
      const height = Math.min(0.8 * (y(2) - y(1)), 14);
      const [width, left] = [0.8 * pitch, 0.4 * pitch];
      const line = (_, f) => `M${x(1) - left} ${y(f + 1)}H${x(n) + left}`;
      const cell = (i, f) =>
        `M${x(i + 1) - left} ${y(f + 1) - height / 2}h${width}v${height}h${-width}z`;
      put(held, { d: folds.map((rows, f) => rows.map((i) => cell(i, f)).join("")).join("") });
      const dashes = `${width} ${pitch - width}`;
      put(fitted, { d: folds.map(line).join(""), "stroke-width": height, "stroke-dasharray": dashes });
      const numbers = (most) =>
        [1, ...roundSpan(0, most).filter((i) => i % 1 === 0 && i > 1 && i <= most)];
      plot.axes(
        { scale: x, ticks: numbers(n), show: pretty, label: "row" },
        { scale: y, ticks: numbers(k), label: "fold" },
      );
      const words = folds.map((rows, f) => `fold ${f + 1} holds out ${listed(rows)}`).join("; ");
      put(plot.node.querySelector("svg"), { "aria-label": `${k} folds of ${n} rows: ${words}.` });
    },
  };
}

/** The errors of the folds, their mean and its standard error, both choices and the true risk. */
export function curveView(lams, made) {
  const riskKey = key("line", "truth", "true risk, known because we made the data");
  const plot = view({
    title: "Errors",
    words: [
      key("line", "edge", "each fold"),
      key("line", "validation", "their mean"),
      key("band", "validation", "± 1 standard error"),
      key("dot", "first", "least mean"),
      key("dot", "second", "one-standard-error rule"),
      ...(made ? [riskKey] : []),
    ],
    label: "Errors against λ. The choices are in the sentence below, their errors in the table.",
    width: 400,
    height: 388,
  });
  const x = axis(plot, lams);
  const band = plot.add("svg:path", { class: "band", fill: "var(--validation)" });
  const folds = plot.add("svg:path", { class: "line hair", stroke: "var(--edge)" });
  const [middle, limit, risk] = [
    plot.line("validation"), plot.line("second", "hair"), plot.line("truth"),
  ];
  const oneSe = plot.mark("second", 5);
  const least = plot.mark("first", 5);
  const leastRisk = plot.mark("truth", 4);
  return {
    ...plot,
    drawErrors({ errors, means, se, best, oneSe: rule }, risks, riskShown) {
      const [low, high] = [-1, 1].map((sign) => means.map((value, l) => value + sign * se[l]));
      const most = Math.min(Math.max(...high, ...risks), 4 * high[best]);
      const ticks = roundSpan(0, most);
      const y = scale([0, ticks.at(-1)], plot.down);
      plot.axes(x, { scale: y, ticks, label: "mean squared error, units of y²" });
      const draw = tracer(lams, x.scale);
      const line = (values) => draw(values, y);
      const back = trace([...lams].reverse(), [...low].reverse(), x.scale, y).replace("M", "L");
      put(band, { d: `${line(high)}${back}Z` });
      put(folds, { d: errors.map(line).join("") });
      put(middle, { d: line(means) });
      put(risk, { d: riskShown ? line(risks) : "" });
      const ends = [lams[best], lams[rule]];
      put(limit, { d: trace(ends, Array(2).fill(high[best]), x.scale, y) });
      const place = (l, values) => ({ cx: x.scale(lams[l]), cy: y(values[l]) });
      put(least, place(best, means));
      put(oneSe, place(rule, means));
      const lowest = risks.indexOf(Math.min(...risks));
      put(leastRisk, riskShown ? place(lowest, risks) : { cx: -99 });
      riskKey.style.display = riskShown ? "" : "none";
    },
  };
}

/** How often each λ was chosen, by either rule. */
export function choiceView(lams, times) {
  const plot = view({
    title: `λ chosen, ${times} times`,
    words: [
      key("block", "first", "by the least mean"),
      key("block", "second", "by the rule, down"),
    ],
    label: "How often each λ was chosen. A summary is in the sentence below.",
    width: 300,
    height: 172,
  });
  const x = axis(plot, lams);
  const bars = ["first", "second"].map((colour) => plot.add("svg:path", { fill: `var(--${colour})` }));
  const note = plot.name();
  put(note, { x: mean(plot.across), y: mean(plot.down) - 8, "text-anchor": "middle" });
  const width = Math.max(2, (0.8 * (plot.across[1] - plot.across[0])) / lams.length);
  return {
    ...plot,
    drawChoices(choices, wanted) {
      write(note, wanted ? "" : "nothing is repeated yet");
      const counts = ["best", "oneSe"].map((rule) =>
        lams.map((_, l) => choices.filter((choice) => choice[rule] === l).length),
      );
      const top = roundSpan(0, Math.max(10, ...counts.flat())).at(-1);
      const y = scale([-top, top], plot.down);
      const show = (count) => pretty(Math.abs(count));
      plot.axes(x, { scale: y, ticks: [-top, 0, top], show, label: "times" });
      const bar = (sign) => (count, l) =>
        count && `M${x.scale(lams[l]) - width / 2} ${y(0)}h${width}V${y(sign * count)}h${-width}z`;
      bars.forEach((path, i) =>
        put(path, { d: counts[i].map(bar(1 - 2 * i)).filter(Boolean).join("") }),
      );
    },
  };
}
