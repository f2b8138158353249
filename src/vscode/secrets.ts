// Secrets live in the editor's SecretStorage, by folder; only the engine process gets them, by its environment.
import * as vscode from 'vscode';
import type { Owned } from './parts';
import { changesProxy, proxyEnvironment } from './proxySettings';
import { SECRET_NAMES, type SecretName } from './secretNames';
import type { Log } from './shown/log';

export interface Secrets {
  /**
   * What the engine of a folder gets besides the editor's environment: secrets, which win over the folder's .env, and
   * the proxy of the editor's settings. Nothing in Restricted Mode.
   */
  environment(folder: vscode.Uri): Promise<Readonly<Record<string, string>>>;
  /** Names that are set for a folder. */
  set(folder: vscode.Uri): Promise<ReadonlySet<SecretName>>;
  /** Stores a secret; undefined removes it. */
  store(folder: vscode.Uri, name: SecretName, value: string | undefined): Promise<void>;
  /** Fires also when another window stores one, and when the proxy changes. */
  readonly onDidChange: vscode.Event<void>;
}

const PREFIX = 'm7.secret ';

/** The secrets of the extension. A storage that cannot be read is logged, and counts as empty. */
export function openSecrets(context: vscode.ExtensionContext, log: Log): Secrets & Owned {
  const changed = new vscode.EventEmitter<void>();
  const listener = context.secrets.onDidChange(({ key }) => {
    if (key.startsWith(PREFIX)) changed.fire();
  });
  const proxies = vscode.workspace.onDidChangeConfiguration((change) => {
    if (changesProxy(change)) changed.fire();
  });
  const keyOf = (folder: vscode.Uri, name: SecretName): string => `${PREFIX}${folder.toString()} ${name}`;
  const all = async (folder: vscode.Uri): Promise<readonly (readonly [SecretName, string])[]> => {
    try {
      const found = await Promise.all(
        SECRET_NAMES.map(async (name) => [name, await context.secrets.get(keyOf(folder, name))] as const),
      );
      return found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    } catch (error) {
      log.warn(
        `The secret storage cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return [];
    }
  };
  return {
    environment: async (folder) =>
      vscode.workspace.isTrusted ? { ...proxyEnvironment(), ...Object.fromEntries(await all(folder)) } : {},
    set: async (folder) => new Set((await all(folder)).map(([name]) => name)),
    store: async (folder, name, value) => {
      if (value === undefined) await context.secrets.delete(keyOf(folder, name));
      else await context.secrets.store(keyOf(folder, name), value);
      // The storage tells a moment later: who stores and asks the engine at once is to see it.
      changed.fire();
    },
    onDidChange: changed.event,
    dispose: () => {
      listener.dispose();
      proxies.dispose();
      changed.dispose();
    },
  };
}
