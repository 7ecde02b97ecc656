import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { KeyWrapper } from '@medserve/security';
import type { ContentKeyStore, ContentSubject } from './content-key-store';
import type { DataKey } from './sealed';

interface Remembered<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

const KEY_BYTES = 32;
/** A destroyed key opens nothing after this time, in any process; what it seals is not stored even before. */
const REMEMBER_MS = 5_000;
const REMEMBERED_KEYS = 10_000;

type KeyReader = Pick<ContentKeyStore, 'obtain' | 'find'>;

/**
 * Data keys, unwrapped and remembered for five seconds, so that what happens at once costs one query and a destroyed key is
 * gone everywhere within that time.
 */
export class DataKeys {
  private readonly ofSubjects = new Map<string, Remembered<DataKey>>();
  private readonly byId = new Map<string, Remembered<DataKey | 'destroyed'>>();

  constructor(
    private readonly store: KeyReader,
    private readonly wrapper: KeyWrapper,
    private readonly now: () => number,
  ) {}

  /** The key under which the subject's answers are sealed now. On disk when this resolves. @throws ServingError */
  ofSubject(tenant: string, subject: ContentSubject): Promise<DataKey> {
    return this.remembered(this.ofSubjects, `${tenant}/${subject}`, async () => {
      const { id, wrapped } = await this.store.obtain(tenant, subject, await this.propose(tenant));
      return this.unwrapped(tenant, id, wrapped);
    });
  }

  /** The next who needs the subject's key asks the database. */
  forget(tenant: string, subject: ContentSubject): void {
    this.ofSubjects.delete(`${tenant}/${subject}`);
  }

  /** @throws ServingError `unavailable`; `internal` where the tenant has no such key or it does not open */
  byKeyId(tenant: string, id: string): Promise<DataKey | 'destroyed'> {
    return this.remembered(this.byId, `${tenant}/${id}`, async () => {
      const wrapped = await this.store.find(tenant, id);
      if (wrapped === 'destroyed') return wrapped;
      if (wrapped === undefined) throw new ServingError('internal', 'The key of a stored answer is missing.');
      return this.unwrapped(tenant, id, wrapped);
    });
  }

  private async propose(tenant: string): Promise<{ id: string; wrapped: Buffer }> {
    const id = randomUUID();
    return { id, wrapped: await this.wrapper.wrap({ tenant, id }, randomBytes(KEY_BYTES)) };
  }

  private async unwrapped(tenant: string, id: string, wrapped: Buffer): Promise<DataKey> {
    try {
      return { id, key: createSecretKey(await this.wrapper.unwrap({ tenant, id }, wrapped)) };
    } catch (cause) {
      throw new ServingError('internal', 'The key of stored answers does not open.', { cause });
    }
  }

  private remembered<T>(known: Map<string, Remembered<T>>, name: string, read: () => Promise<T>): Promise<T> {
    const found = known.get(name);
    if (found !== undefined && found.untilMs > this.now()) return found.value;
    const value = read();
    if (known.size >= REMEMBERED_KEYS) known.clear();
    known.set(name, { value, untilMs: this.now() + REMEMBER_MS });
    value.catch(() => {
      if (known.get(name)?.value === value) known.delete(name);
    });
    return value;
  }
}
