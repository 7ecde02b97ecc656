import fc from 'fast-check';
import type { Report } from '../../answers/answer';
import { reading, VOLUME } from '../testing/reading';
import { report } from './index';

const read = (text: string, parameters: Record<string, unknown> = {}, more = {}) =>
  report.read(reading(text, more), report.parameters.parse(parameters));

const sectionsOf = (found: { answer: unknown }) =>
  (found.answer as Report).sections.map(({ code, title, sentences }) => [
    code,
    title,
    sentences.map(({ text }) => text),
  ]);

describe('a report under headings', () => {
  it('is sections of sentences', () => {
    const found = read('Findings: 2 discs and 1 cross. The largest is a disc, upper left.\nImpression: 3 objects.');
    expect(sectionsOf(found)).toEqual([
      ['findings', 'Findings', ['2 discs and 1 cross.', 'The largest is a disc, upper left.']],
      ['impression', 'Impression', ['3 objects.']],
    ]);
    expect(found).toMatchObject({
      decision: 'answered',
      warnings: [],
      answer: { kind: 'report', language: 'und-Latn' },
      evidence: [{ kind: 'report', sentences: 3, grounded: 0 }],
    });
  });

  it.each([
    'FINDINGS: Clear. IMPRESSION: Normal.',
    '**Findings:** Clear.\n\n**Impression**: Normal.',
    '## Findings:\nClear.\n## Impression:\nNormal.',
  ])('knows its headings in any dress: %s', (text) => {
    expect(sectionsOf(read(text)).map(([code, , sentences]) => [code, sentences])).toEqual([
      ['findings', ['Clear.']],
      ['impression', ['Normal.']],
    ]);
  });

  it('is read in Chinese, too', () => {
    const found = read('影像所见：两肺清晰。心影不大。诊断意见：未见异常。');
    expect(sectionsOf(found)).toEqual([
      ['findings', '影像所见', ['两肺清晰。', '心影不大。']],
      ['impression', '诊断意见', ['未见异常。']],
    ]);
    expect(found.answer).toMatchObject({ language: 'zh' });
  });

  it('takes headings of the package, and what stands under none for its findings', () => {
    const found = read('Clear lungs. A heading in a sentence, impression: none, is none.\nAirway: patent.', {
      headers: { airway: ['Airway'] },
    });
    expect(sectionsOf(found)).toEqual([
      ['findings', 'Findings', ['Clear lungs.', 'A heading in a sentence, impression: none, is none.']],
      ['airway', 'Airway', ['patent.']],
    ]);
  });

  it('is left to a person where nothing was written', () => {
    expect(read('Findings:')).toMatchObject({ decision: 'abstained', warnings: ['The model wrote no report.'] });
  });

  it('abstains where it was cut, and is told to be and to state lengths', () => {
    const { decision, warnings } = read('Findings: a nodule of 12 mm in', {}, { finish: 'length' });
    expect(decision).toBe('abstained');
    expect(warnings).toEqual([expect.stringContaining('cut'), expect.stringContaining('not a measurement')]);
  });
});

describe('a report with boxes in its sentences', () => {
  const boxes = { coordinates: 100 };

  it('has each box as a region that its sentence refers to', () => {
    const { answer, decision } = read('Findings: An effusion [0,50,50,100], and a tube. [10,0,20,10] No fracture.', {
      boxes,
    });
    expect(answer).toMatchObject({
      sections: [
        {
          sentences: [
            { text: 'An effusion, and a tube.', regions: ['r1', 'r2'] },
            { text: 'No fracture.', regions: [] },
          ],
        },
      ],
      parts: [
        {
          kind: 'regions',
          frame: { width: 200, height: 100 },
          regions: [
            { id: 'r1', box: { x: 0, y: 50, width: 100, height: 50 } },
            { id: 'r2', box: { x: 20, y: 0, width: 20, height: 10 } },
          ],
        },
      ],
    });
    expect(decision).toBe('answered');
  });

  it('is read as MAIRA-2 writes it', () => {
    const { answer } = read(
      '<obj>There is a small effusion.<box><x10><y50><x30><y90></box></obj><obj>The heart is normal.</obj>',
      { boxes: { form: 'box-tags', area: 'centre-square' } },
    );
    expect(answer).toMatchObject({
      sections: [
        {
          code: 'findings',
          sentences: [
            { text: 'There is a small effusion.', regions: ['r1'] },
            { text: 'The heart is normal.', regions: [] },
          ],
        },
      ],
      parts: [{ regions: [{ id: 'r1', box: { x: 60.5, y: 50.5, width: 20, height: 40 } }] }],
    });
  });

  it('abstains as a whole where one box is spoilt, and shows none', () => {
    const { answer, decision, warnings } = read('An effusion [0,50,50,100]. A tube [1,2,3].', { boxes });
    expect(decision).toBe('abstained');
    expect(answer).not.toHaveProperty('parts');
    expect(answer).toMatchObject({
      sections: [{ sentences: [{ text: 'An effusion.', regions: [] }, { text: 'A tube.' }] }],
    });
    expect(warnings[0]).toContain('malformed');
  });

  it('cannot be about a volume', () => {
    expect(() => read('A tube [1,2,3,4].', { boxes }, { input: VOLUME })).toThrow('volumes');
    expect(read('A tube.', {}, { input: VOLUME }).decision).toBe('answered');
  });
});

