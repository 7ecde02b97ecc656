import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import type { ContentSubject } from './content-key-store';
import type { DataKeys } from './data-keys';
import { keyIdOf, seal, unseal, type SealPlace } from './sealed';

type Told = Pick<RecordEvent, 'patient' | 'at' | 'tenant' | 'request'>;

/** Whose key seals the answer of a request: its patient's; where nobody said who that is, the tenant's of that month. */
export const contentSubject = ({ patient, at }: Pick<RecordEvent, 'patient' | 'at'>): ContentSubject =>
  patient === undefined ? `month:${at.slice(0, 7)}` : `patient:${patient}`;

/** Seals answers before they are stored and opens them when they are read. */
export class ContentVault {
  constructor(private readonly keys: Pick<DataKeys, 'ofSubject' | 'byKeyId'>) {}

  /** Has the key there that the answer of the request will need. Failing says nothing yet: sealing asks again. */
  prepare(event: Told): void {
    this.keys.ofSubject(event.tenant, contentSubject(event)).catch(() => undefined);
  }

  /** @throws ServingError `unavailable`, `internal`: then the answer is not stored, and so not sent */
  async seal(event: Told, plain: Buffer): Promise<Buffer> {
    const key = await this.keys.ofSubject(event.tenant, contentSubject(event));
    return seal(plain, key, event);
  }

  /**
   * What was stored before answers were sealed comes back as it is.
   *
   * @throws ServingError `result_shredded` where the key was destroyed; `unavailable`; `internal` where the bytes do not open
   */
  async open(place: SealPlace, stored: Buffer): Promise<Buffer> {
    const opened = await this.openUnlessShredded(place, stored);
    if (opened === 'shredded') {
      throw new ServingError('result_shredded', 'What was stored of this request was destroyed on purpose.');
    }
    return opened;
  }

  /** As `open`, for who counts what was destroyed. */
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
