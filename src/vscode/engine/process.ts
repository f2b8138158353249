// One engine process: forked for a workspace folder, spoken to over its IPC channel, ended with its owner.
import { fork } from 'node:child_process';
import { withoutSecrets } from '../secretNames';
import { openChannel, type Channel, type NoMethods, type Port } from '../../shared/channel';
import type { ServerApi } from '../../shared/serverApi';

export interface EngineProcess {
  readonly channel: Channel<ServerApi>;
  readonly pid: number | undefined;
  /** Settles when the process is gone, with why. */
  readonly gone: Promise<Departure>;
  /** Lets it finish what it must, then ends it. */
  stop(): void;
}

interface Departure {
  /** In words: "exit code 1", "signal SIGKILL". */
  readonly reason: string;
  /** Was it asked to go? */
  readonly asked: boolean;
}

export interface EngineOptions {
  /** Absolute path of dist/server.js. */
  readonly script: string;
  /** Absolute folder of the workspace. */
  readonly directory: string;
  /** Is the folder trusted? A process of one that is not gets no secrets, and refuses what needs trust. */
  readonly trusted: boolean;
  /** Besides the editor's own environment: secrets, by the name of their setting. Not given to one without trust. */
  readonly environment: Readonly<Record<string, string>>;
  /** A line of the process's stderr. */
  readonly log: (line: string) => void;
}

/** A process that will not stop by itself is killed after so long. */
const STOP_MS = 5_000;

/** Starts the engine. Failing to start is reported by `gone`, as ending later is. */
export function startEngine(options: EngineOptions): EngineProcess {
  const child = fork(options.script, [options.directory, options.trusted ? 'trusted' : 'restricted'], {
    cwd: options.directory,
    env: options.trusted ? { ...process.env, ...options.environment } : withoutSecrets(process.env),
    // Keeps undefined and large texts as they are.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // The editor's own flags (a debugger's port) are not for this process.
    execArgv: [],
  });
  let asked = false;
  const gone = new Promise<Departure>((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message, asked }));
    child.once('exit', (code, signal) =>
      resolve({ reason: signal === null ? `exit code ${String(code)}` : `signal ${signal}`, asked }),
    );
  });
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) options.log(line);
  });
  const port: Port = {
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) =>
      void gone.then(({ reason }) => listener(`The engine process has ended (${reason}).`)),
  };
  return {
    channel: openChannel<NoMethods, ServerApi>(port, {}),
    pid: child.pid,
    gone,
    stop: () => {
      asked = true;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      void gone.then(() => clearTimeout(timer));
    },
  };
}
