import type { Closable, Logger } from '@medserve/runtime';
import type { StoredDefault } from '@medserve/storage';
import { isServed, type LiveCatalogue } from '../infer/live-catalogue';

export interface DefaultReader {
  list(): Promise<readonly StoredDefault[]>;
}

export interface DefaultVersionsParts {
  readonly store: DefaultReader;
  readonly catalogue: Pick<LiveCatalogue, 'choose' | 'list'>;
  readonly logger: Logger;
  /** Told of how many choices cannot be kept, as the version is not served. */
  readonly onUnkept: (count: number) => void;
}

const EVERY_MS = 1_000;

/**
 * The versions that bare names stand for, as this gateway knows them: read once a second, so that what is changed at one gateway
 * holds at all within that time. While the database is away, what was known holds.
 */
export class DefaultVersions implements Closable {
  private readonly known = new Map<string, StoredDefault>();
  /** What was warned of, until it is in order again: `<model>:<version>`. */
  private warned: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;

  constructor(private readonly parts: DefaultVersionsParts) {}

  /** Resolves when the choices are known: before that no request may be answered. */
  async start(): Promise<this> {
    await this.refresh();
    this.timer = setInterval(() => {
      this.reading ??= this.refresh()
        .catch(() => undefined)
        .finally(() => {
          this.reading = undefined;
        });
    }, EVERY_MS).unref();
    return this;
  }

  of(model: string): StoredDefault | undefined {
    return this.known.get(model);
  }

  /** Reads them now. @throws ServingError `unavailable` */
  async refresh(): Promise<void> {
    this.learn(await this.parts.store.list());
  }

  /** What was read, or has just been written here: of each model the latest, whichever is heard first. */
  learn(defaults: readonly StoredDefault[]): void {
    const news = defaults.filter(({ model, revision }) => revision > (this.known.get(model)?.revision ?? 0));
    for (const one of news) this.known.set(one.model, one);
    if (news.length > 0) {
      const chosen = [...this.known.values()].flatMap(({ model, version }) =>
        version === null ? [] : [[model, version] as const],
      );
      this.parts.catalogue.choose(new Map(chosen));
    }
    this.watch();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
  }

  /** Says once of a choice that it cannot be kept: the newest version that is served answers in its place. */
  private watch(): void {
    const { catalogue, logger, onUnkept } = this.parts;
    const served = new Set(catalogue.list().filter(isServed).map(keyOf));
    const unkept = [...this.known.values()].flatMap(({ model: name, version }) =>
      version === null || served.has(keyOf({ name, version })) ? [] : [{ name, version }],
    );
    onUnkept(unkept.length);
    for (const one of unkept) {
      if (this.warned.has(keyOf(one))) continue;
      const fields = { model: one.name, modelVersion: one.version };
      logger.warn('the chosen default version of a model is not served: another answers in its place', fields);
    }
    this.warned = new Set(unkept.map(keyOf));
  }
}

const keyOf = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name}:${version}`;
