/* Formulas that came after the page was set. */

/** Have the formulas in an element set, by the MathJax of the page if it has one. */
export const typeset = (element) => window.MathJax?.startup?.promise?.then(() => window.MathJax.typesetPromise([element]));
