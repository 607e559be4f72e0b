/* The game; GameExplorer in game.py says what it shows and keeps. */

import {
  button, change, control, errorsAlong, explorer, key, limits, make, memo, pool, pretty, put,
  roundSpan, scale, trace, traitAxis, view, write,
} from "./explorer.js";
import { GRID } from "./curve.js";
import { comparison, makeSet, medianBounds, quantile } from "./game_sets.js";
import { meanSquaredError, polynomial, predict } from "./numerics.js";

const SCORE =
  "Score: your error on the new points, above the least that any stiffness would have had, in % " +
  "of the noise, the part that no curve can avoid. 0 is perfect.";
const ROOM = 0.4; // units of y above and below the training points
const FRAME = 12; // milliseconds of a frame in which sets are compared

/** Points and curve and, once there was a choice, the truth and the new points. */
function pointsView() {
  const secret = [key("line", "truth", "truth"), key("dot", "muted", "new points")];
  const plot = view({
    title: "Your curve",
    words: [key("dot", "training", "training points"), key("line", "fit", "curve"), ...secret],
    label: "Training points and your curve. What they come to is in the sentence below.",
    width: 400,
    height: 230,
  });
  const x = scale([-1, 1], plot.across);
  let y = null;
  const fresh = plot.add("svg:path", { class: "fresh" });
  const [truth, curve] = [plot.line("truth"), plot.line("fit")];
  const [dots, inDots] = [[], plot.add("svg:g")];
  return {
    ...plot,
    drawSet: memo((set, looking) => {
      const ticks = roundSpan(Math.min(...set.y) - ROOM, Math.max(...set.y) + ROOM);
      y = scale([ticks[0], ticks.at(-1)], plot.down);
      plot.axes(
        { scale: x, ticks: [-1, -0.5, 0, 0.5, 1], show: pretty, label: "x" },
        { scale: y, ticks, label: "y" },
      );
      pool(dots, set.x.length, inDots, () => plot.mark("training", 4));
      dots.forEach((dot, i) => put(dot, { cx: x(set.x[i]), cy: y(set.y[i]) }));
      for (const word of secret) word.hidden = !looking;
      const { xNew, yNew } = set;
      const spots = xNew.map((at, i) => `M${x(at).toFixed(1)} ${y(yNew[i]).toFixed(1)}h0`);
      put(fresh, { d: looking ? spots.join("") : "" });
      put(truth, { d: looking ? trace(GRID, GRID.map(set.truth), x, y) : "" });
    }),
    drawCurve: (values) => put(curve, { d: trace(GRID, values, x, y) }),
  };
}

function errorsView(model, lams, many) {
  const places = lams.map((_, k) => k);
  const kinds = [{ name: "error", words: `on ${many} new points`, colour: "truth" }];
  const soon = make("span", {}, "comes when you have chosen");
  const plot = errorsAlong({
    title: "Error of each stiffness",
    along: "the stiffness",
    kinds,
    words: [...kinds.map(({ words, colour }) => key("line", colour, words)), soon],
    makeAxis: (plot) =>
      traitAxis(model, plot, "stiffness", {
        domain: [0, places.at(-1)],
        round: Math.round,
        ticks: places.filter((k) => k % 6 === 0),
        show: pretty,
        label: "stiffness",
      }),
  });
  const fits = ({ errors }) => errors.map((error) => ({ error }));
  return {
    ...plot,
    /** Let it be seen, or hold its place. */
    show(looking) {
      soon.hidden = looking;
      plot.node.classList.toggle("later", !looking);
    },
    drawSet: memo((set) => plot.drawCurves(places, fits(set), { span: 1e4 })),
    drawMark: (set, k) => plot.drawMark(k, { error: set.errors[k] }),
  };
}

/** The scores of everybody, as a table that is there only when it is wanted. */
function boardView() {
  const node = make("div", { class: "explorer-view explorer-board" });
  const cell = (words, scope) => make(scope ? "th" : "td", scope ? { scope } : {}, words);
  return {
    node,
    drawRows(head, rows) {
      const top = make("tr", {}, ...head.map((words) => cell(words, "col")));
      const lines = rows.map(([who, ...cells]) =>
        make("tr", {}, cell(who, "row"), ...cells.map((words) => cell(words))),
      );
      node.replaceChildren(make("table", {}, make("thead", {}, top), make("tbody", {}, ...lines)));
    },
    clear: () => node.replaceChildren(),
  };
}

const short = (score) => pretty(Number(score.toPrecision(2)));
const percent = (score) => `${short(score)}\u00a0%`;

/** How often a curve turns from up to down or back. */
function turns(values) {
  const ways = values.slice(1).map((value, i) => Math.sign(value - values[i])).filter(Boolean);
  return ways.slice(1).filter((way, i) => way !== ways[i]).length;
}

