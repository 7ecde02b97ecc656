import { describeAnswer, type AnswerDocument } from './describe-answer';

const described = (answer: AnswerDocument['answer']): readonly string[] =>
  describeAnswer({
    id: 'request-1',
    task: 'answer',
    modality: { detected: 'radiology', source: 'header', served: 'radiology' },
    answer,
    decision: 'answered',
    warnings: [],
    provenance: {
      model: { name: 'vqa', version: '1', digest: 'sha256:00' },
      record: { accepted: 'a', completed: 'c' },
      timings: {},
    },
  }).split('\n');

describe('an answer of a model that writes, as a person reads it', () => {
  it('is its words, and what was read of them', () => {
    expect(described({ kind: 'text', text: 'No.', reply: { form: 'closed', value: 'no' } })).toEqual(
      expect.arrayContaining(['  No.', '  answered: no']),
    );
    const reply = { form: 'choice', chosen: [{ display: 'Left' }, { display: 'Both' }] };
    expect(described({ kind: 'text', text: 'A, C', reply, rationale: 'It is dark.' })).toEqual(
      expect.arrayContaining(['  chosen: Left, Both', '  why, in the words of the model: It is dark.']),
    );
  });

  it('is a report with the regions behind its sentences', () => {
    const sentences = [
      { text: 'An effusion.', regions: ['r1'] },
      { text: 'No fracture.', regions: [] },
    ];
    expect(described({ kind: 'report', sections: [{ title: 'Findings', sentences }] })).toEqual(
      expect.arrayContaining(['  Findings', '    An effusion. [r1]', '    No fracture.']),
    );
  });

  it('is the boxes of what was looked for, that there are none, or how many there are', () => {
    const region = { label: { display: 'the tube' }, box: { x: 10.4, y: 20, width: 30, height: 40 } };
    expect(described({ kind: 'regions', regions: [region] })).toContain('  the tube: 30 x 40 pixels, from 10, 20');
    expect(described({ kind: 'regions', regions: [{ ...region, id: 'r1' }] })).toContain(
      '  [r1] the tube: 30 x 40 pixels, from 10, 20',
    );
    expect(described({ kind: 'regions', regions: [] })).toContain('  no regions');
    expect(described({ kind: 'regions', regions: Array.from({ length: 5 }, () => region) })).toContain(
      '  the tube: 5 regions',
    );
  });
});

describe('the outlines of a volume, as a person reads them', () => {
  it('are the slices that hold each, and what was measured of it', () => {
    const label = (display: string) => ({ label: { display } });
    const measurements = [{ display: 'Volume', value: 690.114, unit: 'mL' }];
    const lines = described({
      kind: 'segmentation',
      grid: { slices: 28 },
      segments: [
        { id: 'bone', ...label('Bone'), measurements },
        { id: 'metal', ...label('Metal') },
      ],
      masks: [
        { segment: 'bone', slice: 4 },
        { segment: 'bone', slice: 2 },
      ],
    });
    expect(lines).toContain('  Bone: slices 3 to 5 of 28, 690.11 mL');
    expect(lines).toContain('  Metal: not found');
  });
});
