// What stands in for {{name}} in an example's variables: found by the example's lookup, or made afresh.
"use strict";

const fill = (() => {
  /** A new UUIDv7, as a tablet makes them for what it creates. */
  function freshId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let i = 5; i >= 0; i -= 1, time = Math.floor(time / 256)) bytes[i] = time % 256;
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** The steps of a path: `rounds.nodes[status=OPEN].id`, dots between brackets left alone. */
  const steps = (path) => path.match(/(\[[^\]]*\]|[^.[])+/g) ?? [];

  /** Everything that a path leads to; a list stands for each of its items. */
  function* follow(value, path) {
    if (Array.isArray(value)) {
      for (const item of value) yield* follow(item, path);
    } else if (path.length === 0) {
      yield value;
    } else if (value !== null && typeof value === "object") {
      const [name, ...conditions] = path[0].split("[");
      const holds = (item) => conditions.every((condition) => isTrue(item, condition.slice(0, -1)));
      for (const item of [value[name]].flat()) if (item !== undefined && holds(item)) yield* follow(item, path.slice(1));
    }
  }

  /** `path=text`: something there is that text; `path!=text`: nothing is. */
  function isTrue(item, condition) {
    const [, path, not, text] = condition.match(/^([^!=]*)(!?)=(.*)$/);
    return [...follow(item, steps(path))].some((found) => String(found) === text) !== (not === "!");
  }

  /** The values by name, each path in the lookup's answer or in a value before it; one that leads nowhere is not there. */
  function values(places, answer) {
    const known = { ...answer };
    for (const [name, path] of places) {
      for (const found of follow(known, steps(path))) {
        if (found === null) continue;
        known[name] = found;
        break;
      }
    }
    return known;
  }

  /** The variables' text with what is known: {{new}}, {{now}} and the values; the rest stays as it is. */
  function variables(text, known) {
    return text.replace(/\{\{(\w+)\}\}/g, (whole, name) => {
      if (name === "new") return freshId();
      if (name === "now") return new Date().toISOString();
      return typeof known[name] === "string" ? known[name] : whole;
    });
  }

  /** The names that are still to be filled in. */
  const open = (text) => [...new Set(Array.from(text.matchAll(/\{\{(\w+)\}\}/g), (match) => match[1]))];

  return { values, variables, open };
})();
