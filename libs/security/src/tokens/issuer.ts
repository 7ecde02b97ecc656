/** What tokens may be signed with. Never `none`, and never an HMAC, whose key a verifier would share. */
export const SIGNATURE_ALGORITHMS = ['RS256', 'RS384', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** In which claims an issuer says what. A name may be a path into objects: `realm_access.roles`. */
export interface ClaimNames {
  readonly role?: string | undefined;
  readonly site?: string | undefined;
  readonly department?: string | undefined;
  readonly purpose?: string | undefined;
}

/**
 * One line of the table that says whose tokens are believed, and of which tenant they are. The tenant comes from the line that
 * a token fits, and from nowhere else: an issuer that serves several hospitals has a line for each, which names the client, or
 * a claim and its value.
 */
export interface TrustedIssuer {
  readonly id: string;
  readonly tenant: string;
  /** The claim `iss`, letter by letter. */
  readonly issuer: string;
  /** The line is for tokens of this client only (`client_id`, or `azp`). */
  readonly client: string | null;
  /** The line is for tokens with this value of this claim only. */
  readonly claim: { readonly name: string; readonly value: string } | null;
  readonly jwksUri: string;
  readonly audience: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The header `typ` that its access tokens have, such as `at+jwt`; null where it sends none that means something. */
  readonly typ: string | null;
  /** Most that a token can be worth. */
  readonly scopes: readonly string[];
  readonly claims: ClaimNames;
  /** The issuer's words for roles, and ours; a word that is not here counts where it is ours already. */
  readonly roles: Readonly<Record<string, string>>;
  /** Departments that a token may name; null: any word. */
  readonly departments: readonly string[] | null;
  /** Sites that the tenant has. */
  readonly sites: readonly string[];
}

export interface IssuerReader {
  /** The lines for tokens with this `iss`; none where it is unknown. */
  findByIssuer(issuer: string): Promise<readonly TrustedIssuer[]>;
}
