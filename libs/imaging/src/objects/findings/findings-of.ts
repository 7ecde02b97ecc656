import type { AnswerPart, Box, Region, Regions, ScoredLabel, Segment, Segmentation } from '@medserve/clinical';
import { dcm, own, sct, type Code } from '../codes/code';
import { codeOf } from '../codes/code-of';
import { siteOf } from '../codes/sites';
import { bare, NOWHERE, type Finding, type Place, type PlacedMask, type Remark } from './finding';
import { measuredFindings, quantified } from './measured';
import { namerOf, type Namer } from './namer';
import { fewerPoints, holdsSomething, type Outline } from './outlines';
import { gridOf } from '../common/source-image';
import { isSaid } from './remarks';
import type { ReadRun } from './run';
import { NOT_ANSWERED, writtenFindings } from './written';

/** Labels of a classification that are told with their score. */
const MOST_LABELS = 20;

const ABSENT = sct('272519000', 'Absent');
const COMMENT = dcm('121106', 'Comment');

/** All that an answer says, as findings; one that says nothing of an image still has one, which says so. */
export function findingsOf(read: ReadRun): Finding[] {
  const { document } = read.run;
  const name = namerOf(read);
  if (document.decision === 'abstained') return [abstained(name, document.warnings)];
  const parts: readonly AnswerPart[] = [document.answer, ...(document.answer.parts ?? [])];
  const site = siteOf(read.images[0]?.bodyPart);
  const found = parts.flatMap((part) => findingsOfPart(part, read, name, parts));
  return found.map((finding) => (site === undefined || finding.site !== undefined ? finding : { ...finding, site }));
}

function findingsOfPart(part: AnswerPart, read: ReadRun, name: Namer, all: readonly AnswerPart[]): Finding[] {
  switch (part.kind) {
    case 'classification':
      return [classified(part.labels, part.about ?? 'class', name)];
    case 'regions':
      return regionFindings(part, read, name);
    case 'segmentation':
      if (part.segments.length === 0) return [nothingFound(read, name)];
      return part.segments.map((segment) => segmentFinding(segment, part, read, name));
    case 'measurements':
      return measuredFindings(part, name);
    case 'text':
    case 'report':
      return writtenFindings(part, name, all);
    case 'embedding':
      return [
        wordless(name, `A description of the image in ${String(part.values.length)} numbers, for other programs.`),
      ];
  }
}

const wordless = (name: Namer, text: string): Finding => ({
  ...bare,
  ...name('embedding', 'Embedding'),
  remarks: [{ concept: COMMENT, text }],
});

const abstained = (name: Namer, warnings: readonly string[]): Finding => ({
  ...bare,
  ...name('abstained', 'Not answered by the model'),
  evaluations: [NOT_ANSWERED],
  remarks: warnings.filter(isSaid).map(asComment),
});

const asComment = (text: string): Remark => ({ concept: COMMENT, text });

function classified(labels: readonly ScoredLabel[], about: string, name: Namer): Finding {
  const [best, ...others] = labels;
  const names = name(`classification/${about}`, best?.display ?? about);
  if (best === undefined) return { ...bare, ...names, evaluations: [{ concept: own(about, about), value: ABSENT }] };
  return {
    ...bare,
    ...names,
    label: codeOf(best),
    score: best.score,
    evaluations: [{ concept: own(about, about), value: codeOf(best) }],
    measurements: others.slice(0, MOST_LABELS - 1).map((other) => ({
      concept: own(`score.${other.code}`, `Score of ${other.display}`),
      measurement: { value: other.score, unit: '1' },
    })),
  };
}

function regionFindings({ regions, frame, rationale }: Regions, read: ReadRun, name: Namer): Finding[] {
  if (regions.length === 0) return [nothingFound(read, name)];
  return regions.map((region, index) => ({
    ...bare,
    ...name(`region/${region.label.code}`, region.label.display),
    label: codeOf(region.label),
    ...(region.score === undefined ? {} : { score: region.score }),
    place: placeOf(region, frame, read),
    remarks: index > 0 || rationale === undefined || !isSaid(rationale) ? [] : [asComment(rationale)],
  }));
}

/** Looked for and not there: told apart from a model that never ran. */
function nothingFound({ run, images }: ReadRun, name: Namer): Finding {
  const { model } = run.document.provenance;
  const sought = own(model.name, `Finding that ${model.name} looks for`);
  return {
    ...bare,
    ...name('regions/none', `No finding of ${model.name}`),
    evaluations: [{ concept: sought, value: ABSENT }],
    remarks: [
      asComment(
        `No finding: ${model.name} ${model.version} looked at ${imagesInWords(images.length)} and reported none.`,
      ),
    ],
  };
}

const imagesInWords = (count: number): string => (count === 1 ? 'one image' : `${String(count)} images`);

/** On a volume, coordinates do not say on which slice: then the region is nowhere. */
function placeOf({ mask, ...region }: Region, frame: Regions['frame'], { slices }: ReadRun): Place {
  const [on, ...more] = slices;
  if (on === undefined || more.length > 0) return NOWHERE;
  const { columns, rows } = gridOf(on);
  const isOnGrid = mask !== undefined && mask.width === columns && mask.height === rows;
  if (isOnGrid && holdsSomething(mask)) return { kind: 'masks', masks: [{ on, mask }] };
  const outline = outlineOf(region)?.map(([x, y]): readonly [number, number] => [
    within((x * columns) / frame.width, columns),
    within((y * rows) / frame.height, rows),
  ]);
  if (outline === undefined || !hasArea(outline)) return NOWHERE;
  return { kind: 'outlines', on, outlines: [fewerPoints(outline)] };
}

/** What lies outside of the image lies on its border once it is cut there. */
const hasArea = (outline: Outline): boolean =>
  [0, 1].every((axis) => outline.some((point) => point[axis] !== outline[0]?.[axis]));

const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));

/** The most exact that a region has beside its mask. */
function outlineOf({ polygon, box }: Pick<Region, 'polygon' | 'box'>): Outline | undefined {
  if (polygon !== undefined && polygon.length >= 3) return polygon;
  return box === undefined ? undefined : cornersOf(box);
}

const cornersOf = ({ x, y, width, height }: Box): Outline => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

/** A segment without masks, or with masks that hold nothing, was looked for and is not there. */
function segmentFinding(segment: Segment, { masks, grid }: Segmentation, { slices }: ReadRun, name: Namer): Finding {
  const label: Code = codeOf(segment.label);
  const placed = masks
    .filter((mask) => mask.segment === segment.id && holdsSomething(mask))
    .flatMap(({ slice, counts }): PlacedMask[] => {
      const on = slices[slice];
      return on === undefined ? [] : [{ on, mask: { width: grid.columns, height: grid.rows, counts } }];
    });
  const named = { ...bare, ...name(`segment/${segment.id}`, segment.label.display) };
  if (placed.length === 0) return { ...named, evaluations: [{ concept: label, value: ABSENT }] };
  return {
    ...named,
    label,
    ...(segment.category === undefined ? {} : { category: codeOf(segment.category) }),
    ...(segment.score === undefined ? {} : { score: segment.score }),
    place: { kind: 'masks', masks: placed },
    measurements: (segment.measurements ?? []).map(quantified),
  };
}
