// A small valid config of two tables, as text, and the workspace folder it is tested in.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigFile } from '../../src/engine/workspace/config';

export const SMALL_CONFIG: Readonly<Record<ConfigFile, string>> = {
  'brand_configs.json': `{
  "brands": {
    "Skylink": "SKL",
    "CanalDigitaal": {
      "code": "CDN",
      "name": "Canal Digitaal",
      "aliases": ["CDS"],
      "timezone": "Europe/Amsterdam"
    }
  }
}
`,
  'table_schemas.json': `{
  "tables": {
    "User": {
      "columns": {
        "user_id": { "type": "VARCHAR" }
      }
    },
    "Playback": {
      "description": "One row per playback.",
      "primary_key": ["playback_id", "_brand"],
      "deduplicate": { "order_by": "started_at DESC, playback_id" },
      "null_values": ["", "NULL"],
      "extra_columns": "drop",
      "columns": {
        "playback_id": { "type": "varchar(20)", "source": ["PlaybackID", "id"], "required": true },
        "user_id": { "type": "TEXT" },
        "started_at": {
          "type": "TIMESTAMP",
          "formats": ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"],
          "timezone": "brand",
          "required": true
        },
        "price": { "type": "numeric(10, 2)", "decimal": ",", "thousands": ".", "default": 0 },
        "device": { "type": "VARCHAR", "transform": "upper(trim(device))", "map": { "SETTOP": "STB", "__proto__": "x" } },
        "is_live": { "type": "BOOLEAN", "true_values": ["Y"], "false_values": ["N"], "default": false },
        "duration_s": { "type": "INT", "on_error": "null", "sensitive": true },
        "watch_min": { "type": "DOUBLE", "derived": "duration_s / 60.0" }
      }
    }
  }
}
`,
  'validation_rules.json': `{
  "tables": {
    "Playback": {
      "rules": [
        { "rule": "not_null", "column": "user_id" },
        { "rule": "not_null", "column": "user_id", "where": "price > 0", "severity": "warning" },
        {
          "id": "duration_plausible",
          "rule": "range",
          "column": "duration_s",
          "min": 0,
          "max": 86400,
          "where": "is_live = false",
          "error": "1.5%",
          "warn": 5,
          "on_fail": "report",
          "description": "A day has 86400 seconds.",
          "tags": ["billing"],
          "samples": 3
        },
        { "id": "known_user", "rule": "references", "column": "user_id", "to": "User.user_id", "enabled": false },
        { "id": "some_rows", "rule": "row_count", "min": 1 },
        { "id": "sane", "rule": "expression", "expression": "watch_min >= 0" },
        { "id": "shape", "rule": "regex", "column": "playback_id", "pattern": "[a-z0-9]+" },
        { "id": "own", "rule": "sql", "query": "SELECT * FROM rows WHERE price < 0" }
      ]
    }
  }
}
`,
};

/** A workspace folder of its own; whoever makes it removes it. */
export interface SmallWorkspace {
  readonly folder: string;
  /** Writes the config files; others than the small ones where given. */
  write(texts?: Partial<Record<ConfigFile, string | Uint8Array>>): Promise<void>;
  remove(): Promise<void>;
}

export async function smallWorkspace(): Promise<SmallWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), 'm7-config-'));
  await mkdir(join(folder, 'config'));
  await writeFile(join(folder, '.env'), 'EXPECTED_TABLES=User,Playback\n');
  return {
    folder,
    write: async (texts = {}) => {
      for (const [name, text] of Object.entries({ ...SMALL_CONFIG, ...texts }))
        await writeFile(join(folder, 'config', name), text);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
