import multipart from '@fastify/multipart';
import type { ServingError } from '@medserve/errors';
import fastify, { type FastifyInstance } from 'fastify';
import { DEFAULT_LIMITS } from '../infer/limits';
import type { InferenceRequest } from '../infer/inference-request';
import { parseMultipartRequest } from './parse-multipart';

const BOUNDARY = 'q';
const LIMITS = { ...DEFAULT_LIMITS, bodyBytes: 4096, files: 3 };

interface Part {
  readonly name: string;
  readonly fileName?: string;
  readonly type?: string;
  readonly content: string | Buffer;
}

const encode = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, fileName, type, content }) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"` +
          (fileName === undefined ? '' : `; filename="${fileName}"`) +
          (type === undefined ? '' : `\r\nContent-Type: ${type}`) +
          '\r\n\r\n',
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);

describe('the multipart form of a request', () => {
  let server: FastifyInstance;
  let outcome: InferenceRequest | ServingError | undefined;

  beforeAll(async () => {
    server = fastify();
    await server.register(multipart, { throwFileSizeLimit: false });
    server.post('/', async (request) => {
      outcome = await parseMultipartRequest(request, LIMITS).catch((error: unknown) => error as ServingError);
      return {};
    });
    await server.ready();
  });
  afterAll(() => server.close());

  const parse = async (payload: Buffer): Promise<InferenceRequest> => {
    const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
    await server.inject({ method: 'POST', url: '/', headers, payload });
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('no outcome');
    return outcome;
  };

  const image = { name: 'file', fileName: 'a.png', type: 'image/png', content: Buffer.from([0x89, 0xff, 0x00, 0xfe]) };

  it.each([
    ['text', {}],
    ['a JSON part', { type: 'application/json' }],
    ['a JSON file', { type: 'application/json', fileName: 'request.json' }],
  ])('takes the part "request" as %s, before and after the files', async (_name, form) => {
    const request = { name: 'request', content: '{"task":"classify"}', ...form };
    for (const parts of [
      [request, image],
      [image, request],
    ]) {
      await expect(parse(encode(parts))).resolves.toMatchObject({
        task: 'classify',
        files: [{ mediaType: 'image/png' }],
      });
    }
  });

  it('keeps the bytes of a file that has neither a name nor a type', async () => {
    const { files } = await parse(encode([{ name: 'file', content: image.content }]));
    expect(Buffer.from(files[0]?.bytes ?? []).equals(image.content)).toBe(true);
  });

  it('takes as many files as the limit says and names the limit for one more', async () => {
    const many = (count: number): Buffer => encode(Array.from({ length: count }, () => image));
    await expect(parse(many(LIMITS.files))).resolves.toMatchObject({ files: { length: LIMITS.files } });
    for (const count of [1, 2, 5]) {
      await expect(parse(many(LIMITS.files + count))).rejects.toMatchObject({ reason: 'too_large', limit: 'files: 3' });
    }
  });

  it('refuses more bytes than the limit, announced or in the parts together', async () => {
    await expect(parse(encode([{ ...image, content: Buffer.alloc(5000) }]))).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'body: 4096 bytes',
    });
  });

  it.each([
    ['no multipart at all', Buffer.from('hello')],
    ['cut short', encode([image]).subarray(0, 60)],
    ['cut short within a part', encode([image]).subarray(0, -12)],
    ['without a file', encode([{ name: 'request', content: '{}' }])],
    ['with two requests', encode([{ name: 'request', content: '{}' }, { name: 'request', content: '{}' }, image])],
    ['with a part of another name', encode([{ ...image, name: 'image' }])],
    ['with a part named like a member of every object', encode([{ ...image, name: '__proto__' }])],
  ])('refuses what is %s as not well formed', async (_name, payload) => {
    await expect(parse(payload)).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});
