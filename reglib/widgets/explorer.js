/* What every explorer shares: elements, scales, views, controls, points to drag, the frame. */

import { announcement, atRest } from "./moves.js";

// Or JupyterLab would take the arrow keys and Enter for itself.
const KEEP_KEYS = { "data-lm-suppress-shortcuts": true };
const unique = () => `explorer-${Math.random().toString(36).slice(2)}`;

/** An element with its attributes and children; "svg:path" makes one of SVG. */
export function make(tag, attributes = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  node.append(...children);
  return put(node, attributes);
}

/** Set attributes; those that stay as they are cost no new style or layout. */
export function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
  return node;
}

/** Let a node say `words`; if it does already, it is left alone. */
export function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** A function that computes anew only when one of its arguments is another than the last time. */
export function memo(compute) {
  let [last, result] = [null, null];
  return (...now) => {
    if (last?.every((value, i) => value === now[i])) return result;
    last = now;
    return (result = compute(...now));
  };
}

/* Numbers as words */

/** A number in three digits, as it would be typed: 0.0316, 1e-8, -12.3. */
export function format(value, digits = 3) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(digits - 1).replace(/\.?0*e\+?/, "e");
  }
  return String(Number(value.toPrecision(digits)));
}

/** The same to be read, with a true minus sign. */
export const pretty = (value) => format(value).replaceAll("-", "−");

const swap = (value, digits) => String(value).replace(/\d/g, (digit) => digits[digit]);
export const subscript = (value) => swap(value, "₀₁₂₃₄₅₆₇₈₉");
export const powerOfTen = (value) =>
  "10" + swap(Math.round(Math.log10(value)), "⁰¹²³⁴⁵⁶⁷⁸⁹").replace("-", "⁻");

/* Scales: functions from data to the units of a picture */

export const linear = [(v) => v, (v) => v];
export const log = [Math.log10, (v) => 10 ** v];
/** Linear near 0, logarithmic beyond, alike on both sides. */
export const symlog = [Math.asinh, Math.sinh];

export function scale(domain, range, [bend, unbend] = linear) {
  const [from, to] = domain.map(bend);
  const [start, end] = range;
  const length = to - from || 1; // of numbers too close to be told apart
  const place = (value) => start + ((bend(value) - from) / length) * (end - start);
  place.invert = (at) => unbend(from + ((at - start) / (end - start)) * length);
  place.clamp = (value) => clamp(value, ...domain);
  place.domain = domain;
  return place;
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// …, 0.1, 0.3, 1, 3, 10, …: the round sizes, numbered. There is a smallest and a largest one, so
// that 0 and infinity have one near them too.
const roundSize = (i) => (i % 2 ? 3 * 10 ** ((i - 1) / 2) : 10 ** (i / 2));
const roundIndex = (size) => clamp(2 * Math.log10(size), -600, 600);
export const roundUp = (size) => roundSize(Math.ceil(roundIndex(size) - 1e-9));
export const roundDown = (size) => roundSize(Math.floor(roundIndex(size) + 1e-9));

/** Every `step`-th of the round sizes from one of them to another. */
export function roundSizes(low, high, step = 1) {
  const [first, last] = [low, high].map((size) => Math.round(roundIndex(size)));
  const sizes = [];
  for (let i = first; i <= last; i += step) sizes.push(roundSize(i));
  return sizes;
}

/** At most seven round numbers, evenly spaced, that span at least what lies between two; around
    two that cannot be told apart there is room on both sides. */
export function roundSpan(from, to) {
  let [low, high] = [from, to].map((value) => clamp(value || 0, -1e300, 1e300));
  const least = 1e-12 * Math.max(Math.abs(low), Math.abs(high)) || 1;
  if (high - low < least) [low, high] = [low - least, high + least];
  const size = 10 ** Math.floor(Math.log10((high - low) / 6));
  const count = (step) => Math.ceil(high / step - 1e-9) - Math.floor(low / step + 1e-9) + 1;
  const steps = [1, 2, 5, 10, 20].map((times) => times * size);
  const step = steps.find((step) => count(step) <= 7);
  return Array.from({ length: count(step) }, (_, i) => (Math.floor(low / step + 1e-9) + i) * step);
}

/** Powers of ten within a domain, every one or, of many, so few that they have room. */
export function powers([low, high]) {
  const [from, to] = [low, high].map((value) => clamp(Math.log10(value), -300, 300));
  const [first, last] = [Math.ceil(from - 1e-9), Math.floor(to + 1e-9)];
  const step = Math.ceil((last - first + 1) / 7) || 1;
  const count = Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => 10 ** (first + i * step));
}

