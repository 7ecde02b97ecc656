import { slicesOf, valuesOfSeries, type InstanceFacts, type SeriesFacts } from '../study-facts';
import { missOf, type Miss } from './condition';
import { excludedBy, isImage } from './exclusions';
import type { Exclusion, Preference, Route } from './route-schema';
import type { WhyNot } from './why-not';

export interface ChosenSeries {
  readonly uid: string;
  /** In the order of their numbers: what was excluded is not among them. */
  readonly instances: readonly InstanceFacts[];
}

export interface Selection {
  readonly chosen: readonly ChosenSeries[];
  readonly passedOver: readonly { readonly series: string; readonly why: WhyNot }[];
}

type Candidate = ChosenSeries & { readonly series: SeriesFacts };

const EXCLUDED: Readonly<Record<Exclusion, string>> = {
  localizer: 'localizers',
  derived: 'derived images',
  'secondary-capture': 'secondary captures',
};

/** Chooses the series of a study that a route works on, and says of every other why not. */
export function selectSeries({ series: rules }: Pick<Route, 'series'>, series: readonly SeriesFacts[]): Selection {
  const passedOver: Selection['passedOver'][number][] = [];
  const candidates: Candidate[] = [];
  for (const one of series) {
    const found = candidateOf(one, rules);
    if ('why' in found) passedOver.push({ series: one.uid, why: found.why });
    else candidates.push(found);
  }
  candidates.sort(byPreference(rules.prefer));
  const most = rules.take === 'one' ? 1 : rules.most;
  const why: WhyNot =
    rules.take === 'one'
      ? {
          code: 'another_was_preferred',
          says: `another series was preferred: ${rules.prefer.join(', ') || 'by its UID'}`,
        }
      : { code: 'enough_chosen', says: `the route takes ${String(rules.most)} series at most` };
  return {
    chosen: candidates.slice(0, most).map(({ uid, instances }) => ({ uid, instances })),
    passedOver: [...passedOver, ...candidates.slice(most).map(({ uid }) => ({ series: uid, why }))],
  };
}

function candidateOf(series: SeriesFacts, rules: Route['series']): Candidate | { readonly why: WhyNot } {
  const images = series.instances.filter(isImage);
  if (images.length === 0) return { why: { code: 'no_images', says: 'it holds no images' } };
  const instances = images.filter((instance) => excludedBy(instance, rules.exclude) === undefined);
  if (instances.length === 0) {
    const found = [...new Set(images.map((instance) => excludedBy(instance, rules.exclude)))];
    const kinds = found.flatMap((one) => (one === undefined ? [] : [EXCLUDED[one]]));
    return { why: { code: 'excluded', says: `it holds nothing but ${kinds.join(' and ')}` } };
  }
  const miss = missOf(rules.where, valuesOfSeries(series, instances));
  if (miss !== undefined) return { why: { code: 'condition', says: describeMiss(miss) } };
  const slices = slicesOf(instances);
  if (slices < rules.minSlices) {
    const says = `only ${String(slices)} slices of ${String(rules.minSlices)} wanted`;
    return { why: { code: 'too_few_slices', says } };
  }
  if (slices > rules.maxSlices) {
    const says = `${String(slices)} slices, and at most ${String(rules.maxSlices)} are taken`;
    return { why: { code: 'too_many_slices', says } };
  }
  return { uid: series.uid, instances, series };
}

/** Free text of a header may name a patient, so only code strings and numbers are repeated. */
const QUOTABLE: ReadonlySet<string> = new Set([
  'modality',
  'sopClass',
  'imageType',
  'rows',
  'columns',
  'sliceThickness',
  'instances',
  'slices',
  'laterality',
]);
const MOST_QUOTED = 4;

export function describeMiss({ attribute, found }: Miss): string {
  if (attribute === 'any') return 'none of the conditions under "any" holds';
  if (attribute === 'not') return 'the condition under "not" holds';
  if (found.length === 0) return `nothing says its ${attribute}`;
  if (!QUOTABLE.has(attribute)) return `its ${attribute} is another`;
  return `its ${attribute} is ${found.slice(0, MOST_QUOTED).join(', ')}`;
}

const thickness = ({ series }: Candidate): number => {
  const said = (series.attributes.sliceThickness ?? []).map(Number).filter((one) => one > 0);
  return said.length === 0 ? Infinity : Math.min(...said);
};

/** Less is preferred. */
const RANKS: Readonly<Record<Preference, (one: Candidate) => number>> = {
  thinnest: thickness,
  'most-slices': ({ instances }) => -slicesOf(instances),
  newest: ({ series }) => -(series.madeAtMs ?? 0),
};

/** In the end the UID decides: the same study is always answered the same. */
const byPreference =
  (preferences: readonly Preference[]) =>
  (one: Candidate, other: Candidate): number => {
    for (const preference of preferences) {
      const [first, second] = [RANKS[preference](one), RANKS[preference](other)];
      if (first !== second) return first < second ? -1 : 1;
    }
    return one.uid < other.uid ? -1 : 1;
  };
