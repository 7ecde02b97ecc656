import type { Answer, AnswerDocument, Segmentation, StudyContext } from '@medserve/clinical';
import { interop } from '@medserve/testkit';
import { obxSegments } from './hl7/observations';
import { oruMessage, resourcesOf, resultBundle, type InteropInput } from './index';

const T = { code: 'tumour', display: 'Tumour' };

const ofStudy = (study: Partial<StudyContext['study']>): InteropInput => ({
  ...interop.inputOf(interop.ANSWERS.classification),
  context: { ...interop.CONTEXT, study: { ...interop.CONTEXT.study, ...study } },
});
const resourceOf = (input: InteropInput, type: string): Readonly<Record<string, unknown>> => {
  const found = resourcesOf(input).find(({ resourceType }) => resourceType === type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found as unknown as Record<string, unknown>;
};
const urlsOf = (answer: Answer): string[] =>
  (resultBundle(interop.inputOf(answer)).entry ?? []).flatMap(({ request }) =>
    request?.method === 'PUT' ? [request.url] : [],
  );

describe('a segment whose masks hold nothing', () => {
  const segmentation = (counts: number[]): Segmentation => ({
    kind: 'segmentation',
    grid: { slices: 1, rows: 2, columns: 2 },
    segments: [{ id: 'a', label: T, score: 0.03, measurements: [{ ...T, value: 0, unit: 'mL' }] }],
    masks: [{ segment: 'a', slice: 0, counts }],
  });

  it.each([[[4]], [[4, 0]], [[0, 0, 4]]])('is absent, and no score makes it a finding (%j)', (counts) => {
    const input = interop.inputOf(segmentation(counts));
    const of = resourcesOf(input).filter(({ resourceType }) => resourceType === 'Observation') as unknown as Record<
      string,
      object
    >[];
    const segment = of.find((one) => JSON.stringify(one['code']).includes('tumour') && 'valueCodeableConcept' in one);
    expect(segment).toMatchObject({ valueCodeableConcept: { coding: [{ code: '2667000' }] } });
    expect(segment).not.toHaveProperty('component');
    expect(JSON.stringify(of)).not.toContain('121071');
    expect(obxSegments(input, 'P').join('\n')).not.toContain('111012');
  });

  it('is there as soon as one pixel is', () => {
    expect(obxSegments(interop.inputOf(segmentation([3, 1])), 'P').join('\n')).toMatch(
      /\|121071\^Finding\^DCM\|[0-9A-F]{10}\|tumour/,
    );
  });

  it('and an answer without any segment say that nothing was found', () => {
    const { conclusion } = resourceOf(interop.inputOf(interop.ANSWERS['no segment']), 'DiagnosticReport');
    expect(conclusion).toContain('Finding: Negative - Nothing was outlined.');
  });
});

describe('several parts of one kind in one answer', () => {
  const numbers: Answer = { kind: 'measurements', measurements: [{ code: 'v', display: 'V', value: 1, unit: 'mL' }] };

  it.each([
    ['measurements', { ...numbers, parts: [numbers, numbers] }],
    ['segmentations', { ...interop.ANSWERS.segmentation, parts: [interop.ANSWERS.segmentation] }],
  ])('have an identifier for each thing they say: %s', (_, answer) => {
    const urls = urlsOf(answer);
    expect(urls.length).toBeGreaterThan(4);
    expect(new Set(urls).size).toBe(urls.length);
  });
});

describe('words', () => {
  const CONTROLS = 'A\u0000B\u001bC\u0085D\ud800E\ufffeF\tG\nH';

  it('have no character that FHIR forbids, wherever they stand', () => {
    const label = { code: 'a  b\u0001', display: CONTROLS };
    const document: Partial<AnswerDocument> = { warnings: [CONTROLS] };
    const answers: Answer[] = [
      { kind: 'text', text: CONTROLS, rationale: CONTROLS },
      { kind: 'classification', about: CONTROLS, labels: [{ ...label, score: 1 }] },
    ];
    for (const answer of answers) {
      const text = JSON.stringify(resultBundle(interop.inputOf(answer, document)));
      expect(text).not.toMatch(/\\u00(0[0-8bcef]|1|7f|[89])|\\ud[89a-f]|[\u007f-\u009f\ufffe\uffff]/i);
      expect(text).toContain('\\tG\\nH');
    }
  });

  it('are cut where FHIR takes no more, and say so', () => {
    const found = resourceOf(interop.inputOf({ kind: 'text', text: '肺'.repeat(600_000) }), 'Observation');
    const text = String(found['valueString']);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text.endsWith(' ... (cut)')).toBe(true);
  });

  it('have a unit even where the model names none', () => {
    const answer: Answer = {
      kind: 'measurements',
      measurements: [{ code: 'n', display: 'Count', value: 3, unit: '' }],
    };
    expect(JSON.stringify(resourcesOf(interop.inputOf(answer)))).toContain('"unit":"1"');
    expect(obxSegments(interop.inputOf(answer), 'P')[0]).toContain('|3|1^1^UCUM');
  });
});

describe('units', () => {
  it.each([
    ['HU', "[hnsf'U]"],
    ['\u00b5m', 'um'],
    ['mL', 'mL'],
  ])('are UCUM, under the words that people write: %s', (unit, code) => {
    const answer: Answer = { kind: 'measurements', measurements: [{ code: 'm', display: 'Mean', value: -31.5, unit }] };
    const input = interop.inputOf(answer);
    expect(JSON.stringify(resourcesOf(input))).toContain(
      JSON.stringify({ value: -31.5, unit, system: 'http://unitsofmeasure.org', code }),
    );
    expect(obxSegments(input, 'P')[0]).toContain(`|-31.5|${code}^${unit}^UCUM`);
  });
});

describe('a header that says what cannot be', () => {
  it.each(['20260230', '20261301', '20260001', '00000000'])('gives no date: %s', (date) => {
    expect(resourceOf(ofStudy({ date }), 'ImagingStudy')).not.toHaveProperty('started');
    const obr = oruMessage(ofStudy({ date }), { controlId: 'x' })
      .split('\r')
      .find((one) => one.startsWith('OBR'));
    expect(obr?.split('|')[7]).toBe('20261126050000+0000');
  });

  it.each(['+1459', '-1401', '+0060', '+9900'])('gives no zone, and so no time: %s', (utcOffset) => {
    expect(resourceOf(ofStudy({ utcOffset }), 'ImagingStudy')['started']).toBe('2026-01-02');
    const message = oruMessage(ofStudy({ utcOffset }), { controlId: 'x' });
    expect(message).toContain('|20260102101112.5|');
  });

  it('gives codes as FHIR writes them', () => {
    const [series] = interop.CONTEXT.series;
    const context = {
      ...interop.CONTEXT,
      series: [{ ...series, modality: 'C  T', bodyPart: 'LEFT  FOOT' }],
    } as StudyContext;
    const study = resourceOf({ ...interop.inputOf(interop.ANSWERS.report), context }, 'ImagingStudy');
    expect(study).toMatchObject({ series: [{ modality: { code: 'OT' }, bodySite: { code: 'LEFT FOOT' } }] });
  });
});
