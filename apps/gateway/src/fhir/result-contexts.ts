import { Sensitive, type StudyContext } from '@medserve/clinical';
import type { ContentVault, ContextStore } from '@medserve/storage';
import type { EventSubject } from '../infer/record-events';

export interface ResultContextsParts {
  readonly store: Pick<ContextStore, 'add' | 'find'>;
  readonly vault: Pick<ContentVault, 'store' | 'open'>;
  readonly now: () => Date;
}

/** What the headers of a request's images say of its study: kept sealed under the patient's key, and gone with it. */
export class ResultContexts {
  constructor(private readonly parts: ResultContextsParts) {}

  /** Of a request that was accepted. Saying it twice changes nothing. @throws ServingError `unavailable` */
  async keep({ tenant, request, patient }: EventSubject, context: Sensitive<StudyContext>): Promise<void> {
    const { store, vault, now } = this.parts;
    const told = {
      ...placeOf(tenant, request),
      at: now().toISOString(),
      ...(patient === undefined ? {} : { patient }),
    };
    const plain = Buffer.from(JSON.stringify(context.reveal('storage')));
    await vault.store(told, plain, (sealed) => store.add({ tenant, request, context: sealed }));
  }

  /**
   * Undefined where the request was about no DICOM study.
   *
   * @throws ServingError `result_shredded` where its key was destroyed; `unavailable`
   */
  async of(tenant: string, request: string): Promise<Sensitive<StudyContext> | undefined> {
    const sealed = await this.parts.store.find(tenant, request);
    if (sealed === undefined) return undefined;
    const plain = await this.parts.vault.open(placeOf(tenant, request), sealed);
    return new Sensitive(JSON.parse(plain.toString('utf8')) as StudyContext);
  }
}

/** Not where the answer of the same request belongs: one never opens as the other. */
const placeOf = (tenant: string, request: string) => ({ tenant, request: `${request}/context` });
