import { createHash, randomBytes } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { ContentVault, ReviewStore } from '@medserve/storage';
import canonicalize from 'canonicalize';
import type { Correction } from './corrections';

export interface SealedCorrectionsParts {
  readonly store: Pick<ReviewStore, 'keyOfAnswer'>;
  readonly vault: Pick<ContentVault, 'sealBeside' | 'seal' | 'openUnlessShredded'>;
  readonly now: () => Date;
}

/** What is stored of corrections, and what the ledger says of them. */
export interface KeptCorrections {
  readonly sealed: Buffer;
  /** SHA-256 of `{corrections, salt}` as canonical JSON (RFC 8785), in hex. */
  readonly sha256: string;
}

/** As they were stored. Few labels and few boxes could be guessed from their hash: the salt sees to it that they cannot. */
export interface OpenedCorrections {
  readonly corrections: readonly Correction[];
  readonly salt: string;
}

const SALT_BYTES = 16;

/** A row holds 131,072 bytes of them, and the seal around them. Words come from the answer, where a model's labels may be long. */
const MOST_BYTES = 130_000;

/** Corrections of an answer, sealed under the key of that answer. */
export class SealedCorrections {
  constructor(private readonly parts: SealedCorrectionsParts) {}

  /** @throws ServingError `invalid_request` where they are too much to keep; `result_shredded`, `unavailable` */
  async keep(place: ReviewPlace, corrections: readonly Correction[]): Promise<KeptCorrections> {
    const { store, vault, now } = this.parts;
    const salt = randomBytes(SALT_BYTES).toString('hex');
    const plain = Buffer.from(canonicalize({ corrections, salt }) ?? '');
    if (plain.length > MOST_BYTES)
      throw new ServingError(
        'invalid_request',
        'With their labels the corrections are too much to keep in one review.',
        {
          field: 'corrections',
          limit: `bytes of corrections: ${String(MOST_BYTES)}`,
          remedy: 'Say them in several reviews.',
        },
      );
    const keyId = await store.keyOfAnswer(place.tenant, place.request);
    const sealed =
      keyId === undefined
        ? await vault.seal({ ...placeOf(place), at: now().toISOString() }, plain)
        : await vault.sealBeside(keyId, placeOf(place), plain);
    return { sealed, sha256: createHash('sha256').update(plain).digest('hex') };
  }

  /** @throws ServingError `unavailable`; `internal` where the bytes do not open */
  async open(place: ReviewPlace, sealed: Buffer): Promise<OpenedCorrections | 'shredded'> {
    const plain = await this.parts.vault.openUnlessShredded(placeOf(place), sealed);
    return plain === 'shredded' ? plain : (JSON.parse(plain.toString('utf8')) as OpenedCorrections);
  }
}

export interface ReviewPlace {
  readonly tenant: string;
  readonly request: string;
  readonly review: string;
}

/** Not where the answer belongs, nor another review: one never opens as the other. */
const placeOf = ({ tenant, request, review }: ReviewPlace) => ({ tenant, request: `${request}/review/${review}` });
