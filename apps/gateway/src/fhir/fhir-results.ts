import type { AnswerDocument } from '@medserve/clinical';
import { ServingError, toServingError } from '@medserve/errors';
import { auditEventOf, isRecordEvent, type AuditEvent } from '@medserve/events';
import {
  resourcesOf,
  resultBundle,
  type Bundle,
  type InteropInput,
  type Resource,
  type ResourceType,
} from '@medserve/interop';
import type { Principal } from '@medserve/security';
import type { AuditEntry, LogHead, RunOfRequest } from '@medserve/storage';
import type { AuditedResults } from '../audit/audited-results';
import { isId } from '../audit/is-id';
import type { StoredResult } from '../infer/ports';
import { eventTime } from './event-time';
import { EQUIPMENT } from './equipment';
import type { ResultContexts } from './result-contexts';
import type { SearchQuestion } from './search-question';

export interface FhirResultsParts {
  readonly results: Pick<AuditedResults, 'read'>;
  readonly contexts: Pick<ResultContexts, 'of'>;
  readonly log: {
    head(tenant: string): Promise<LogHead | undefined>;
    ofRequest(tenant: string, request: string): Promise<readonly AuditEntry[]>;
    ofEvent(tenant: string, event: string): Promise<AuditEntry | undefined>;
  };
  /** For which run of a study a request was made; undefined of one that came by no route. */
  readonly runOf: (tenant: string, request: string) => Promise<RunOfRequest | undefined>;
  /** Waits until what was committed for the tenant is in its log. */
  readonly caughtUp: (tenant: string) => Promise<void>;
  /** Where callers reach the platform, without a slash at the end. */
  readonly url: () => string;
}

const BASE = '/fhir/R4';

/** Results as FHIR R4: composed when they are asked for, of what is stored. Who reads one is on record before. */
export class FhirResults {
  constructor(private readonly parts: FhirResultsParts) {}

  /** All about a result, as one transaction. @throws ServingError as `AuditedResults.read`; `not_found` where it is no typed answer */
  async bundle(by: Principal, id: string): Promise<Bundle> {
    const input = await this.inputOf(by, id);
    const [run] = input.runs;
    const auditEvents = await this.auditEventsOf(by.tenant, id);
    return resultBundle({ ...input, runs: run === undefined ? [] : [{ ...run, auditEvents }] });
  }

  /** One resource by its id. @throws ServingError `not_found`; as `bundle` */
  async resource(by: Principal, type: ResourceType, id: string): Promise<Resource> {
    const request = type === 'AuditEvent' ? await this.requestOfEvent(by.tenant, id) : requestIn(id);
    const found =
      request === undefined ? undefined : (await this.resourcesOf(by, type, request)).find((one) => one.id === id);
    if (found === undefined) throw new ServingError('not_found', 'There is no such resource.');
    return found;
  }

  /** What belongs to results, one page. Results that are not there have nothing. @throws ServingError `unavailable` */
  async search(by: Principal, type: ResourceType, question: SearchQuestion): Promise<Bundle> {
    const { results, count, offset, used } = question;
    const found: Resource[] = [];
    for (const id of results) found.push(...(await this.resourcesOf(by, type, id).catch(nothingOf)));
    const shown = found.slice(offset, offset + count);
    const base = `${this.parts.url()}${BASE}`;
    const pageAt = (at: number): string =>
      `${base}/${type}?${used.toString()}${at === 0 ? '' : `&_offset=${String(at)}`}`;
    const hasNext = count > 0 && offset + count < found.length;
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      link: [
        { relation: 'self', url: pageAt(offset) },
        ...(hasNext ? [{ relation: 'next', url: pageAt(offset + count) }] : []),
      ],
      ...(shown.length === 0
        ? {}
        : {
            entry: shown.map((resource) => ({
              fullUrl: `${base}/${type}/${resource.id ?? ''}`,
              resource,
              search: { mode: 'match' as const },
            })),
          }),
    };
  }

  private async resourcesOf(by: Principal, type: ResourceType, id: string): Promise<readonly Resource[]> {
    const input = await this.inputOf(by, id);
    if (type === 'AuditEvent') return this.auditEventsOf(by.tenant, id);
    return resourcesOf(input).filter(({ resourceType }) => resourceType === type);
  }

  private async inputOf(by: Principal, id: string): Promise<InteropInput> {
    const document = documentIn(await this.parts.results.read(by, id));
    const context = (await this.parts.contexts.of(by.tenant, id))?.reveal('report');
    // Under its name and generation it has the identifiers that its study's destinations and DICOM objects know it by.
    const run = await this.parts.runOf(by.tenant, id);
    return {
      runs: [{ requestId: document.id, name: run?.name, document, series: context?.series }],
      context,
      device: EQUIPMENT,
      generation: run?.generation ?? 1,
      isPart: run !== undefined && run.answered > 1,
      now: eventTime(document.provenance.record.completed),
      baseUrl: this.parts.url(),
    };
  }

  /** The course of the request, as the ledger has it: what is in it of whoever read it is for auditors. */
  private async auditEventsOf(tenant: string, request: string): Promise<readonly AuditEvent[]> {
    const { log, caughtUp } = this.parts;
    await caughtUp(tenant);
    const [entries, head] = await Promise.all([log.ofRequest(tenant, request), log.head(tenant)]);
    return entries
      .filter(({ event }) => isRecordEvent(event))
      .map(({ event, sequence, hash }) => auditEventOf(event, { log: head?.origin ?? '', sequence, hash }))
      .map(withoutProfile);
  }

  private async requestOfEvent(tenant: string, id: string): Promise<string | undefined> {
    if (!isId(id)) return undefined;
    const { log, caughtUp } = this.parts;
    await caughtUp(tenant);
    const event = (await log.ofEvent(tenant, id))?.event;
    return event !== undefined && isRecordEvent(event) ? event.request : undefined;
  }
}

/** A server that does not know the profile, which few do, would refuse the whole transaction: it is claimed to auditors only. */
const withoutProfile = (event: AuditEvent): AuditEvent =>
  Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'meta')) as unknown as AuditEvent;

/** A resource's id is its result's, with a number where there are several. */
const requestIn = (id: string): string | undefined => {
  const [, request] = /^([0-9a-f-]{36})(?:-[1-9]\d{0,5})?$/.exec(id) ?? [];
  return request !== undefined && isId(request) ? request : undefined;
};

/** @throws ServingError `not_found` for what is no typed answer: a problem, tensors, a conversation */
function documentIn({ bytes, contentType, status }: StoredResult): AnswerDocument {
  const isJson = contentType.startsWith('application/json');
  const document =
    isJson && status === undefined ? (JSON.parse(bytes.toString('utf8')) as Partial<AnswerDocument>) : {};
  if (document.answer === undefined || document.provenance === undefined) {
    throw new ServingError('not_found', 'The request has no typed answer, of which FHIR could tell.', {
      remedy: 'Read it with GET /v1/results/{id}.',
    });
  }
  return document as AnswerDocument;
}

/** A search finds nothing of what is not there. */
function nothingOf(thrown: unknown): readonly Resource[] {
  const { reason } = toServingError(thrown);
  if (reason === 'not_found' || reason === 'result_shredded') return [];
  throw thrown;
}
