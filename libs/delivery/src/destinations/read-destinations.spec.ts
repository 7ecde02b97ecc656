import { DestinationsError, readDestinations } from './read-destinations';

const PACS = { name: 'pacs', kind: 'dicom', aet: 'PACS', host: 'pacs.local', port: 104 };

const problemsOf = (destinations: unknown): string => {
  try {
    readDestinations(JSON.stringify(destinations), 'd.yaml');
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(DestinationsError);
    return (error as Error).message;
  }
};

describe('destinations as the operator writes them', () => {
  it('have defaults for all but who and where', () => {
    expect(readDestinations(JSON.stringify([PACS]), 'd.yaml')).toEqual([
      {
        ...PACS,
        tenant: 'home',
        takes: ['sr', 'seg', 'sc', 'gsps'],
        concurrency: 2,
        timeoutMs: 120_000,
        retry: { baseMs: 2_000, mostMs: 300_000, maxAttempts: 20, maxAgeHours: 72 },
      },
    ]);
  });

  it('are read from YAML of every kind', () => {
    const yaml = `
destinations:
  - { name: pacs, kind: dicom, aet: PACS, host: 10.0.0.5, port: 104, takes: [sr, sc], callingAet: AI }
  - { name: archive, kind: stow, url: https://pacs.example/dicom-web/, auth: { kind: basic, user: ai, passwordFile: p } }
  - { name: ris, kind: hl7, host: ris.local, port: 2575, tls: { caFile: ca.pem }, retryCodes: [AE, AR] }
  - name: ehr
    kind: fhir
    url: https://ehr.example/fhir
    auth: { kind: smart-backend, tokenUrl: https://ehr.example/token, clientId: c, keyFile: k.pem, keyId: '1' }
  - { name: hook, kind: webhook, url: https://hook.example/in, secretFile: s }
`;
    const found = readDestinations(yaml, 'd.yaml');
    expect(found.map(({ kind }) => kind)).toEqual(['dicom', 'stow', 'hl7', 'fhir', 'webhook']);
    expect(found[1]).toMatchObject({ url: 'https://pacs.example/dicom-web' });
  });

  it.each([
    ['a misspelt member', { ...PACS, prot: 104 }, 'pacs: Unrecognized key'],
    ['a port that is none', { ...PACS, port: 0 }, 'pacs.port'],
    ['a title that is too long', { ...PACS, aet: 'A'.repeat(17) }, 'pacs.aet: has to be an AE title'],
    ['a host with a path', { ...PACS, host: 'pacs/../x' }, 'pacs.host'],
    [
      'a certificate without its key',
      { ...PACS, tls: { certFile: 'c' } },
      'pacs.tls: needs certFile and keyFile together',
    ],
    ['a kind that is none', { ...PACS, kind: 'ftp' }, 'pacs.kind'],
    ['an object that is none', { ...PACS, takes: ['rtstruct'] }, 'pacs.takes.0'],
    [
      'a URL with a password',
      { name: 's', kind: 'stow', url: 'http://u:p@h/' },
      's.url: has to be an http:// or https:// URL',
    ],
    ['a URL of another scheme', { name: 's', kind: 'stow', url: 'file:///etc/passwd' }, 's.url'],
    [
      'a header of ours',
      { name: 's', kind: 'stow', url: 'http://h', headers: { Authorization: 'x' } },
      's.headers: may not set headers of ours',
    ],
    [
      'a header that ends early',
      { name: 's', kind: 'stow', url: 'http://h', headers: { 'X-A': 'a\r\nB: c' } },
      's.headers.X-A',
    ],
  ])('are refused for %s, with the field', (_, destination, problem) => {
    expect(problemsOf([destination])).toContain(problem);
  });

  it('are refused with all mistakes at once, and without the values', () => {
    const problems = problemsOf([{ ...PACS, port: 99_999 }, { ...PACS, name: 'other', host: 'a secret' }, PACS, PACS]);
    expect(problems).toMatch(/pacs\.port.*other\.host.*pacs\.name: is there twice/);
    expect(problems).not.toContain('a secret');
  });

  it('are refused where they are no list', () => {
    expect(() => readDestinations('destinations: 3', 'd.yaml')).toThrow('it has to be a list');
    expect(() => readDestinations('{ a: [', 'd.yaml')).toThrow('neither YAML nor JSON');
    expect(() => readDestinations('a: &a [1]\nb: [*a, *a]', 'd.yaml')).toThrow('neither YAML nor JSON');
  });
});
