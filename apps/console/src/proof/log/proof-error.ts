/** What did not hold, and where. Hashes are in hex; places are paths below the log (C2SP tlog-tiles). */
export type Fault =
  | { readonly kind: 'key-malformed' }
  | { readonly kind: 'note-malformed' }
  | { readonly kind: 'checkpoint-malformed' }
  | { readonly kind: 'signature-missing'; readonly name: string }
  | { readonly kind: 'signature-wrong'; readonly name: string }
  | { readonly kind: 'origin-differs'; readonly expected: string; readonly found: string }
  | { readonly kind: 'tile-size'; readonly path: string; readonly expected: number; readonly found: number }
  | { readonly kind: 'bundle-cut'; readonly path: string }
  | { readonly kind: 'bundle-count'; readonly path: string; readonly expected: number; readonly found: number }
  /** The tiles at the right edge do not fold to the root that was signed. */
  | { readonly kind: 'root-differs'; readonly path: string; readonly expected: string; readonly found: string }
  /** A tile does not fold to the hash that the tile above it holds of it. */
  | { readonly kind: 'tile-differs'; readonly path: string; readonly expected: string; readonly found: string }
  | { readonly kind: 'leaf-differs'; readonly sequence: number; readonly expected: string; readonly found: string }
  /** The hash of the entry is not the one that the platform told. */
  | { readonly kind: 'record-differs'; readonly sequence: number; readonly expected: string; readonly found: string }
  | { readonly kind: 'path-differs'; readonly sequence: number; readonly expected: string; readonly found: string }
  | { readonly kind: 'entry-unreadable'; readonly sequence: number }
  /** The entry tells of something else than the platform said. */
  | { readonly kind: 'entry-of-another'; readonly sequence: number }
  | { readonly kind: 'answer-differs'; readonly sequence: number; readonly expected: string; readonly found: string }
  | { readonly kind: 'log-shrunk'; readonly before: number; readonly now: number }
  | { readonly kind: 'log-forked'; readonly before: number; readonly now: number };

/** A check that failed: the log, or what was said of it, is not to be believed. */
export class ProofError extends Error {
  override readonly name = 'ProofError';

  constructor(readonly fault: Fault) {
    super(fault.kind);
  }
}

/** Why a check could not be made: that says nothing against the log. */
export type Hindrance =
  /** WebCrypto is there only for pages that came over HTTPS or from this machine. */
  | 'no-webcrypto'
  /** No signed checkpoint covers the entry yet. */
  | 'not-signed-yet'
  /** A place was asked for where no signed entry is; with `wanted`, and how many entries are `signed`. */
  | 'no-such-entry';

export class HinderedError extends Error {
  override readonly name = 'HinderedError';

  constructor(
    readonly hindrance: Hindrance,
    readonly values: Readonly<Record<string, number>> = {},
  ) {
    super(hindrance);
  }
}
