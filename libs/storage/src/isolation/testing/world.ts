import type { Client } from 'pg';
import type { GatewayParts } from './gateway-parts';
import { TENANTS } from './tenants';

/** What all lanes share: whose every id is, and what was seen that should not have been. */
export class World {
  readonly requests = new Map<string, string[]>(TENANTS.map((tenant) => [tenant, []]));
  /** Of API keys, and whose they are. */
  readonly prefixes: { readonly prefix: string; readonly tenant: string }[] = [];
  readonly violations: string[] = [];
  operations = 0;
  /** Operations that a cut connection ended, and that were done again. */
  lost = 0;
  /** One lane failed: the others need not go on. */
  isOver = false;

  constructor(
    readonly gateway: GatewayParts,
    readonly operator: Client,
  ) {}

  foreignId(tenant: string, random: () => number): string | undefined {
    const others = TENANTS.filter((other) => other !== tenant);
    const ids = this.requests.get(others[Math.floor(random() * others.length)] ?? '') ?? [];
    return ids[Math.floor(random() * ids.length)];
  }
}
