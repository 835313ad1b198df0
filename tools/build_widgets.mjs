// Build each widget's JavaScript and styles into one file each: node tools/build_widgets.mjs [--watch]
//
// Every module below lrp_widgets/widgets/ with a default export is a widget. With --watch, what is
// built can be read in a debugger and follows each change, until standard input ends.

import { globSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";

const root = path.dirname(import.meta.dirname);
const source = path.join(root, "lrp_widgets", "widgets");
const target = path.join(source, "built");

const isWidget = (file) => /^export default /m.test(readFileSync(file, "utf8"));
const modules = globSync("**/*.js", { cwd: source, exclude: ["built"] });
const options = {
  entryPoints: modules.map((file) => path.join(source, file)).filter(isWidget),
  outdir: target,
  outbase: source,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
};

if (process.argv.includes("--watch")) {
  const context = await esbuild.context({ ...options, sourcemap: "inline", logLevel: "info" });
  await context.watch();
  for await (const _ of process.stdin);
  process.exit();
}
const built = esbuild.build({ ...options, minify: true, metafile: true, logLevel: "warning" });
const { metafile } = await built.catch(() => process.exit(1)); // esbuild has said why
const made = new Set(Object.keys(metafile.outputs).map((file) => path.resolve(file)));
for (const file of globSync("**/*.*", { cwd: target })) {
  if (!made.has(path.join(target, file))) rmSync(path.join(target, file));
}
