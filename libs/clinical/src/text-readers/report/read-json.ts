import { z } from 'zod';
import type { Region, Sentence } from '../../answers/answer';
import { CLIPPED_BOX, REFUSED_BOX } from '../boxes/read-boxes';
import { gridParameters, placeBox, type Corners, type Frame } from '../boxes/grid';
import type { Draft } from './draft';
import type { ReportReaderParameters } from './parameters';
import { losesMembers } from './repeated-names';
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
const AMBIGUOUS = 'The report names one of its members twice, or by a forbidden name; its text is given as it is.';

/** Reads a report that was written as JSON; anything else is handed on as text under `other`. */
export function readJson(written: string, frame: () => Frame, { boxes }: ReportReaderParameters): Draft {
  const parsed = document.safeParse(parse(written));
  const problem = parsed.success && losesMembers(written) ? AMBIGUOUS : NOT_JSON;
  if (!parsed.success || problem === AMBIGUOUS) {
    const sentences = plainSentences(written);
    const sections = sentences.length === 0 ? [] : [{ code: 'other', title: 'Other', sentences }];
    return { sections, regions: [], problems: [problem], cautions: [] };
  }
  const { regions, rationale, ...sections } = parsed.data;
  const ids = new Set(regions.map((entry) => entry.id));
  const grid = boxes ?? gridParameters.parse({});
  const placed = regions.map((entry) => ({ entry, place: placeBox(entry.box as unknown as Corners, grid, frame()) }));
  const isSpoilt = placed.some(({ place }) => place.kind === 'refused');
  return {
    sections: Object.entries(sections).flatMap(([code, body]) => {
      const sentences = (typeof body === 'string' ? plainSentences(body) : body.flatMap(sentencesOf)).map((entry) =>
        withWrittenReferences(entry, ids),
      );
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

/** `[r1]`, or several: names in brackets. */
const BRACKETED = /\s{0,8}\[\s{0,8}([\w-]{1,64}(?:\s{0,8}[,;]\s{0,8}[\w-]{1,64}){0,15})\s{0,8}\]/gu;

const LOOKS_LIKE_ID = /^r\d{1,6}$/iu;

/** References that stand in the words count like those beside them, and leave the words. */
function withWrittenReferences(entry: Sentence, ids: ReadonlySet<string>): Sentence {
  const written: string[] = [];
  const text = entry.text.replace(BRACKETED, (bracketed, list: string) => {
    const names = list.split(/[,;]/u).map((name) => name.trim());
    if (!names.every((name) => ids.has(name) || LOOKS_LIKE_ID.test(name))) return bracketed;
    written.push(...names);
    return '';
  });
  if (written.length === 0) return entry;
  // A reference alone says nothing in words, yet has to be told.
  return { ...entry, text: text.trim() || entry.text, regions: [...new Set([...entry.regions, ...written])] };
}
