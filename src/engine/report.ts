// The door of the reports: put together by date, and rendered as text, JSON, HTML or JUnit.
import { maskingOf } from './alerts/masking';
import type { Config } from './model';
import type { DateReport } from './report/document';
import { renderHtml } from './report/html';
import { renderJUnit } from './report/junit';
import type { TextStyle } from './report/layout';
import { renderText, stateColour } from './report/text';

export { mergeReports, type DateReport } from './report/document';
export * from './report/layout';
export { renderMarkdown } from './report/markdown';
export type * from './report/model';
export { codeWords, findingResult } from './report/order';
export { readDateDocument } from './report/stored';
export { stateColour };

export const REPORT_FORMATS = ['text', 'json', 'html', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/**
 * The report as a document of the given format, ending with a line break. `style` matters to text only.
 * @param config tells JUnit, which many see, whose values to hide: without it all of them.
 */
export function renderReports(
  document: DateReport,
  format: ReportFormat,
  style: TextStyle,
  config?: Config,
): string {
  switch (format) {
    case 'text':
      return renderText(document, style);
    case 'json':
      return renderJson(document);
    case 'html':
      return renderHtml(document);
    case 'junit':
      return renderJUnit(document, maskingOf(config));
  }
}

/** One table asked for is its Report as it lies on disk; a date is the document with its summary. */
export function renderJson(document: DateReport): string {
  const [only] = document.reports;
  const single = document.summary === undefined && document.reports.length === 1;
  return `${JSON.stringify(single ? only : document, undefined, 2)}\n`;
}