describe('a report as JSON', () => {
  const written = {
    findings: [{ text: 'An effusion.', regions: ['a'], rationale: 'The angle is blunt.' }, 'No fracture. No mass.'],
    impression: 'Effusion.',
    regions: [{ id: 'a', label: 'left base', box: [0, 50, 50, 100] }],
    rationale: 'Compared with the other side.',
  };
  const readJson = (document: unknown, more = {}) => read(JSON.stringify(document), { layout: 'json' }, more);

  it('is sections, references and reasons, each in a field of its own', () => {
    const { answer, decision } = readJson(written);
    expect(answer).toMatchObject({
      sections: [
        {
          code: 'findings',
          sentences: [
            { text: 'An effusion.', regions: ['a'], rationale: 'The angle is blunt.' },
            { text: 'No fracture.', regions: [] },
            { text: 'No mass.', regions: [] },
          ],
        },
        { code: 'impression', sentences: [{ text: 'Effusion.' }] },
      ],
      rationale: 'Compared with the other side.',
      parts: [
        { regions: [{ id: 'a', label: { display: 'left base' }, box: { x: 0, y: 50, width: 100, height: 50 } }] },
      ],
    });
    expect(decision).toBe('answered');
  });

  it('abstains where a sentence refers to a region that is not there', () => {
    const { answer, decision, warnings } = readJson({ ...written, regions: [] });
    expect(decision).toBe('abstained');
    expect(warnings).toEqual([expect.stringContaining('does not hold')]);
    expect(answer).toMatchObject({ sections: [{ sentences: [{ text: 'An effusion.', regions: [] }, {}, {}] }, {}] });
  });

  it('abstains where two regions have one name, or a region is off the image', () => {
    const [region] = written.regions;
    expect(readJson({ ...written, regions: [region, region] }).decision).toBe('abstained');
    expect(readJson({ ...written, regions: [{ ...region, box: [0, 50, 500, 100] }] }).decision).toBe('abstained');
  });

  it('takes references in the words for references', () => {
    const dangling = readJson({ findings: ['Effusion on the left. None on the right [r9].'], regions: [] });
    expect(dangling).toMatchObject({ decision: 'abstained', warnings: [expect.stringContaining('does not hold')] });
    expect(readJson({ findings: [{ text: 'An effusion [r9].' }] }).decision).toBe('abstained');
    expect(readJson({ findings: 'Clear. [r9]' }).decision).toBe('abstained');
    const { answer, decision } = readJson({ ...written, findings: ['An effusion [a]. Old [1], [see above].'] });
    expect(decision).toBe('answered');
    expect(answer).toMatchObject({
      sections: [
        {
          sentences: [
            { text: 'An effusion.', regions: ['a'] },
            { text: 'Old [1], [see above].', regions: [] },
          ],
        },
        {},
      ],
    });
  });

  it.each([
    '{"findings": "Pneumothorax is seen.", "findings": "No pneumothorax."}',
    String.raw`{"findings": "Pneumothorax.", "find\u0069ngs": "None."}`,
    '{"findings": [{"text": "A mass.", "text": "No mass."}]}',
    '{"__proto__": [{"text": "A mass."}], "findings": "Clear."}',
    '{"constructor": "A mass.", "findings": "Clear."}',
  ])('abstains where a member would be lost, and keeps all words: %s', (text) => {
    const found = read(text, { layout: 'json' });
    expect(found).toMatchObject({ decision: 'abstained', warnings: [expect.stringContaining('twice')] });
    expect(sectionsOf(found)).toEqual([['other', 'Other', [text]]]);
  });

  it('may name the same in different objects, and quote names in its words', () => {
    const findings = [{ text: 'A "text": "mass" {' }, { text: '\\"findings": \\' }];
    expect(readJson({ findings }).decision).toBe('answered');
  });

  it.each(['Findings: clear.', '{"findings": [{"text"', '[]', '{"findings": [{"words": "x"}]}'])(
    'is handed on as text where it is none: %s',
    (text) => {
      const found = read(text, { layout: 'json' });
      expect(found.decision).toBe('abstained');
      expect(sectionsOf(found)[0]?.[0]).toBe('other');
    },
  );
});

it('never refers to a region that is not there, whatever was written', () => {
  const piece = fc.constantFrom(
    'An effusion',
    '. ',
    '[1,2,30,40]',
    '[1,2]',
    '\n',
    'Findings:',
    'Impression:',
    ' [0,0,99,99]',
    '。',
    '{',
    '\u{e000}',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { answer } = read(pieces.join(''), { boxes: {} });
      const { sections } = answer as Report;
      const ids = (answer.parts ?? [])
        .flatMap((part) => (part.kind === 'regions' ? part.regions : []))
        .map(({ id }) => id);
      for (const id of sections.flatMap(({ sentences }) => sentences.flatMap(({ regions }) => regions)))
        expect(ids).toContain(id);
    }),
  );
});
