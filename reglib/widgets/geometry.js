/* The geometry explorer; GeometryExplorer in geometry.py says what it shows and keeps. */

import {
  change, clamp, control, explorer, key, limits, make, onDrag, onKeys, pretty, put, roundDown,
  scale, select, tick, trace, view,
} from "./explorer.js";
import { CORNERS, DEGREES, solve } from "./budget.js";

const NAMES = ["w₁", "w₂"];

const outline = (points, x, y) =>
  trace(points.map(([first]) => first), points.map(([, second]) => second), x, y) + "Z";

function planeView(model) {
  const { most: edge } = limits(model, "optimum"); // of the picture, to all sides
  const { levels } = model.get("_facts"); // of the contours, in parts of the loss at the solution
  const plot = view({
    title: "The plane of w",
    words: [
      key("dot", "ink", "optimum, to drag"),
      key("dot", "fit", "solution"),
      key("line", "fit", "budget"),
      key("line", "muted", "equal loss"),
    ],
    label: "Optimum, contours, budget and solution. Arrow keys move the optimum.",
    role: "group",
    width: 400,
    height: 408,
  });
  const [x, y] = [scale([-edge, edge], plot.across), scale([-edge, edge], plot.down)];
  const ticks = [-3, -2, -1, 0, 1, 2, 3];
  plot.axes({ scale: x, ticks, show: pretty, label: "w₁" }, { scale: y, ticks, label: "w₂" });
  plot.add("svg:line", { class: "zero", x1: x(0), x2: x(0), y1: y(-edge), y2: y(edge) });
  const regions = CORNERS.map(() => plot.add("svg:path", { class: "region" }));
  const ball = plot.add("svg:path", { class: "ball" });
  const contours = levels.map(() => plot.add("svg:ellipse", {}));
  const ring = plot.add("svg:circle", { class: "corner", r: 9 });
  const solution = plot.add("svg:circle", { class: "solution", r: 5 });
  const handle = make("svg:circle", { class: "point free", r: 6, role: "slider", tabindex: 0 });
  plot.front.append(handle);
  const optimum = () => model.get("optimum");
  const to = (...w) => change(model, { optimum: w.map((value) => clamp(value, -edge, edge)) });
  const by = (first, second) => () => to(optimum()[0] + first, optimum()[1] + second);
  onKeys(handle, {
    ArrowLeft: by(-0.1, 0), ArrowRight: by(0.1, 0), Home: by(-9, 0), End: by(9, 0),
    ArrowDown: by(0, -0.1), ArrowUp: by(0, 0.1), PageDown: by(0, -0.5), PageUp: by(0, 0.5),
  });
  const place = () => [x(optimum()[0]), y(optimum()[1])];
  const drag = (left, down) => to(x.invert(left), y.invert(down));
  onDrag(plot, () => [{ node: handle, at: place(), to: drag }]);
  return {
    ...plot,
    drawState({ w, lam, loss, rim, regions: places }, { angle, stretch, regions: shown }, corner) {
      const [cx, cy] = place();
      const words = optimum().map((value, j) => `${NAMES[j]} = ${pretty(value)}`).join(", ");
      put(handle, {
        cx, cy, "aria-label": "Optimum, moved by the arrow keys", "aria-valuetext": words,
        "aria-valuemin": -edge, "aria-valuemax": edge, "aria-valuenow": optimum()[0],
      });
      put(ball, { d: outline(rim, x, y) });
      const unit = x(1) - x(0);
      contours.forEach((contour, i) => {
        const size = unit * Math.sqrt(2 * levels[i] * (loss(w) || 1));
        const [rx, ry] = [size / Math.sqrt(1 - stretch), size / Math.sqrt(1 + stretch)];
        put(contour, { rx, ry, transform: `translate(${cx} ${cy}) rotate(${-angle})` });
        put(contour, { class: lam && levels[i] === 1 ? "contour touching" : "contour" });
      });
      put(solution, { cx: x(w[0]), cy: y(w[1]) });
      put(ring, { cx: x(w[0]), cy: y(w[1]), visibility: corner ? "visible" : "hidden" });
      places.forEach((points, i) => put(regions[i], { d: shown ? outline(points, x, y) : "" }));
    },
  };
}

