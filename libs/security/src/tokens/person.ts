import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { derivedKey } from '../pepper';

/** Who stands behind the id that records have; kept in the database only, for an auditor of the tenant. */
export interface Person {
  readonly tenant: string;
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
}

const ID_BYTES = 16;

/** Makes the words by which records know people: the same person is the same word, from which nobody can tell whom. */
export class PersonIds {
  private readonly key: KeyObject;

  constructor(pepper: Buffer) {
    this.key = createSecretKey(derivedKey(pepper, 'person'));
  }

  /** @param prefix `u` for a user, `c` for a client of another issuer */
  idOf(prefix: 'u' | 'c', issuer: string, subject: string): string {
    const hash = createHmac('sha256', this.key)
      .update(JSON.stringify([issuer, subject]))
      .digest();
    return `${prefix}-${hash.subarray(0, ID_BYTES).toString('hex')}`;
  }
}
