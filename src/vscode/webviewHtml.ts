// The page every webview starts from: a strict policy, one script, one style sheet, no text of its own.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface WebviewPage {
  readonly title: string;
  /** Bundle under dist/webviews, e.g. "preview.js". */
  readonly script: string;
  /** Style sheet under media/, e.g. "preview.css". */
  readonly style: string;
}

/** Where a webview may load from. */
export function webviewRoots(extension: vscode.Uri): readonly vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, 'dist', 'webviews'), vscode.Uri.joinPath(extension, 'media')];
}

/** HTML of a page whose body the script fills. No inline code or style, nothing remote. */
export function webviewHtml(webview: vscode.Webview, extension: vscode.Uri, page: WebviewPage): string {
  const nonce = randomBytes(18).toString('base64');
  const uri = (...path: string[]): string =>
    escapeHtml(webview.asWebviewUri(vscode.Uri.joinPath(extension, ...path)).toString());
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${uri('media', page.style)}">
</head>
<body>
<script nonce="${nonce}" src="${uri('dist', 'webviews', page.script)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
