/* What every explorer shares: elements, scales, views, controls, points to drag, made numbers.
   Python joins this file and the explorer's own into one module (see explorer.py). */

const unique = () => `explorer-${Math.random().toString(36).slice(2)}`;

/** An element with its attributes and children; "svg:path" makes one of SVG. */
export function make(tag, attributes = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A number in three digits, as it would be typed: 0.0316, 1e-8, -12.3. */
export function format(value, digits = 3) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(digits - 1).replace(/\.?0*e\+?/, "e");
  }
  return String(Number(value.toPrecision(digits)));
}

/** A number as text to read, with a true minus sign. */
export const pretty = (value) => format(value).replaceAll("-", "−");

const replaceDigits = (value, digits) => String(value).replace(/\d/g, (d) => digits[d]).replace("-", "⁻");
export const superscript = (value) => replaceDigits(value, "⁰¹²³⁴⁵⁶⁷⁸⁹");
export const subscript = (value) => replaceDigits(value, "₀₁₂₃₄₅₆₇₈₉");

/* Scales: functions from data to the picture's units, with .invert, .domain and .ticks. */

export const linear = [(v) => v, (v) => v];
export const log = [Math.log10, (v) => 10 ** v];
/** Linear near 0, logarithmic beyond, alike on both sides. */
export const symlog = [Math.asinh, Math.sinh];

export function scale(domain, range, [bend, unbend] = linear) {
  const [from, to] = domain.map(bend);
  const [start, end] = range;
  const place = (value) => start + ((bend(value) - from) / (to - from)) * (end - start);
  place.invert = (at) => unbend(from + ((at - start) / (end - start)) * (to - from));
  place.domain = domain;
  place.clamp = (value) => Math.min(Math.max(value, domain[0]), domain[1]);
  return place;
}

/** The next of …, 0.1, 0.3, 1, 3, 10, … that is at least (up) or at most (down) a size. */
export function round(size, up) {
  const steps = 2 * Math.log10(size);
  const step = up ? Math.ceil(steps - 1e-9) : Math.floor(steps + 1e-9);
  return step % 2 ? 3 * 10 ** ((step - 1) / 2) : 10 ** (step / 2);
}

/** Whole powers of ten from low to high, at most `most` of them. */
export function decades(low, high, most = 6) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const skip = Math.ceil((last - first + 1) / most);
  const ticks = [];
  for (let power = first; power <= last; power += skip) ticks.push(Number(`1e${power}`));
  return ticks;
}

export const powerOfTen = (value) => `10${superscript(Math.round(Math.log10(value)))}`;

/** The d of a path through points of the data, kept where SVG can draw. */
export function trace(xs, ys, x, y) {
  const near = (at) => Math.min(Math.max(at, -9999), 9999).toFixed(2);
  return "M" + Array.from(xs, (value, i) => `${near(x(value))} ${near(y(ys[i]))}`).join("L");
}

