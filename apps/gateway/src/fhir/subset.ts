import { ServingError } from '@medserve/errors';
import type { Resource, ResourceType } from '@medserve/interop';

/** How much of a resource is told (https://hl7.org/fhir/R4/search.html#summary, #elements). */
export type Subset =
  | { readonly kind: 'all' | 'summary' | 'text' | 'data' | 'count' }
  /** Of the elements at the top of a resource these, beside those that it has to have. */
  | { readonly kind: 'elements'; readonly names: ReadonlySet<string> };

const SUMMARIES = { true: 'summary', text: 'text', data: 'data', count: 'count', false: 'all' } as const;

/** What every resource may be asked for without: it would be none (R4, `min` of the elements in its definition). */
const MANDATORY: Readonly<Record<ResourceType, readonly string[]>> = {
  DiagnosticReport: ['status', 'code'],
  Observation: ['status', 'code'],
  ImagingStudy: ['status', 'subject'],
  Device: [],
  Provenance: ['target', 'recorded', 'agent'],
  AuditEvent: ['type', 'recorded', 'agent', 'source'],
};

/** Elements that R4 marks as the summary of a resource, as far as ours have them. */
const SUMMARY: Readonly<Record<ResourceType, readonly string[]>> = {
  DiagnosticReport: ['identifier', 'category', 'subject', 'effectiveDateTime', 'issued', 'performer'],
  Observation: [
    ...['identifier', 'subject', 'effectiveDateTime', 'issued', 'performer', 'valueQuantity', 'valueCodeableConcept'],
    ...['valueString', 'hasMember', 'derivedFrom', 'component'],
  ],
  ImagingStudy: [
    ...['identifier', 'modality', 'started', 'basedOn', 'referrer', 'numberOfSeries', 'numberOfInstances'],
    ...['procedureCode', 'description', 'series'],
  ],
  Device: [],
  Provenance: [],
  AuditEvent: ['subtype', 'action', 'outcome', 'outcomeDesc', 'purposeOfEvent'],
};

const ALWAYS = ['resourceType', 'id', 'meta'];

/** Says that a resource is not all there (R4, search.html 3.1.1.5.8): who has it must not store it as if it were. */
const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
  display: 'subsetted',
};

/**
 * @param summary value of `_summary`
 * @param elements value of `_elements`, which goes before
 * @throws ServingError `invalid_request`
 */
export function subsetOf(summary: string | undefined, elements: string | undefined): Subset {
  const kind = summary === undefined ? 'all' : Object.entries(SUMMARIES).find(([name]) => name === summary)?.[1];
  if (kind === undefined) {
    throw new ServingError('invalid_request', 'There is no such summary.', {
      field: '_summary',
      remedy: 'Use true, text, data, count or false.',
    });
  }
  if (elements === undefined || kind === 'count') return { kind };
  return { kind: 'elements', names: new Set(elements.split(',').map((name) => name.trim())) };
}

/** As much of a resource as was asked for, marked where that is not all. */
export function partOf(resource: Resource, subset: Subset): Resource {
  const kept = keptOf(resource.resourceType, subset);
  if (kept === undefined) return resource;
  const members = Object.entries(resource)
    .filter(([name]) => kept(name))
    .map(([name, value]: [string, unknown]) => [
      name,
      subset.kind === 'summary' && name === 'series' ? withoutInstances(value) : value,
    ]);
  const { resourceType, id, ...others } = Object.fromEntries(members) as Resource;
  return {
    resourceType,
    ...(id === undefined ? {} : { id }),
    ...others,
    meta: { ...resource.meta, tag: [SUBSETTED] },
  } as unknown as Resource;
}

/** Which elements stay; undefined: all. */
function keptOf(type: ResourceType, subset: Subset): ((name: string) => boolean) | undefined {
  const least = new Set([...ALWAYS, ...MANDATORY[type]]);
  switch (subset.kind) {
    case 'all':
    case 'count':
      return undefined;
    case 'summary':
      return (name) => least.has(name) || SUMMARY[type].includes(name);
    case 'text':
      return (name) => least.has(name) || name === 'text';
    case 'data':
      return (name) => name !== 'text';
    case 'elements':
      // An element of several types is named without its type: `value`, `effective`.
      return (name) =>
        least.has(name) ||
        subset.names.has(name) ||
        subset.names.has(/^(value|effective)[A-Z]/.exec(name)?.[1] ?? name);
  }
}

/** Of a series its instances are no summary. */
const withoutInstances = (series: unknown): unknown =>
  (series as readonly object[]).map((one) =>
    Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'instance')),
  );
