// The files of a sample workspace that do not depend on date or size: config with its schemas, and the text of .env.
import { environmentTemplate, schemaFiles } from '../engine';
import { layOut } from './json';
import { brandConfig, ruleConfig, schemaConfig, TABLE_NAMES } from './tables';

/** Paths relative to the workspace with "/". The three config files equal those in the repository's config/. */
export function workspaceFiles(): readonly { readonly path: string; readonly text: string }[] {
  return [
    { path: 'config/brand_configs.json', text: layOut(brandConfig) },
    { path: 'config/table_schemas.json', text: layOut(schemaConfig) },
    { path: 'config/validation_rules.json', text: layOut(ruleConfig) },
    ...schemaFiles().map(({ name, text }) => ({ path: `config/${name}`, text })),
  ];
}

/** Its .env: settings only, for the sample needs no secret. */
export const sampleEnvironment = (): string =>
  environmentTemplate({ EXPECTED_TABLES: TABLE_NAMES.join(',') });
