import { resourcesOf, resultBundle } from '@medserve/interop';
import { interop } from '@medserve/testkit';
import { FhirValidator, type Finding } from './fhir-validator';
import { isReal } from './is-real';

/** Validation by software that nobody here wrote: HAPI FHIR, with the R4 definitions. */
const describeWithJava = (name: string, tests: (validator: FhirValidator) => void): void => {
  const validator = isReal ? FhirValidator.install() : 'it runs under npm run test:real';
  describe(name, () => {
    if (typeof validator !== 'string') tests(validator);
    else it.skip(`SKIPPED, nothing was validated: ${validator}`, () => undefined);
  });
};

describeWithJava('results as FHIR', (validator) => {
  const inputs = Object.entries(interop.INPUTS);
  const good = inputs.flatMap(([name, input]) =>
    [...resourcesOf(input), resultBundle(input)].map((resource) => ({ name, resource })),
  );
  const [bundle] = inputs.map(([, input]) => resultBundle(input));
  const entries = bundle?.entry ?? [];
  const of = (type: string): object => entries.find(({ resource }) => resource.resourceType === type)?.resource ?? {};
  const broken: object[] = [
    { ...of('Observation'), status: 'bogus' },
    { ...of('Observation'), issued: 'yesterday' },
    { ...of('DiagnosticReport'), finding: 'x' },
    { ...of('ImagingStudy'), subject: undefined },
    { ...of('Device'), version: '1' },
    { ...of('Provenance'), target: undefined },
  ];
  let found: readonly Finding[];
  beforeAll(() => {
    found = validator.errorsIn([...good.map(({ resource }) => resource), ...broken]);
  }, 320_000);

  it('are valid resources, of every kind of answer, alone and as transactions', () => {
    const ofGood = found.filter(({ index }) => index < good.length);
    expect(ofGood.map(({ index, place, text }) => [good[index]?.name, place, text])).toEqual([]);
  });

  it('are found invalid where they break R4', () => {
    const missed = broken.filter((_, at) => !found.some(({ index }) => index === good.length + at));
    expect(missed).toEqual([]);
  });
});
