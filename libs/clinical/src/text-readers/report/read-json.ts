import { z } from 'zod';
import type { Region, Sentence } from '../../answers/answer';
import { CLIPPED_BOX, REFUSED_BOX } from '../boxes/read-boxes';
import { gridParameters, placeBox, type Corners, type Frame } from '../boxes/grid';
import type { Draft } from './draft';
import type { ReportReaderParameters } from './parameters';
import { titleOf } from './sections';
import { splitSentences } from './split-sentences';

const id = z.string().min(1).max(64);

const sentence = z.strictObject({
  text: z.string().trim().min(1),
  regions: z.array(id).max(64).default([]),
  rationale: z.string().optional(),
});

const section = z.union([z.string(), z.array(z.union([z.string(), sentence])).max(1_024)]);

const region = z.strictObject({ id, label: z.string().max(256).optional(), box: z.array(z.number()).length(4) });

/**
 * A report as an object: a member for each section, of sentences or of plain text, and beside them the regions by the ids that
 * sentences refer to, with boxes as corners on the grid, and a rationale of the whole. For models that write by a schema.
 */
const document = z
  .object({ regions: z.array(region).max(1_024).default([]), rationale: z.string().optional() })
  .catchall(section);

const NOT_JSON = 'The model did not write the report in the form that it was asked for; its text is given as it is.';

/** Reads a report that was written as JSON; anything else is handed on as text under `other`. */
export function readJson(written: string, frame: () => Frame, { boxes }: ReportReaderParameters): Draft {
  const parsed = document.safeParse(parse(written));
  if (!parsed.success) {
    const sentences = plainSentences(written);
    const sections = sentences.length === 0 ? [] : [{ code: 'other', title: 'Other', sentences }];
    return { sections, regions: [], problems: [NOT_JSON], cautions: [] };
  }
  const { regions, rationale, ...sections } = parsed.data;
  const grid = boxes ?? gridParameters.parse({});
  const placed = regions.map((entry) => ({ entry, place: placeBox(entry.box as unknown as Corners, grid, frame()) }));
  const isSpoilt = placed.some(({ place }) => place.kind === 'refused');
  return {
    sections: Object.entries(sections).flatMap(([code, body]) => {
      const sentences = typeof body === 'string' ? plainSentences(body) : body.flatMap(sentencesOf);
      return sentences.length === 0 ? [] : [{ code: code.toLowerCase(), title: titleOf(code), sentences }];
    }),
    regions: placed.flatMap(({ entry, place }): Region[] =>
      place.kind === 'placed' && !isSpoilt
        ? [{ id: entry.id, label: { code: 'mentioned', display: entry.label ?? entry.id }, box: place.box }]
        : [],
    ),
    ...(rationale === undefined || rationale.trim() === '' ? {} : { rationale: rationale.trim() }),
    problems: isSpoilt ? [REFUSED_BOX] : [],
    cautions: !isSpoilt && placed.some(({ place }) => place.kind === 'placed' && place.isClipped) ? [CLIPPED_BOX] : [],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const plainSentences = (text: string): readonly Sentence[] =>
  splitSentences(text).map((words) => ({ text: words, regions: [] }));

const sentencesOf = (entry: string | z.output<typeof sentence>): readonly Sentence[] => {
  if (typeof entry === 'string') return plainSentences(entry);
  const { text, regions, rationale } = entry;
  return [{ text, regions, ...(rationale === undefined ? {} : { rationale }) }];
};
