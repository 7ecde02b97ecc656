import { parseMediaTypes } from '../dicomweb/media/media-type';

export const NIFTI = 'application/x-nifti';
export const FORM = 'multipart/form-data';

/** The description, the pixels, or both. */
export type AnswerForm = 'description' | 'pixels' | 'both';

const FORMS: Readonly<Record<string, AnswerForm>> = {
  'application/json': 'description',
  [NIFTI]: 'pixels',
  [FORM]: 'both',
};

/** What of an inspection is asked for: the first of the three types that `Accept` names and does not refuse; else the description. */
export function answerForm(accept: string | undefined): AnswerForm {
  const named = (parseMediaTypes(accept ?? '') ?? []).filter(({ parameters }) => !isRefusal(parameters.get('q')));
  const [first] = named.flatMap(({ essence }) => (Object.hasOwn(FORMS, essence) ? [FORMS[essence]] : []));
  return first ?? 'description';
}

const isRefusal = (quality: string | undefined): boolean => quality !== undefined && Number(quality) === 0;
