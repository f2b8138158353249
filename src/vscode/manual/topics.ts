// Where the manual explains what a hover is about.
import type * as vscode from 'vscode';
import type { HoverTopic } from '../../shared/editingApi';
import { MANUAL_OF_COLUMNS, MANUAL_OF_CONFIG, manualOfRule, type ManualAddress } from '../../shared/manual';
import { manualLink } from './link';

function addressOf(topic: HoverTopic): ManualAddress {
  switch (topic.kind) {
    case 'rule':
      return manualOfRule(topic.rule);
    case 'column':
      return MANUAL_OF_COLUMNS;
    case 'file':
      return MANUAL_OF_CONFIG[topic.file];
    default:
      return topic satisfies never;
  }
}

/** The link below a hover; none for words inside SQL. */
export const linkOf = (topic: HoverTopic | undefined): readonly vscode.MarkdownString[] =>
  topic === undefined ? [] : [manualLink(addressOf(topic))];
