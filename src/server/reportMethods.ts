// Answers about the report of a date and of the dates before it, from what lies on disk now.
import {
  dateDocument,
  isEmptyReport,
  mergeReports,
  NO_COLOURS,
  openData,
  PipelineError,
  readTrend,
  recordOrigin,
  rejectCounts,
  renderMarkdown,
  renderReports,
  requireDate,
  type DateKey,
  type DateReport,
  type Lake,
} from '../engine';
import type { Methods } from '../shared/channel';
import type { ReportApi } from '../shared/serverApi';

/** The methods of ReportApi for one folder. */
export function reportMethods(directory: string): Methods<ReportApi> {
  // Settings may change between two calls: every call reads them as they are then.
  const open = (): Promise<Lake> => openData({ directory });
  return {
    report: ({ date }) => dateDocument({ directory }, requireDate(date)),
    trend: async ({ until, dates }, { signal }) =>
      readTrend(await open(), { until: requireDate(until), dates, signal }),
    'report.rejects': async ({ date }, { signal }) => rejectCounts(await open(), requireDate(date), signal),
    'report.source': async (name, { signal }) =>
      recordOrigin(await open(), { ...name, date: requireDate(name.date) }, signal),
    'report.render': async ({ date, format }) => {
      const document = await documentOf(directory, requireDate(date));
      switch (format) {
        case 'html':
          return { text: renderReports(document, 'html', { width: 120, colours: NO_COLOURS }) };
        case 'markdown':
          return { text: renderMarkdown(document) };
      }
    },
  };
}

async function documentOf(directory: string, date: DateKey): Promise<DateReport> {
  const report = mergeReports(await dateDocument({ directory }, date));
  if (isEmptyReport(report))
    throw new PipelineError('NOT_FOUND', `There is no report of ${date}.`, 'Run the date first.');
  return report;
}
