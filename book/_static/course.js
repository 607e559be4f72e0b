// jupyterquiz asks for MathJax's version, and stops with an error where there is none yet. An empty
// one means to it that nothing can be set now, and to MathJax that it is not loaded.
if (window.MathJax && !MathJax.version) MathJax.version = "";

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
      const boxes = [...answers.querySelectorAll("input")];
      for (const box of boxes) box.type = "checkbox";
      // A wrong choice starts the count anew: then the boxes follow the colours.
      answers.addEventListener("change", () => {
        for (const box of boxes) box.checked = box.parentElement.matches(".correctButton, .incorrectButton");
      });
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
  if (quizzes.length) window.MathJax?.startup?.promise.then(() => MathJax.typesetPromise(quizzes));
});