/** A figure with axes: `layer` holds what is drawn, clipped to the plot; `caption` its words. */
export function view({ title, role = "img", label, width, height }) {
  const [left, right, top, bottom] = [44, width - 8, 24, height - 38];
  const clip = unique();
  const grid = make("svg:g", { "aria-hidden": true });
  const layer = make("svg:g", { "clip-path": `url(#${clip})` });
  const front = make("svg:g");
  const svg = make(
    "svg:svg",
    { viewBox: `0 0 ${width} ${height}`, role, "aria-label": label },
    make("svg:clipPath", { id: clip }, make("svg:rect", { x: left, y: top - 4, width: right - left, height: bottom - top + 8 })),
    grid,
    layer,
    front,
  );
  const caption = make("figcaption", {}, make("strong", {}, title), " ");
  const text = (x, y, anchor, words) => make("svg:text", { x, y, "text-anchor": anchor }, words);
  return {
    svg,
    layer,
    front,
    caption,
    node: make("figure", {}, caption, svg),
    across: [left, right],
    down: [bottom, top],
    /** Where an event is, in the picture's units. */
    at: (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()),
    add(tag, attributes, parent = layer) {
      const node = make(tag, { "aria-hidden": true, ...attributes });
      parent.append(node);
      return node;
    },
    /** Draw the axes; each is { scale, ticks, label } and may have a `show` for its ticks. */
    axes(x, y) {
      grid.replaceChildren(
        ...y.ticks.flatMap((tick) => [
          make("svg:line", { class: tick === 0 ? "zero" : "grid", x1: left, x2: right, y1: y.scale(tick), y2: y.scale(tick) }),
          text(left - 6, y.scale(tick) + 4, "end", (y.show ?? pretty)(tick)),
        ]),
        ...x.ticks.map((tick) => text(x.scale(tick), bottom + 17, "middle", (x.show ?? pretty)(tick))),
        text((left + right) / 2, height - 4, "middle", x.label),
        text(left, 11, "start", y.label),
      );
    },
    /** Let a press or a drag anywhere on the plot choose a place along x. */
    scrub(choose) {
      const area = this.add("svg:rect", { class: "scrub", x: left, y: top, width: right - left, height: bottom - top }, front);
      const follow = (event) => choose(Math.min(Math.max(this.at(event).x, left), right));
      area.addEventListener("pointerdown", (event) => {
        area.setPointerCapture(event.pointerId);
        follow(event);
      });
      area.addEventListener("pointermove", (event) => area.hasPointerCapture(event.pointerId) && follow(event));
    },
  };
}

/** What a colour and a stroke mean, for a caption. Shape is "line", "dashes", "dot" or "ring". */
export function key(shape, colour, ...words) {
  return make("span", { class: `explorer-key ${shape}`, style: `--colour: var(--${colour})` }, ...words);
}

/** A labelled slider and a typed number, both tied to one trait. A number that is not `accept`ed
    is answered in words and changes nothing. `to` and `from` turn the trait into the slider's
    own unit and back. */
export function control(model, name, { label, wanted, accept, min, max, step, to = (v) => v, from = (v) => v }) {
  const id = unique();
  const slider = make("input", { type: "range", id, min, max, step });
  const typed = make("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: false, "aria-label": `${label}, typed`,
  });
  const complaint = make("p", { class: "explorer-complaint", "aria-live": "polite" });
  const update = () => {
    slider.value = to(model.get(name));
    typed.value = format(model.get(name), 6);
    slider.setAttribute("aria-valuetext", typed.value);
  };
  const set = (value) => {
    complaint.textContent = "";
    model.set(name, value);
    model.save_changes();
  };
  slider.addEventListener("input", () => set(from(slider.valueAsNumber)));
  typed.addEventListener("change", () => {
    const words = typed.value.trim();
    if (words !== "" && accept(Number(words))) {
      set(Number(words));
    } else {
      const got = words === "" ? "Nothing was typed" : `“${words}” is not ${wanted}`;
      complaint.textContent = `${got}: type ${wanted}. It stays at ${format(model.get(name), 6)}.`;
    }
    update();
  });
  model.on(`change:${name}`, update);
  update();
  return make(
    "div",
    { class: "explorer-control" },
    make("label", { for: id }, label),
    make("div", { class: "explorer-pair" }, slider, typed),
    complaint,
  );
}

/** Points that mouse, finger and keyboard move up and down: up and down keys move one, left and
    right go to its neighbour. `move(i, y)` is told; the function returned draws them. */
