import { createHash } from 'node:crypto';
import { interop } from '@medserve/testkit';
import { Fhir } from 'fhir';
import type { InteropInput } from '../input';
import type { Bundle, DiagnosticReport, ImagingStudy, Observation, Resource } from './r4';
import { resourcesOf } from './resources-of';
import { resultBundle } from './transaction';

const { ANSWERS, AWKWARD, CONTEXT, documentOf, INPUTS, inputOf, REQUEST, TWO_IMAGES } = interop;

const validator = new Fhir();
const faultsIn = (resource: object): unknown[] => {
  const { valid, messages } = validator.validate(resource);
  return valid ? [] : messages;
};

const ofType = <T extends Resource>(input: InteropInput, type: T['resourceType']): T[] =>
  resourcesOf(input).filter((one): one is T => one.resourceType === type);
const observations = (input: InteropInput) => ofType<Observation>(input, 'Observation');
const report = (input: InteropInput): DiagnosticReport =>
  ofType<DiagnosticReport>(input, 'DiagnosticReport')[0] as DiagnosticReport;
const study = (input: InteropInput): ImagingStudy | undefined => ofType<ImagingStudy>(input, 'ImagingStudy')[0];

const referencesIn = (part: unknown): string[] => {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
    key === 'reference' ? [String(value)] : referencesIn(value),
  );
};

const CASES = Object.entries(INPUTS);

describe('a result as a FHIR transaction', () => {
  it.each(CASES)('of %s is of valid resources', (_, input) => {
    const bundle = resultBundle(input);
    expect(bundle.entry?.flatMap(({ resource }) => faultsIn(resource))).toEqual([]);
    expect(resourcesOf(input).flatMap(faultsIn)).toEqual([]);
  });

  it.each(CASES)('of %s has no list that is empty, which FHIR knows none of', (_, input) => {
    expect(JSON.stringify(resultBundle(input))).not.toContain('[]');
  });

  it('would not be, were a status or a member wrong', () => {
    const [made] = observations(inputOf(ANSWERS.measurements));
    expect(faultsIn({ ...made, status: 'bogus' })).not.toEqual([]);
    const withoutCode = Object.fromEntries(Object.entries(made ?? {}).filter(([name]) => name !== 'code'));
    expect(faultsIn(withoutCode)).not.toEqual([]);
  });

  it.each(CASES)('of %s refers to nothing that is not in it, and to everything once', (_, input) => {
    const entries = resultBundle(input).entry ?? [];
    const urls = entries.map(({ fullUrl = '' }) => fullUrl);
    expect(new Set(urls).size).toBe(urls.length);
    const contained = entries.flatMap(({ resource }) =>
      resource.resourceType === 'DiagnosticReport' ? (resource.contained ?? []).map(({ id }) => `#${id ?? ''}`) : [],
    );
    expect(referencesIn(entries).filter((one) => ![...urls, ...contained].includes(one))).toEqual([]);
    expect(urls.every((url) => /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(url))).toBe(true);
  });

  it.each(CASES)('of %s says the same in the same bytes whenever it is made', (_, input) => {
    expect(JSON.stringify(resultBundle(structuredClone(input)))).toBe(JSON.stringify(resultBundle(input)));
  });

  it.each(CASES)('of %s names the patient by the identifier alone', (_, input) => {
    expect(JSON.stringify(resultBundle(input))).not.toMatch(/Müller|Jörg|19700102|1970-01-02/);
  });

  it('may be sent twice: what is there already is found by its identifier', () => {
    const requests = (bundle: Bundle) => (bundle.entry ?? []).map(({ request }) => request);
    const input = inputOf(ANSWERS.measurements);
    for (const request of requests(resultBundle(input))) {
      const isFound = request?.method === 'PUT' || request?.ifNoneExist !== undefined;
      expect([request, isFound]).toEqual([request, true]);
    }
    const studyRequest = resultBundle(input).entry?.find(({ resource }) => resource.resourceType === 'ImagingStudy');
    expect(studyRequest?.request).toEqual({
      method: 'POST',
      url: 'ImagingStudy',
      ifNoneExist: `identifier=${encodeURIComponent(`urn:dicom:uid|urn:oid:${CONTEXT.study.uid}`)}`,
    });
  });

  it('of a later generation takes the place of the one before, by other requests and for the same things', () => {
    const first = { ...inputOf(ANSWERS.segmentation), generation: 1 };
    const [run] = first.runs;
    const document = documentOf(ANSWERS.segmentation);
    const second = { ...first, generation: 2, runs: [{ ...run, requestId: REQUEST.replace(/1$/, '9'), document }] };
    const urls = (input: InteropInput) =>
      (resultBundle(input).entry ?? [])
        .map(({ request }) => request?.url ?? '')
        .filter((url) => /^(Observation|DiagnosticReport)/.test(url));
    expect(urls(second)).toEqual(urls(first));
  });
});

