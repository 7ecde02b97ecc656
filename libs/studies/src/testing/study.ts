import { parseRoute } from '../routes/load-routes';
import type { Route } from '../routes/route-schema';
import type { InstanceFacts, SeriesFacts, StudyFacts, Values } from '../study-facts';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
export const SR = '1.2.840.10008.5.1.4.1.1.88.33';

export const image = (sopInstanceUid: string, more: Partial<InstanceFacts> = {}): InstanceFacts => ({
  sopInstanceUid,
  sopClassUid: CT_IMAGE,
  imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  frames: 1,
  ...more,
});

/** So many images of one kind, in order. */
export const images = (series: string, count: number, more: Partial<InstanceFacts> = {}): InstanceFacts[] =>
  Array.from({ length: count }, (_, at) => image(`${series}.${String(at + 1)}`, { number: at + 1, ...more }));

interface SeriesWords extends Partial<Omit<SeriesFacts, 'attributes'>> {
  readonly attributes?: Values;
}

export const series = (uid: string, { attributes, ...more }: SeriesWords = {}): SeriesFacts => ({
  uid,
  instances: images(uid, 20),
  ...more,
  attributes: { modality: ['CT'], ...attributes },
});

export const study = (all: readonly SeriesFacts[], more: Partial<StudyFacts> = {}): StudyFacts => ({
  attributes: { sender: ['CT1'] },
  ...more,
  series: all,
});

/** A route of YAML, to which what is not said here is usual. */
export const route = (words: string): Route =>
  parseRoute(
    `name: ct\ndescription: for tests\n${words}${words.includes('runs:') ? '' : '\nruns: [{ name: tissue, task: measure }]'}\n`,
    'route.yaml',
  );
