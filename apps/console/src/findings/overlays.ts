import type { AnswerDocument } from '@medserve/clinical';
import type { Overlay } from '../viewer/overlay';
import { findingsOf, type Finding } from './findings';

/**
 * What of an answer is drawn on the pixels: one mark a finding, and of a segment of a volume one a slice that it reaches. The marks of
 * one finding share its id.
 */
export const overlaysOf = (document: Pick<AnswerDocument, 'answer'>): readonly Overlay[] =>
  findingsOf(document).flatMap(marksOf);

function marksOf({ id, label, colour, box, polygon, masks }: Finding): readonly Overlay[] {
  const mark = { id, label: label.display, colour };
  const outline = { ...(box === undefined ? {} : { box }), ...(polygon === undefined ? {} : { polygon }) };
  if (masks.length > 0)
    return masks.map(({ slice, mask }) => ({ ...mark, ...outline, mask, ...(slice === undefined ? {} : { slice }) }));
  return box === undefined && polygon === undefined ? [] : [{ ...mark, ...outline }];
}
