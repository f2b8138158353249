// Keeps the secrets of a workspace out of everything that is written, told or sent.
import { readFileSync, statSync } from 'node:fs';
import { PipelineError, type Settings } from '../model';
import { proxySecrets, type Redact, redactionOf } from '../base';
import { pemsOf } from './keyText';
import { secretValues } from './settings';

const MOST_KEY_BYTES = 64_000;

/**
 * Secrets that came to light after the settings were read, such as those of connections.toml. Kept by settings,
 * so that whoever redacts for them, earlier or later, knows them too.
 */
const learnt = new WeakMap<Settings, Set<string>>();

/** Adds secrets to those known of these settings; an empty one is ignored. */
export function learnSecrets(settings: Settings, secrets: readonly (string | undefined)[]): void {
  const known = learnt.get(settings) ?? new Set();
  learnt.set(settings, known);
  for (const secret of secrets) if (secret !== undefined && secret !== '') known.add(secret);
}

/** @param settings whose secrets are known by value, with the content of the private key's file. */
export function redaction(settings: Settings): Redact {
  const { privateKey, privateKeyPath } = settings.snowflake;
  const own = [
    ...secretValues(settings),
    ...proxySecrets(),
    ...keyTexts(privateKeyPath),
    // Each line of it, however it was given.
    ...(privateKey === undefined ? [] : pemsOf(privateKey)),
  ];
  let known = -1;
  let inner: Redact = redactionOf(own);
  return <T>(value: T): T => {
    const more = learnt.get(settings);
    if (known !== (more?.size ?? 0)) {
      known = more?.size ?? 0;
      inner = redactionOf([...own, ...(more ?? [])]);
    }
    return inner(value);
  };
}

/**
 * An error without secrets in what it says; its stack says the same words. What has nothing to hide comes back as it is.
 */
export function redactError(redact: Redact, error: unknown): unknown {
  if (!(error instanceof Error)) return redact(error);
  const message = redact(error.message);
  const stack = redact(error.stack ?? '');
  if (message === error.message && stack === (error.stack ?? '') && !(error instanceof PipelineError))
    return error;
  if (!(error instanceof PipelineError))
    return Object.assign(new Error(message), { stack, name: error.name });
  const remedy = redact(error.remedy);
  if (message === error.message && remedy === error.remedy && stack === (error.stack ?? '')) return error;
  // Its cause said the same: it is left behind.
  return Object.assign(
    new PipelineError(error.code, message, remedy, error.where === undefined ? {} : { where: error.where }),
    { stack },
  );
}

/** The text of a private key's file, for its lines; nothing where there is none to read. */
function keyTexts(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= MOST_KEY_BYTES ? [readFileSync(path, 'utf8')] : [];
  } catch {
    return [];
  }
}
