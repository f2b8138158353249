// The lock file: what an installation on any platform is checked against.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bindingsPackage, PLATFORMS, type Target } from '../../src/build/platforms';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };

  it('has the native library of DuckDB for every target, in the version of its JavaScript', () => {
    const { version } = packages['node_modules/@duckdb/node-bindings']!;
    const locked = Object.keys(PLATFORMS).map(
      (target) => `node_modules/${bindingsPackage(target as Target)}`,
    );
    assert.deepEqual(
      Object.keys(packages)
        .filter((name) => name.includes('@duckdb/node-bindings-'))
        .sort(),
      [...locked].sort(),
    );
    for (const name of locked) assert.equal(packages[name]?.version, version, name);
  });

  it('has an integrity for every package', () => {
    const without = Object.entries(packages)
      .filter(
        ([name, locked]) => name !== '' && locked.link !== true && !locked.integrity?.startsWith('sha512-'),
      )
      .map(([name]) => name);
    assert.deepEqual(without, []);
  });
});
