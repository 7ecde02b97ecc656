import type { Report } from '@medserve/clinical';
import { FINDINGS_TEXT, IMPRESSION_TEXT } from '../codes/systems';
import type { Statement } from './statement';

/** A draft, one statement a section, in the order of the text. */
export function ofReport({ sections, rationale }: Report): Statement[] {
  const notes = rationale === undefined ? {} : { notes: [rationale] };
  const written = sections.filter(({ sentences }) => sentences.length > 0);
  if (written.length === 0) return [{ key: 'report', code: FINDINGS_TEXT, value: { kind: 'abstained' }, ...notes }];
  return written.map(({ code, title, sentences }) => ({
    key: `report/${code}`,
    code:
      code === 'impression'
        ? IMPRESSION_TEXT
        : { ...FINDINGS_TEXT, display: title === '' ? FINDINGS_TEXT.display : title },
    value: { kind: 'text', text: sentences.map(({ text }) => text).join(' ') },
    ...notes,
  }));
}
