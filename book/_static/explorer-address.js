/* The state of explorers in the address of the page, so that it can be sent: ?fit.degree=3&fit.n=40.
   There stands what differs from the state that the page itself has, and nothing is taken from there
   that could not be set by hand. */

const WAIT = 300; // milliseconds without a change, as browsers count the changes of an address
const LARGEST = 1e50;

const digits = (number) => String(Number(number.toPrecision(6)));

/** A trait as text; of a row of numbers, zeros are left out. */
export function told(value) {
  if (Array.isArray(value)) return value.map((number) => (number ? digits(number) : "")).join("_");
  return typeof value === "number" ? digits(value) : String(value);
}

/** What a text says, or undefined if a trait of these limits, like `now`, cannot be that. */
export function meant(text, now, { least, most, whole, options, longest } = {}) {
  const fits = (value, low, high) =>
    value >= low && value <= high && (!whole || Number.isInteger(value));
  if (Array.isArray(now)) {
    const numbers = text.split("_").map(Number);
    const high = most ?? LARGEST;
    const long = longest ? numbers.length <= longest : numbers.length === now.length;
    return long && numbers.every((number) => fits(number, least ?? -high, high)) ? numbers : undefined;
  }
  if (typeof now === "number") {
    const value = Number(text || NaN);
    return fits(value, least ?? -LARGEST, most ?? LARGEST) ? value : undefined;
  }
  if (typeof now === "boolean") return { true: true, false: false }[text];
  return options?.includes(text) ? text : undefined;
}

/** Give a model the state that the address has under a key, and keep it there from now on. Returns
    whether there was one. */
export function inAddress(model, key) {
  const limits = model.get("_limits");
  const asked = new URLSearchParams(location.search);
  const own = Object.fromEntries(Object.keys(limits).map((name) => [name, told(model.get(name))]));
  let [found, waiting] = [false, 0];
  const write = () => {
    const address = new URL(location.href);
    for (const name of Object.keys(limits)) {
      const value = told(model.get(name));
      if (value === own[name]) address.searchParams.delete(`${key}.${name}`);
      else address.searchParams.set(`${key}.${name}`, value);
    }
    history.replaceState(history.state, "", address);
  };
  for (const name of Object.keys(limits)) {
    const value = meant(asked.get(`${key}.${name}`) ?? own[name], model.get(name), limits[name]);
    if (value !== undefined && told(value) !== own[name]) {
      model.set(name, value);
      found = true;
    }
    model.on(`change:${name}`, () => {
      clearTimeout(waiting);
      waiting = setTimeout(write, WAIT);
    });
  }
  return found;
}
