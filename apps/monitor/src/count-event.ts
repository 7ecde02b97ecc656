import { isRecordEvent, momentOfId, type ActivityEvent, type LedgerEvent, type RecordEvent } from '@medserve/events';
import type { Observed } from '@medserve/serving';
import { HOME, type MonitorCell, type ReviewedAnswer, type WaitingAnswer, type ToldVerdict } from '@medserve/storage';
import type { Count } from './metrics';
import type { Names } from './names';

/** What is watched for drift, of each model at each place. */
const SIGNALS = ['score', 'label', 'decision', 'input_mean', 'input_sd', 'input_clipped', 'input_size'] as const;
export type Signal = (typeof SIGNALS)[number];

export interface Sighting {
  readonly cell: MonitorCell;
  readonly signal: Signal;
  readonly value: Observed;
}

/** What one event comes to. */
export interface EventCounts {
  readonly counts: readonly Count[];
  readonly sightings: readonly Sighting[];
  readonly answer?: WaitingAnswer;
  readonly verdict?: ToldVerdict;
}

const NOTHING: EventCounts = { counts: [], sightings: [] };
/** Where nobody says from where, or how sure. */
const NONE = 'none';

const ENDS: ReadonlySet<unknown> = new Set(['completed', 'failed', 'cancelled', 'abandoned']);
const VERDICTS: ReadonlyMap<unknown, 'attested' | 'overridden'> = new Map([
  ['result_attested', 'attested'],
  ['result_overridden', 'overridden'],
]);

/** Whether anything is counted of events of this name: the others are many, and are passed over unread. */
export const isCounted = (name: unknown): boolean => ENDS.has(name) || VERDICTS.has(name);

export function countEvent(event: LedgerEvent, names: Names): EventCounts {
  if (!isRecordEvent(event)) return countActivity(event);
  return event.event === 'accepted' ? NOTHING : countEnd(event, names);
}

/** Sites of different tenants are different ones; those of the home need no more than their name. */
const siteOf = ({ tenant, site = NONE }: RecordEvent): string => (tenant === HOME ? site : `${tenant}/${site}`);

function countEnd(event: RecordEvent, names: Names): EventCounts {
  const { model: answeredBy, decision = '', observed = {}, department = '' } = event;
  const { model, version } =
    answeredBy === undefined ? { model: '', version: '' } : names.model(answeredBy.name, answeredBy.version);
  const site = names.of('site', siteOf(event));
  const task = names.of('task', event.task ?? NONE);
  const modality = names.of('modality', event.modality ?? NONE);
  const counts: Count[] = [
    {
      metric: 'results',
      labels: { model, version, task, modality, site, outcome: event.event, decision },
      by: 1,
    },
  ];
  if (event.event !== 'completed' || answeredBy === undefined) return { counts, sightings: [] };

  const { label, scores: [score] = [], warnings = [], input, runMs = 0 } = observed;
  const scanner = names.of('scanner', observed.scanner ?? NONE);
  const cell: MonitorCell = { model, version, ...names.place({ model, version }, site, scanner) };
  if (decision !== '') counts.push(countPlace(cell, decision));
  const turnaround = turnaroundSeconds(event);
  if (turnaround !== undefined) {
    const labels = { task, modality, site, class: event.class ?? '' };
    counts.push({ metric: 'turnaroundSeconds', labels, saw: turnaround });
  }
  if (runMs > 0) {
    const labels = {
      model,
      version,
      tenant: names.of('tenant', event.tenant),
      department: names.of('department', department),
    };
    counts.push({ metric: 'runSeconds', labels, by: runMs / 1_000 });
  }
  if (score !== undefined) counts.push({ metric: 'score', labels: { model, version, site }, saw: score });
  if (label !== undefined && decision !== 'abstained')
    counts.push({ metric: 'labels', labels: { model, version, label: names.of('label', label) }, by: 1 });
  if (input !== undefined) counts.push({ metric: 'inputs', labels: { modality, site, scanner }, by: 1 });
  for (const warning of warnings) counts.push({ metric: 'inputQuality', labels: { modality, site, warning }, by: 1 });
  return {
    counts,
    sightings: sightingsOf(event, cell),
    ...(canBeReviewed(event) ? { answer: { ...cell, request: event.request, score: score ?? null } } : {}),
  };
}

/** Whether people can say of an answer that it is right: where the model held back there is none, and vectors and tensors say nothing to them. */
const canBeReviewed = ({ decision, task, observed }: RecordEvent): boolean =>
  decision !== 'abstained' && (observed?.scores !== undefined || (decision === 'answered' && task !== 'embed'));

function sightingsOf({ decision, observed = {} }: RecordEvent, cell: MonitorCell): Sighting[] {
  const { label, scores: [score] = [], input } = observed;
  const values: Record<Signal, Observed | undefined> = {
    score,
    label,
    decision,
    input_mean: input?.mean,
    input_sd: input?.sd,
    input_clipped: input?.clipped,
    input_size: input === undefined ? undefined : input.rows * input.columns * input.slices,
  };
  return SIGNALS.flatMap((signal) => {
    const value = values[signal];
    return value === undefined ? [] : [{ cell, signal, value }];
  });
}

/** A request's id is made when it may be accepted, and says when. Undefined of an id of another kind. */
function turnaroundSeconds({ request, at }: RecordEvent): number | undefined {
  const beganMs = momentOfId(request);
  return beganMs === undefined ? undefined : Math.max(0, Date.parse(at) - beganMs) / 1_000;
}

/** Why an answer was overridden, where that says that the model was wrong; of the rest nothing follows for the model. */
const WRONG: ReadonlySet<unknown> = new Set([
  'wrong_finding',
  'missed_finding',
  'wrong_location',
  'wrong_measurement',
  'wrong_laterality',
]);

const OF_RESULT = /^result:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function countActivity({ id, event, subject, facts = {} }: ActivityEvent): EventCounts {
  const verdict = VERDICTS.get(event);
  const [, request] = OF_RESULT.exec(subject) ?? [];
  if (verdict === undefined || request === undefined) return NOTHING;
  const isRight = verdict === 'attested' ? true : WRONG.has(facts['why']) ? false : null;
  return { ...NOTHING, verdict: { request, event: id, verdict, isRight } };
}

const countPlace = ({ model, version, site, scanner }: MonitorCell, what: string, by = 1): Count => ({
  metric: 'places',
  labels: { model, version, site, scanner, what },
  by,
});

function tenthOf(score: number): string {
  const tenth = Math.min(9, Math.floor(score * 10));
  return `${String(tenth / 10)}-${String((tenth + 1) / 10)}`;
}

/**
 * A verdict on an answer, counted when both are known. An answer is one however often it is reviewed: at its place the latest verdict stands,
 * while the counter, which cannot fall, keeps the first one.
 */
export function countReviewed(reviewed: ReviewedAnswer): Count[] {
  const { model, version, site, score, verdict, replaced } = reviewed;
  if (replaced === verdict) return [];
  if (replaced !== null) return [countPlace(reviewed, replaced, -1), countPlace(reviewed, verdict)];
  const bin = score === null ? NONE : tenthOf(score);
  return [{ metric: 'reviewed', labels: { model, version, site, verdict, bin }, by: 1 }, countPlace(reviewed, verdict)];
}