/** A function from ys, with their scale, to the `d` of a line through points of the data, cut off
    where SVG could no longer draw it, and interrupted where there is no y. */
export function tracer(xs, x) {
  const lefts = Array.from(xs, (value) => x(value).toFixed(2));
  return (ys, y) => {
    let [d, pen] = ["", "M"];
    lefts.forEach((left, i) => {
      if (ys[i] !== undefined) d += `${pen}${left} ${clamp(y(ys[i]), -9999, 9999).toFixed(2)}`;
      pen = ys[i] === undefined ? "M" : "L";
    });
    return d;
  };
}
export const trace = (xs, ys, x, y) => tracer(xs, x)(ys, y);

/* Views */

const strokeOf = (colour) => ({
  stroke: `var(--${colour})`,
  "stroke-dasharray": `var(--${colour}-dashes)`,
});

/** A titled picture. Curves are added to its plot, where they are cut off at the edges. */
export function view({ title, words = [], label, role = "img", width, height }) {
  const [left, right, top, bottom] = [44, width - 8, 24, height - 36];
  const area = { x: left, y: top, width: right - left, height: bottom - top };
  const clip = unique();
  const grid = make("svg:g", { "aria-hidden": true });
  const plot = make("svg:g", { "aria-hidden": true, "clip-path": `url(#${clip})` });
  const front = make("svg:g");
  const svg = make(
    "svg:svg",
    {
      viewBox: `0 0 ${width} ${height}`, role, "aria-label": label,
      class: width < 400 ? "" : "wide",
    },
    make("svg:clipPath", { id: clip }, make("svg:rect", area)),
    grid,
    plot,
    front,
  );
  const node = make(
    "div",
    { class: "explorer-view" },
    make("p", {}, make("strong", {}, title), " ", ...words),
    svg,
  );
  const word = ([x, y, anchor, content]) =>
    make("svg:text", { x, y, "text-anchor": anchor }, content);
  let drawn = "";

  return {
    node,
    svg,
    front,
    across: [left, right],
    down: [bottom, top],

    /** Where an event happened, in the units of the picture. */
    place(event) {
      return new DOMPoint(event.clientX, event.clientY).matrixTransform(
        svg.getScreenCTM().inverse(),
      );
    },

    add(tag, attributes) {
      const node = make(tag, attributes);
      plot.append(node);
      return node;
    },

    /** A curve, dashed if its colour says so; `kind` is a CSS class. */
    line(colour, kind = "") {
      return this.add("svg:path", { class: `line ${kind}`, ...strokeOf(colour) });
    },

    /** A mark, hollow if its colour says so. */
    mark(colour, r) {
      const face = { fill: `var(--${colour}-face)`, stroke: `var(--${colour})` };
      return this.add("svg:circle", { class: "dot", r, ...face });
    },

    /** A word to be written beside a curve. */
    name() {
      const node = make("svg:text", { class: "name", "aria-hidden": true });
      front.append(node);
      return node;
    },

    /** Draw the axes. Each is { scale, ticks, label, show }; `show` says how to write a tick, and may
        be left out for y. Of ticks that would crowd, the one nearer to 0 stays. */
    axes(x, y) {
      const ticks = [];
      for (const tick of [...y.ticks].sort((a, b) => Math.abs(a) - Math.abs(b))) {
        const crowds = ticks.some((other) => Math.abs(y.scale(other) - y.scale(tick)) < 14);
        if (!crowds) ticks.push(tick);
      }
      const lines = ticks.map((tick) => {
        const at = y.scale(tick);
        return { class: tick === 0 ? "zero" : "grid", x1: left, x2: right, y1: at, y2: at };
      });
      const words = [
        ...ticks.map((tick) => [left - 7, y.scale(tick) + 4, "end", (y.show ?? pretty)(tick)]),
        ...x.ticks.map((tick) => [x.scale(tick), bottom + 16, "middle", x.show(tick)]),
        [(left + right) / 2, height - 3, "middle", x.label],
        [left, 12, "start", y.label],
      ];
      // Text is slow to lay out, and most steps leave it as it is.
      const now = JSON.stringify([lines, words]);
      if (now === drawn) return;
      drawn = now;
      grid.replaceChildren(...lines.map((line) => make("svg:line", line)), ...words.map(word));
    },

    /** Let a press or a drag anywhere on the plot choose a place along x. */
    scrub(choose) {
      const node = make("svg:rect", { class: "scrub", ...area });
      front.append(node);
      const follow = (event) => choose(clamp(this.place(event).x, left, right));
      node.addEventListener("pointerdown", (event) => {
        node.setPointerCapture(event.pointerId);
        follow(event);
      });
      node.addEventListener("pointermove", (event) => {
        if (node.hasPointerCapture(event.pointerId)) follow(event);
      });
    },
  };
}