function render({ model, el }) {
  const facts = model.get("_facts");
  const { lams, rounds, degree, sets } = facts;
  const many = facts.fresh.toLocaleString("en");
  const [points, errors, board] = [pointsView(), errorsView(model, lams, many), boardView()];
  const setOf = memo((seed) => makeSet(facts, seed));
  const every = memo((seed) => Array.from({ length: rounds }, (_, i) => makeSet(facts, seed + i)));
  const compared = comparison(facts);
  const XGrid = polynomial(GRID, degree);
  const slider = control(model, "stiffness", { label: "How stiff should the curve be?", step: 1 });
  const note = make("p", { class: "explorer-note" }, SCORE);
  const onward = button("", () => {
    const [choices, looking] = [model.get("choices"), model.get("looking")];
    if (looking) change(model, { looking: false });
    else if (choices.length < rounds) {
      change(model, { choices: [...choices, model.get("stiffness")], looking: true });
    } else {
      const { most } = limits(model, "seed");
      change(model, { choices: [], seed: (model.get("seed") + rounds) % (most + 1) });
    }
  });

  /** A round: what is seen of it, before and after the choice. */
  function drawRound({ stiffness, choices, looking, seed }) {
    const round = looking ? choices.length : choices.length + 1;
    const set = setOf(seed + round - 1);
    const fit = set.fits[stiffness];
    const [curve, fitted] = [predict(fit, XGrid), predict(fit, set.X)];
    points.drawSet(set, looking);
    points.drawCurve(curve);
    const rows = [
      ["stiffness", stiffness],
      ["error on the training points", meanSquaredError(set.y, fitted)],
      ["turns of the curve", turns(curve)],
    ];
    const each = set.x.flatMap((x, i) => [
      [`point ${i + 1}, at x = ${pretty(x)}`, set.y[i]],
      [`curve at point ${i + 1}`, fitted[i]],
    ]);
    const lead = `Round ${round} of ${rounds}, stiffness ${stiffness}`;
    if (!looking) {
      write(onward, "This is my curve");
      const sentence =
        `${lead}: the curve turns ${rows[2][1]} time${rows[2][1] === 1 ? "" : "s"}, and its mean squared error on the ` +
        `${set.x.length} training points is ${pretty(rows[1][1])}. New points come when you have chosen.`;
      const watch = ["turns of the curve", "error on the training points"];
      return { lead, watch, sentence, rows: [...rows, ...each] };
    }
    errors.drawSet(set);
    errors.drawMark(set, stiffness);
    write(onward, round < rounds ? "Next round" : "How did I do?");
    const hers = choices.at(-1);
    return {
      sentence:
        `Round ${round} of ${rounds}: your score is ${percent(set.scores[hers])}. Your error on ` +
        `${many} new points, at stiffness ${hers}, is ${pretty(set.errors[hers])}; the least, at ` +
        `${set.best}, is ${pretty(set.least)}. Move the slider to see the others.`,
      rows: [
        ...rows,
        ["error on the new points", set.errors[stiffness]],
        ["least error on the new points", set.least],
        ["stiffness of the least error", set.best],
        ["your score, in % of the noise", set.scores[hers]],
        ...each,
      ],
    };
  }

  /** The end: her scores beside others', on her sets and on many like them. */
  function drawBoard({ choices, seed }) {
    const ends = performance.now() + FRAME;
    while (compared.done < compared.wanted && performance.now() < ends) compared.step();
    write(onward, "Play again, on other data");
    const done = compared.done === compared.wanted;
    const own = every(seed);
    const scores = own.map((set, i) => set.scores[choices[i]]);
    const middle = (values) => quantile(values, 0.5);
    if (!done) {
      return {
        sentence:
          `Your middle score over ${rounds} rounds is ${percent(middle(scores))}. Five rounds prove ` +
          `little; ${sets} sets like them are being played: ` +
          `${Math.round((100 * compared.done) / compared.wanted)} %.`,
        rows: [["your middle score", middle(scores)]],
        more: true,
      };
    }
    const kept = Math.round(middle(choices));
    const at = (k) => [own.map((set) => set.scores[k]), compared.scores(k)];
    const chosen = own.map((set) => set.scores[set.chosen()]);
    const players = [
      ["You, round by round", scores],
      [`Your middle choice, ${kept}, each time`, ...at(kept)],
      ["Always 0", ...at(0)],
      [`Always ${compared.fixed}, the best on ${sets} other sets`, ...at(compared.fixed)],
      ["Cross-validation, of the training points", chosen, compared.crossValidated],
    ];
    const between = (values) => medianBounds(values).map(short).join(" to ");
    board.drawRows(
      ["who chooses", "your five", `${sets} like them`, "one in ten is above"],
      players.map(([who, five, many]) => [
        who,
        percent(middle(five)),
        ...(many
          ? [`${percent(middle(many))} (${between(many)})`, percent(quantile(many, 0.9))]
          : ["–", "–"]),
      ]),
    );
    const [, , [, , zero], [, , fixed], [, , cv]] = players;
    return {
      sentence:
        `Middle scores. Over your five rounds: ${percent(middle(scores))} by you, ` +
        `${percent(middle(chosen))} by cross-validation. Five rounds prove little; these are ` +
        `${sets}: ${percent(middle(cv))} by cross-validation, ${percent(middle(fixed))} by the fixed ` +
        `value ${compared.fixed}, ${percent(middle(zero))} by 0. In brackets is where, with 95\u00a0% ` +
        "certainty, the middle of all such sets lies.",
      rows: [
        ["your middle score", middle(scores)],
        ["one fixed stiffness", compared.fixed],
        ...players.flatMap(([who, five, many]) => [
          [`${who}: middle of your five`, middle(five)],
          ...(many
            ? [
                [`${who}: middle of ${sets}`, middle(many)],
                [`${who}: one in ten of ${sets} is above`, quantile(many, 0.9)],
              ]
            : []),
        ]),
      ],
    };
  }

  const draw = (traits) => {
    const looking = traits.looking && traits.choices.length > 0;
    const ended = !looking && traits.choices.length === rounds;
    for (const node of [points.node, slider]) node.hidden = ended;
    errors.node.hidden = ended;
    errors.show(looking);
    note.hidden = !looking && !ended;
    board.node.hidden = !ended;
    if (!ended) board.clear();
    return ended ? drawBoard(traits) : drawRound({ ...traits, looking });
  };
  const { root } = explorer({ model, el }, {
    label: "Game explorer",
    controls: [slider, onward],
    views: [points, errors, board],
    draw,
  });
  root.querySelector(".explorer-state").after(note);
}

export default { render };
