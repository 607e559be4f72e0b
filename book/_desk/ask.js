/* What a lesson asks: finds what book/_ext/ask has written, and makes it answer. */

import { returns } from "./ask/returns.js";
import { again, predict } from "./ask/predict.js";
import { question } from "./ask/question.js";
import { showProgress } from "./ask/lessons.js";
import { testme } from "./ask/testme.js";
import { keptPanel } from "./kept.js";

const all = (name) => [...document.querySelectorAll(`.ask[data-${name}]`)];

const [questions, predictions, tests] = ["question", "predict", "testme"].map(all);
const begun = [
  ...predictions.map(predict),
  ...all("predict-again").map(again),
  ...questions.map(question),
  ...tests.map(testme),
];
await Promise.all(begun);
if (!document.querySelector(".practice[data-exercise]")) all("page").at(-1)?.after(keptPanel());
const [first] = [...questions, ...predictions];
if (first) {
  const { page } = first.dataset;
  if (questions.length && predictions.length) await returns(page, questions[0]);
  await showProgress(page);
}
