import type { InteropInput } from '../input';
import { deviceOf } from './device';
import { diagnosticReportOf } from './diagnostic-report';
import { imagingStudyOf } from './imaging-study';
import { observationsOf } from './observations';
import { provenanceOf } from './provenance';
import { plain } from '../words/plain';
import type { Device, Resource } from './r4';

/**
 * Everything that FHIR R4 says of a result: each resource before those that refer to it, by relative addresses (`Device/<id>`). Of a
 * single request every id begins with the request's, so who has the id of a resource has the id of its result.
 */
export function resourcesOf(input: InteropInput): Resource[] {
  const devices = devicesOf(input);
  const observed = input.runs.map((run) => observationsOf(input, run));
  const all = observed.flatMap((one) => one.all);
  const report = diagnosticReportOf(
    input,
    observed.flatMap(({ top }) => top),
  );
  const made = [
    ...devices,
    ...(input.context === undefined ? [] : [imagingStudyOf(input, input.context)]),
    ...all,
    report,
    provenanceOf(input, devices, report, all),
  ].map((resource): Resource => withPlainTexts(resource));
  return [...made, ...input.runs.flatMap(({ auditEvents = [] }) => auditEvents)];
}

/** Models and senders write what they like: FHIR knows no control characters, and no empty strings. */
function withPlainTexts<T>(part: T): T {
  if (typeof part === 'string') return plain(part) as T;
  if (Array.isArray(part)) return part.map((one: unknown) => withPlainTexts(one)) as T;
  if (typeof part !== 'object' || part === null) return part;
  const members = Object.entries(part).map(
    ([name, value]: [string, unknown]) => [name, withPlainTexts(value)] as const,
  );
  return Object.fromEntries(members.filter(([, value]) => value !== '')) as T;
}

/** One a model, however many of the runs it answered. */
function devicesOf(input: InteropInput): Device[] {
  const seen = new Set<string>();
  return input.runs
    .filter(({ document }) => {
      const { digest } = document.provenance.model;
      return !seen.has(digest) && seen.add(digest);
    })
    .map((run) => deviceOf(input, run));
}
