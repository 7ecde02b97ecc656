import type { Scope } from './scopes';

/** Why the data is used: codes of HL7's PurposeOfUse that a hospital's requests carry. */
export const PURPOSES = ['TREAT', 'ETREAT', 'HOPERAT', 'HRESCH', 'PUBHLTH', 'HQUALIMP', 'BTG'] as const;

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
