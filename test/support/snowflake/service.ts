// The service's endpoints: logins, statements, results, cancelling, each as the driver asks and reads them.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Account } from './account';
import { newMaterial } from './encryption';
import { canceled, SnowflakeError } from './errors';
import { failed, jsonBody, json, type Asked, type Gate, type Reply } from './gate';
import type { Run, Running } from './running';
import type { Session } from './sessions';
import type { Binding } from './sql/query';
import { kindOf } from './sql/statements';
import { stageFolder } from './stageFiles';
import type { Fault, RequestKind } from './types';
import type { Upload } from './execute';
import type { Answer } from './wire';

/** Where PUT goes when it does not go to a folder. */
export interface ObjectStore {
  /** host:port */
  readonly endPoint: string;
  readonly bucket: string;
  /** Credentials for one PUT. */
  credentials(): Readonly<Record<string, string>>;
}

export interface ServiceOptions {
  readonly account: Account;
  readonly gate: Gate;
  readonly running: Running;
  readonly folder: string;
  readonly url: string;
  readonly inProgressAfter: number;
  readonly chunkRows: number;
  readonly objectStore: ObjectStore | undefined;
}

export class Service {
  private readonly chunks = new Map<string, string>();

  constructor(private readonly options: ServiceOptions) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', this.options.url);
      const body = await jsonBody(request);
      const session = this.known(request);
      const sqlText = typeof body['sqlText'] === 'string' ? body['sqlText'] : undefined;
      const kind = kindOfRequest(request.method ?? '', url);
      const asked: Asked = {
        kind,
        requestId: url.searchParams.get('requestId') ?? undefined,
        sqlText,
        statement: sqlText === undefined ? undefined : kindOf(sqlText),
        session: session?.id,
        retry: Number(url.searchParams.get('retryCount') ?? '0'),
      };
      await this.options.gate.pass(request, response, asked, (fault) =>
        this.answered(request, kind, url, body, fault),
      );
    } catch (error) {
      // A defect of the peer must be seen, not waited for.
      response
        .writeHead(400, { 'Content-Type': 'text/plain' })
        .end(error instanceof Error ? (error.stack ?? '') : String(error));
    }
  }

  private async answered(
    request: IncomingMessage,
    kind: RequestKind,
    url: URL,
    body: Readonly<Record<string, unknown>>,
    fault: Fault | undefined,
  ): Promise<Reply> {
    try {
      if (fault?.kind === 'expired' || fault?.kind === 'session-gone') await this.spoil(request, fault);
      return await this.route(request, kind, url, body, fault);
    } catch (error) {
      if (error instanceof SnowflakeError) return failed(error);
      throw error;
    }
  }

  private async spoil(request: IncomingMessage, fault: Fault): Promise<void> {
    const session = this.known(request);
    if (session === undefined) return;
    if (fault.kind === 'session-gone') {
      await this.options.running.stop(session);
      await this.options.account.end(session);
    } else {
      session.tokenExpiresAt = 0;
      if (fault.kind === 'expired' && fault.master === true) session.masterExpiresAt = 0;
    }
  }

  private async route(
    request: IncomingMessage,
    kind: RequestKind,
    url: URL,
    body: Readonly<Record<string, unknown>>,
    fault: Fault | undefined,
  ): Promise<Reply> {
    const { account, running } = this.options;
    switch (kind) {
      case 'login':
        return this.login(url, body);
      case 'token': {
        const session = account.renew(tokenOf(request));
        return json({
          data: {
            sessionToken: session.token,
            validityInSecondsST: Math.round((session.tokenExpiresAt - Date.now()) / 1000),
            masterToken: session.masterToken,
            validityInSecondsMT: 14_400,
            sessionId: Number(session.id),
          },
          code: null,
          message: null,
          success: true,
        });
      }
      case 'logout': {
        const session = account.byToken(tokenOf(request));
        await running.stop(session);
        await account.end(session);
        return json({ data: null, code: null, message: null, success: true });
      }
      case 'heartbeat':
        account.byToken(tokenOf(request));
        return json({ data: null, code: null, message: null, success: true });
      case 'telemetry':
        return json({ data: 'Log Received', code: null, message: null, success: true });
      case 'query':
        return this.query(request, url, body, fault);
      case 'result': {
        account.byToken(tokenOf(request));
        const run = running.byQueryId(url.pathname.split('/')[2] ?? '');
        if (run === undefined)
          throw new SnowflakeError(
            '000709',
            '02000',
            `Statement ${url.pathname.split('/')[2] ?? ''} not found`,
          );
        return this.outcome(run);
      }
      case 'abort': {
        account.byToken(tokenOf(request));
        const queryId = /^\/queries\/([^/]+)\/abort-request$/.exec(url.pathname)?.[1];
        const requestId = body['requestId'];
        const run =
          queryId !== undefined && queryId !== 'v1'
            ? running.byQueryId(queryId)
            : running.byRequestId(typeof requestId === 'string' ? requestId : '');
        if (run === undefined || run.finished)
          throw new SnowflakeError('000605', '02000', 'Identified SQL statement is not currently executing.');
        run.abort(canceled());
        return json({ data: null, code: null, message: null, success: true });
      }
      case 'chunk': {
        const chunk = this.chunks.get(url.pathname);
        if (chunk === undefined) return { status: 403, headers: {}, body: '', outcome: '403' };
        return {
          status: 200,
          headers: { 'Content-Type': 'binary/octet-stream' },
          body: chunk,
          outcome: 'ok',
        };
      }
      case 'stage-head':
      case 'stage-put':
      case 'stage-get':
      case 'stage-delete':
      case 'stage-multipart':
      case 'other':
        return {
          status: 404,
          headers: { 'Content-Type': 'text/plain' },
          body: 'No such endpoint.',
          outcome: '404',
        };
      default:
        return kind satisfies never;
    }
  }

  private async login(url: URL, body: Readonly<Record<string, unknown>>): Promise<Reply> {
    const name = (key: string): string | undefined => url.searchParams.get(key) ?? undefined;
    const session = await this.options.account.login(body['data'] ?? {}, {
      warehouse: name('warehouse'),
      database: name('databaseName'),
      schema: name('schemaName'),
      role: name('roleName'),
    });
    return json({
      data: {
        masterToken: session.masterToken,
        token: session.token,
        validityInSeconds: Math.round((session.tokenExpiresAt - Date.now()) / 1000),
        masterValidityInSeconds: 14_400,
        displayUserName: session.user,
        serverVersion: '9.99.0',
        firstLogin: false,
        healthCheckInterval: 45,
        sessionId: Number(session.id),
        parameters: parametersOf(session),
        sessionInfo: {
          databaseName: session.database ?? null,
          schemaName: session.schema ?? null,
          warehouseName: session.warehouse ?? null,
          roleName: session.role,
        },
      },
      code: null,
      message: null,
      success: true,
    });
  }

  private async query(
    request: IncomingMessage,
    url: URL,
    body: Readonly<Record<string, unknown>>,
    fault: Fault | undefined,
  ): Promise<Reply> {
    const session = this.options.account.byToken(tokenOf(request));
    const sql = body['sqlText'];
    if (typeof sql !== 'string')
      throw new SnowflakeError('000900', '42601', 'SQL compilation error:\nEmpty SQL statement.');
    for (const name of ['describeOnly', 'asyncExec', 'bindStage'])
      if (body[name] !== undefined && body[name] !== false && body[name] !== null)
        throw new SnowflakeError('001003', '42000', `The test peer does not speak '${name}'.`);
    const run = this.options.running.submit({
      session,
      requestId: url.searchParams.get('requestId') ?? randomUUID(),
      sql,
      bindings: bindingsOf(body['bindings']),
      parameters: (body['parameters'] ?? {}) as Readonly<Record<string, unknown>>,
      fault,
    });
    return this.outcome(run, fault?.kind === 'slow' ? 0 : undefined);
  }

  /** The answer of a statement, or that it is in progress. */
  private async outcome(run: Run, patience = this.options.inProgressAfter): Promise<Reply> {
    const { queryId } = run.record;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), patience)));
    const outcome = await Promise.race([run.outcome, late]);
    clearTimeout(timer);
    if (outcome === 'late') {
      const data = {
        queryId,
        getResultUrl: `/queries/${queryId}/result`,
        queryAbortsAfterSecs: 300,
        progressDesc: null,
      };
      return json(
        {
          data,
          code: '333333',
          message: 'Query execution in progress. Please check the status later.',
          success: true,
        },
        '333333',
      );
    }
    if (outcome instanceof SnowflakeError) return failed(outcome, queryId);
    const data =
      outcome.kind === 'upload'
        ? this.uploadData(outcome.upload, queryId)
        : this.resultData(outcome.answer, run.session, queryId);
    return json({ data, code: null, message: null, success: true });
  }

  private resultData(answer: Answer, session: Session, queryId: string): unknown {
    const { chunkRows, url } = this.options;
    const first = answer.rows.slice(0, chunkRows);
    const chunks: unknown[] = [];
    for (let from = chunkRows; from < answer.rows.length; from += chunkRows) {
      const rows = answer.rows.slice(from, from + chunkRows);
      const text = rows.map((r) => JSON.stringify(r)).join(',');
      const path = `/peer/chunks/${queryId}/${chunks.length}`;
      this.chunks.set(path, text);
      const size = Buffer.byteLength(text);
      chunks.push({ url: url + path, rowCount: rows.length, uncompressedSize: size, compressedSize: size });
    }
    return {
      parameters: parametersOf(session),
      rowtype: answer.columns.map((c) => ({ ...c, database: '', schema: '', table: '', collation: null })),
      rowset: first,
      ...(chunks.length === 0 ? {} : { chunks, chunkHeaders: {} }),
      total: answer.rows.length,
      returned: answer.rows.length,
      queryId,
      databaseProvider: null,
      finalDatabaseName: session.database ?? null,
      finalSchemaName: session.schema ?? null,
      finalWarehouseName: session.warehouse ?? null,
      finalRoleName: session.role,
      numberOfBinds: 0,
      arrayBindSupported: false,
      statementTypeId: answer.typeId,
      version: 1,
      queryResultFormat: 'json',
    };
  }

  private uploadData(upload: Upload, queryId: string): unknown {
    const { objectStore, folder } = this.options;
    const path = upload.path === '' || upload.path.endsWith('/') ? upload.path : `${upload.path}/`;
    const local = join(stageFolder(folder, upload.stage), path);
    return {
      command: 'UPLOAD',
      src_locations: [upload.file],
      parallel: upload.parallel,
      threshold: 209_715_200,
      autoCompress: upload.autoCompress,
      overwrite: upload.overwrite,
      sourceCompression: 'auto_detect',
      clientShowEncryptionParameter: false,
      queryId,
      encryptionMaterial: objectStore === undefined ? null : newMaterial(queryId),
      stageInfo:
        objectStore === undefined
          ? { locationType: 'LOCAL_FS', location: local, path, region: null, creds: {}, endPoint: null }
          : {
              locationType: 'S3',
              location: `${objectStore.bucket}/stage${upload.stage.id}/${path}`,
              path,
              region: 'eu-central-1',
              storageAccount: null,
              isClientSideEncrypted: true,
              creds: objectStore.credentials(),
              presignedUrl: null,
              endPoint: objectStore.endPoint,
            },
    };
  }

  private known(request: IncomingMessage): Session | undefined {
    const token = tokenOf(request);
    return [...this.options.account.sessions.values()].find(
      (s) => s.token === token || s.masterToken === token,
    );
  }
}