/** What a sign in a view means. Its shape is "line", "dot", "block" or "band". */
export function key(shape, colour, words) {
  if (shape === "line") {
    const line = make("svg:path", { class: "line", d: "M0 4H25", ...strokeOf(colour) });
    const sample = make("svg:svg", { viewBox: "0 0 25 8", "aria-hidden": true }, line);
    return make("span", { class: "explorer-key" }, sample, words);
  }
  const style = `--colour: var(--${colour}); --face: var(--${colour}-face)`;
  return make("span", { class: `explorer-key ${shape}`, style }, words);
}

/** A trait along the x of a view: a press there sets it, and a marker moves to it. `words` are what
    `axes` wants to know besides. */
export function traitAxis(model, plot, name, { domain, kind, round, ...words }) {
  const x = scale(domain, plot.across, kind);
  const marker = make("svg:line", { class: "marker", y1: plot.down[0], y2: plot.down[1] });
  plot.front.append(marker);
  plot.scrub((at) => change(model, { [name]: round(x.invert(at)) }));
  const mark = (value) => {
    const at = x(x.clamp(value));
    put(marker, { x1: at, x2: at });
    return at;
  };
  return { scale: x, mark, ...words };
}

/** Errors along a trait, of those fits that have them, each of `kinds` = [{ name, words, colour }], with `name` its property in a
    fit. `makeAxis(plot)` makes the axis; `words` beside the title, unless given, say which line is
    which. */
export function errorsAlong({ title, along, kinds, makeAxis, words }) {
  const plot = view({
    title,
    words: words ?? kinds.map(({ words, colour }) => key("line", colour, words)),
    label: `Errors against ${along}. The numbers at the marker are in the sentence below.`,
    width: 300,
    height: 172,
  });
  const drawn = kinds.map(({ name, colour }) => ({
    name, line: plot.line(colour), dot: plot.mark(colour, 3.5),
  }));
  const axis = makeAxis(plot);
  let y = null;
  return {
    ...plot,
    /** One fit for each place along the axis. Errors above `most` are cut off, and so are those
        smaller than the largest one shown by a factor of more than `span`. */
    drawCurves(places, fits, { most = Infinity, span = 1e6 } = {}) {
      const all = fits.flatMap((fit) => kinds.map(({ name }) => fit[name] ?? []).flat());
      // Errors that are all 0 have a picture too, below its lower edge.
      const high = roundUp(Math.min(Math.max(...all), most) || 1);
      const low = roundDown(Math.max(Math.min(...all, high / 3), high / span));
      y = scale([low, high], plot.down, log);
      const label = "mean squared error, units of y²";
      plot.axes(axis, { scale: y, ticks: roundSizes(low, high), label });
      const draw = tracer(places, axis.scale);
      for (const { name, line } of drawn) put(line, { d: draw(fits.map((fit) => fit[name]), y) });
    },
    drawMark(place, fit) {
      const x = axis.mark(place);
      for (const { name, dot } of drawn) {
        put(dot, { cx: x, cy: fit[name] === undefined ? -99 : clamp(y(fit[name]), -99, 999) });
      }
    },
  };
}

/** Let keys do what `acts` says for each of them. */
export function onKeys(node, acts) {
  node.addEventListener("keydown", (event) => {
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  });
}

const REACH = 20; // pixels around a part of a view within which a press takes it

/** Let mouse and finger drag parts of a view: of `grips()`, each { node, at: [x, y], to(x, y) } in the
    units of the picture, the one that is nearest to the press. `to` hears where it should be. */
