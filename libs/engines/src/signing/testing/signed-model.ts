import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { publicHalf } from '../ec-key';
import { judgeModel, type Claim, type Trust } from '../judge-model';
import { sealFolder } from '../seal-folder';
import { signModel, type SigningKey } from '../sign-model';
import { OPEN_POLICY, type TrustedIdentity, type TrustPolicy } from '../trust-policy';

/** Reference packages of the project. */
const MODELS = resolve(__dirname, '..', '..', '..', '..', '..', 'models');

export const newKey = (namedCurve = 'P-256'): SigningKey => ({
  key: generateKeyPairSync('ec', { namedCurve }).privateKey,
  chain: [],
});

export const identityOf = (
  name: string,
  { key }: SigningKey,
  roles: TrustedIdentity['roles'],
  more: Partial<TrustedIdentity> = {},
): TrustedIdentity => ({
  name,
  proof: { kind: 'key', key: publicHalf(key) },
  roles,
  models: ['*'],
  validFromMs: -Infinity,
  validUntilMs: Infinity,
  ...more,
});

export const NOW = new Date('2026-11-25T12:00:00Z');

/** A copy of a reference package, with an uploader and an approver. */
export class SignedModel {
  readonly uploader = newKey();
  readonly approver = newKey();
  readonly claim: Claim;
  policy: TrustPolicy;

  private constructor(
    readonly root: string,
    readonly name: string,
  ) {
    this.claim = { name };
    this.policy = {
      ...OPEN_POLICY,
      mode: 'signed',
      identities: [
        identityOf('uploader', this.uploader, ['uploader']),
        identityOf('approver', this.approver, ['approver']),
      ],
    };
  }

  static async create(name = 'ct-tissue'): Promise<SignedModel> {
    const root = await mkdtemp(join(tmpdir(), 'medserve-signed-'));
    await cp(join(MODELS, name), join(root, name), { recursive: true });
    return new SignedModel(root, name);
  }

  /** What one signature covers. */
  get folder(): string {
    return join(this.root, this.name, '1');
  }

  sign(signingKey: SigningKey = this.uploader): Promise<void> {
    return signModel(this.folder, signingKey);
  }

  async judge(policy: TrustPolicy = this.policy, claim: Claim = this.claim, now = NOW): Promise<Trust> {
    return judgeModel(await sealFolder(this.folder), claim, policy, now);
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true });
  }
}
