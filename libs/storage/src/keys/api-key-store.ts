import { IsNull, type Repository } from 'typeorm';
import type { ApiKeyEntity } from './api-key.entity';

export interface ApiKey {
  readonly id: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly tenant: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export type NewApiKey = Omit<ApiKey, 'createdAt' | 'revokedAt'>;

/** Keys are kept as hashes; a revoked key stays, so that records can be read by the key's id. */
export class ApiKeyStore {
  constructor(private readonly keys: Repository<ApiKeyEntity>) {}

  async insert(key: NewApiKey): Promise<void> {
    await this.keys.insert({ ...key, scopes: [...key.scopes], createdAt: new Date(), revokedAt: null });
  }

  async findByPrefix(prefix: string): Promise<ApiKey | undefined> {
    return (await this.keys.findOneBy({ prefix })) ?? undefined;
  }

  list(tenant?: string): Promise<ApiKey[]> {
    return this.keys.find({ ...(tenant === undefined ? {} : { where: { tenant } }), order: { createdAt: 'ASC' } });
  }

  /** Returns false when there is no such key, or it was revoked before. */
  async revoke(id: string): Promise<boolean> {
    const { affected } = await this.keys.update({ id, revokedAt: IsNull() }, { revokedAt: new Date() });
    return affected === 1;
  }

  /** Revokes every key of this label, such as the keys of earlier runs; returns how many. */
  async revokeLabelled(label: string): Promise<number> {
    const { affected } = await this.keys.update({ label, revokedAt: IsNull() }, { revokedAt: new Date() });
    return affected ?? 0;
  }
}
