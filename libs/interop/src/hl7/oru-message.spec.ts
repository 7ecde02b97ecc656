import { interop } from '@medserve/testkit';
import type { InteropInput } from '../input';
import { escapeText, unescapeText } from './escape';
import { oruMessage, type OruOptions } from './oru-message';

const { ANSWERS, AWKWARD, CONTEXT, INPUTS, inputOf, TWO_IMAGES } = interop;

const OPTIONS: OruOptions = { controlId: 'C-1' };

/** Fields by their numbers, as HL7 counts them: the first separator of MSH is its field 1. */
const segmentsOf = (input: InteropInput, options = OPTIONS): Map<string, string[][]> => {
  const segments = new Map<string, string[][]>();
  for (const line of oruMessage(input, options).split('\r').slice(0, -1)) {
    const [name = '', ...rest] = line.split('|');
    const fields = name === 'MSH' ? [name, '|', ...rest] : [name, ...rest];
    segments.set(name, [...(segments.get(name) ?? []), fields]);
  }
  return segments;
};
const one = (input: InteropInput, name: string, options = OPTIONS): string[] =>
  segmentsOf(input, options).get(name)?.[0] ?? [];
const obx = (input: InteropInput): string[][] => segmentsOf(input).get('OBX') ?? [];

describe('a text in a field', () => {
  it.each(['|', '^', '&', '~', '\\', '\r\n', '\u0000\u001f\u007f', '\\F\\', '\\.br\\', AWKWARD, '\\X0D\\', ''])(
    'is read back as it was written: %j',
    (text) => {
      const field = escapeText(text);
      expect(field).not.toMatch(/[|^&~\p{Cc}]/u);
      expect(unescapeText(field)).toBe(text);
    },
  );

  it('is valid UTF-8, whatever a model wrote', () => {
    expect(unescapeText(escapeText('a\ud800b'))).toBe('a\ufffdb');
  });
});

