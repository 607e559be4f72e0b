/* Numbers as people write them: 0.16, 0,16, .16, 4/25, 16 %, 1.6e-1, 1.6·10^-1, −3. */

const DIGITS = String.raw`(?:\d+(?:\.\d*)?|\.\d+)`;
const POWER = String.raw`(?:e([+-]?\d+)|(?:[*·×x]|\\cdot)10(?:\^|\*\*)\(?([+-]?\d+)\)?)`;
const PLAIN = new RegExp(`^([+-]?${DIGITS})${POWER}?$`, "i");
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const FORM = "Write one number, such as 0.16, 0,16, 4/25 or 1.6e-1.";

/** What a text says: `{ value }`, or `{ problem }`, a sentence on its form. A unit may follow it, and
    a name with an equals sign may come before it. */
export function number(text, unit = "") {
  const bare = unified(text, unit);
  const sides = bare.replace(/%$/, "").split("/");
  if (!bare) return { problem: FORM };
  if (sides.some((side) => side.match(/[.,]/g)?.length > 1)) {
    return { problem: `“${text.trim()}” has more than one point or comma. Write the number without marks for thousands.` };
  }
  const [top, bottom = 1, ...more] = sides.map(plain);
  if (more.length || Number.isNaN(top + bottom)) return { problem: `“${text.trim()}” is not one number. ${FORM}` };
  if (bottom === 0) return { problem: "Nothing can be divided by 0. Check the number after the stroke." };
  const value = top / bottom / (bare.endsWith("%") ? 100 : 1);
  return Number.isFinite(value) ? { value } : { problem: `“${text.trim()}” is too large to be read.` };
}

/** Whether a number is as close to another as `within`, a share of it, allows. */
export const near = (value, to, within) => Math.abs(value - to) <= within * Math.abs(to) + 1e-12;

/* Without a name before it and a unit after it, and with plain signs. */
function unified(text, unit) {
  let bare = text.trim().replace(/^([a-zλρσ]\w*\s*)?[=≈]\s*/i, "");
  const units = unit ? [unit, unit.replace("²", "^2"), unit.replace("²", "2")] : [];
  const written = units.find((one) => bare.endsWith(one));
  if (written) bare = bare.slice(0, -written.length);
  return bare
    .replace(/[−–]/g, "-")
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (raised) => `^${[...raised].map((sign) => (sign === "⁻" ? "-" : SUPERSCRIPTS.indexOf(sign))).join("")}`)
    .replace(/(?<=\d)\s+(?=[/%*·×xe])|(?<=[/*·×x])\s+(?=[\d.,+-])|(?<=^[+-])\s+/gi, "")
    .trim();
}

/* A number without a stroke, or NaN. */
function plain(text) {
  const found = PLAIN.exec(text.replace(",", "."));
  if (!found) return NaN;
  const [, digits, e, power] = found;
  return Number(`${digits}e${e ?? power ?? 0}`);
}
