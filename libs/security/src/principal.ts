import type { PURPOSES } from '@medserve/events';
import type { Scope } from './scopes';

/** Why the data is used: what records may say of it. */
export type PurposeOfUse = (typeof PURPOSES)[number];

/** How the one who asks proves it: an API key, a client's signed assertion or certificate, a user's token. */
export type PrincipalKind = 'key' | 'client' | 'user';

/** Who asks, as proven by a credential; the tenant comes from nowhere else. */
export interface Principal {
  /** What records call the one who asked: the id of a key or a client, the keyed hash of a user. A word of the records. */
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly tenant: string;
  readonly site?: string;
  readonly department?: string;
  /** What a user's token, or a key's owner, says of the function in which they ask. */
  readonly role?: string;
  readonly purpose?: PurposeOfUse;
  readonly scopes: ReadonlySet<Scope>;
}
