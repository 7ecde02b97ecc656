import type { Admission, Peer } from '@medserve/dimse';

/** A node that may associate. */
export interface DimsePeer {
  /** Calling AE title. */
  readonly aet: string;
  /** Whose what it sends is; absent: the home tenant's. */
  readonly tenant?: string | undefined;
  readonly site?: string | undefined;
  /** The route of all that it sends; absent: rules choose. */
  readonly route?: string | undefined;
}

/** What is known of who asks. */
export interface Known {
  readonly tenant: string;
  readonly route?: string | undefined;
  /** The title as records have it. */
  readonly sender: string;
}

/** Titles may hold spaces and signs that a word of the records may not. */
export const senderOf = (aet: string): string => aet.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^(?![A-Za-z0-9])/, 'x');

/** Who may associate, and for whom they then speak. */
export class Peers {
  private readonly byAet: ReadonlyMap<string, DimsePeer> | undefined;

  /** @param peers absent: whoever reaches the listener may, and speaks for the home tenant */
  constructor(
    peers: readonly DimsePeer[] | undefined,
    private readonly home: string,
  ) {
    this.byAet = peers && new Map(peers.map((peer) => [peer.aet, peer]));
  }

  admit({ callingAet }: Pick<Peer, 'callingAet'>): Admission {
    if (callingAet !== '' && this.byAet?.has(callingAet) !== false) return { kind: 'accepted' };
    return { kind: 'rejected', reason: 'calling-ae-unknown' };
  }

  known({ callingAet }: Pick<Peer, 'callingAet'>): Known {
    const peer = this.byAet?.get(callingAet);
    return { tenant: peer?.tenant ?? this.home, route: peer?.route, sender: senderOf(callingAet) };
  }
}
