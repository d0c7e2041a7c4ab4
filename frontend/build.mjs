// Builds what pages load into segql/web/static: scripts, styles, fonts and icons. With --check, it tells whether what is
// committed there is what the sources give.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const STATIC = "../segql/web/static";
const check = process.argv.includes("--check");

const built = await build({
  entryPoints: { app: "src/app.ts", editor: "src/editor/index.ts", segql: "styles/index.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".woff2": "file" },
  assetNames: "[name]",
  publicPath: "/static",
  outdir: STATIC,
  legalComments: "none",
  write: false,
});

const made = new Map(built.outputFiles.map((file) => [file.path.split("/").pop(), Buffer.from(file.contents)]));
made.set("icons.svg", Buffer.from(await icons()));

if (check) {
  const stale = [];
  for (const [name, contents] of made) {
    const committed = await readFile(join(STATIC, name)).catch(() => Buffer.alloc(0));
    if (!committed.equals(contents)) stale.push(name);
  }
  const unknown = (await readdir(STATIC)).filter((name) => !made.has(name));
  if (stale.length + unknown.length > 0) {
    console.error(`segql/web/static is not what the sources give: ${[...stale, ...unknown].join(", ")}`);
    console.error(" = run: make frontend");
    process.exit(1);
  }
} else {
  await rm(STATIC, { recursive: true, force: true });
  await mkdir(STATIC, { recursive: true });
  for (const [name, contents] of made) await writeFile(join(STATIC, name), contents);
}

// One file with a symbol for each icon that icons.json names.
async function icons() {
  const names = JSON.parse(await readFile("icons.json", "utf-8"));
  const symbols = await Promise.all(
    names.sort().map(async (name) => {
      const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf-8");
      const inner = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}