export function onDrag(plot, grips) {
  const { svg } = plot;
  let [held, near] = [null, null];
  const nearest = (event) => {
    const pressed = plot.place(event);
    const reach = REACH / svg.getScreenCTM().a;
    const away = ({ at: [x, y] }) => Math.hypot(x - pressed.x, y - pressed.y);
    const [grip] = grips().sort((a, b) => away(a) - away(b));
    return away(grip) <= reach ? { ...grip, pressed } : null;
  };
  const point = (grip) => {
    if (near !== grip?.node) near?.classList.remove("near");
    near = grip?.node;
    near?.classList.add("near");
  };
  // Or the page would scroll under the finger.
  const keep = (event) => nearest(event.touches[0]) && event.preventDefault();
  svg.addEventListener("touchstart", keep, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    const grip = nearest(event);
    if (!grip) return;
    const { node, at: [x, y], to, pressed } = grip;
    held = (place) => to(place.x + x - pressed.x, place.y + y - pressed.y);
    svg.setPointerCapture(event.pointerId);
    node.focus({ preventScroll: true });
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (held && svg.hasPointerCapture(event.pointerId)) held(plot.place(event));
    else point(nearest(event));
  });
  svg.addEventListener("pointerleave", () => point(null));
}

/** As many of `nodes` as wanted, which stand in `parent`: more are made, or some removed. */
export function pool(nodes, count, parent, create) {
  while (nodes.length > count) nodes.pop().remove();
  while (nodes.length < count) {
    nodes.push(create(nodes.length));
    parent.append(nodes.at(-1));
  }
  return nodes;
}

/** Points that mouse, finger and keyboard move up and down: the up and down keys move one, the
    left and right keys go to its neighbour. `move(i, y)` hears of it; what is returned draws. */
export function points(plot, step, move) {
  let [xs, ys, scaleX, scaleY] = [[], [], null, null];
  let entry = 0; // the dot that the Tab key leads to
  const dots = [];
  const focus = (i) => dots[clamp(i, 0, dots.length - 1)].focus();
  const enter = (i) => {
    entry = clamp(i, 0, dots.length - 1);
    dots.forEach((dot, j) => put(dot, { tabindex: j === entry ? 0 : -1 }));
  };

  const create = (i) => {
    const dot = make("svg:circle", {
      class: "point", r: 5, role: "slider", "aria-orientation": "vertical", ...KEEP_KEYS,
    });
    const to = (value) => move(i, scaleY.clamp(value));
    onKeys(dot, {
      ArrowUp: () => to(ys[i] + step),
      ArrowDown: () => to(ys[i] - step),
      PageUp: () => to(ys[i] + 5 * step),
      PageDown: () => to(ys[i] - 5 * step),
      Home: () => to(scaleY.domain[0]),
      End: () => to(scaleY.domain[1]),
      ArrowLeft: () => focus(i - 1),
      ArrowRight: () => focus(i + 1),
    });
    dot.addEventListener("focus", () => enter(i));
    return dot;
  };
  onDrag(plot, () =>
    dots.map((node, i) => ({
      node,
      at: [scaleX(xs[i]), scaleY(ys[i])],
      to: (_, y) => move(i, scaleY.clamp(scaleY.invert(y))),
    })),
  );

  return (newXs, newYs, x, y) => {
    [xs, ys, scaleX, scaleY] = [newXs, newYs, x, y];
    if (dots.length !== ys.length) {
      pool(dots, ys.length, plot.front, create);
      enter(entry);
    }
    dots.forEach((dot, i) =>
      put(dot, {
        cx: x(xs[i]),
        cy: y(ys[i]),
        "aria-label": `y of point ${i + 1} of ${dots.length}, at x = ${pretty(xs[i])}`,
        "aria-valuemin": y.domain[0],
        "aria-valuemax": y.domain[1],
        "aria-valuenow": ys[i],
        "aria-valuetext": pretty(ys[i]),
      }),
    );
  };
}

/* Controls */

/** Set traits, here and in Python. */
export function change(model, traits) {
  for (const [name, value] of Object.entries(traits)) model.set(name, value);
  model.save_changes();
}

/** What a trait may be, as Python checks it: { least, most, whole }, { options } or { count }. */
export const limits = (model, name) => model.get("_limits")[name];

/** The whole number that follows a trait's, after the largest one the smallest. */
export function following(model, name) {
  const { least, most } = limits(model, name);
  return model.get(name) === most ? least : model.get(name) + 1;
}

/** A control with its label, which names the element `id` in it. */
const field = (id, label, ...inside) =>
  make("div", { class: "explorer-control" }, make("label", { for: id }, label), ...inside);

