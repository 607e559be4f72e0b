/* When a question comes back: missed or guessed after one lesson, right and sure after three. Lessons
   are counted in the order in which she took them. */

export const MOST = 2; // returns in a lesson

/** What the queue keeps of a question after its first try in the lesson of a number. */
export const entry = ({ right, sure }, lesson, variant) => ({ lesson, variant, after: right && sure ? 3 : 1 });

/** What it keeps after a return, or undefined: twice right and sure is enough. */
export function next(old, { right, sure }, lesson, variant) {
  return right && sure && old.after === 3 ? undefined : entry({ right, sure }, lesson, variant);
}

/** The ids that are due in a lesson, those that have waited longest first. Its own are not. */
export function due(queue, page, lesson) {
  // What a check of code has put there has no number, and is due at once.
  const since = ({ lesson: put = -Infinity, after = 1 }) => put + after;
  return Object.entries(queue)
    .filter(([id, kept]) => !id.startsWith(`${page}#`) && since(kept) <= lesson)
    .sort(([a, one], [b, other]) => since(one) - since(other) || (a < b ? -1 : 1))
    .map(([id]) => id);
}
