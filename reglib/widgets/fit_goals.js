/* The goals of the fit explorer, for made data with so many training rows. */

const DATA = ["n", "noise", "seed", "moved"];
const dataOf = (state) => JSON.stringify(DATA.map((name) => state[name]));
const sameRows = (now, before) => dataOf(now) === dataOf(before);
const ratio = (name, now, before) => now[`${name} error`] / before[`${name} error`];

const CLEARLY = 0.01; // part of an error by which another is told apart from it
const THROUGH = 1e-6; // mean squared error of a curve that goes through all points, as far as one sees
const GOOD = 0.01; // validation error

export function fitGoals(rows) {
  const start = { n: 20, noise: 0.3, seed: 1, moved: Array(rows).fill(0) };
  return [
    {
      id: "reproduce",
      task: "Change only the degree. Make the training error fall and the validation error rise.",
      reached: (now, before) =>
        sameRows(now, before) &&
        ratio("training", now, before) < 1 - CLEARLY &&
        ratio("validation", now, before) > 1 + CLEARLY,
      why: ({ noise }) =>
        noise
          ? "With more powers of x, the curve also follows the noise of the training points; the " +
            "validation points have other noise."
          : "With more powers of x, the curve comes closer to the training points and, between " +
            "them, moves away from the others.",
      show: [{ ...start, degree: 3 }, { degree: 6 }, { degree: 9 }, { degree: 12 }],
    },
    {
      id: "separate",
      task:
        "Let the curve go through every training point and keep the validation error below " +
        `${GOOD}. What did you change?`,
      reached: (now) => now["training error"] <= THROUGH && now["validation error"] < GOOD,
      why: ({ noise }) =>
        `With ${noise ? "so little" : "no"} noise, the curve follows points that lie on the ` +
        "truth, so a training error of 0 does no harm.",
      show: [{ ...start, degree: 12 }, { noise: 0.15 }, { noise: 0 }],
    },
    {
      id: "refute",
      task:
        "“A higher degree never makes the training error larger.” Find points for which this is " +
        "false, or say that it cannot be done.",
      reached: (now, before) =>
        sameRows(now, before) &&
        now.degree > before.degree &&
        now["training error"] > (1 + CLEARLY) * before["training error"] + THROUGH,
      why: () =>
        "A curve of a lower degree is one of a higher degree with zeros for the new powers, so the " +
        "best one is never further from the training points.",
      cannot: true,
      show: [{ ...start, degree: 1 }, { degree: 3 }, { degree: 6 }, { degree: 15 }],
    },
  ];
}
