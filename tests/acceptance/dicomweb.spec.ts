import { readPart10Head, type DicomJson } from '@medserve/imaging';
import { Caller, type Reply } from '../support/caller';
import { Platform, runMedserve } from '../support/platform';
import { ctStudy, freshUid, stow } from '../support/studies';

const PARTS = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const OCTETS = 'multipart/related; type="application/octet-stream"';
const JSON_BODY = { 'content-type': 'application/json' };
const SLICES = 3;

/** The bodies of a multipart answer. */
function partsOf({ headers, bytes }: Reply): Buffer[] {
  const [, boundary = ''] = /boundary=([^;]+)/.exec(headers.get('content-type') ?? '') ?? [];
  const text = `\r\n${bytes.toString('latin1')}`;
  const pieces = text.split(`\r\n--${boundary}`).slice(1, -1);
  return pieces.map((piece) => Buffer.from(piece.slice(piece.indexOf('\r\n\r\n') + 4), 'latin1'));
}

const dataSetsOf = ({ json }: Reply): DicomJson[] => json as unknown as DicomJson[];
const valueOf = (dataSet: DicomJson | undefined, tag: string): unknown => dataSet?.[tag]?.Value?.[0];
const contentOf = (file: Buffer): Buffer => file.subarray(readPart10Head(file).dataSetOffset);