export function points(plot, count, step, move) {
  let ys = [];
  let y = null;
  const dots = Array.from({ length: count }, (_, i) =>
    make("svg:circle", { class: "point", r: 5, role: "slider", tabindex: i ? -1 : 0, "aria-orientation": "vertical" }),
  );
  const go = (i) => dots[Math.min(Math.max(i, 0), count - 1)].focus();
  dots.forEach((dot, i) => {
    const to = (value) => move(i, y.clamp(value));
    let grip = 0;
    dot.addEventListener("focus", () => dots.forEach((other) => other.setAttribute("tabindex", other === dot ? 0 : -1)));
    dot.addEventListener("pointerdown", (event) => {
      dot.setPointerCapture(event.pointerId);
      dot.focus({ preventScroll: true });
      grip = y(ys[i]) - plot.at(event).y;
      event.preventDefault();
    });
    dot.addEventListener("pointermove", (event) => {
      if (dot.hasPointerCapture(event.pointerId)) to(y.invert(plot.at(event).y + grip));
    });
    dot.addEventListener("keydown", (event) => {
      const act = {
        ArrowUp: () => to(ys[i] + step),
        ArrowDown: () => to(ys[i] - step),
        PageUp: () => to(ys[i] + 5 * step),
        PageDown: () => to(ys[i] - 5 * step),
        Home: () => to(y.domain[0]),
        End: () => to(y.domain[1]),
        ArrowLeft: () => go(i - 1),
        ArrowRight: () => go(i + 1),
      }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
  });
  plot.front.append(...dots);
  return (newX, newY, xScale, yScale) => {
    [ys, y] = [newY, yScale];
    dots.forEach((dot, i) => {
      const state = {
        cx: xScale(newX[i]), cy: y(ys[i]), "aria-label": `Point ${i + 1} of ${count}, at x = ${pretty(newX[i])}: y`,
        "aria-valuemin": y.domain[0], "aria-valuemax": y.domain[1], "aria-valuenow": ys[i], "aria-valuetext": pretty(ys[i]),
      };
      for (const [name, value] of Object.entries(state)) dot.setAttribute(name, value);
    });
  };
}

/** Numbers between 0 and 1 made from a seed, the same as Python's `uniforms`. */
export function uniforms(seed, count) {
  const mix = (h) => {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  const start = mix(seed + 1);
  return Array.from({ length: count }, (_, i) => (mix((start + i) >>> 0) + 0.5) / 2 ** 32);
}

/** Standard normal numbers from two rows of uniform ones (Box and Muller). */
export const normals = (u, v) => u.map((value, i) => Math.sqrt(-2 * Math.log(value)) * Math.cos(2 * Math.PI * v[i]));

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A table of numbers, hidden until opened; the function returned fills it with [name, value]. */
function numbers(title) {
  const body = make("tbody");
  const node = make("details", {}, make("summary", {}, title), make("table", {}, body));
  const fill = (rows) =>
    body.replaceChildren(
      ...rows.map(([name, value]) =>
        make("tr", {}, make("th", { scope: "row" }, name), make("td", { "data-name": name, "data-value": value }, pretty(value))),
      ),
    );
  return { node, fill };
}

/** Put an explorer on the page. `draw` is called now, and once a frame after any of `traits`
    changed. It returns the present state: a sentence for `words`, [name, value] rows for `table`. */
export function explorer({ model, el }, { label, controls, views, traits, draw }) {
  const state = make("p", { class: "explorer-state", role: "status" });
  const table = numbers("These numbers as a table");
  const redraw = () => {
    const now = draw();
    if (state.textContent !== now.words) state.textContent = now.words;
    table.fill(now.table);
  };
  redraw();
  // JupyterLab would take the arrow keys for itself without the second attribute.
  const root = make("div", { class: "explorer", role: "group", "aria-label": label, "data-lm-suppress-shortcuts": true });
  root.append(
    make("div", { class: "explorer-card" },
      make("div", { class: "explorer-controls" }, ...controls),
      make("div", { class: "explorer-views" }, ...views.map((plot) => plot.node)),
      state, table.node,
    ),
  );
  el.append(root);
  let waiting = 0;
  const ask = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      redraw();
    });
  };
  for (const name of traits) model.on(`change:${name}`, ask);
  // The static picture has served: it is for print now, and the explorer for the screen.
  const picture = model.get("_picture");
  root.append(make("style", {}, `@media screen { .${picture} { display: none } }
    @media print { :root:has(.${picture}) .explorer.${picture}-live { display: none } }`));
  root.classList.add(`${picture}-live`);
}
