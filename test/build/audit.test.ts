// `npm run audit:deps` against registries that answer, refuse, answer rubbish, know nothing and hang.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { auditDependencies, type AuditResult, type Severity } from '../../src/build/audit';
import { useFolder } from '../support/folder';

const root = resolve(__dirname, '../..');
const execute = promisify(execFile);
const BULK = '/-/npm/v1/security/advisories/bulk';

type Answer = (response: ServerResponse) => void;

const advisory = (name: string, severity: string, range: string): object => ({
  id: 1,
  url: `https://github.com/advisories/of-${name}`,
  title: `A weakness of ${name}`,
  severity,
  vulnerable_versions: range,
  cwe: [],
  cvss: { score: 9 },
});
/** What every registry with advisories has. */
const CONTROL = { minimist: [advisory('minimist', 'critical', '<0.2.4')] };

const document =
  (body: unknown): Answer =>
  (response) =>
    void response.end(JSON.stringify(body));
const status =
  (code: number): Answer =>
  (response) =>
    void response.writeHead(code).end('no');

/** A registry that answers so when it is asked for advisories, and has no package. */
async function withRegistry<T>(
  answer: Answer,
  use: (environment: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === BULK) answer(response);
    else status(404)(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use({
      npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      npm_config_noproxy: '127.0.0.1',
    });
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe('npm run audit:deps', () => {
  const folder = useFolder();

  /** Audits a project that ships `inside`, and has `tool` and an old minimist for its development. */
  async function audited(
    answer: Answer,
    { severity = 'high', seconds = 20 }: { severity?: Severity; seconds?: number } = {},
  ): Promise<AuditResult> {
    const manifest = {
      name: 'x',
      version: '1.0.0',
      dependencies: { inside: '1.0.0' },
      devDependencies: { tool: '1.0.0', minimist: '1.0.0' },
    };
    const packages = {
      '': manifest,
      'node_modules/inside': { version: '1.0.0' },
      'node_modules/minimist': { version: '1.0.0', dev: true },
      'node_modules/tool': { version: '1.0.0', dev: true },
    };
    await writeFile(join(folder(), 'package.json'), JSON.stringify(manifest));
    await writeFile(
      join(folder(), 'package-lock.json'),
      JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }),
    );
    return withRegistry(answer, (environment) =>
      auditDependencies({
        root: folder(),
        severity,
        seconds,
        shipped: () => Promise.resolve(new Set(['node_modules/inside'])),
        environment: { ...environment, npm_config_cache: join(folder(), 'cache') },
      }),
    );
  }

  it('fails for an advisory of a shipped package that is severe enough, and lists the others', async () => {
    const found = document({
      ...CONTROL,
      inside: [advisory('inside', 'high', '<2.0.0')],
      tool: [advisory('tool', 'critical', '<2.0.0')],
    });
    const { kind, lines } = await audited(found);
    assert.deepEqual(
      [kind, ...lines],
      [
        'failed',
        'high: inside <2.0.0: A weakness of inside (shipped: node_modules/inside) https://github.com/advisories/of-inside',
        'critical: tool <2.0.0: A weakness of tool (for development only: node_modules/tool) https://github.com/advisories/of-tool',
        '1 of 2 known advisories are of shipped packages and high or worse.',
        'Update the packages (npm update NAME), or do without them.',
      ],
    );
    const lenient = await audited(found, { severity: 'critical' });
    assert.equal(lenient.kind, 'passed');
    assert.match(lenient.lines.join('\n'), /^high: inside[^]*^0 of 2 known/m);
  });

  it('passes where a registry with advisories has none of these', async () => {
    assert.deepEqual(await audited(document(CONTROL)), { kind: 'passed', lines: ['No known advisory.'] });
  });

  it('takes the control for no package of its own, and its own for no control', async () => {
    const { kind, lines } = await audited(
      document({ minimist: [advisory('minimist', 'critical', '<1.2.6')] }),
    );
    assert.equal(kind, 'passed');
    assert.match(lines[0] ?? '', /for development only: node_modules\/minimist\)/);
  });

  it('is skipped with the reason where the registry says nothing', async () => {
    const silent: readonly (readonly [Answer, RegExp])[] = [
      [status(405), /: 405 Method Not Allowed/],
      [(response) => void response.destroy(), /: .*(socket hang up|ECONNRESET)/],
      [(response) => void response.end('<html>Sign in</html>'), /invalid json response/],
      [document({ minimist: 'x', inside: [7] }), /Cannot create property/],
      [document({}), /it has no advisory of minimist 0\.0\.8/],
      [document({ inside: [advisory('inside', 'low', '<2.0.0')] }), /it has no advisory of minimist/],
    ];
    for (const [answer, reason] of silent) {
      const { kind, lines } = await audited(answer);
      assert.equal(kind, 'skipped', lines.join('\n'));
      assert.match(lines.join('\n'), /^Skipped: the registry says nothing about known advisories: /);
      assert.match(lines.join('\n'), reason);
    }
  });

  it('is skipped where the registry hangs, or drips', async () => {
    const drip: Answer = (response) => {
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    };
    for (const answer of [() => undefined, drip]) {
      const { kind, lines } = await audited(answer, { seconds: 1 });
      assert.equal(kind, 'skipped', lines.join('\n'));
    }
  });

  it('ends with 0 where it is skipped, and with 2 for a severity that does not exist', async () => {
    const script = ['--import', 'tsx', join(root, 'src/build/audit.ts')];
    const run = (
      words: readonly string[],
      environment: NodeJS.ProcessEnv,
    ): Promise<{ readonly stdout: string }> =>
      execute(process.execPath, [...script, ...words], {
        cwd: root,
        env: { ...process.env, ...environment },
      });
    const { stdout } = await withRegistry(status(404), (environment) => run([], environment));
    assert.match(stdout, /^Skipped: .*: 404 Not Found/);
    await assert.rejects(run(['--severity', 'dreadful'], {}), { code: 2 });
  });
});
