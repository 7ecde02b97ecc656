import type { Archive } from '@medserve/archive';
import { listen, type DimseListener } from '@medserve/dimse';
import type { DoorTls } from '@medserve/rpc';
import type { Instruments, Logger } from '@medserve/runtime';
import type { TenantReader } from '@medserve/security';
import type { Activities } from '../activities/activities';
import type { Denials } from '../activities/denials';
import type { References } from '../privacy/subject-hashes';
import { ActiveTenants } from './active-tenants';
import { ArchiveNode } from './archive-node';
import type { MoveDestination } from './move-destination';
import { observed } from './observed';
import { Peers, type DimsePeer } from './peers';
import type { SendParts } from './send-instances';

export interface DimseOptions {
  readonly host: string;
  /** In the clear; undefined: only under TLS. */
  readonly port: number | undefined;
  /** Where nodes are spoken to under TLS; with an authority for clients in its folder they have to show a certificate. */
  readonly tls?: { readonly port: number; readonly door: DoorTls } | undefined;
  /** Our own AE title: other called titles are rejected. */
  readonly aet: string;
  /** Undefined: every calling title may associate. */
  readonly peers: readonly DimsePeer[] | undefined;
  /** Whose things are that come from a node without tenant. */
  readonly home: string;
  readonly archive: Archive;
  readonly pool: SendParts['pool'];
  /** By the AE title that a C-MOVE names. */
  readonly destinationOf: (tenant: string, aet: string) => MoveDestination | undefined;
  readonly activities: Activities;
  readonly denials: Pick<Denials, 'unknown'>;
  readonly references: Pick<References, 'study' | 'patient'>;
  readonly tenants: TenantReader;
  readonly instruments: Pick<Instruments, 'dimse'>;
  readonly logger: Logger;
}

export interface Dimse {
  /** host:port of each listener that there is. */
  readonly address: string | undefined;
  readonly tlsAddress: string | undefined;
  /** Stops accepting, lets operations that run finish for some seconds, and aborts what is left. */
  close(): Promise<void>;
}

/** How long operations that run may go on when the gateway ends: less than it has for all that it closes. */
const CLOSE_MS = 4_000;

/**
 * The DICOM node of a gateway: `openDimse({ host, port, tls?, aet, peers, home, archive, pool, destinationOf, activities, denials, references,
 * instruments, logger })`. What it receives goes to the archive, and what is asked of it comes from there.
 *
 * @throws what the system says where a port cannot be had
 */
export async function openDimse(options: DimseOptions): Promise<Dimse> {
  const { host, port, tls, aet, instruments } = options;
  const peers = new Peers(options.peers, options.home);
  const handler = new ArchiveNode({ ...options, peers, tenants: new ActiveTenants(options.tenants, Date.now) });
  const shared = { host, aet, handler, limits: { closeMs: CLOSE_MS }, observer: observed(instruments.dimse) };
  const plain = port === undefined ? undefined : await listen({ ...shared, port });
  const secured = tls && (await opened({ ...shared, port: tls.port, tls: tls.door.context }, plain));
  const unfollow = tls?.door.follow((context) => secured?.renew(context));
  return {
    address: plain?.address,
    tlsAddress: secured?.address,
    close: async () => {
      unfollow?.();
      await Promise.all([plain?.close(), secured?.close()]);
    },
  };
}

/** Opens a second listener, or closes the first one too. */
async function opened(options: Parameters<typeof listen>[0], first: DimseListener | undefined): Promise<DimseListener> {
  try {
    return await listen(options);
  } catch (error) {
    await first?.close();
    throw error;
  }
}
