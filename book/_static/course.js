addEventListener("load", () => {
  // Docutils calls the bibliography a list, but its entries are no list items to a screen reader.
  for (const list of document.querySelectorAll(".citation-list")) list.removeAttribute("role");

  // jupyterquiz draws the questions of a page while it loads. This adds what a keyboard and a screen
  // reader need, and sets the formulas, which MathJax may have come too late for.
  const quizzes = [...document.querySelectorAll(".Quiz")];
  for (const quiz of quizzes) {
    const question = quiz.querySelector("[id^=quizQn]");
    const answers = quiz.querySelector(".Answer");
    answers.setAttribute("role", "group");
    answers.setAttribute("aria-labelledby", question.id);
    quiz.querySelector(".Feedback").setAttribute("role", "status");

    if (quiz.querySelector(".ManyChoiceQn")) {
      for (const input of answers.querySelectorAll("input")) input.type = "checkbox";
    }
    const field = answers.querySelector("input[type=text]");
    if (field) {
      const label = answers.querySelector("label");
      label.htmlFor = field.id;
      label.textContent = "Your answer:";
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Check" });
      button.addEventListener("click", () => check_numeric(field, { keyCode: 13 }));
      answers.append(button);
    }
  }
  if (quizzes.length) MathJax.startup.promise.then(() => MathJax.typesetPromise(quizzes));
});
