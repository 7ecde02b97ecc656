import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyUrl, ShortCache } from '@medserve/security';
import type { SignInProvider } from '@medserve/storage';

/** An issuer at which people sign in. */
export interface Provider extends SignInProvider {
  /** Of the client that it knows this platform as; undefined: it has none. */
  readonly secret: string | undefined;
  readonly address: URL;
}

export interface ProviderReader {
  signInProviders(most: number): Promise<SignInProvider[]>;
}

/** What a page offers. */
const MOST = 100;
const FRESH_MS = 5_000;
const ALL = 'all';

/** Where people may sign in: the lines of issuers that say how, and the secrets of their clients, a file each. */
export class Providers {
  private readonly lines: ShortCache<readonly SignInProvider[]>;

  /** @param secrets folder of files that are called as the lines' ids */
  constructor(
    reader: ProviderReader,
    private readonly secrets: string,
    now: () => number,
  ) {
    this.lines = new ShortCache(() => reader.signInProviders(MOST), { now, maxAgeMs: FRESH_MS, limit: 1 });
  }

  async list(): Promise<readonly SignInProvider[]> {
    return (await this.lines.get(ALL))?.value ?? [];
  }

  /**
   * Undefined where nobody signs in by this.
   *
   * @throws Error where the file of its secret is missing, or its issuer's address is none
   */
  async find(id: string): Promise<Provider | undefined> {
    const line = (await this.list()).find((one) => one.id === id);
    if (line === undefined) return undefined;
    const secret = line.signIn.hasSecret ? readFileSync(join(this.secrets, line.id), 'utf8').trim() : undefined;
    return { ...line, secret, address: keyUrl(line.issuer) };
  }
}