describe('the report', () => {
  const made = report(inputOf(ANSWERS.report));

  it('is preliminary, of radiology, and about the order and the study', () => {
    expect(made.status).toBe('preliminary');
    expect(made.category[0]?.coding?.[0]).toMatchObject({ code: 'RAD' });
    expect(made.code.coding).toMatchObject([{ code: '24725-4' }, { code: 'CTHEAD' }]);
    expect(made.basedOn?.[0]?.identifier).toMatchObject({ value: 'ACC~1', type: { coding: [{ code: 'ACSN' }] } });
    expect(made.imagingStudy).toEqual([{ reference: `ImagingStudy/${REQUEST}` }]);
    expect(made.effectiveDateTime).toBe('2026-01-02T10:11:12+01:00');
    expect(made.issued).toBe('2026-11-26T05:00:00.250Z');
  });

  it('says first that an AI made it and no person read it, then what it doubts', () => {
    expect(made.conclusion).toMatch(/^Generated by an AI algorithm; preliminary, not read/);
    expect(made.conclusion).toContain('Caution: ');
  });

  it('is a page, too, on which words of a model are words', () => {
    const [page] = made.presentedForm;
    const bytes = Buffer.from(page?.data ?? '', 'base64');
    expect(page).toMatchObject({ size: bytes.length, hash: createHash('sha1').update(bytes).digest('base64') });
    const html = bytes.toString('utf8');
    expect(html).not.toContain('<b>');
    expect(html).toContain('&lt;b&gt;&quot;G&quot;&lt;/b&gt;');
    expect(html).not.toContain('\u0001');
    // What a model wrote in lines is read in lines.
    expect(html).toContain('<br/>H Ümlaut');
  });

  it('says where the answer itself is read', () => {
    expect(made.presentedForm[1]?.url).toBe(`https://medserve.test/v1/results/${REQUEST}`);
  });

  it.each([
    ['CT', 'CHEST', '24627-2'],
    ['CT', 'LEG', '25045-6'],
    ['MR', 'BRAIN', '24590-2'],
    ['DX', undefined, '43468-8'],
    ['ES', undefined, '18748-4'],
  ])('of %s of the %s is called %s', (modality, bodyPart, code) => {
    const series = [{ uid: '1.2', modality, ...(bodyPart === undefined ? {} : { bodyPart }), instances: [] }];
    const input = { ...inputOf(ANSWERS.embedding), context: { ...CONTEXT, series, study: { uid: '1.2.3' } } };
    const of = { ...input, runs: [{ requestId: REQUEST, document: documentOf(ANSWERS.embedding, NO_DETAIL) }] };
    expect(report(of).code.coding?.[0]?.code).toBe(code);
  });
});

const NO_DETAIL = {
  modality: { declared: null, detected: null, source: 'dicom', served: 'x', detail: {} },
};

