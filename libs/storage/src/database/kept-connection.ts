import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { roleSettings, type StorageRole } from './roles';
import { sessionOf } from './session';

const CONNECT_TIMEOUT_MS = 5_000;
const SILENT_MS = 20_000;
/** Signs of life in the time after which silence ends the session. */
const SIGNS = 6;

export interface KeptConnectionOptions {
  readonly url: string;
  readonly applicationName: string;
  /** Which service this is; absent for the owner. */
  readonly role?: StorageRole | undefined;
  /** Run on each new connection before it counts as there; resolves false to try again later. */
  readonly prepare: (client: Client) => Promise<boolean>;
  /** The connection is there, prepared, and stays until `lost` aborts. */
  readonly onConnected?: (client: Client, lost: AbortSignal) => void;
  readonly onFailure?: (error: unknown) => void;
  readonly retryMs: number;
  /** How long the server hears nothing of it before it ends the session. Default 20 s. */
  readonly silentMs?: number | undefined;
}

/**
 * A connection of its own for what lives and dies with a session (an advisory lock, LISTEN); made anew when it breaks.
 *
 * A process that stands still (SIGSTOP, a frozen virtual machine, a blocked event loop) keeps its connections, and its kernel answers for
 * it. So each session says every few seconds that it lives, and the server ends one that is silent (`idle_session_timeout`, PostgreSQL 14):
 * what it held is free then for those that do go on.
 */
export class KeptConnection {
  private readonly closing = new AbortController();
  private readonly closed: Promise<void>;
  private readonly firstTry: Promise<void>;
  private readonly running: Promise<void>;

  constructor(private readonly options: KeptConnectionOptions) {
    this.closed = new Promise((resolve) => {
      this.closing.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    let settle: [() => void, (error: unknown) => void] = [() => undefined, () => undefined];
    this.firstTry = new Promise((resolve, reject) => {
      settle = [resolve, reject];
    });
    this.firstTry.catch(() => undefined);
    this.running = this.run(...settle);
  }

  /** Resolves when the first connection is prepared; rejects when it cannot be made. */
  ready(): Promise<void> {
    return this.firstTry;
  }

  private async run(onReady: () => void, onFirstFailure: (error: unknown) => void): Promise<void> {
    const isOver = (): boolean => this.closing.signal.aborted;
    while (!isOver()) {
      try {
        await this.live(onReady);
      } catch (error) {
        onFirstFailure(error);
        if (!isOver()) this.options.onFailure?.(error);
      }
      await delay(this.options.retryMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }

  /** One connection from its making to its end. */
  private async live(onReady: () => void): Promise<void> {
    const { url, applicationName, role, prepare, onConnected, silentMs = SILENT_MS } = this.options;
    const client = new Client({
      ...sessionOf(url, [...roleSettings(role), `idle_session_timeout=${String(silentMs)}`]),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    const lost = new AbortController();
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.once('error', () => {
        resolve();
      });
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!(await prepare(client))) {
        await delay(this.options.retryMs, undefined, { signal: this.closing.signal });
      }
      onReady();
      saySigns(client, silentMs / SIGNS, lost.signal);
      onConnected?.(client, lost.signal);
      await Promise.race([ended, this.closed]);
    } finally {
      lost.abort();
      await client.end().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }
}

/** One at a time: a server that stands still itself is not to find a queue of them. */
function saySigns(client: Client, everyMs: number, lost: AbortSignal): void {
  let isUnderWay = false;
  const say = (): void => {
    if (isUnderWay) return;
    isUnderWay = true;
    const done = (): void => void (isUnderWay = false);
    client.query('SELECT 1').then(done, done);
  };
  const timer = setInterval(say, everyMs);
  lost.addEventListener('abort', () => {
    clearInterval(timer);
  });
}
