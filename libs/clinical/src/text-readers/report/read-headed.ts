import type { Region, Sentence } from '../../answers/answer';
import { CLIPPED_BOX, readBoxes, REFUSED_BOX, type ReadBox, type ReadBoxes } from '../boxes/read-boxes';
import type { Frame } from '../boxes/grid';
import type { Draft } from './draft';
import type { ReportReaderParameters } from './parameters';
import { splitSections } from './sections';
import { splitSentences } from './split-sentences';

/** Stands for a box while sentences are told apart: one character for private use, numbered by its place in that area. */
const FIRST_MARK = 0xe000;
const MARKS = 0x1900;
const MARK = /[\u{e000}-\u{f8ff}]/gu;

/** MAIRA-2 writes a sentence with its boxes between these. */
const PHRASE_TAGS = /<\/?obj>/gu;

const markOf = (index: number): string => String.fromCodePoint(FIRST_MARK + index);

/**
 * Reads a report of headings and sentences. The boxes that stand in a sentence, or behind it, are the places that it speaks of; each
 * becomes a region, and the sentence refers to it.
 */
export function readHeaded(written: string, frame: () => Frame, parameters: ReportReaderParameters): Draft {
  const { headers, untitled, boxes: grid } = parameters;
  const clean = written.replace(MARK, '');
  const found: ReadBoxes = grid === undefined ? { boxes: [], refused: [] } : readBoxes(clean, grid, frame());
  const marked = (grid === undefined ? clean : withMarks(clean, found)).replace(PHRASE_TAGS, '\n');
  const isSpoilt = found.refused.length > 0 || found.boxes.length > MARKS;
  const sections = splitSections(marked, headers, untitled).map(({ code, title, text }) => ({
    code,
    title,
    sentences: sentencesOf(text),
  }));
  return {
    sections: sections.filter(({ sentences }) => sentences.length > 0),
    regions: isSpoilt ? [] : found.boxes.map(regionOf),
    problems: isSpoilt ? [REFUSED_BOX] : [],
    cautions: !isSpoilt && found.boxes.some(({ isClipped }) => isClipped) ? [CLIPPED_BOX] : [],
  };
}

/** The text with a mark in the place of each box, and nothing in the place of what is none. */
function withMarks(text: string, { boxes, refused }: ReadBoxes): string {
  const places = [
    ...boxes.map(({ start, end }, index) => ({ start, end, mark: index < MARKS ? markOf(index) : '' })),
    ...refused.map(({ start, end }) => ({ start, end, mark: '' })),
  ].sort((left, right) => left.start - right.start);
  let from = 0;
  let marked = '';
  for (const { start, end, mark } of places) {
    marked += text.slice(from, start) + mark;
    from = end;
  }
  return marked + text.slice(from);
}

const idOf = (index: number): string => `r${String(index + 1)}`;

const regionOf = ({ box }: ReadBox, index: number): Region => ({
  id: idOf(index),
  label: { code: 'mentioned', display: 'Place that a sentence speaks of' },
  box,
});

const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/** Boxes before the first word of a sentence: they stand behind the one before. */
const LEADING = /^[\s\u{e000}-\u{f8ff}]*/u;

const marksIn = (text: string): string[] =>
  [...text.matchAll(MARK)].map(([mark]) => idOf((mark.codePointAt(0) as number) - FIRST_MARK));

function sentencesOf(text: string): readonly Sentence[] {
  const sentences: { text: string; regions: string[] }[] = [];
  for (const marked of splitSentences(text)) {
    const [leading = ''] = LEADING.exec(marked) ?? [];
    const words = wordsOf(marked);
    const before = sentences.at(-1);
    const own = hasWords(words) ? marked.slice(before === undefined ? 0 : leading.length) : '';
    before?.regions.push(...marksIn(marked.slice(0, marked.length - own.length)));
    if (own !== '') sentences.push({ text: words, regions: marksIn(own) });
  }
  return sentences;
}

const wordsOf = (marked: string): string =>
  marked
    .replace(MARK, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/\s+([.,;:!?。，；：！？])/gu, '$1')
    .trim();
