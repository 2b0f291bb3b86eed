// Parses the built scripts: argv: a folder. Prints one line for each file that Chrome 94, or any browser, could not read.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";

const folder = process.argv[2];
const { parse } = createRequire(join(folder, "..", "package.json"))("acorn");
const scripts = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
for (const name of scripts) {
  const asModule = name.startsWith("assets");
  try {
    parse(readFileSync(join(folder, name), "utf8"), { ecmaVersion: asModule ? 2022 : 5, sourceType: asModule ? "module" : "script" });
  } catch (fault) {
    console.log(`${name}: ${fault.message}`);
  }
}
console.log(`${scripts.length} scripts`);