describe('what one model says of several images', () => {
  it('says in words by their numbers which it is about, and names no UID there', () => {
    const { conclusion, presentedForm } = report(TWO_IMAGES);
    const page = Buffer.from(presentedForm[0]?.data ?? '', 'base64').toString('utf8');
    for (const words of [
      'ct-tissue 1, task measure, of series 2, image 1',
      'ct-tissue 1, task measure, of series 2, image 7',
    ]) {
      expect(conclusion).toContain(`${words}:`);
      expect(page).toContain(`<th colspan="3">${words}</th>`);
    }
    expect(conclusion).not.toContain('1.2.826');
  });

  it('says so for systems by UID', () => {
    const sources = observations(TWO_IMAGES).map(({ component = [] }) =>
      component.flatMap(({ code, valueString }) =>
        ['112002', 'SOPInstanceUID'].includes(code.coding?.[0]?.code ?? '') ? [valueString] : [],
      ),
    );
    expect(sources).toEqual([
      ['1.2.826.0.1.3680043.8.498.2', '1.2.826.0.1.3680043.8.498.3'],
      ['1.2.826.0.1.3680043.8.498.2', '1.2.826.0.1.3680043.8.498.4'],
    ]);
  });

  it('is filed apart where each was asked about by itself, without a route', () => {
    const identifiersOf = (index: number): unknown[] => {
      const run = { ...(TWO_IMAGES.runs[index] as InteropInput['runs'][number]), name: undefined };
      const alone = { ...TWO_IMAGES, runs: [run] };
      return [report(alone).identifier[0]?.value, observations(alone)[0]?.identifier[0]?.value];
    };
    const [first, second] = [identifiersOf(0), identifiersOf(1)];
    expect(second[0]).not.toBe(first[0]);
    expect(second[1]).not.toBe(first[1]);
  });
});

describe('the observations', () => {
  it('of a classification have the label as their value, and its certainty', () => {
    const [made] = observations(inputOf(ANSWERS.classification));
    expect(made?.valueCodeableConcept).toEqual({
      coding: [{ system: 'urn:medserve:label:ct-tissue', code: 'opacity', display: 'Opacity' }],
      text: 'Opacity',
    });
    expect(made?.component?.map(({ valueQuantity }) => valueQuantity?.value)).toEqual([90, 10]);
    expect(made?.component?.[0]?.code.coding?.[0]).toMatchObject({ code: '111012' });
  });

  it('of measurements are a group and its members, each with its unit in UCUM', () => {
    const made = observations(inputOf(ANSWERS.measurements));
    const group = made.at(-1);
    expect(group?.hasMember).toEqual([1, 2, 3].map((n) => ({ reference: `Observation/${REQUEST}-${String(n)}` })));
    expect(made.slice(0, 3).map(({ valueQuantity }) => valueQuantity)).toEqual(
      [1e-9, 12.5, -1].map((value, n) => {
        const unit = n === 0 ? 'mL' : 'mm';
        return { value, unit, code: unit, system: 'http://unitsofmeasure.org' };
      }),
    );
    expect(report(inputOf(ANSWERS.measurements)).result).toEqual([{ reference: `Observation/${REQUEST}-4` }]);
  });

  it('track the same thing by the same UID, and another by another', () => {
    const uids = (input: InteropInput) => observations(input).map(({ identifier }) => identifier[0]?.value);
    const made = uids(inputOf(ANSWERS.measurements));
    expect(new Set(made).size).toBe(4);
    expect(made[0]).toMatch(/^urn:oid:2\.25\.[1-9]\d{0,38}$/);
    expect(uids({ ...inputOf(ANSWERS.measurements), generation: 3 })).toEqual(made);
    expect(uids({ ...inputOf(ANSWERS.measurements), context: { ...CONTEXT, study: { uid: '9.9' } } })).not.toEqual(
      made,
    );
  });

  it('say of what was looked for and is not there that it is absent', () => {
    const made = observations(inputOf(ANSWERS.segmentation));
    const tumour = made.find(({ code }) => code.text === 'Tumour');
    expect(tumour?.valueCodeableConcept?.coding?.[0]).toMatchObject({ code: '2667000', display: 'Absent' });
    const [nothing] = observations(inputOf(ANSWERS['no region']));
    expect(nothing?.valueCodeableConcept).toMatchObject({ text: 'No region was found.' });
  });

  it('of a model that abstained have no value that a system could take for a finding', () => {
    const input = inputOf(ANSWERS.classification, { decision: 'abstained' });
    const made = observations(input);
    expect(made).toHaveLength(1);
    expect(Object.keys(made[0] ?? {}).filter((name) => name.startsWith('value'))).toEqual([]);
    expect(made[0]?.dataAbsentReason?.text).toMatch(/abstained/);
    expect(made[0]?.note?.[0]?.text).toBe('Not stood by: Finding: Opacity (certainty 90 %)');
    expect(report(input).conclusion).toMatch(/The model abstained/);
  });

  it('of a text hold it as it was written, but for control characters, which FHIR has none of', () => {
    const [made] = observations(inputOf(ANSWERS['text that is open']));
    expect(made?.valueString).toBe(AWKWARD.replace('\u0001', ''));
    const [closed] = observations(inputOf(ANSWERS['text that is closed']));
    expect(closed?.valueCodeableConcept).toMatchObject({ coding: [{ code: 'Y' }], text: 'Yes, there is.' });
  });
});

