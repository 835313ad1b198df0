// Build each widget's JavaScript and styles into one file each: node tools/build_widgets.mjs [--watch]
//
// Every module below lrp_widgets/widgets/ with a default export is a widget. It is built twice: as a
// module, for anywidget, and as a script for exported pages, which import nothing. With --watch, what
// is built can be read in a debugger and follows each change, until standard input ends.
//
// What others wrote and the widgets contain has its licences beside them, in licenses.txt.

import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";

const root = path.dirname(import.meta.dirname);
const source = path.join(root, "lrp_widgets", "widgets");
const target = path.join(source, "built");
const pageTarget = path.join(source, "page", "built");

const isWidget = (file) => /^export default /m.test(readFileSync(file, "utf8"));
const modules = globSync("**/*.js", { cwd: source, exclude: ["built", "page/built"] });
const widgets = modules.filter((file) => isWidget(path.join(source, file)));
const common = { bundle: true, target: "es2022", charset: "utf8" };
const asModules = {
  ...common,
  entryPoints: widgets.map((file) => path.join(source, file)),
  outdir: target,
  outbase: source,
  format: "esm",
};

/** A script that leaves a widget in `lrpWidgets`, by its name, where the page's host finds it. */
const onPages = {
  name: "on pages",
  setup(build) {
    build.onResolve({ filter: /^page:/ }, (entry) => ({
      path: entry.path.slice("page:".length),
      namespace: "page",
    }));
    build.onLoad({ filter: /.*/, namespace: "page" }, ({ path: file }) => ({
      contents: `import widget from ${JSON.stringify(`./${file}`)};
        (globalThis.lrpWidgets ??= {})[${JSON.stringify(file)}] = widget;`,
      resolveDir: source,
    }));
  },
};
const slashed = (file) => file.split(path.sep).join("/");
const asScripts = {
  ...common,
  entryPoints: [
    ...widgets.map((file) => ({ in: `page:${slashed(file)}`, out: file.replace(/\.js$/, "") })),
    ...globSync("page/host.js", { cwd: source }).map((file) => path.join(source, file)),
  ],
  outdir: pageTarget,
  outbase: source,
  format: "iife",
  loader: { ".css": "empty" },
  plugins: [onPages],
};

/** The licences of the packages from which files were taken, each under the package's name. */
function licences(files) {
  const folders = files.map((file) => file.match(/^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//));
  const packages = new Map(folders.filter(Boolean).map(([, folder, name]) => [name, folder]));
  return [...packages].sort().map(([name, folder]) => {
    const [file] = globSync("LICEN[CS]E*", { cwd: folder });
    if (!file) throw new Error(`${name} comes without a licence.`);
    return `${name}\n\n${readFileSync(path.join(folder, file), "utf8").trim()}\n`;
  });
}

if (process.argv.includes("--watch")) {
  for (const options of [asModules, asScripts]) {
    const context = await esbuild.context({ ...options, sourcemap: "inline", logLevel: "info" });
    await context.watch();
  }
  for await (const _ of process.stdin);
  process.exit();
}
for (const options of [asModules, asScripts]) {
  const built = esbuild.build({ ...options, minify: true, metafile: true, logLevel: "warning" });
  const { metafile } = await built.catch(() => process.exit(1)); // esbuild has said why
  const made = new Set(Object.keys(metafile.outputs).map((file) => path.resolve(file)));
  const texts = licences(Object.keys(metafile.inputs));
  if (texts.length) {
    const file = path.join(options.outdir, "licenses.txt");
    writeFileSync(file, texts.join("\n\n"));
    made.add(file);
  }
  for (const file of globSync("**/*.*", { cwd: options.outdir })) {
    if (!made.has(path.join(options.outdir, file))) rmSync(path.join(options.outdir, file));
  }
}
