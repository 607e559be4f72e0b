/* What is said while Python comes. */

/** The stages of which the engine tells. */
export const STAGES = {
  download: "Python is on its way",
  start: "Python starts",
  figures: "Figures are on their way",
};

export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