describe('a result as ORU^R01', () => {
  it.each(Object.entries(INPUTS))('of %s has its segments in order, ended by CR alone', (_, input) => {
    const message = oruMessage(input, OPTIONS);
    expect(message).not.toContain('\n');
    expect(message.endsWith('\r')).toBe(true);
    const names = message
      .split('\r')
      .slice(0, -1)
      .map((line) => line.slice(0, 3));
    expect(names.slice(0, 4)).toEqual(['MSH', 'PID', 'ORC', 'OBR']);
    expect(new Set(names.slice(4))).toEqual(new Set(['OBX']));
  });

  it.each(Object.entries(INPUTS))('of %s has numbered observations with code, system, value and status', (_, input) => {
    for (const [index, fields] of obx(input).entries()) {
      expect(fields[1]).toBe(String(index + 1));
      expect(fields[3]).toMatch(/^[^^]+\^[^^]*\^(DCM|LN|SCT|99MEDSERVE)$/);
      expect(fields[5]).not.toBe('');
      expect(fields[11]).toBe(input.generation > 1 ? 'C' : 'P');
      if (fields[2] === 'NM') {
        expect(fields[5]).toMatch(/^-?\d+(\.\d+)?$/);
        expect(fields[6]).toMatch(/^[^^]+\^[^^]+\^UCUM$/);
      }
    }
  });

  it('says in its head what it is, in which letters, and under which id it may come again', () => {
    const head = one(inputOf(ANSWERS.measurements), 'MSH', {
      ...OPTIONS,
      receivingApplication: 'RIS',
      processing: 'T',
    });
    expect(head.slice(2, 13)).toEqual([
      '^~\\&',
      'MEDSERVE',
      'MEDSERVE',
      'RIS',
      '',
      '20261126050000+0000',
      '',
      'ORU^R01^ORU_R01',
      'C-1',
      'T',
      '2.5.1',
    ]);
    expect(head[18]).toBe('UNICODE UTF-8');
    expect([head[15], head[16]]).toEqual(['', '']);
  });

  it.each([
    ['accept', 'AL', 'NE'],
    ['application', 'AL', 'AL'],
  ] as const)('asks for the acknowledgement %s', (acknowledgement, accept, application) => {
    const head = one(inputOf(ANSWERS.embedding), 'MSH', { ...OPTIONS, acknowledgement });
    expect([head[15], head[16]]).toEqual([accept, application]);
  });

  it('names the patient with the authority of the id, and the name in the order of HL7', () => {
    const patient = one(inputOf(ANSWERS.measurements), 'PID');
    expect(patient[3]).toBe('P\\F\\1\\S\\2^^^HOSP\\T\\ITAL^MR');
    expect(patient[5]).toBe('Müller^Jörg\\T\\A^^^Dr^^L');
    expect(patient.slice(7)).toEqual(['19700102', 'M']);
  });

  it.each(['19700230', '00000000', '1970', '1970.01.02'])(
    'leaves out %s, which no calendar has as a birth date',
    (birthDate) => {
      const input = {
        ...inputOf(ANSWERS.measurements),
        context: { ...CONTEXT, patient: { id: 'P1', birthDate, sex: 'F' } },
      };
      expect(one(input, 'PID').slice(7)).toEqual(['', 'F']);
    },
  );

  it('has an authority of ids that say none', () => {
    const input = { ...inputOf(ANSWERS.measurements), context: { ...CONTEXT, patient: { id: 'P1' } } };
    expect(one(input, 'PID', { ...OPTIONS, patientAuthority: '1.2.3' })[3]).toBe('P1^^^&1.2.3&ISO^MR');
  });

  it('has an id of its own for each study of nobody, so that no two people are taken for one', () => {
    const input = INPUTS['a study that says next to nothing'] as InteropInput;
    const other = { ...input, context: { patient: {}, study: { uid: '1.2.4' }, series: [] } };
    const [patient, stranger] = [input, other].map((study) =>
      one(study, 'PID', { ...OPTIONS, patientAuthority: '1.2.3' }),
    );
    expect(patient?.[3]).toMatch(/^MS[0-9A-F]{20}\^\^\^MEDSERVE\^ANON$/);
    expect(stranger?.[3]).not.toBe(patient?.[3]);
    expect(patient?.[5]).toBe('UNKNOWN^^^^^^U');
  });

  it('answers the order: accession number, exam, time of the study, preliminary', () => {
    const order = one(inputOf(ANSWERS.measurements), 'OBR');
    expect(order[2]).toBe('PL1');
    expect(order[3]).toMatch(/^MS[0-9A-F]{20}\^MEDSERVE$/);
    expect(order[4]).toBe('24725-4^CT Head^LN^CTHEAD^CT of the head^99MEDSERVE');
    expect(order[7]).toBe('20260102101112.5+0100');
    expect(order[16]).toBe('^Who^Doc');
    expect(order[18]).toBe('ACC\\R\\1');
    expect(order.slice(24)).toEqual(['RAD', 'P']);
    expect(one(inputOf(ANSWERS.measurements), 'ORC')).toEqual(['ORC', 'RE', order[2], order[3]]);
  });

  it.each([
    ['4711^RIS^1.2.3^ISO', '4711^RIS^1.2.3^ISO'],
    ['47&11|~^RIS', '47\\T\\11\\F\\\\R\\^RIS'],
    ['4711', '4711'],
  ])('has the placer order number %s in its components, as the order had it', (placerOrder, expected) => {
    const input = {
      ...inputOf(ANSWERS.embedding),
      context: { ...CONTEXT, study: { ...CONTEXT.study, placerOrder } },
    };
    expect([one(input, 'ORC')[2], one(input, 'OBR')[2]]).toEqual([expected, expected]);
  });

  it.each([
    ['the study id where there is no accession number', { uid: '1.2.3', id: 'S1' }, 'S1'],
    ['our own filler number where there is neither', { uid: '1.2.3' }, 'filler'],
  ])('has in OBR-18 %s', (_, study, expected) => {
    const order = one({ ...inputOf(ANSWERS.embedding), context: { ...CONTEXT, study } }, 'OBR');
    expect(order[18]).toBe(expected === 'filler' ? order[3]?.split('^')[0] : expected);
  });

  it('of a later generation corrects under the same filler number', () => {
    const input = inputOf(ANSWERS.measurements);
    const corrected = { ...input, generation: 2 };
    expect(one(corrected, 'OBR')[25]).toBe('C');
    expect(one(corrected, 'OBR')[3]).toBe(one(input, 'OBR')[3]);
  });

  it('of routes keeps its filler number, whichever of its runs had an answer', () => {
    const input = INPUTS['two answers of two models, corrected, with their objects'] as InteropInput;
    expect(one({ ...input, runs: input.runs.slice(0, 1) }, 'OBR')[3]).toBe(one(input, 'OBR')[3]);
  });

  it('tells findings by the same OBX-4 in every generation, whatever is said before them', () => {
    const whole = INPUTS['two answers of two models, corrected, with their objects'] as InteropInput;
    const subIds = (input: InteropInput): string[] => [...new Set(obx(input).map((fields) => fields[4] ?? ''))];
    const alone = { ...whole, generation: 1, runs: whole.runs.slice(1) };
    expect(subIds(alone).filter((id) => id !== '')).toHaveLength(1);
    expect(subIds(whole)).toEqual(expect.arrayContaining(subIds(alone)));
    expect(subIds({ ...whole, runs: [...whole.runs].reverse() }).sort()).toEqual(subIds(whole).sort());
  });

  it('has an OBX-4 of its own for each finding and each member, of no more characters than HL7 allows', () => {
    for (const input of [inputOf(ANSWERS.measurements), inputOf(ANSWERS.segmentation), inputOf(ANSWERS.regions)]) {
      const values = obx(input).filter((fields) => fields[4] !== '');
      const firsts = values.filter(
        (fields) => /^(121071\^|length\^|118565006\^)/.test(fields[3] ?? '') && fields[2] !== 'TX',
      );
      expect(new Set(firsts.map((fields) => fields[4])).size).toBe(firsts.length);
      expect(
        values.map((fields) => fields[4]).filter((id) => !/^[0-9A-F]{10}(\.[0-9A-F]{8})?$/.test(id ?? '')),
      ).toEqual([]);
    }
    const [liver, volume] = obx(inputOf(ANSWERS.segmentation)).filter(
      (fields) => fields[2] !== 'NM' || fields[6]?.startsWith('mL'),
    );
    expect(volume?.[4]?.split('.')[0]).toBe(liver?.[4]);
  });

  it('holds every value as it is: numbers without exponent, codes, and texts that read back', () => {
    const numbers = obx(inputOf(ANSWERS.measurements)).filter(([, , type]) => type === 'NM');
    expect(numbers.map((fields) => fields[5])).toEqual(['0.000000001', '12.5', '-1']);
    const [text] = obx(inputOf(ANSWERS['text that is open']));
    const shown = text?.[5]?.split('~').map(unescapeText);
    expect([text?.[2], shown]).toEqual(['TX', AWKWARD.split(/\r\n|[\n\r]/)]);
    const [finding] = obx(inputOf(ANSWERS.segmentation));
    expect([finding?.[2], finding?.[5]]).toEqual(['CWE', '10200004^Liver^SCT']);
    expect(finding?.[18]).toBe('ct-tissue:1^MEDSERVE');
  });

  it('names the series and the image of a finding by UID, beside it', () => {
    const [first, second] = Map.groupBy(
      obx(TWO_IMAGES).filter((fields) => fields[4] !== ''),
      (fields) => fields[4],
    ).values();
    expect(first?.slice(-2).map((fields) => [fields[3], fields[5]])).toEqual([
      ['112002^Series Instance UID^DCM', '1.2.826.0.1.3680043.8.498.2'],
      ['SOPInstanceUID^SOP Instance UID^99MEDSERVE', '1.2.826.0.1.3680043.8.498.3'],
    ]);
    expect(second?.at(-1)?.[5]).toBe('1.2.826.0.1.3680043.8.498.4');
  });

  it('says that an AI made it, and that it abstained where it did', () => {
    const lines = obx(INPUTS['an answer that the model does not stand by'] as InteropInput).map((fields) => fields[5]);
    expect(lines[0]).toBe('The AI model abstained: left to a person.');
    expect(lines.some((line) => line?.startsWith('Generated by an AI algorithm'))).toBe(true);
  });

  it('ends with the whole as a page', () => {
    const page = obx(inputOf(ANSWERS.report)).at(-1);
    expect(page?.[2]).toBe('ED');
    const [, , , encoding, data = ''] = page?.[5]?.split('^') ?? [];
    expect(encoding).toBe('Base64');
    expect(Buffer.from(data, 'base64').toString('utf8')).toContain('<h1>AI result</h1>');
  });
});
