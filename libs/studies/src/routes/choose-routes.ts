import { CLASSES } from '@medserve/serving';
import { createHash } from 'node:crypto';
import { valuesOfStudy, type StudyFacts, type Values } from '../study-facts';
import { holds, missOf } from './condition';
import type { StudyClass } from '../study-class';
import type { Route, RouteRun } from './route-schema';
import { describeMiss, selectSeries, type ChosenSeries, type Selection } from './select-series';
import type { WhyNot } from './why-not';

/** One request to be made of a study. */
export interface PlannedRun {
  readonly route: string;
  /**
   * Of the route's run; with a word behind it that stands for its series or image where the route asks about each of those. Findings are
   * tracked under it (PS3.16 TID 1501, Tracking Unique Identifier): of the same input it is the same in every generation.
   */
  readonly name: string;
  readonly wanted: RouteRun;
  readonly class: StudyClass;
  readonly seriesUid: string;
  /** SOP Instance UIDs, in the order in which they are sent. */
  readonly instances: readonly string[];
}

/** What was decided of one route, and why. */
export interface RouteVerdict {
  readonly route: string;
  readonly why?: WhyNot;
  readonly chosen: readonly string[];
  readonly passedOver: Selection['passedOver'];
}

export interface RouteDecision {
  /** Those that take the study. */
  readonly routes: readonly Route[];
  readonly runs: readonly PlannedRun[];
  readonly verdicts: readonly RouteVerdict[];
  /** Where none takes it. */
  readonly why?: WhyNot;
}

/** The most urgent of several. */
export const mostUrgent = (classes: readonly StudyClass[]): StudyClass =>
  CLASSES.find((one) => classes.includes(one)) ?? 'routine';

/** The routes whose `when` holds, before anybody looks at series; those that a sender named, or that were ordered, hold without it. */
export function candidateRoutes(routes: readonly Route[], study: StudyFacts): readonly Route[] {
  const values = valuesOfStudy(study);
  return routes.filter((route) => whyNotOf(route, study, values) === undefined);
}

function whyNotOf(route: Route, study: StudyFacts, values: Values): WhyNot | undefined {
  if (study.ordered?.routes.includes(route.name) === true) return undefined;
  const named = study.attributes.route?.map(String) ?? [];
  if (named.length > 0) {
    if (named.includes(route.name)) return undefined;
    return { code: 'another_route_was_named', says: 'the sender named another route' };
  }
  const miss = missOf(route.when, values);
  return miss === undefined ? undefined : { code: 'condition', says: describeMiss(miss) };
}

/** Decides which routes take a study, on which series, and says of everything else why not. */
export function chooseRoutes(routes: readonly Route[], study: StudyFacts): RouteDecision {
  const values = valuesOfStudy(study);
  const taken: Route[] = [];
  const runs: PlannedRun[] = [];
  const verdicts = routes.map((route): RouteVerdict => {
    const why = whyNotOf(route, study, values);
    if (why !== undefined) return { route: route.name, why, chosen: [], passedOver: [] };
    const { chosen, passedOver } = selectSeries(route, study.series);
    if (chosen.length === 0) return { route: route.name, why: noSeries(passedOver), chosen: [], passedOver };
    taken.push(route);
    const inputs = inputsOf(route, chosen);
    runs.push(...runsOf(route, inputs.slice(0, route.series.most), classIn(route, study, values)));
    return {
      route: route.name,
      chosen: chosen.map(({ uid }) => uid),
      passedOver: [...passedOver, ...leftOut(route, inputs.slice(route.series.most))],
    };
  });
  return {
    routes: taken,
    runs,
    verdicts,
    ...(taken.length === 0 ? { why: whyNone(study, verdicts) } : {}),
  };
}

/** Of several reasons the one that was closest to a yes: a series that was nearly taken says more than one of another kind. */
const CLOSENESS = ['too_few_slices', 'too_many_slices', 'excluded', 'condition', 'no_images'];

const closest = (reasons: readonly WhyNot[]): WhyNot | undefined =>
  [...reasons].sort((one, other) => CLOSENESS.indexOf(one.code) - CLOSENESS.indexOf(other.code))[0];

const noSeries = (passedOver: Selection['passedOver']): WhyNot =>
  closest(passedOver.map(({ why }) => why)) ?? { code: 'no_images', says: 'it holds no images' };

function whyNone(study: StudyFacts, verdicts: readonly RouteVerdict[]): WhyNot {
  const nearly = verdicts.filter(({ passedOver }) => passedOver.length > 0);
  const best = closest(nearly.flatMap(({ why }) => why ?? []));
  const route = nearly.find(({ why }) => why === best)?.route;
  if (best !== undefined && route !== undefined) return { code: best.code, says: `route ${route}: ${best.says}` };
  if (study.attributes.route !== undefined)
    return { code: 'unknown_route', says: 'the sender named a route that there is not' };
  const modalities = valuesOfStudy(study).modality ?? [];
  const what = modalities.length === 0 ? 'it' : modalities.join(', ');
  return { code: 'no_route', says: `no route takes ${what}` };
}

const classOf = (route: Route, values: Values): StudyClass =>
  route.classes.find(({ when }) => holds(when, values))?.class ?? route.class;

/** Whoever orders a route says how urgent it is. */
const classIn = (route: Route, { ordered }: StudyFacts, values: Values): StudyClass =>
  ordered?.routes.includes(route.name) === true ? ordered.class : classOf(route, values);

/** What one request is about. */
interface RunInput {
  readonly uid: string;
  readonly uids: readonly string[];
  /** The image or the series whose findings these are; absent where they are the study's, whichever of its series was preferred. */
  readonly of?: string;
}

const inputsOf = ({ series: { each, take } }: Route, chosen: readonly ChosenSeries[]): RunInput[] =>
  chosen.flatMap(({ uid, instances }) => {
    const uids = instances.map(({ sopInstanceUid }) => sopInstanceUid);
    if (each === 'image') return uids.map((one) => ({ uid, uids: [one], of: one }));
    return [{ uid, uids, ...(take === 'all' ? { of: uid } : {}) }];
  });

/** Images of series that were chosen, which nothing is asked about: nobody may take them for looked at. */
const leftOut = ({ series: { most } }: Route, inputs: readonly RunInput[]): Selection['passedOver'] =>
  [...Map.groupBy(inputs, ({ uid }) => uid)].map(([series, { length }]) => ({
    series,
    why: {
      code: 'enough_chosen',
      says: `${String(length)} of its images are not asked about: the route takes ${String(most)} at most`,
    },
  }));

function runsOf(route: Route, inputs: readonly RunInput[], urgency: StudyClass): PlannedRun[] {
  return route.runs.flatMap((wanted) =>
    inputs.map(({ uid, uids, of }) => ({
      route: route.name,
      name: of === undefined ? wanted.name : `${wanted.name}-${wordFor(of)}`,
      wanted,
      class: urgency,
      seriesUid: uid,
      instances: uids,
    })),
  );
}

/** 40 bits: of the 512 runs that a route has at most no two meet (1 in 8 million), and people can still read it out. */
const wordFor = (uid: string): string => createHash('sha256').update(uid).digest('hex').slice(0, 10);
