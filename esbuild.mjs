// Builds every bundle of dist/. Native DuckDB files stay outside: they are loaded from node_modules.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
const valueOf = (name) => process.argv.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const outdir = valueOf('--outdir') ?? 'dist';
/** Which files each bundle is made of, in one list: what is shipped is known from it. */
const metafile = { inputs: {}, outputs: {} };
/** @param {import('esbuild').BuildOptions} options */
async function bundle(options) {
  const made = await build({ ...options, outdir, metafile: true });
  Object.assign(metafile.inputs, made.metafile.inputs);
  Object.assign(metafile.outputs, made.metafile.outputs);
}

/** @type {import('esbuild').BuildOptions} */
const node = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  external: ['@duckdb/node-bindings-*'],
  // Its default entry is UMD, whose inner requires no bundler can see.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Smaller text loads faster; names stay, so that stacks can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: production,
  sourcemap: !production,
  logLevel: 'warning',
};

/** Snowflake's driver is required by the first who loads there: it is a bundle of its own beside the others. */
const driver = 'src/engine/warehouse/snowflake/driver.ts';
node.plugins = [
  {
    name: 'snowflake-on-demand',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/driver$/ }, ({ kind, importer }) =>
        kind === 'dynamic-import' && /[\\/]snowflake[\\/]session\.ts$/.test(importer)
          ? { path: './snowflake.js', external: true }
          : undefined,
      );
    },
  },
];
await bundle({ ...node, entryPoints: { snowflake: driver } });
await bundle({
  ...node,
  entryPoints: { cli: 'src/cli/main.ts' },
  banner: { js: '#!/usr/bin/env node' },
});
// The engine's bundle does not know `vscode`: an import that leaks into it breaks the build.
await bundle({ ...node, entryPoints: { server: 'src/server/main.ts' } });
await bundle({ ...node, entryPoints: { debug: 'src/debug/main.ts' } });
// The editor's bundle holds no engine: its own Node loads it at every start.
await bundle({ ...node, entryPoints: { extension: 'src/vscode/extension.ts' }, external: ['vscode'] });
// A folder with a main.ts is a page; what pages share lies beside them.
const pages = readdirSync('src/webviews').filter((name) => existsSync(`src/webviews/${name}/main.ts`));
await bundle({
  bundle: true,
  platform: 'browser',
  target: 'chrome128',
  format: 'iife',
  entryPoints: Object.fromEntries(pages.map((name) => [`webviews/${name}`, `src/webviews/${name}/main.ts`])),
  minify: production,
  sourcemap: production ? false : 'inline',
  logLevel: 'warning',
});
const list = valueOf('--metafile');
if (list !== undefined) writeFileSync(list, JSON.stringify(metafile));
