// Writes the generated parts of the manual from what they describe: `npm run docs`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatedManual, makeDemo, MANUAL, readManual, tracingPage } from './docs';

const work = mkdtempSync(join(tmpdir(), 'm7-docs-'));
try {
  makeDemo(join(work, 'demo'));
  for (const [page, text] of Object.entries(generatedManual(readManual())))
    writeFileSync(join(MANUAL, page), page === 'tracing.md' ? tracingPage(text, join(work, 'demo')) : text);
} finally {
  rmSync(work, { recursive: true, force: true });
}
