import { LanguageWorld, wrote } from '../testing/language-world';

const FILES = '/v1/files';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

describe('/v1/files', () => {
  let world: LanguageWorld;

  beforeEach(async () => {
    world = new LanguageWorld();
    await world.start();
  });
  afterEach(() => world.close());

  const { authorization } = new LanguageWorld().headers;
  const call = async (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) => {
    const response = await fetch(world.url + path, { ...init, headers: { authorization, ...init.headers } });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  const upload = (file: Buffer | undefined, purpose = 'vision', headers: Record<string, string> = {}) => {
    const body = new FormData();
    if (purpose !== '') body.set('purpose', purpose);
    body.set('expires_after[anchor]', 'created_at');
    if (file !== undefined) body.set('file', new Blob([new Uint8Array(file)], { type: 'image/png' }), 'Jane Doe.png');
    return call(FILES, { method: 'POST', body, headers });
  };

  it('takes an image, and keeps neither its name nor more than was asked', async () => {
    const { status, json } = await upload(PNG);
    const [[id = '', kept] = []] = world.kept;
    expect(status).toBe(200);
    expect(json).toEqual({
      id: `file-${id}`,
      object: 'file',
      bytes: PNG.length,
      created_at: 0,
      expires_at: 3_600,
      filename: `file-${id}`,
      purpose: 'vision',
      status: 'processed',
    });
    expect(kept?.content).toEqual(PNG);
    expect(await call(`${FILES}/file-${id}`)).toEqual({ status: 200, json });
  });

  it.each([
    ['as an image', (id: string) => ({ type: 'image_url', image_url: { url: id } })],
    ['as a file', (id: string) => ({ type: 'file', file: { file_id: id } })],
  ])('has it shown to a model %s, as often as it is spoken of', async (_, partOf) => {
    const { json } = await upload(PNG);
    const part = partOf(String(json['id']));
    for (const content of [[part], [part, part]]) {
      const asking = world.post('/v1/chat/completions', { model: 'chat', messages: [{ role: 'user', content }] });
      const { order, answer } = await world.next();
      answer(wrote('No.'));
      expect((await asking).status).toBe(200);
      expect(order.input).toMatchObject({ images: content.map(() => ({ samples: Uint8Array.from(PNG) })) });
    }
  });

  it('removes it, after which nobody knows it', async () => {
    const { json } = await upload(PNG);
    const path = `${FILES}/${String(json['id'])}`;
    expect(await call(path, { method: 'DELETE' })).toMatchObject({ status: 200, json: { deleted: true } });
    for (const method of ['GET', 'DELETE']) {
      expect(await call(path, { method })).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
    }
  });

  it.each([{ tenant: 'other' }, { owner: 'other' }])('does not know the file of another: %j', async (other) => {
    const { json } = await upload(PNG);
    for (const [id, kept] of world.kept) world.kept.set(id, { ...kept, ...other });
    const content = [{ type: 'file', file: { file_id: json['id'] } }];
    const response = await world.post('/v1/chat/completions', { model: 'chat', messages: [{ role: 'user', content }] });
    expect(response.status).toBe(404);
    for (const method of ['GET', 'DELETE']) {
      expect((await call(`${FILES}/${String(json['id'])}`, { method })).status).toBe(404);
    }
    expect(world.kept.size).toBe(1);
  });

  describe('of a patient', () => {
    const keyOf = (patient: string) => ({ 'x-medserve-patient-key': patient });
    const fileOf = async (patient: string) => {
      const { json } = await upload(PNG, 'vision', keyOf(patient));
      return { type: 'file', file: { file_id: json['id'] } };
    };
    const image = (text: string) => ({
      type: 'image_url',
      image_url: { url: `data:application/dicom;base64,${Buffer.from(text).toString('base64')}` },
    });
    const ask = (content: readonly object[], headers = {}) =>
      world.post('/v1/chat/completions', { model: 'chat', messages: [{ role: 'user', content }] }, headers);

    it('has every question about it on record as one about them, whether it is said again or not', async () => {
      const file = await fileOf('Ada');
      for (const headers of [keyOf('Ada'), {}]) {
        const asking = ask([file], headers);
        (await world.next()).answer(wrote('No.'));
        expect((await asking).status).toBe(200);
      }
      const patients = new Set(world.events.map(({ patient }) => patient));
      expect([...patients]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    });

    it.each<[string, () => Promise<Response>, string]>([
      ['the file of another', async () => ask([await fileOf('Ada'), await fileOf('Grace')]), 'messages'],
      ['an image that names another', async () => ask([await fileOf('Ada'), image('of Grace')]), 'messages'],
      ['a header that names another', async () => ask([await fileOf('Ada')], keyOf('Grace')), 'x-medserve-patient-key'],
    ])('is not spoken of together with %s', async (_, asked, param) => {
      const response = await asked();
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param } });
      expect(world.events).toEqual([]);
    });
  });

  it.each<[string, () => ReturnType<typeof upload>, number, string]>([
    ['no file', () => upload(undefined), 400, 'invalid_request'],
    ['no purpose', () => upload(PNG, ''), 400, 'invalid_request'],
    ['a purpose that is none here', () => upload(PNG, 'fine-tune'), 400, 'invalid_request'],
    ['what is no image', () => upload(Buffer.from('a text')), 400, 'unsupported_media'],
    ['an empty file', () => upload(Buffer.alloc(0)), 400, 'unreadable_image'],
    ['what is no form', () => call(FILES, { method: 'POST', body: 'x' }), 400, 'invalid_request'],
    ['a file that is too large', () => upload(Buffer.alloc((48 << 20) + 1)), 413, 'too_large'],
  ])('refuses %s', async (_, send, status, code) => {
    expect(await send()).toMatchObject({ status, json: { error: { code } } });
    expect(world.kept.size).toBe(0);
  });
});
