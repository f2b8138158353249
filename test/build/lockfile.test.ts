// The lock file: what an installation on any platform is checked against.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Locked {
  readonly integrity?: string;
  readonly link?: boolean;
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };

  it('has the native library of DuckDB for eight platforms', () => {
    const native = Object.keys(packages).filter((name) => name.includes('@duckdb/node-bindings-'));
    assert.equal(native.length, 8);
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
