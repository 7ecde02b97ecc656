import { dicomFile, image } from '@medserve/testkit';
import { Fhir } from 'fhir';
import { Caller, type Reply } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';
import { itWithRealImages, sharedFile } from '../support/shared-data';

const SIDE = 64;
const STUDY = '1.2.826.0.1.3680043.8.498.77';

/** A CT slice of a patient, of a study that says which one it is. */
function slice(number: number, patientId = 'P-1'): Buffer {
  const pixels = Buffer.alloc(SIDE * SIDE * 2);
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    const [row, column] = [Math.floor(at / SIDE) - SIDE / 2, (at % SIDE) - SIDE / 2];
    // Soft tissue at 40 HU, air at -1000 HU.
    pixels.writeUInt16LE(Math.hypot(row, column) < SIDE / 3 ? 1064 + (at % 7) : 24, 2 * at);
  }
  return dicomFile(
    image(SIDE, SIDE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080018: ['UI', `${STUDY}.1.${String(number + 1)}`],
      0x00080020: ['DA', '20260102'],
      0x00080050: ['SH', 'ACC-1'],
      0x00080060: ['CS', 'CT'],
      0x00100010: ['PN', 'Okonkwo^Ada'],
      0x00100020: ['LO', patientId],
      0x00100021: ['LO', '1.2.36.146'],
      0x00180015: ['CS', 'HEAD'],
      0x0020000d: ['UI', STUDY],
      0x0020000e: ['UI', `${STUDY}.1`],
      0x00200013: ['IS', [number]],
      0x00200032: ['DS', [0, 0, 5 * number]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [1, 1]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly [member: string]: unknown;
}
interface Bundle extends Resource {
  readonly total?: number;
  readonly entry?: readonly { readonly fullUrl: string; readonly resource: Resource }[];
}

const TYPES = ['DiagnosticReport', 'Observation', 'ImagingStudy', 'Device', 'Provenance', 'AuditEvent'];

describe('results as FHIR R4', () => {
  const validator = new Fhir();
  let platform: Platform;
  let caller: Caller;
  let id: string;

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single' });
    caller = new Caller(platform.ready);
    const { status, json } = await caller.inferFiles([slice(0), slice(1), slice(2)]);
    expect(status).toBe(200);
    id = String(json['id']);
  }, 120_000);
  afterAll(() => platform.remove(), 60_000);

  const ask = (path: string, headers: Record<string, string> = {}): Promise<Reply> =>
    caller.call(path, { headers: { accept: 'application/fhir+json', ...headers } });
  const bundleOf = async (path: string): Promise<Bundle> => {
    const { status, headers, json } = await ask(path);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/fhir+json; charset=utf-8']);
    return json as unknown as Bundle;
  };
  const faultsIn = (resource: object): unknown[] => {
    const { valid, messages } = validator.validate(resource);
    return valid ? [] : messages;
  };

  it('are one transaction, valid and closed, from the address of the answer', async () => {
    const { entry = [], ...bundle } = await bundleOf(`/v1/results/${id}`);
    expect(bundle['type']).toBe('transaction');
    expect(new Set(entry.map(({ resource }) => resource.resourceType))).toEqual(new Set(TYPES));
    expect(entry.flatMap(({ resource }) => faultsIn(resource))).toEqual([]);
    const urls = entry.map(({ fullUrl }) => fullUrl);
    const references = [...JSON.stringify(entry).matchAll(/"reference":"([^"]*)"/g)].map(([, reference]) => reference);
    expect(references.filter((reference) => !urls.includes(reference ?? ''))).toEqual([]);
  });

  it('name the study, the order and the patient, who is nobody there but an identifier', async () => {
    const bundle = await bundleOf(`/v1/results/${id}`);
    const study = bundle.entry?.find(({ resource }) => resource.resourceType === 'ImagingStudy')?.resource;
    expect(study).toMatchObject({
      identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${STUDY}` }, { value: 'ACC-1' }],
      subject: { identifier: { system: 'urn:oid:1.2.36.146', value: 'P-1' } },
      numberOfInstances: 3,
    });
    expect(JSON.stringify(bundle)).not.toMatch(/Okonkwo/);
  });

  it('are found by the id of the answer, and every one is read at its own address', async () => {
    for (const type of TYPES) {
      const found = await bundleOf(`/fhir/R4/${type}?identifier=${id}`);
      expect(found.total).toBe(found.entry?.length);
      expect(found.total).toBeGreaterThan(0);
      for (const { fullUrl, resource } of found.entry ?? []) {
        const { status, json } = await ask(new URL(fullUrl).pathname);
        expect([type, status, json]).toEqual([type, 200, resource]);
      }
    }
  });

  it('of a study are found by its UID and its accession number, in an address and in a form', async () => {
    const uid = `urn:dicom:uid|urn:oid:${STUDY}`;
    for (const identifier of [uid, 'ACC-1']) {
      const body = new URLSearchParams({ identifier, _summary: 'true' });
      const found = await bundleOf(`/fhir/R4/ImagingStudy?${body.toString()}`);
      expect(found.entry?.map(({ resource }) => resource.id)).toContain(id);
      expect(found.entry?.flatMap(({ resource }) => faultsIn(resource))).toEqual([]);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/fhir+json' };
      const form = await caller.call('/fhir/R4/ImagingStudy/_search', {
        method: 'POST',
        headers,
        body: new TextEncoder().encode(body.toString()),
      });
      expect([form.status, form.json]).toEqual([200, found]);
    }
  });

  it('leave out filters that are not known, and say so', async () => {
    const found = await bundleOf(`/fhir/R4/DiagnosticReport?identifier=${id}&status=final`);
    expect([found.total, found.entry?.length]).toEqual([1, 2]);
    const path = `/fhir/R4/DiagnosticReport?identifier=${id}&status=final`;
    expect((await ask(path, { prefer: 'handling=strict' })).status).toBe(400);
  });

  it('are the same bytes whenever they are read', async () => {
    const read = async (): Promise<string> => (await ask(`/v1/results/${id}`)).bytes.toString('utf8');
    expect(await read()).toBe(await read());
  });

  it('are read by who may read results, and that is on record', async () => {
    await ask(`/fhir/R4/DiagnosticReport/${id}`);
    const { json } = await caller.call(`/v1/audit?subject=result:${id}&event=result_read`);
    expect((json['entries'] as unknown as unknown[]).length).toBeGreaterThan(0);
    const refused = await caller.call(`/fhir/R4/DiagnosticReport/${id}`, { authorization: null });
    expect([refused.status, refused.json['resourceType']]).toEqual([401, 'OperationOutcome']);
  });

  it('are described to everybody by what is there', async () => {
    const { status, json } = await caller.call('/fhir/R4/metadata', { authorization: null });
    const [rest] = json['rest'] as unknown as { resource: { type: string }[] }[];
    expect([status, rest?.resource.map(({ type }) => type)]).toEqual([200, TYPES]);
    expect(faultsIn(json)).toEqual([]);
  });

  it.each([
    ['what is not there', () => `/fhir/R4/DiagnosticReport/${id.replace(/.$/, 'x')}`, 404],
    ['a type that is not read here', () => `/fhir/R4/Patient/${id}`, 404],
    ['an interaction that there is not', () => `/fhir/R4/DiagnosticReport/${id}/_history`, 404],
    ['a search for nothing', () => '/fhir/R4/DiagnosticReport', 400],
    ['an identifier that is not looked for', () => '/fhir/R4/DiagnosticReport?identifier=urn:medserve:filler|MS1', 400],
    ['a search of a type that is not read here', () => '/fhir/R4/Patient', 404],
    ['another version', () => `/fhir/R4/DiagnosticReport/${id}?_format=json;fhirVersion=5.0`, 406],
    ['a result that is not there', () => '/v1/results/00000000-0000-4000-8000-000000000000', 404],
    ['XML', () => `/fhir/R4/DiagnosticReport/${id}?_format=xml`, 406],
  ])('tell of %s by an OperationOutcome', async (_, path, expected) => {
    const { status, headers, json } = await ask(path());
    expect([status, headers.get('content-type')]).toEqual([expected, 'application/fhir+json; charset=utf-8']);
    expect(json['resourceType']).toBe('OperationOutcome');
    expect(faultsIn(json)).toEqual([]);
  });

  it('are what they were to who does not ask for FHIR', async () => {
    const { headers, json } = await caller.call(`/v1/results/${id}`);
    expect([headers.get('content-type'), headers.get('vary'), json['id']]).toEqual(['application/json', 'accept', id]);
  });

  it('are gone with the key of their patient', async () => {
    const { json } = await caller.inferFiles([slice(0, 'P-2'), slice(1, 'P-2'), slice(2, 'P-2')]);
    const other = String(json['id']);
    expect((await bundleOf(`/fhir/R4/ImagingStudy?identifier=${other}`)).total).toBe(1);
    const words = ['--patient', 'P-2', '--issuer', '1.2.36.146', '--yes', '--home', platform.ready.home];
    expect(await runMedserve('privacy', 'shred', ...words)).toMatchObject({ status: 0 });
    await until('the answer is gone', async () => (await ask(`/fhir/R4/ImagingStudy/${other}`)).status === 410);
    expect((await bundleOf(`/fhir/R4/ImagingStudy?identifier=${other}`)).total).toBe(0);
    expect((await bundleOf(`/fhir/R4/ImagingStudy?identifier=${id}`)).total).toBe(1);
  }, 60_000);

  itWithRealImages('of a picture are of no study, and valid', async () => {
    const { status, json } = await caller.infer(sharedFile('images', 'nih-00000001_000.png'), 'image/png');
    expect(status).toBe(200);
    const { entry = [] } = await bundleOf(`/v1/results/${String(json['id'])}`);
    expect(entry.map(({ resource }) => resource.resourceType)).not.toContain('ImagingStudy');
    expect(entry.flatMap(({ resource }) => faultsIn(resource))).toEqual([]);
  });
});
