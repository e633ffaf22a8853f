// Builds the page: `src/` and the maps into `built/`, which is committed and shipped. The same sources give the same bytes.
//
//   node build.mjs           writes built/ anew
//   node build.mjs --check   writes nothing; names the files of built/ that differ and ends with 1
//
// Script and style have their SHA-256 in their names and may be kept for ever; the rest is asked for anew each time.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { argv, exit } from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILT = join(HERE, "built");
const SOURCES = ["build.mjs", "geometry", "package-lock.json", "package.json", "src"];
const BANNER = "/* Licences of what is in here: /page/licenses.txt */";

// What no page of ours may hold: its content security policy would refuse it.
const REFUSED = {
  "index.html": /<style|<script(?![^>]*\ssrc=)|\s(style|on\w+)=|(src|href)="(https?:)?\/\//i,
  script: /\beval\(|new Function\(|\bimport\(/,
  style: /url\(["']?(https?:)?\/\/|@import/i,
};

async function made() {
  const bundled = await build({
    absWorkingDir: HERE,
    banner: { css: BANNER, js: BANNER },
    bundle: true,
    charset: "utf8",
    entryPoints: { main: "src/main.js", page: "src/page.css" },
    format: "esm",
    legalComments: "none", // They are in licenses.txt, whole.
    logLevel: "warning",
    metafile: true,
    minify: true,
    outdir: "built",
    target: "es2022",
    write: false,
  });
  const [script] = bundled.outputFiles.filter(({ path }) => path.endsWith(".js"));
  const [style] = bundled.outputFiles.filter(({ path }) => path.endsWith(".css"));
  const scriptName = `page-${sha256(script.contents).slice(0, 16)}.js`;
  const styleName = `page-${sha256(style.contents).slice(0, 16)}.css`;
  const html = pageOf(readFileSync(join(HERE, "src", "index.html"), "utf8"), scriptName, styleName);
  refuse("index.html", html);
  refuse("script", script.text);
  refuse("style", style.text);

  const files = new Map([
    ["icon.svg", readFileSync(join(HERE, "src", "icon.svg"))],
    ["index.html", Buffer.from(html)],
    ["licenses.txt", Buffer.from(licensesOf(Object.keys(bundled.metafile.inputs)))],
    ["sources.sha256", Buffer.from(sourcesOf())],
    [scriptName, Buffer.from(script.contents)],
    [styleName, Buffer.from(style.contents)],
  ]);
  for (const name of readdirSync(join(HERE, "geometry"))) {
    if (name.endsWith(".json")) files.set(name, readFileSync(join(HERE, "geometry", name)));
  }
  return files;
}

function pageOf(template, scriptName, styleName) {
  return [
    ['src="main.js"', `src="/page/${scriptName}"`],
    ['href="page.css"', `href="/page/${styleName}"`],
  ].reduce((html, [from, to]) => {
    if (html.split(from).length !== 2) throw new Error(`src/index.html must have ${from} once`);
    return html.replace(from, to);
  }, template);
}

function refuse(what, text) {
  const found = REFUSED[what].exec(text);
  if (found) throw new Error(`${what} has ${found[0]}, which the page may not hold`);
}

// The licences of the packages that are bundled, and where the maps come from.
function licensesOf(inputs) {
  const packages = new Set(inputs.map((path) => /node_modules\/((@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const texts = [...packages].sort().map((name) => {
    const folder = join(HERE, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
  });
  const maps = readFileSync(join(HERE, "geometry", "LICENSE"), "utf8");
  return ["The page holds these packages and maps.\n", ...texts, `Maps\n\n${maps}`].join(`\n${"-".repeat(72)}\n\n`);
}

// What was built, as `sha256sum` writes it: a test that needs no Node sees from it that a build is stale.
function sourcesOf() {
  const lines = SOURCES.flatMap(walk).map((path) => {
    const name = relative(HERE, path).split(sep).join("/");
    return `${sha256(readFileSync(path))}  ${name}\n`;
  });
  return lines.sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1)).join("");
}

function walk(name) {
  const path = join(HERE, name);
  if (/\.[a-z0-9]+$/.test(name)) return [path];
  const found = readdirSync(path, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

const files = await made().catch((error) => {
  if (!error.errors) console.error(error.message); // esbuild has told its own.
  exit(1);
});
if (argv.includes("--check")) {
  const there = existsSync(BUILT) ? readdirSync(BUILT) : [];
  const names = [...new Set([...there, ...files.keys()])].sort();
  const differ = names.filter((name) => !there.includes(name) || !files.get(name)?.equals(readFileSync(join(BUILT, name))));
  for (const name of differ) console.error(`built/${name} differs from what the sources give: run \`just page\``);
  exit(differ.length ? 1 : 0);
}
rmSync(BUILT, { force: true, recursive: true });
mkdirSync(BUILT);
for (const [name, bytes] of [...files].sort()) {
  writeFileSync(join(BUILT, name), bytes);
  console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} packed`);
}