/** A labelled slider and a typed number, both tied to the trait `name`. What lies outside its
    limits is answered in words and changes nothing. `to` and `from` turn the trait into the
    slider's unit and back. */
export function control(model, name, options) {
  const { least, most = Infinity, whole = false } = limits(model, name);
  const { label, step, to = (v) => v, from = (v) => v } = options;
  const { min = least, max = most } = options;
  const ends = [least, most].map(pretty);
  const range = most < Infinity ? `from ${ends[0]} to ${ends[1]}` : `of at least ${ends[0]}`;
  const wanted = `a ${whole ? "whole number" : "number"} ${range}`;
  const accept = (value) =>
    value >= least && value <= most && (whole ? Number.isInteger(value) : Number.isFinite(value));
  const [id, complaintId] = [unique(), unique()];
  const slider = make("input", { type: "range", id, min, max, step });
  const complaint = make("p", {
    class: "explorer-complaint", id: complaintId, "aria-live": "polite",
  });
  const typed = make("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: false,
    "aria-label": `${label}, typed`, "aria-describedby": complaintId,
  });
  const show = () => {
    slider.value = to(model.get(name));
    typed.value = format(model.get(name), 6);
    put(slider, { "aria-valuetext": typed.value });
  };
  const set = (value) => {
    complaint.textContent = "";
    change(model, { [name]: value });
  };
  slider.addEventListener("input", () => set(from(slider.valueAsNumber)));
  typed.addEventListener("change", () => {
    const words = typed.value.trim();
    if (words !== "" && accept(Number(words))) {
      set(Number(words));
    } else {
      const got = words === "" ? "Nothing was typed." : `“${words}” is not ${wanted}.`;
      const kept = format(model.get(name), 6);
      complaint.textContent = `${got} Type ${wanted}; until then it stays at ${kept}.`;
    }
    show();
  });
  model.on(`change:${name}`, show);
  show();
  return field(id, label, make("div", { class: "explorer-pair" }, slider, typed), complaint);
}

/** A labelled choice, tied to the trait `name`. */
export function select(model, name, label) {
  const [id, { options }] = [unique(), limits(model, name)];
  const node = make("select", { id }, ...options.map((option) => make("option", {}, option)));
  const show = () => {
    node.value = model.get(name);
  };
  node.addEventListener("change", () => change(model, { [name]: node.value }));
  model.on(`change:${name}`, show);
  show();
  return field(id, label, node);
}

/** A labelled slider from one of a few things to the next, each told by its words, tied to the trait
    `name`, which counts them from 0. */
export function steps(model, name, label, words) {
  const id = unique();
  const slider = make("input", { type: "range", id, min: 0, max: words.length - 1, step: 1 });
  const here = make("span", { class: "explorer-here", "aria-hidden": true });
  const show = () => {
    slider.value = model.get(name);
    write(here, words[model.get(name)]);
    put(slider, { "aria-valuetext": here.textContent });
  };
  slider.addEventListener("input", () => change(model, { [name]: slider.valueAsNumber }));
  model.on(`change:${name}`, show);
  show();
  return field(id, label, make("div", { class: "explorer-pair" }, slider, here));
}

/** A `control` of a whole number. */
export const wholeControl = (model, name, label) =>
  control(model, name, { label, step: 1 });

/** A labelled box to tick, tied to the trait `name`. */
export function tick(model, name, label) {
  const node = make("input", { type: "checkbox" });
  const show = () => {
    node.checked = model.get(name);
  };
  node.addEventListener("change", () => change(model, { [name]: node.checked }));
  model.on(`change:${name}`, show);
  show();
  return make("label", { class: "explorer-tick" }, node, label);
}

export function button(words, act) {
  const node = make("button", { type: "button" }, words);
  node.addEventListener("click", act);
  return node;
}

/* The frame */

/** Name a part of an explorer, which a page may hide until its text has come to it. */
export const part = (name, node) => put(node, { "data-part": name });

/** Put an explorer on the page, and return its element and what asks for it to be drawn anew. `draw`
    is called with the traits that can be set and a function that says whether a part is shown; now
    and, at most once a frame, after a change. It returns the state as a sentence and as [name, value]
    rows, a value being a number or words, and `more` if it wants to be called again for work that is
    not done. When a move has ended, the sentence is said; with `lead` and `watch`, which names rows,
    a shorter one with the ways that they went. The first control stays in reach on a phone. `goals`
    comes from goals.js.

    On its element the page sends `reglib:hide` and `reglib:show`, with { parts }. */