describe('the study', () => {
  it('is named as DICOM names it, and says of itself what its hospital could say', () => {
    const made = study(INPUTS['two answers of two models, corrected, with their objects'] as InteropInput);
    expect(made?.identifier[0]).toEqual({ system: 'urn:dicom:uid', value: `urn:oid:${CONTEXT.study.uid}` });
    expect(made?.subject).toEqual({
      type: 'Patient',
      identifier: {
        type: { coding: [expect.objectContaining({ code: 'MR' })] },
        system: 'urn:medserve:issuer:HOSP%26ITAL',
        value: 'P|1^2',
        assigner: { display: 'HOSP&ITAL' },
      },
    });
    expect(made?.modality?.map(({ code }) => code)).toEqual(['CT']);
    expect(made).toMatchObject({ numberOfSeries: 1, numberOfInstances: 1, started: '2026-01-02T10:11:12+01:00' });
  });

  it('has the objects that were made of the result in the report, which a later generation replaces', () => {
    const input = INPUTS['two answers of two models, corrected, with their objects'] as InteropInput;
    const { contained, imagingStudy } = report(input);
    expect(contained).toMatchObject([
      {
        identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${CONTEXT.study.uid}` }],
        numberOfInstances: 1,
        series: [{ uid: '2.25.2', modality: { code: 'SR' }, instance: [{ uid: '2.25.1' }] }],
      },
    ]);
    expect(imagingStudy.map(({ reference }) => reference)).toEqual([
      `ImagingStudy/${study(input)?.id ?? ''}`,
      `#${contained?.[0]?.id ?? ''}`,
    ]);
    const entry = resultBundle(input).entry?.find(({ resource }) => resource.resourceType === 'DiagnosticReport');
    expect(entry?.request?.method).toBe('PUT');
    expect(entry?.resource).toMatchObject({ contained: [{ id: 'ai-objects' }] });
  });

  it.each([
    [{ date: '20260102', time: '1011', utcOffset: '-0530' }, '2026-01-02T10:11:00-05:30'],
    [{ date: '20260102', time: '101112' }, '2026-01-02'],
    [{ date: '20260102' }, '2026-01-02'],
    [{ date: '20261342', time: '101112', utcOffset: '+0000' }, undefined],
    [{ date: '20260102', time: '256199', utcOffset: '+0000' }, '2026-01-02'],
    [{}, undefined],
  ])('of %j began %s', (when, started) => {
    const context = { ...CONTEXT, study: { uid: '1.2.3', ...when } };
    expect(study({ ...inputOf(ANSWERS.embedding), context })?.started).toBe(started);
  });

  it('is not made up for an image that is of none', () => {
    const input = INPUTS['an image that is of no study'] as InteropInput;
    expect(study(input)).toBeUndefined();
    expect(observations(input)[0]?.derivedFrom[0]?.identifier?.value).toBe('cd'.repeat(32));
  });
});
