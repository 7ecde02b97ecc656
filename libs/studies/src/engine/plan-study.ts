import { chooseRoutes, mostUrgent, type PlannedRun } from '../routes/choose-routes';
import type { Route } from '../routes/route-schema';
import type { WhyNot } from '../routes/why-not';
import { instancesOf, valuesOfStudy, type StudyFacts } from '../study-facts';
import type { Completion, StudyPlan, StudyRun } from './study-work';

/** Instances of all runs of a study together, so that a row stays a row. */
const MOST_INSTANCES = 20_000;
/** Of one route: a study of thousands of series stays a row. */
const MOST_PASSED_OVER = 500;
/** To look studies up by. */
const MOST_MODALITIES = 16;

/**
 * What is to be done of a complete study.
 *
 * @param before the runs of the generation before it, where that one was answered
 */
export function planStudy(
  routes: readonly Route[],
  study: StudyFacts,
  because: string,
  before?: readonly StudyRun[],
): Completion {
  const decision = chooseRoutes(routes, study);
  const runs = decision.runs.map(runOf);
  const why = decision.why ?? tooMany(runs) ?? (before && isSame(runs, before) ? UNCHANGED : undefined);
  return {
    because,
    instances: instancesOf(study),
    series: study.series.length,
    modalities: (valuesOfStudy(study).modality ?? []).map(String).slice(0, MOST_MODALITIES),
    class: mostUrgent(runs.map((run) => run.class)),
    plan: planOf(decision.routes),
    runs: why === undefined ? runs : [],
    verdicts: decision.verdicts.map((verdict) => ({
      ...verdict,
      passedOver: verdict.passedOver.slice(0, MOST_PASSED_OVER),
    })),
    ...(why === undefined ? {} : { why }),
  };
}

const UNCHANGED: WhyNot = { code: 'unchanged', says: 'what came since changes nothing that a run would see' };

function tooMany(runs: readonly StudyRun[]): WhyNot | undefined {
  const count = runs.reduce((sum, { instances }) => sum + instances.length, 0);
  if (count <= MOST_INSTANCES) return undefined;
  const says = `its runs would read ${String(count)} instances, and at most ${String(MOST_INSTANCES)} are`;
  return { code: 'too_many_slices', says };
}

const runOf = ({ route, name, wanted, class: urgency, seriesUid, instances }: PlannedRun): StudyRun => ({
  route,
  name,
  task: wanted.task,
  ...(wanted.model === undefined ? {} : { model: wanted.model }),
  ...(wanted.modality === undefined ? {} : { modality: wanted.modality }),
  ...(wanted.question === undefined ? {} : { question: wanted.question }),
  parameters: wanted.parameters,
  class: urgency,
  deadlineMs: wanted.deadlineSeconds * 1_000,
  isOptional: wanted.optional,
  seriesUid,
  instances,
  state: 'waiting',
  attempts: 0,
});

function planOf(routes: readonly Route[]): StudyPlan {
  const named = routes.flatMap(({ deliver }) => (deliver === 'all' ? [] : deliver));
  return {
    routes: routes.map(({ name }) => name),
    wants: [...new Set(routes.flatMap(({ results }) => results.dicom))],
    deliver: routes.some(({ deliver }) => deliver === 'all') ? 'all' : [...new Set(named)],
    onFailure: routes.every(({ onFailure }) => onFailure === 'deliver-the-rest') ? 'deliver-the-rest' : 'fail',
  };
}

/** What a request is about; where it is the same for all, the answers are. */
const essence = ({ route, name, task, model, parameters, question, instances }: StudyRun): string =>
  JSON.stringify([route, name, task, model, parameters, question, instances]);

const isSame = (runs: readonly StudyRun[], before: readonly StudyRun[]): boolean => {
  const known = new Set(before.map(essence));
  return runs.length === before.length && runs.every((run) => known.has(essence(run)));
};
