/** A conversation, without what was said in it. `head`, `words` and `images` are sealed: what they hold is their writer's. */
export interface StoredSession {
  readonly id: string;
  /** Keyed hash of whom it is about, in hex; null while no turn has named anybody. */
  readonly patient: string | null;
  readonly head: Buffer;
  readonly ttlSeconds: number;
  readonly turns: number;
  /** Of all turns together, sealed. */
  readonly wordBytes: number;
  readonly imageBytes: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Whether a turn is being answered. */
  readonly isBusy: boolean;
}

export interface NewSession extends Pick<StoredSession, 'id' | 'head' | 'ttlSeconds'> {
  readonly tenant: string;
  readonly owner: string;
}

export interface StoredTurn {
  /** 1 for the first. */
  readonly number: number;
  readonly request: string;
  readonly words: Buffer;
  readonly at: Date;
}

export interface StoredImages {
  readonly request: string;
  readonly images: Buffer;
}

export interface NewTurn {
  readonly tenant: string;
  readonly session: string;
  /** The request that answered it. */
  readonly request: string;
  /** Keyed hash of whom it is about, in hex: from the first turn that has one on, the session is about them. */
  readonly patient?: string | undefined;
  readonly words: Buffer;
  readonly images: Buffer | null;
}

/** Whose session, and which. */
export interface SessionKey {
  readonly tenant: string;
  readonly owner: string;
  readonly id: string;
}
