import { requireFhirJson, wantsFhir } from './fhir-format';

describe('the representation of FHIR', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*/*', undefined],
    ['application/fhir+json', undefined],
    ['application/fhir+json; fhirVersion=4.0', undefined],
    ['text/html,application/xhtml+xml,*/*;q=0.8', undefined],
    ['application/fhir+xml', 'json'],
    ['application/fhir+json; fhirVersion=5.0, application/json', undefined],
    [undefined, 'application/fhir+json; fhirVersion=4.0'],
    ['application/fhir+xml', 'application/fhir+json'],
    // As an address that nobody escaped is decoded.
    [undefined, 'application/fhir json'],
  ])('is JSON for who says %j and %j', (accept, format) => {
    expect(() => {
      requireFhirJson(accept, format);
    }).not.toThrow();
  });

  it.each([
    ['application/fhir+xml', undefined],
    ['application/fhir+json; fhirVersion=5.0', undefined],
    [undefined, 'application/fhir+json; fhirVersion=5.0'],
    ['text/turtle, application/fhir+json;q=0', undefined],
    ['application/fhir+json', 'xml'],
    ['application/fhir+json', ['json', 'xml']],
    [undefined, ''],
  ])('is none for who says %j and %j', (accept, format) => {
    expect(() => {
      requireFhirJson(accept, format);
    }).toThrow(expect.objectContaining({ reason: 'not_acceptable' }) as Error);
  });

  it('of a result is given to who asks for FHIR by its name alone', () => {
    expect(wantsFhir('application/json;q=0.5, application/fhir+json')).toBe(true);
    for (const accept of [
      undefined,
      '*/*',
      'application/json',
      'application/fhir+json;q=0',
      'application/fhir+json;q=0.5, application/json',
    ])
      expect([accept, wantsFhir(accept)]).toEqual([accept, false]);
  });

  it.each([
    'application/fhir+xml',
    'application/fhir+json; fhirVersion=5.0',
    'application/fhir+xml, application/fhir+turtle',
  ])('is refused of a result where it is asked for as %s, unless something else does as well', (accept) => {
    expect(() => wantsFhir(accept)).toThrow(expect.objectContaining({ reason: 'not_acceptable' }) as Error);
    for (const other of ['application/json', '*/*', 'text/html']) expect(wantsFhir(`${accept}, ${other}`)).toBe(false);
  });
});
