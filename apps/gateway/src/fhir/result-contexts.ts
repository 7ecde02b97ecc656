import { Sensitive, type StudyContext } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { SubjectReferences } from '@medserve/security';
import type { ContentVault, ContextStore } from '@medserve/storage';
import type { EventSubject } from '../infer/record-events';

export interface ResultContextsParts {
  readonly store: Pick<ContextStore, 'add' | 'find' | 'requestsBy'>;
  readonly vault: Pick<ContentVault, 'store' | 'open'>;
  readonly references: Pick<SubjectReferences, 'study' | 'accession'>;
  readonly now: () => Date;
}

/** Of what requests are looked for: a Study Instance UID, or an accession number. */
export type StudyName = { readonly by: 'study' | 'accession'; readonly value: string };

/** Requests that a search goes through. */
const MOST_REQUESTS = 100;

/** What the headers of a request's images say of its study: kept sealed under the patient's key, and gone with it. */
export class ResultContexts {
  constructor(private readonly parts: ResultContextsParts) {}

  /** Of a request that was accepted. Saying it twice changes nothing. @throws ServingError `unavailable` */
  async keep({ tenant, request, patient }: EventSubject, context: Sensitive<StudyContext>): Promise<void> {
    const { store, vault, references, now } = this.parts;
    const said = context.reveal('storage');
    const told = {
      ...placeOf(tenant, request),
      at: now().toISOString(),
      ...(patient === undefined ? {} : { patient }),
    };
    const { uid, accession } = said.study;
    const names = {
      study: references.study(tenant, uid),
      ...(accession === undefined ? {} : { accession: references.accession(tenant, accession) }),
    };
    const plain = Buffer.from(JSON.stringify(said));
    await vault.store(told, plain, (sealed) => store.add({ tenant, request, context: sealed, ...names }));
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

  /**
   * The requests about a study, or for an order, the newest first; their answers may be gone.
   *
   * @throws ServingError `invalid_request` where there are more than a search goes through; `unavailable`
   */
  async requestsOf(tenant: string, { by, value }: StudyName): Promise<readonly string[]> {
    const { store, references } = this.parts;
    const found = await store.requestsBy(tenant, by, references[by](tenant, value), MOST_REQUESTS + 1);
    return insistOnFew(found);
  }
}

/** Each is read, opened and put on record. @throws ServingError `invalid_request` where they are more than one search goes through */
export function insistOnFew(found: readonly string[]): readonly string[] {
  if (found.length <= MOST_REQUESTS) return found;
  throw new ServingError('invalid_request', `The search finds more than ${String(MOST_REQUESTS)} results.`, {
    remedy: 'Search by result-id; GET /v1/studies/{uid} lists the requests of a study.',
  });
}

/** Not where the answer of the same request belongs: one never opens as the other. */
const placeOf = (tenant: string, request: string) => ({ tenant, request: `${request}/context` });
