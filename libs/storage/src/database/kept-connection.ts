import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { roleSettings, type StorageRole } from './roles';
import { sessionOf } from './session';

const CONNECT_TIMEOUT_MS = 5_000;
const SILENT_MS = 20_000;
/** Signs of life in the time after which silence ends the session. */
const SIGNS = 6;
/** The part of that time in which a statement is answered: with the pause before a sign it is less than the whole. */
const ANSWERED_WITHIN = 1 / 2;
/** How long a server may take to say goodbye. */
const FAREWELL_MS = 1_000;

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
 *
 * A network that forgets one connection without a word looks the same to the server, and this process still believes in what it held.
 * So a sign that is not answered is the end of the session here, before it is there.
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
    const socket = new Socket();
    const client = new Client({
      ...sessionOf(url, [...roleSettings(role), `idle_session_timeout=${String(silentMs)}`]),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: silentMs * ANSWERED_WITHIN,
      keepAlive: true,
      stream: () => socket,
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
      const unanswered = saySigns(client, silentMs / SIGNS, lost.signal);
      onConnected?.(client, lost.signal);
      await Promise.race([ended, unanswered, this.closed]);
    } finally {
      lost.abort();
      await farewell(client, socket);
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }
}

/**
 * One at a time: a server that stands still itself is not to find a queue of them.
 *
 * @returns resolves at the first that fails or is not answered in time
 */
function saySigns(client: Client, everyMs: number, lost: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let isUnderWay = false;
    const say = (): void => {
      if (isUnderWay) return;
      isUnderWay = true;
      client.query('SELECT 1').then(
        () => {
          isUnderWay = false;
        },
        () => {
          resolve();
        },
      );
    };
    const timer = setInterval(say, everyMs);
    lost.addEventListener('abort', () => {
      clearInterval(timer);
    });
  });
}

/** Ends the session; a peer that does not answer that either is not waited for. */
async function farewell(client: Client, socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}
