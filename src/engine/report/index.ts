// The door of the reports: put together by date, and rendered as text, JSON, HTML or JUnit.
import { maskingOf } from './masking';
import type { Config } from '../model';
import type { DateReport } from './reportDocument';
import { renderHtml } from './html';
import { renderJUnit } from './junit';
import type { TextStyle } from './textLayout';
import { renderText } from './textReport';

export { type DateReport, filesLeftAlone, isEmptyReport, mergeReports, totalsOf } from './reportDocument';
export { type DateStanding, type DateVerdict, type TableStanding, dateVerdict } from './dateVerdict';
export { escapeHtml } from './html';
export { escapeXml } from './junit';
export {
  type Colours,
  NO_COLOURS,
  type TextCell,
  type TextStyle,
  displayWidth,
  fit,
  tableLines,
  wrap,
} from './textLayout';
export { renderMarkdown } from './markdown';
export { isHiddenColumn } from './hiddenColumns';
export { type Masking, maskingOf } from './masking';
export { markdownCode, markdownText } from './outsideText';
export type { DateDocument, RejectCount, RejectsFile } from './model';
export { rejectCounts } from './rejectCounts';
export { junitOfRun } from './runReports';
export { isSummary } from './reportShape';
export { lastFailures, rejectionFailures } from './stepFailures';
export { lastRun, readDateDocument, readObservations, readReport, readReports, readSummary } from './stored';
export { stateColour } from './textReport';
export { isFormula, isFormulaSql, spreadsheetText } from './spreadsheet';
export { readTrend } from './trend';
export {
  SURROUNDINGS,
  codeWords,
  compareUrgency,
  driftMessages,
  failingOf,
  findingResult,
  readingParts,
  sampleColumns,
  samplePlace,
  ruleLine,
} from './wording';
export {
  formatBytes,
  formatCount,
  formatFigure,
  formatPercent,
  formatSeconds,
  plural,
  printable,
  valueText,
} from './words';

export type ReportFormat = 'text' | 'json' | 'html' | 'junit';

/**
 * The report as a document of the given format, ending with a line break. `style` matters to text only.
 * @param config tells whose values to hide: without it all of a report that was not masked when it was written.
 */
export function renderReports(
  document: DateReport,
  format: ReportFormat,
  style: TextStyle,
  config?: Config,
): string {
  const masking = maskingOf(config);
  const shown = { ...document, reports: document.reports.map(masking.report) };
  switch (format) {
    case 'text':
      return renderText(shown, style);
    case 'json':
      return renderJson(shown);
    case 'html':
      return renderHtml(shown);
    case 'junit':
      return renderJUnit(shown, masking);
  }
}

/** One table asked for is its Report as it lies on disk; a date is the document with its summary. */
function renderJson(document: DateReport): string {
  const [only] = document.reports;
  const single = document.summary === undefined && document.reports.length === 1;
  return `${JSON.stringify(single ? only : document, undefined, 2)}\n`;
}
