// What this adapter can do, as an editor learns when it starts.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { FILTER_WORDS } from './filters';

export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsStepBack: true,
  supportsRestartFrame: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: false,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', ':', ' '],
  supportsCancelRequest: true,
  exceptionBreakpointFilters: [...FILTER_WORDS],
};