export function explorer({ model, el }, { label, controls, views, draw, goals }) {
  const traits = Object.keys(model.get("_limits"));
  const sentence = make("p", { class: "explorer-state" });
  const said = make("p", { class: "explorer-said", role: "status" });
  const [table, rows] = [make("tbody"), []];
  const makeRow = () => make("tr", {}, make("th", { scope: "row" }), make("td"));
  const fill = (row, [name, value]) => {
    const [head, cell] = row.children;
    const isNumber = typeof value === "number";
    write(head, name);
    write(cell, isNumber ? pretty(value) : value);
    if (isNumber) put(cell, { "data-name": name, "data-value": value });
    else for (const key of ["data-name", "data-value"]) cell.removeAttribute(key);
  };
  const hidden = new Set();
  const set = () => Object.fromEntries(traits.map((name) => [name, model.get(name)]));
  let [waiting, state, moved] = [false, null, () => {}];
  const ask = () => {
    moved();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => waiting && redraw());
  };
  const redraw = () => {
    waiting = false;
    state = draw(set(), (name) => !hidden.has(name));
    if (state.more) ask();
    write(sentence, state.sentence);
    pool(rows, state.rows.length, table, makeRow).forEach((row, i) => fill(row, state.rows[i]));
  };
  redraw();

  const [first, ...others] = controls;
  first.classList.add("explorer-first");
  const all = button("Show all panels", () => {
    show(hidden);
    first.querySelector("input, select")?.focus(); // as the button is gone
  });
  put(all, KEEP_KEYS);
  const root = make(
    "div",
    { class: "explorer", role: "group", "aria-label": label },
    first,
    make("div", { class: "explorer-controls" }, ...others),
    make("div", { class: "explorer-views" }, ...views.map(({ node }) => node)),
    sentence,
    said,
  );
  const name = model.get("_name");
  if (name) put(root, { "data-explorer": name });
  if (rows.length) {
    root.append(make("details", {}, make("summary", {}, "All numbers"), make("table", {}, table)));
  }
  const here = () => ({ ...set(), ...Object.fromEntries(state.rows) });
  let before = here();
  moved = atRest(root, () => {
    if (waiting) redraw();
    const now = here();
    const reached = goals ? goals.rest(now) : "";
    if (reached === null) return;
    write(said, `${announcement(state, now, before, pretty)} ${reached}`.trim());
    before = now;
  });
  if (goals) {
    sentence.after(goals.node);
    goals.start(root, before, ask);
  }

  const showParts = () => {
    for (const node of root.querySelectorAll("[data-part]")) {
      node.hidden = hidden.has(node.dataset.part);
    }
    if (hidden.size) sentence.before(all);
    else all.remove();
    redraw();
  };
  const show = (parts) => {
    const fresh = [...parts].filter((name) => hidden.delete(name));
    if (!fresh.length) return;
    showParts();
    const titles = [...root.querySelectorAll("[data-part] > p:first-child > strong")]
      .filter((title) => fresh.includes(title.closest("[data-part]").dataset.part))
      .map((title) => title.textContent);
    if (titles.length) write(said, `New in the explorer: ${titles.join(", ")}.`);
  };
  root.addEventListener("reglib:show", ({ detail }) => show(detail.parts));
  root.addEventListener("reglib:hide", ({ detail }) => {
    for (const name of detail.parts) {
      if (root.querySelector(`[data-part="${name}"]`)) hidden.add(name);
    }
    showParts();
  });

  const picture = model.get("_picture");
  if (picture) {
    root.classList.add(`${picture}-live`);
    // From now on the static picture is for print only, and the explorer for the screen only.
    root.append(
      make(
        "style",
        {},
        `@media screen { .${picture}, :is(.output, .jp-OutputArea-child):has(> .${picture},
           > * > .${picture}) { display: none } }
         @media print { :root:has(.${picture}) .${picture}-live { display: none } }`,
      ),
    );
  }
  for (const node of root.querySelectorAll("input, select, button, summary, [tabindex]")) {
    put(node, KEEP_KEYS);
  }
  el.append(root);

  for (const name of traits) model.on(`change:${name}`, ask);
  return { root, ask };
}