describe('a platform as a DICOMweb server', () => {
  const { studyUid, slices } = ctStudy(SLICES);
  let platform: Platform;
  let caller: Caller;

  const get = (path: string, accept = 'application/dicom+json', as = caller): Promise<Reply> =>
    as.call(`/dicom-web/${path}`, { headers: { accept } });
  /** Path of the first instance. */
  const instance = async (): Promise<string> => {
    const [first] = dataSetsOf(await get(`studies/${studyUid}/instances?InstanceNumber=1`));
    return new URL(String(valueOf(first, '00081190'))).pathname.replace('/dicom-web/', '');
  };
  const command = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runMedserve(...words, '--home', platform.ready.home);
    if (status !== 0) throw new Error(`medserve ${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const keyOf = async (...words: string[]): Promise<Caller> => {
    const { key } = JSON.parse(await command('keys', 'create', '--label', 'x', ...words, '--json')) as { key: string };
    return new Caller({ ...platform.ready, key });
  };

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single' });
    caller = new Caller(platform.ready);
    const { status, headers } = await stow(caller, slices);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/dicom+json']);
  }, 90_000);
  afterAll(() => platform.remove(), 30_000);

  it('finds what was stored, by the keys of the standard', async () => {
    const [study] = dataSetsOf(await get('studies?PatientID=MRN4471029&StudyDate=20261101-&includefield=PatientName'));
    expect(valueOf(study, '0020000D')).toBe(studyUid);
    expect([valueOf(study, '00201208'), valueOf(study, '00100010')]).toEqual([SLICES, { Alphabetic: 'Doe^Jane' }]);
    expect((await get('studies?PatientID=nobody')).status).toBe(204);
    expect((await get('studies?StudyDate=yesterday')).json).toMatchObject({
      code: 'invalid_request',
      field: 'StudyDate',
    });
  });

  it('gives it back byte for byte, a study at a time', async () => {
    const files = partsOf(await get(`studies/${studyUid}`, PARTS));
    expect(files.map((file) => contentOf(file).toString('hex')).sort()).toEqual(
      slices.map((file) => contentOf(file).toString('hex')).sort(),
    );
  });

  it('tells of it without its pixels, and where these are', async () => {
    const path = await instance();
    const [metadata] = dataSetsOf(await get(`${path}/metadata`));
    expect(valueOf(metadata, '00281052')).toBe(-1024);
    const uri = metadata?.['7FE00010']?.BulkDataURI ?? '';
    const value = partsOf(await caller.call(new URL(uri).pathname, { headers: { accept: OCTETS } }));
    const [frame] = partsOf(await get(`${path}/frames/1`, OCTETS));
    expect(value).toEqual([slices[0]?.subarray(-64 * 64 * 2)]);
    expect(frame).toEqual(value[0]);
  });

  it('shows it as a picture', async () => {
    const picture = await get(`${await instance()}/rendered?window=40,400,linear&viewport=32,32`, 'image/png');
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(picture.bytes.readUInt32BE(16)).toBe(32);
    expect((await get(`studies/${studyUid}/thumbnail`, 'image/jpeg')).bytes.readUInt16BE(0)).toBe(0xffd8);
  });

  it('says by its status why it does not', async () => {
    const path = await instance();
    const statuses = await Promise.all([
      get(`studies/${freshUid()}`, PARTS),
      get(`${path}/frames/2`, OCTETS),
      get(`${path}/rendered`, 'video/mp4'),
      get(path, 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80'),
      get('studies/not-a-uid/metadata'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 406, 406, 400]);
    const other = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: new Uint8Array(8) };
    expect((await caller.call('/dicom-web/studies', other)).status).toBe(415);
    expect((await caller.call('/dicom-web/no-such-route/studies', other)).status).toBe(404);
    const related = { ...other, headers: { 'content-type': 'multipart/related; boundary=b' } };
    expect((await caller.call('/v1/infer', related)).status).toBe(415);
    expect((await caller.call('/dicom-web/studies', related)).json).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('tells a sender why it takes no more, also in the middle of a body', async () => {
    const headers = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };
    const send = (bytes: Buffer) =>
      caller.call('/dicom-web/studies', { method: 'POST', headers, body: new Uint8Array(bytes) });
    const header = await send(Buffer.concat([Buffer.from('--b\r\nX: '), Buffer.alloc(2_000_000, 'x')]));
    expect([header.status, header.json['code']]).toEqual([413, 'too_large']);
    const none = await send(Buffer.alloc(2_000_000, 'x'));
    expect([none.status, none.json['code']]).toEqual([400, 'invalid_request']);
    expect((await stow(caller, slices)).status).toBe(200);
  });

  it('gives a long list of frames, in its order', async () => {
    const parts = partsOf(await get(`${await instance()}/frames/${Array(300).fill('1').join(',')}`, OCTETS));
    expect(parts).toHaveLength(300);
  });

  it('has every read on record, by a reference and not by its UID, before it is answered', async () => {
    await get(`studies/${studyUid}/metadata`);
    const { json } = await caller.call('/v1/audit?event=study_read&limit=1');
    const [entry] = json['entries'] as unknown as readonly [{ event: Readonly<Record<string, unknown>> }];
    expect(entry.event).toMatchObject({
      subject: expect.stringMatching(/^study:[0-9a-f]{64}$/) as unknown,
      outcome: 'success',
      facts: { taken: 'metadata', instances: SLICES },
    });
    expect(JSON.stringify(json)).not.toContain(studyUid);
  });

  it('tells of a patient who searched and who read', async () => {
    await get('studies?PatientID=MRN4471029&PatientName=Doe*');
    await get(`studies/${studyUid}/metadata`);
    const body = new TextEncoder().encode(JSON.stringify({ patient: { id: 'MRN4471029' } }));
    const { json } = await caller.call('/v1/audit/search', { method: 'POST', headers: JSON_BODY, body });
    const entries = json['entries'] as unknown as readonly { event: Readonly<Record<string, unknown>> }[];
    expect(entries.map(({ event }) => event['event'])).toEqual(
      expect.arrayContaining(['study_read', 'study_searched']),
    );
    expect(entries.find(({ event }) => event['event'] === 'study_searched')?.event).toMatchObject({
      subject: 'archive:study',
      facts: { door: 'qido', level: 'study', keys: 2, matches: 1 },
    });
    expect(JSON.stringify(json)).not.toMatch(/MRN4471029|Doe/);
  });

  it('lets nobody store who may only read, and read who may only store', async () => {
    const [reader, sender] = await Promise.all([keyOf('--scope', 'result:read'), keyOf('--scope', 'infer')]);
    expect((await stow(reader, slices)).status).toBe(403);
    expect((await get(`studies/${studyUid}/metadata`, undefined, sender)).status).toBe(403);
    expect((await get(`studies/${studyUid}/metadata`, undefined, reader)).status).toBe(200);
  }, 30_000);

  it('shows a tenant nothing of another', async () => {
    await command('tenants', 'add', 'north', '--name', 'Northern General');
    const stranger = await keyOf('--tenant', 'north', '--scope', 'infer', '--scope', 'result:read');
    expect((await get(`studies/${studyUid}/metadata`, undefined, stranger)).status).toBe(404);
    expect((await get('studies', undefined, stranger)).status).toBe(204);
    expect((await stow(stranger, slices)).status).toBe(200);
    expect(dataSetsOf(await get('studies', undefined, stranger))).toHaveLength(1);
  }, 30_000);

  it('describes itself to programs', async () => {
    const wadl = await get('', 'application/vnd.sun.wadl+xml');
    expect([wadl.status, wadl.headers.get('content-type')]).toEqual([200, 'application/vnd.sun.wadl+xml']);
    const { json } = await caller.call('/openapi.json');
    const described = Object.keys(json['paths'] as unknown as object).filter((path) => path.startsWith('/dicom-web/'));
    for (const path of described) expect(wadl.bytes.toString()).toContain(`path="${path.slice('/dicom-web/'.length)}"`);
  });
});
