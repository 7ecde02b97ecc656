import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import type { ContentSubject } from './content-key-store';
import type { DataKeys } from './data-keys';
import { DestroyedKeyError } from '../destroyed-key';
import { isSealed, keyIdOf, seal, unseal, type SealPlace } from './sealed';

type Told = Pick<RecordEvent, 'patient' | 'at' | 'tenant' | 'request'>;

/** Whose key seals the answer of a request: its patient's; where nobody said who that is, the tenant's of that month. */
const contentSubject = ({ patient, at }: Pick<RecordEvent, 'patient' | 'at'>): ContentSubject =>
  patient === undefined ? `month:${at.slice(0, 7)}` : `patient:${patient}`;

/** Seals answers before they are stored and opens them when they are read. */
export class ContentVault {
  constructor(private readonly keys: Pick<DataKeys, 'ofSubject' | 'byKeyId' | 'forget'>) {}

  /** Has the key there that the answer of the request will need. Failing says nothing yet: sealing asks again. */
  prepare(event: Told): void {
    this.keys.ofSubject(event.tenant, contentSubject(event)).catch(() => undefined);
  }

  /**
   * Seals an answer and has it written. Keys are remembered for a while, so one may be destroyed that is still at hand: the database
   * then refuses what it sealed (migrations/1765500000000-content-keys.ts), and a fresh key is asked for, once.
   *
   * @throws ServingError of `seal`, and whatever `write` throws
   */
  async store<T>(event: Told, plain: Buffer, write: (sealed: Buffer) => Promise<T>): Promise<T> {
    try {
      return await write(await this.seal(event, plain));
    } catch (error) {
      if (!(error instanceof DestroyedKeyError)) throw error;
      this.keys.forget(event.tenant, contentSubject(event));
      return write(await this.seal(event, plain));
    }
  }

  /** @throws ServingError `unavailable`, `internal`: then the answer is not stored, and so not sent */
  async seal(event: Told, plain: Buffer): Promise<Buffer> {
    const key = await this.keys.ofSubject(event.tenant, contentSubject(event));
    return seal(plain, key, event);
  }

  /**
   * Seals what is said of an answer under the key that sealed that, so that it goes when the answer goes.
   *
   * @param keyId of the answer (`keyIdOf`)
   * @throws ServingError `result_shredded` where that key was destroyed; `unavailable`, `internal`
   */
  async sealBeside(keyId: string, place: SealPlace, plain: Buffer): Promise<Buffer> {
    const key = await this.keys.byKeyId(place.tenant, keyId);
    if (key === 'destroyed')
      throw new ServingError('result_shredded', 'What was stored of this request was destroyed on purpose.');
    return seal(plain, key, place);
  }

  /**
   * @param mayBePlain whether it may have been stored as it is: a problem, or an answer of the time before they were sealed. Of
   *   all others a plain one is no answer of ours, but was put there by somebody who can write the table and has no key.
   * @throws ServingError `result_shredded` where the key was destroyed; `unavailable`; `internal` where the bytes do not open
   */
  async open(place: SealPlace, stored: Buffer, mayBePlain = false): Promise<Buffer> {
    if (!mayBePlain && !isSealed(stored)) throw new ServingError('internal', 'The stored answer is not sealed.');
    const opened = await this.openUnlessShredded(place, stored);
    if (opened === 'shredded') {
      throw new ServingError('result_shredded', 'What was stored of this request was destroyed on purpose.');
    }
    return opened;
  }

  /** For who counts what was destroyed, and holds what comes back against its hash: what was stored plain comes back as it is. */
  async openUnlessShredded(place: SealPlace, stored: Buffer): Promise<Buffer | 'shredded'> {
    try {
      const id = keyIdOf(stored);
      if (id === undefined) return stored;
      const key = await this.keys.byKeyId(place.tenant, id);
      return key === 'destroyed' ? 'shredded' : unseal(stored, key.key, place);
    } catch (cause) {
      if (cause instanceof ServingError) throw cause;
      throw new ServingError('internal', 'The stored answer does not open.', { cause });
    }
  }
}
