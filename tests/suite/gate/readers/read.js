// What Node's own parsers, and qs (Express) where it is installed, read under the name nr.
const querystring = require("node:querystring");
let qs = null;
try { qs = require("qs"); } catch { /* not installed */ }

const flat = (value) =>
  value === undefined ? [] : Array.isArray(value) ? value.flatMap(flat)
    : value !== null && typeof value === "object" ? ["an object"] : [String(value)];
const anywhere = (value) =>
  Array.isArray(value) ? value.flatMap(anywhere)
    : value !== null && typeof value === "object"
      ? Object.entries(value).flatMap(([key, inner]) => (key === "nr" ? flat(inner) : anywhere(inner))) : [];

const lines = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
for (const line of lines) {
  const { kind, text } = JSON.parse(line);
  const read = {};
  if (kind === "json") {
    read["node JSON"] = anywhere(JSON.parse(text));
  } else {
    read["node querystring"] = flat(querystring.parse(text).nr);
    read["node URLSearchParams"] = new URLSearchParams(text).getAll("nr");
    if (qs) read["express, qs"] = flat(qs.parse(text).nr);
  }
  console.log(JSON.stringify(read));
}