function kindOfRequest(method: string, url: URL): RequestKind {
  const path = url.pathname;
  if (method === 'POST') {
    if (path === '/session/v1/login-request') return 'login';
    if (path === '/session/token-request') return 'token';
    if (path === '/session' && url.searchParams.get('delete') === 'true') return 'logout';
    if (path === '/session/heartbeat') return 'heartbeat';
    if (path === '/queries/v1/query-request') return 'query';
    if (/^\/queries\/[^/]+\/abort-request$/.test(path)) return 'abort';
    if (path === '/telemetry/send') return 'telemetry';
  }
  if (method === 'GET' && /^\/queries\/[^/]+\/result$/.test(path)) return 'result';
  if (method === 'GET' && path.startsWith('/peer/chunks/')) return 'chunk';
  return 'other';
}

function tokenOf(request: IncomingMessage): string {
  return /^Snowflake Token="(.*)"$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function parametersOf(session: Session): readonly { readonly name: string; readonly value: unknown }[] {
  return [...session.parameters].map(([name, value]) => ({
    name,
    value: value === 'true' ? true : value === 'false' ? false : /^\d+$/.test(value) ? Number(value) : value,
  }));
}

function bindingsOf(given: unknown): ReadonlyMap<number, Binding> {
  const bindings = new Map<number, Binding>();
  if (typeof given !== 'object' || given === null) return bindings;
  for (const [position, binding] of Object.entries(
    given as Record<string, { type?: unknown; value?: unknown }>,
  )) {
    if (Array.isArray(binding.value))
      throw new SnowflakeError('001003', '42000', 'The test peer does not speak array binding.');
    bindings.set(Number(position), {
      type: String(binding.type),
      value: typeof binding.value === 'string' ? binding.value : null,
    });
  }
  return bindings;
}
