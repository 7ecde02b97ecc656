import type { KeyObject, X509Certificate } from 'node:crypto';
import type { SigstoreIdentity } from './sigstore-bundle';

/**
 * What a model needs to be served. `require`: an uploader's signature and another one's approval. `signed`: an uploader's signature.
 * `open`: nothing.
 */
export type TrustMode = 'require' | 'signed' | 'open';
export type TrustRole = 'uploader' | 'approver';

/** How somebody proves to be who they are. */
export type Proof =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | {
      readonly kind: 'certificate';
      readonly authorities: readonly X509Certificate[];
      /** Such as `CN=Ada`; all of them are wanted. */
      readonly subject: readonly string[];
    }
  | ({ readonly kind: 'sigstore' } & SigstoreIdentity);

export interface TrustedIdentity {
  /** A word that logs and answers may show. */
  readonly name: string;
  readonly proof: Proof;
  readonly roles: readonly TrustRole[];
  /** Patterns of model names; `*` stands for any letters. */
  readonly models: readonly string[];
  /** Outside these times its signatures do not count, whenever they were made; in milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** Who may put models into service, and which. Plain data. */
export interface TrustPolicy {
  /** The first rule whose patterns fit a model; `mode` for the others. */
  readonly rules: readonly { readonly models: readonly string[]; readonly mode: TrustMode }[];
  readonly mode: TrustMode;
  readonly identities: readonly TrustedIdentity[];
  /** `sha256:` fingerprints of keys. */
  readonly revokedKeys: ReadonlySet<string>;
  /** Digests of signed models, as `medserve models verify` shows them. */
  readonly revokedModels: ReadonlySet<string>;
  /** By the name of the model: the lowest version that is served. */
  readonly minimumVersions: ReadonlyMap<string, number>;
}

/** Without a trust file: every model is served, and shown as not signed. */
export const OPEN_POLICY: TrustPolicy = {
  rules: [],
  mode: 'open',
  identities: [],
  revokedKeys: new Set(),
  revokedModels: new Set(),
  minimumVersions: new Map(),
};

/** Whether one of the patterns is the whole name; `*` stands for any letters, also none. */
export const fits = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => {
    const [first = '', ...rest] = pattern.split('*');
    if (rest.length === 0) return pattern === name;
    const last = rest.pop() ?? '';
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    const end = name.length - last.length;
    return rest.every((part) => {
      const found = name.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
      return true;
    });
  });

export const modeOf = ({ rules, mode }: TrustPolicy, model: string): TrustMode =>
  rules.find(({ models }) => fits(models, model))?.mode ?? mode;
