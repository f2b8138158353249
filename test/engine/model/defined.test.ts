import assert from 'node:assert/strict';
import { defined, type Defined } from '../../../src/engine/model/defined';

describe('optional members', () => {
  it('are left out where they are undefined, and stay in their order elsewhere', () => {
    const members = defined({ z: 1, gone: undefined, a: 2, 'm n': 3 });
    assert.deepEqual(Object.entries(members), [
      ['z', 1],
      ['a', 2],
      ['m n', 3],
    ]);
    assert.deepEqual(Object.keys(defined({ gone: undefined })), []);
    assert.deepEqual(defined({}), {});
  });

  it('stay where they are null, false, empty or zero', () => {
    const members = { nothing: null, no: false, empty: '', zero: 0, nan: NaN, list: [] };
    assert.deepEqual(defined(members), members);
  });

  it('are of a copy: what was given stays as it was', () => {
    const given = { a: 1, b: undefined };
    const copy = defined(given);
    assert.notEqual(copy, given);
    assert.deepEqual(Object.keys(given), ['a', 'b']);
  });

  it('have types that optional properties take, and that know what is always there', () => {
    const maybe = (): string | undefined => 'x';
    const members = defined({ name: 'n', remedy: maybe() });
    // What TypeScript says of it: this test has no more to do than to compile.
    const exact: { readonly name: string; readonly remedy?: string } = members;
    const name: string = members.name;
    // @ts-expect-error It may be absent.
    const remedy: string = members.remedy;
    // @ts-expect-error What is optional is never undefined.
    const never: Defined<{ remedy: string | undefined }> = { remedy: undefined };
    assert.deepEqual([exact, name, remedy], [{ name: 'n', remedy: 'x' }, 'n', 'x']);
    assert.deepEqual(Object.keys(never), ['remedy']);
  });
});
