import { migrate, startEmbeddedPostgres, type EmbeddedPostgres } from '@medserve/storage';
import type { Home } from '../home/home';
import type { Voice } from '../output/say';
import { givenDatabase, whyAway } from './given-database';

export interface Database {
  /** For commands, and whoever else asks. */
  readonly url: string;
  /** For the services of this machine. */
  readonly nearUrl: string;
  close(): Promise<void>;
}

const RESTART_PAUSE_MS = 500;

/** The database that `MEDSERVE_DATABASE_URL` names, or an embedded PostgreSQL that is kept running; its schema up to date. */
export async function openDatabase(home: Home, voice: Voice): Promise<Database> {
  const given = givenDatabase();
  if (given !== undefined) {
    await migrate(given).catch((cause: unknown) => {
      // Without the address, in which a password may be.
      throw new Error(`the database that MEDSERVE_DATABASE_URL names cannot be used: ${whyAway(cause)}`, { cause });
    });
    return { url: given, nearUrl: given, close: () => Promise.resolve() };
  }
  const kept = await KeptPostgres.start(home, voice);
  try {
    await migrate(kept.url);
  } catch (error) {
    await kept.close();
    throw error;
  }
  return kept;
}

/** An embedded server that is started again on the same port when it dies, so that the services' connections come back. */
class KeptPostgres implements Database {
  private isClosing = false;
  /** A restart that is under way: what it brings up has to be stopped too. */
  private restarting = Promise.resolve();

  private constructor(
    private server: EmbeddedPostgres,
    private readonly home: Home,
    private readonly voice: Voice,
  ) {
    this.watch();
  }

  static async start(home: Home, voice: Voice): Promise<KeptPostgres> {
    return new KeptPostgres(await startEmbeddedPostgres({ dir: home.database }), home, voice);
  }

  get url(): string {
    return this.server.url;
  }

  get nearUrl(): string {
    return this.server.nearUrl;
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await this.restarting;
    await this.server.stop();
  }

  private watch(): void {
    void this.server.exited.then(() => {
      this.restarting = this.restart();
    });
  }

  private async restart(): Promise<void> {
    while (!this.isClosing) {
      this.voice.say('medserve: the database ended; starting it again', { event: 'restart', child: 'postgres' });
      try {
        this.server = await startEmbeddedPostgres({ dir: this.home.database, port: this.server.port });
        this.watch();
        return;
      } catch (error) {
        this.voice.say(`medserve: ${(error as Error).message}`, { event: 'restart-failed', child: 'postgres' });
        await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
      }
    }
  }
}
