import type { AnswerDocument } from '@medserve/clinical';
import { ServingError, toServingError } from '@medserve/errors';
import { type AuditEvent, auditEventOf, isId, isRecordEvent } from '@medserve/events';
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
import type { Activities } from '../activities/activities';
import { oneOf, searchDeed } from '../activities/search-deed';
import type { AuditedResults } from '../records/audited-results';
import type { StoredResult } from '../infer/ports';
import type { References } from '../privacy/subject-hashes';
import { eventTime } from './event-time';
import { EQUIPMENT } from './equipment';
import { insistOnFew, type ResultContexts } from './result-contexts';
import type { SearchQuestion } from './search-question';
import type { Term } from './search-terms';
import { ignoredOutcome } from './send-outcome';
import { partOf } from './subset';

export interface FhirResultsParts {
  readonly results: Pick<AuditedResults, 'read' | 'course'>;
  readonly contexts: Pick<ResultContexts, 'of' | 'requestsOf'>;
  readonly activities: Pick<Activities, 'tell'>;
  readonly references: Pick<References, 'study' | 'patient'>;
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

/** Of one parameter: its terms, each with the results in which it is to be found; undefined where those are not known by it alone. */
type Places = readonly { readonly term: Term; readonly results: readonly string[] | undefined }[];

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
    const request = await this.requestOf(by, type, id);
    const found =
      request === undefined ? undefined : (await this.resourcesOf(by, type, request)).find((one) => one.id === id);
    if (found === undefined) throw new ServingError('not_found', 'There is no such resource.');
    return found;
  }

  /**
   * What belongs to results, one page. Results that are not there have nothing.
   *
   * @throws ServingError `invalid_request` where too much is found; `unavailable`
   */
  async search(by: Principal, type: ResourceType, question: SearchQuestion): Promise<Bundle> {
    const { criteria, subset } = question;
    await this.tellOfSearch(by, type, question);
    const places = await Promise.all(criteria.map((terms) => this.placesOf(by, type, terms)));
    const found: Resource[] = [];
    for (const result of insistOnFew(commonOf(places))) {
      const all = await this.resourcesOf(by, type, result).catch(nothingOf);
      found.push(...all.filter((one) => places.every((criterion) => isAt(criterion, result, one))));
    }
    const page = pageOf(`${this.parts.url()}${BASE}`, type, question, found.length);
    if (subset.kind === 'count') return page;
    const { count, offset, ignored } = question;
    const entry = [
      ...found.slice(offset, offset + count).map((resource) => ({
        fullUrl: `${this.parts.url()}${BASE}/${type}/${resource.id ?? ''}`,
        resource: partOf(resource, subset),
        search: { mode: 'match' as const },
      })),
      ...(ignored.length === 0 ? [] : [{ resource: ignoredOutcome(ignored), search: { mode: 'outcome' as const } }]),
    ];
    return entry.length === 0 ? page : { ...page, entry };
  }

  /** Searches by what stands in orders and headers are on record as those of the archive are: also where they find nothing. */
  private async tellOfSearch(by: Principal, type: ResourceType, { criteria }: SearchQuestion): Promise<void> {
    const terms = criteria.flat();
    if (!terms.some((term) => term.by === 'study' || term.by === 'accession')) return;
    const study = oneOf(terms.flatMap((term) => (term.by === 'study' ? [term.value] : [])));
    const searched = {
      tenant: by.tenant,
      door: 'fhir' as const,
      level: type.toLowerCase(),
      keys: criteria.length,
      study,
    };
    await this.parts.activities.tell(by, searchDeed(this.parts.references, searched));
  }

  /** The results in which the terms of a parameter are to be found, each with what has to hold there. */
  private async placesOf(by: Principal, type: ResourceType, terms: readonly Term[]): Promise<Places> {
    const resultsOf = async (term: Term): Promise<readonly string[] | undefined> => {
      switch (term.by) {
        case 'result':
          return [term.value];
        case 'resource': {
          const request = await this.requestOf(by, type, term.value);
          return request === undefined ? [] : [request];
        }
        case 'study':
        case 'accession':
          return this.parts.contexts.requestsOf(by.tenant, { by: term.by, value: term.value });
        case 'identifier':
          return undefined;
      }
    };
    return Promise.all(terms.map(async (term) => ({ term, results: await resultsOf(term) })));
  }

  private requestOf(by: Principal, type: ResourceType, id: string): Promise<string | undefined> {
    return type === 'AuditEvent' ? this.requestOfEvent(by.tenant, id) : Promise.resolve(requestIn(id));
  }

  private async resourcesOf(by: Principal, type: ResourceType, id: string): Promise<readonly Resource[]> {
    if (type === 'AuditEvent') {
      // A request that failed has a course as well, and one whose answer was destroyed.
      await this.parts.results.course(by, id);
      return this.auditEventsOf(by.tenant, id);
    }
    return resourcesOf(await this.inputOf(by, id)).filter(({ resourceType }) => resourceType === type);
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

/** The results in which all parameters may be found: those of which no term says where do not count. */
function commonOf(places: readonly Places[]): string[] {
  const bounds = places.flatMap((criterion) => {
    const results = criterion.flatMap((place) => (place.results === undefined ? [] : [place.results]));
    return results.length === criterion.length ? [new Set(results.flat())] : [];
  });
  const [first = new Set<string>(), ...others] = bounds;
  return [...first].filter((result) => others.every((bound) => bound.has(result)));
}

/** Whether a resource of a result is one of those that a parameter names. */
const isAt = (criterion: Places, result: string, resource: Resource): boolean =>
  criterion.some(({ term, results }) => {
    if (term.by === 'identifier') return carries(resource, term);
    return results?.includes(result) === true && (term.by !== 'resource' || resource.id === term.value);
  });

const carries = (resource: Resource, { system, value }: Extract<Term, { by: 'identifier' }>): boolean =>
  ('identifier' in resource ? resource.identifier : []).some(
    (one) => (value === undefined || one.value === value) && (system === undefined || (one.system ?? '') === system),
  );

/** What a page says of itself. */
function pageOf(
  base: string,
  type: ResourceType,
  { count, offset, used, isCounted, subset }: SearchQuestion,
  total: number,
): Bundle {
  const pageAt = (at: number): string =>
    `${base}/${type}?${used.toString()}${at === 0 ? '' : `&_offset=${String(at)}`}`;
  const hasNext = subset.kind !== 'count' && count > 0 && offset + count < total;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(isCounted ? { total } : {}),
    link: [
      { relation: 'self', url: pageAt(offset) },
      ...(hasNext ? [{ relation: 'next', url: pageAt(offset + count) }] : []),
    ],
  };
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
