import type { DecodedStudy } from '@medserve/imaging';
import { optional } from '../infer/model-words';
import type { SeriesDescription } from './description';

/** The series that an image is of: what is decoded together is of one. Undefined where its files do not say which. */
export function describeSeries({ context }: Pick<DecodedStudy, 'context'>): SeriesDescription | undefined {
  const [series, ...others] = context?.reveal('report').series ?? [];
  if (series === undefined || others.length > 0) return undefined;
  const { uid, number, modality, description } = series;
  return {
    uid,
    ...optional('number', number),
    ...optional('modality', modality),
    ...optional('description', description),
  };
}
