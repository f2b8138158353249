// The editor's settings of a proxy, as variables for the processes that it starts: there everything reads them.
import * as vscode from 'vscode';

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'] as const;

/**
 * What replaces variables of the editor's environment; an empty value removes one. Settings of the workspace do not
 * count: a folder must not choose who passes its user's secrets on.
 */
export function proxyEnvironment(): Readonly<Record<string, string>> {
  if (own('proxySupport') === 'off') return bothCases(PROXIES.map((name) => [name, ''] as const));
  const proxy = own('proxy');
  const named = typeof proxy === 'string' ? proxy.trim() : '';
  const list = own('noProxy');
  const exempt = Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
  return bothCases([
    ...(named === '' ? [] : PROXIES.map((name) => [name, name === 'ALL_PROXY' ? '' : named] as const)),
    ...(exempt.length === 0 ? [] : [['NO_PROXY', exempt.join(',')] as const]),
  ]);
}

/** Does a change of settings concern the proxy? */
export const changesProxy = (change: vscode.ConfigurationChangeEvent): boolean =>
  ['http.proxy', 'http.noProxy', 'http.proxySupport'].some((name) => change.affectsConfiguration(name));

/** The value of the user, or of an administrator's policy. */
function own(name: string): unknown {
  const settings = vscode.workspace.getConfiguration('http');
  const found = settings.inspect(name);
  const ofFolder = found?.workspaceValue !== undefined || found?.workspaceFolderValue !== undefined;
  return ofFolder ? (found.globalValue ?? found.defaultValue) : settings.get(name);
}

/** Both spellings: tools prefer the lower one. */
function bothCases(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
}
