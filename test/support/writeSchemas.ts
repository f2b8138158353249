// Writes the JSON schemas of the three config files beside them: `npm run schemas`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFiles } from '../../src/engine/workspace/config';

for (const { name, text } of schemaFiles()) {
  writeFileSync(join(__dirname, '../../config', name), text);
}