function rimView() {
  const plot = view({
    title: "Loss along the rim",
    label: "The loss on a walk around the rim, with the solution where it is least.",
    width: 300,
    height: 260,
  });
  const x = scale([-180, 180], plot.across);
  const line = plot.line("fit");
  const solution = plot.add("svg:circle", { class: "solution", r: 5 });
  const show = (turn) => ["−w₁", "−w₂", "w₁", "w₂", "−w₁"][turn / 90 + 2];
  return {
    ...plot,
    drawState({ w, lam, loss, rim }) {
      const losses = rim.map(loss);
      const top = 1.05 * Math.max(...losses);
      const y = scale([0, top], plot.down);
      const ticks = [-180, -90, 0, 90, 180];
      const axis = { scale: x, ticks, show, label: "direction from the origin" };
      plot.axes(axis, { scale: y, ticks: [0, roundDown(top)], label: "loss above its least" });
      put(line, { d: trace(DEGREES, losses, x, y) });
      const turn = (Math.atan2(w[1], w[0]) * 180) / Math.PI;
      put(solution, { cx: x(turn), cy: y(loss(w)), visibility: lam ? "visible" : "hidden" });
    },
  };
}

/** What there is to say about the solution. */
function verdict({ rho, lam, pull }, zero) {
  if (lam === 0) return "The optimum is within the budget, so it is the solution.";
  if (rho === 0) return `A disk has no corners; ${zero < 0 ? "neither" : NAMES[zero]} is 0.`;
  if (zero < 0) return "Not a corner: neither is 0.";
  return (
    `A corner: ${NAMES[zero]} is exactly 0, as the pull on it, ${pretty(pull[zero])}, is not ` +
    `more than ${rho === 1 ? "λ" : "λρ"} = ${pretty(lam * rho)} in size.`
  );
}

function render({ model, el }) {
  const [plane, rim] = [planeView(model), rimView()];
  const ratio = control(model, "l1_ratio", { label: "ρ, the share of L1", step: 0.05 });
  const draw = (state) => {
    const found = solve(state);
    const { rho, G, w, lam, loss, pull } = found;
    const zero = lam ? w.indexOf(0) : -1;
    ratio.hidden = state.penalty !== "elastic net";
    plane.drawState(found, state, zero >= 0 && rho > 0);
    rim.drawState(found);
    const both = (words, values) => NAMES.map((name, j) => [`${words}${name}`, values[j]]);
    const name = state.penalty === "elastic net" ? `Elastic net, ρ = ${pretty(rho)}` : state.penalty;
    return {
      sentence:
        `${name}, budget through ${pretty(state.reach)}: w₁ = ${pretty(w[0])}, ` +
        `w₂ = ${pretty(w[1])}. ${verdict(found, zero)}`,
      rows: [
        ...both("", w), ["λ that leads there", lam], ...both("pull on ", pull),
        ["loss above its least", loss(w)], ...both("optimum ", state.optimum),
        ["variance of x₁", G[0][0]], ["variance of x₂", G[1][1]],
        ["correlation of x₁ and x₂", G[0][1] / Math.sqrt(G[0][0] * G[1][1])],
      ],
    };
  };
  explorer({ model, el }, {
    label: "Geometry explorer",
    controls: [
      control(model, "reach", { label: "Budget: where its rim crosses the axes", step: 0.05 }),
      select(model, "penalty", "Penalty"),
      ratio,
      control(model, "angle", { label: "Turn of the contours, in degrees", step: 5 }),
      control(model, "stretch", { label: "Stretch of the contours", step: 0.05 }),
      tick(model, "regions", "Shade every optimum that makes w₁ or w₂ zero"),
    ],
    views: [plane, rim],
    draw,
  });
}

export default { render };
