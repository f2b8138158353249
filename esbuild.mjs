// Builds every bundle of dist/. Native DuckDB files stay outside: they are loaded from node_modules.
import { existsSync, readdirSync } from 'node:fs';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
const outdir = process.argv.find((word) => word.startsWith('--outdir='))?.slice('--outdir='.length) ?? 'dist';

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
await build({ ...node, entryPoints: { snowflake: driver }, outdir });
await build({
  ...node,
  entryPoints: { cli: 'src/cli/main.ts' },
  outdir,
  banner: { js: '#!/usr/bin/env node' },
});
// The engine's bundle does not know `vscode`: an import that leaks into it breaks the build.
await build({ ...node, entryPoints: { server: 'src/server/main.ts' }, outdir });
await build({ ...node, entryPoints: { debug: 'src/debug/main.ts' }, outdir });
// The editor's bundle holds no engine: its own Node loads it at every start.
await build({
  ...node,
  entryPoints: { extension: 'src/vscode/extension.ts' },
  external: ['vscode'],
  outdir,
});
// A folder with a main.ts is a page; what pages share lies beside them.
const pages = readdirSync('src/webviews').filter((name) => existsSync(`src/webviews/${name}/main.ts`));
await build({
  bundle: true,
  platform: 'browser',
  target: 'chrome128',
  format: 'iife',
  entryPoints: Object.fromEntries(pages.map((name) => [name, `src/webviews/${name}/main.ts`])),
  outdir: `${outdir}/webviews`,
  minify: production,
  sourcemap: production ? false : 'inline',
  logLevel: 'warning',
});
