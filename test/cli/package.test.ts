// package.json and the lockfile, where what is wrong shows only on another machine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const read = (name: string): any => JSON.parse(readFileSync(resolve(root, name), 'utf8'));

describe('package', () => {
  it('locks the DuckDB binaries of every platform: without one `npm ci` fails', () => {
    const { packages } = read('package-lock.json');
    const wanted: Record<string, string> =
      packages['node_modules/@duckdb/node-bindings'].optionalDependencies;
    assert.ok(Object.keys(wanted).length >= 8);
    for (const [name, version] of Object.entries(wanted)) {
      const locked = packages[`node_modules/${name}`];
      assert.equal(locked?.version, version, name);
      assert.ok(locked.optional === true && locked.os.length === 1 && locked.cpu.length === 1, name);
    }
  });

  it('names no registry in the lockfile', () => {
    assert.doesNotMatch(readFileSync(resolve(root, 'package-lock.json'), 'utf8'), /"resolved"/);
  });

  it('leaves the config files to its own editing help: by a schema too everything would be told twice', () => {
    const names = ['brand_configs', 'table_schemas', 'validation_rules'];
    const { contributes } = read('package.json');
    const [only, ...more] = contributes.jsonValidation;
    assert.equal(more.length, 0);
    assert.deepEqual(
      only.fileMatch,
      names.map((name) => `${name}.json`),
    );
    // A file without any schema gets proposals from its own keys; one that allows everything ends that.
    assert.deepEqual(
      Object.keys(read(only.url)).filter((key) => !key.startsWith('$')),
      [],
    );
    for (const name of names) {
      // Other editors take the schemas beside the files, by a "$schema" of their own.
      assert.equal(read(`config/${name}.schema.json`).$schema, 'http://json-schema.org/draft-07/schema#');
      assert.equal(read(`config/${name}.json`).$schema, undefined);
    }
  });
});
