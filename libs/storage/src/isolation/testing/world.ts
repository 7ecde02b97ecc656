import type { Client } from 'pg';
import type { GatewayParts } from './gateway-parts';
import { TENANTS } from './tenants';

/** A session of a browser that is known to have begun. */
export interface LiveSession {
  readonly hash: Buffer;
  readonly id: string;
  readonly tenant: string;
}

/** What all lanes share: whose every id is, and what was seen that should not have been. */
export class World {
  readonly requests = new Map<string, string[]>(TENANTS.map((tenant) => [tenant, []]));
  /** Of API keys, and whose they are. */
  readonly prefixes: { readonly prefix: string; readonly tenant: string }[] = [];
  readonly sessions: LiveSession[] = [];
  /** That sign a browser in, of which some are used up. */
  readonly codes: { readonly hash: Buffer; readonly tenant: string }[] = [];
  readonly violations: string[] = [];
  operations = 0;
  /** Operations that a cut connection ended, and that were done again. */
  lost = 0;
  /** One lane failed: the others need not go on. */
  isOver = false;

  constructor(
    readonly gateway: GatewayParts,
    readonly operator: Client,
    /** Whose rows belong to tenants. */
    readonly tables: readonly string[],
  ) {}

  foreignId(tenant: string, random: () => number): string | undefined {
    const others = TENANTS.filter((other) => other !== tenant);
    const ids = this.requests.get(others[Math.floor(random() * others.length)] ?? '') ?? [];
    return ids[Math.floor(random() * ids.length)];
  }
}

/** One of the newest, which are the liveliest; undefined where there is none. */
export const pickOf = <T>(all: readonly T[], random: () => number): T | undefined =>
  all[all.length - 1 - Math.floor(random() * Math.min(all.length, 50))];
