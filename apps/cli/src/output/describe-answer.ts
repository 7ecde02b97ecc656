interface Label {
  readonly display: string;
  readonly score: number;
}

interface Region {
  readonly id?: string;
  readonly label: { readonly display: string };
  readonly box?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

interface Segment {
  readonly id: string;
  readonly label: { readonly display: string };
  readonly measurements?: readonly Measurement[];
}

interface Measurement {
  readonly display: string;
  readonly value: number;
  readonly unit: string;
}

interface Part {
  readonly kind: string;
  readonly about?: string;
  readonly labels?: readonly Label[];
  readonly regions?: readonly Region[];
  readonly measurements?: readonly Measurement[];
  readonly segments?: readonly Segment[];
  readonly masks?: readonly { readonly segment: string; readonly slice: number }[];
  readonly grid?: { readonly slices: number };
  readonly text?: string;
  readonly reply?: {
    readonly form: string;
    readonly value?: string;
    readonly chosen?: readonly { readonly display: string }[];
  };
  readonly rationale?: string;
  readonly sections?: readonly {
    readonly title: string;
    readonly sentences: readonly { readonly text: string; readonly regions: readonly string[] }[];
  }[];
  readonly values?: readonly number[];
  readonly parts?: readonly Part[];
}

export interface AnswerDocument {
  readonly id: string;
  readonly task: string;
  readonly modality: { readonly detected: string | null; readonly source: string; readonly served: string };
  readonly answer: Part;
  readonly decision: string;
  readonly warnings: readonly string[];
  readonly provenance: {
    readonly model: { readonly name: string; readonly version: string; readonly digest: string };
    readonly record: { readonly accepted: string; readonly completed: string };
    readonly timings: Readonly<Record<string, number>>;
  };
}

const BEST = 3;

/** An answer as a person would rather read it. */
export function describeAnswer(document: AnswerDocument): string {
  const { modality, answer, decision, warnings, provenance } = document;
  const { model, record, timings } = provenance;
  return [
    `${modality.served} (${modality.detected === modality.served ? `by ${modality.source}` : 'as declared'}), task ${document.task}`,
    ...(decision === 'abstained' ? ['The model abstains: better leave this to a person.'] : []),
    ...describePart(answer),
    ...(answer.parts ?? []).flatMap(describePart),
    ...warnings.map((warning) => `  warning: ${warning}`),
    `model ${model.name}:${model.version} (${model.digest.slice(0, 19)}…), ${String(Math.round(timings['totalMs'] ?? 0))} ms`,
    `request ${document.id}`,
    `recorded as accepted ${record.accepted} and completed ${record.completed}`,
  ].join('\n');
}

function describePart(part: Part): string[] {
  const title = part.about === undefined ? '' : `${part.about}: `;
  const labels = (part.labels ?? [])
    .slice(0, BEST)
    .map(({ display, score }) => `${display} ${(100 * score).toFixed(1)} %`)
    .join(', ');
  return [
    ...(labels === '' ? [] : [`  ${title}${labels}`]),
    ...(part.measurements ?? []).map(({ display, ...size }) => `  ${display}: ${describeSize(size)}`),
    ...describeSegments(part),
    ...describeRegions(part),
    ...(part.text === undefined ? [] : [`  ${part.text}`]),
    ...describeReply(part),
    ...describeSections(part),
    ...(part.rationale === undefined ? [] : [`  why, in the words of the model: ${part.rationale}`]),
    ...(part.values === undefined ? [] : [`  ${String(part.values.length)} numbers`]),
  ];
}

const describeSize = ({ value, unit }: Pick<Measurement, 'value' | 'unit'>): string =>
  `${String(Number(value.toPrecision(5)))} ${unit}`;

/** Each segment with its first and last slice, counted from 1, and what was measured of it. */
function describeSegments({ segments = [], masks = [], grid }: Part): string[] {
  return segments.map(({ id, label, measurements = [] }) => {
    const slices = masks.filter(({ segment }) => segment === id).map(({ slice }) => slice + 1);
    if (slices.length === 0) return `  ${label.display}: not found`;
    const [first, last] = [Math.min(...slices), Math.max(...slices)].map(String);
    const sizes = measurements.map((size) => `, ${describeSize(size)}`).join('');
    return `  ${label.display}: slices ${String(first)} to ${String(last)} of ${String(grid?.slices)}${sizes}`;
  });
}

function describeReply({ reply }: Part): string[] {
  if (reply?.value !== undefined) return [`  answered: ${reply.value}`];
  if (reply?.chosen !== undefined) return [`  chosen: ${reply.chosen.map(({ display }) => display).join(', ')}`];
  return [];
}

/** Behind a sentence, the regions that it speaks of. */
function describeSections({ sections = [] }: Part): string[] {
  return sections.flatMap(({ title, sentences }) => [
    `  ${title}`,
    ...sentences.map(({ text, regions }) => `    ${text}${regions.length === 0 ? '' : ` [${regions.join(', ')}]`}`),
  ]);
}

/** Few enough to be told one by one. */
const FEW_REGIONS = 4;

function describeRegions({ regions }: Part): string[] {
  if (regions === undefined) return [];
  if (regions.length === 0) return ['  no regions'];
  const boxes = regions.flatMap(describeBox);
  if (regions.length <= FEW_REGIONS && boxes.length === regions.length) return boxes;
  const counts = new Map<string, number>();
  for (const { label } of regions) counts.set(label.display, (counts.get(label.display) ?? 0) + 1);
  return [...counts].map(([display, count]) => `  ${display}: ${String(count)} ${count === 1 ? 'region' : 'regions'}`);
}

function describeBox({ id, label, box }: Region): string[] {
  if (box === undefined) return [];
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((size) => String(Math.round(size)));
  const name = id === undefined ? '' : `[${id}] `;
  return [`  ${name}${label.display}: ${String(width)} x ${String(height)} pixels, from ${String(x)}, ${String(y)}`];
}
