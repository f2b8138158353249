// The whole file as text Parquet: DuckDB reads what is regular, our own reader what is not, and the counts must agree.
import { rm } from 'node:fs/promises';
import { defined, throwIfCancelled } from '../model';
import { asPipelineError, Unreadable } from './bytes';
import { carefully } from './careful';
import { cutOffDoubt, withDoubt } from './cutOff';
import { directly } from './direct';
import { highBytesOf } from './decide';
import { decideByHighBytes } from './encoding';
import { keepRejects } from './csvRejects';
import type { CsvConversion, ConvertRequest, CsvFormat } from './format';

/**
 * Converts a whole file; see ConvertRequest and Converted.
 * @throws PipelineError CONSERVATION where the counts cannot be made to agree, CANCELLED, DISK_FULL, …
 */
export async function convert(request: ConvertRequest): Promise<CsvConversion> {
  try {
    return await convertOrThrow(request);
  } catch (error) {
    throwIfCancelled(request.signal);
    if (error instanceof Unreadable) return { kind: 'rejected', code: error.code, reason: error.message };
    throw asPipelineError(error, request.file);
  }
}

async function convertOrThrow(request: ConvertRequest): Promise<CsvConversion> {
  const rejects = keepRejects(request.temporary);
  const made: string[] = [];
  try {
    const direct = request.careful === true ? undefined : await directly(request, rejects, made);
    if (direct !== undefined && direct.kind === 'converted') {
      await rejects.publish(request);
      return withDoubt(direct, await cutOffDoubt(request, rejects.last()));
    }
    const beyond = await encodingBeyondSample(request);
    if (beyond?.kind === 'rejected') return beyond;
    if (beyond !== undefined) return await convertOrThrow({ ...request, format: beyond.format });
    return await carefully(request, made);
  } finally {
    await rejects.discard();
    for (const path of made) await rm(path, { force: true });
  }
}

/** Where bytes beyond the sample are no UTF-8, all bytes decide the encoding; undefined: it stays as it is. */
async function encodingBeyondSample(
  request: ConvertRequest,
): Promise<
  | { readonly kind: 'format'; readonly format: CsvFormat }
  | Extract<CsvConversion, { readonly kind: 'rejected' }>
  | undefined
> {
  const { file, format } = request;
  if (format.encoding !== 'utf-8' || format.bom || format.stated?.includes('encoding') === true)
    return undefined;
  const found = await highBytesOf(file, format.compression, request);
  if (found.lines.other + found.lines.odd === 0) return undefined;
  const decided = decideByHighBytes(found, request.evidence);
  if (decided.kind === 'refused') return { kind: 'rejected', code: decided.code, reason: decided.reason };
  const { encoding, confidence, note, evidence } = decided;
  if (encoding === 'utf-8') return undefined;
  const doubts = [...(decided.doubts ?? []), ...(format.doubts ?? [])];
  return {
    kind: 'format',
    format: {
      ...format,
      encoding,
      confidence: { ...format.confidence, encoding: confidence },
      notes: [...format.notes, ...(note === undefined ? [] : [`beyond the sample ${note}`])],
      ...(doubts.length === 0 ? {} : { doubts }),
      ...defined({ evidence }),
    },
  };
}
