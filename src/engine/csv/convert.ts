// The whole file as text Parquet: DuckDB reads what is regular, our own reader what is not, and the counts must agree.
import { rm } from 'node:fs/promises';
import { throwIfCancelled } from '../model';
import { asPipelineError, decoded, unpackedBytes, Unreadable } from './bytes';
import { carefully } from './careful';
import { directly } from './direct';
import { detectEncoding } from './encoding';
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
      return direct;
    }
    const format = await encodingBeyondSample(request);
    if (format !== undefined) return await convertOrThrow({ ...request, format });
    return await carefully(request, made);
  } finally {
    await rejects.discard();
    for (const path of made) await rm(path, { force: true });
  }
}

/** Where bytes beyond the sample are no UTF-8, they decide the encoding. */
async function encodingBeyondSample(request: ConvertRequest): Promise<CsvFormat | undefined> {
  const { file, format, temporary, signal } = request;
  if (format.encoding !== 'utf-8' || format.bom || format.stated?.includes('encoding') === true)
    return undefined;
  const samples: Buffer[] = [];
  for await (const chunk of decoded(
    unpackedBytes(file, { compression: format.compression, temporary, signal }),
    'utf-8',
    false,
  )) {
    const at = chunk.findIndex((b) => b >= 0x80);
    if (at === -1) continue;
    samples.push(Buffer.from(chunk.subarray(at, at + 65536)));
    if (samples.length >= 64) break;
  }
  if (samples.length === 0) return undefined;
  const found = detectEncoding([Buffer.from('ascii'), ...samples]);
  if (found === undefined || found.encoding === 'utf-8') return undefined;
  return {
    ...format,
    encoding: found.encoding,
    confidence: { ...format.confidence, encoding: found.confidence },
    notes: [...format.notes, ...(found.note === undefined ? [] : [`beyond the sample ${found.note}`])],
  };
}
