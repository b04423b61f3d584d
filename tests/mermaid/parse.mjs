// Reads diagrams from a JSON file, as names with their sources, and prints those that Mermaid refuses.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

const refused = {};
for (const [name, source] of Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8")))) {
  try {
    await mermaid.parse(source);
  } catch (error) {
    refused[name] = String(error.message ?? error);
  }
}
console.log(JSON.stringify(refused));
