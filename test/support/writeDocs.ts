// Writes the generated parts of README.md from the catalogues they describe: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedReadme } from './docs';

const path = join(__dirname, '../../README.md');
writeFileSync(path, generatedReadme(readFileSync(path, 'utf8')));
