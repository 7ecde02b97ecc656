import { openApiDocument } from './document';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly security?: unknown;
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly headers?: Readonly<Record<string, unknown>> }>>;
}

const operations = Object.values(openApiDocument.paths).flatMap((path) => Object.values(path) as Operation[]);
const named = (id: string): Operation | undefined => operations.find(({ operationId }) => operationId === id);

describe('the description of the API', () => {
  it('says of each operation that takes a body that it can be too large', () => {
    const takers = operations.filter(({ requestBody }) => requestBody !== undefined);
    expect(takers.length).toBeGreaterThan(10);
    expect(
      takers.filter(({ responses }) => responses['413'] === undefined).map(({ operationId }) => operationId),
    ).toEqual([]);
  });

  it.each([
    'infer',
    'createJob',
    'inspect',
    'oipInfer',
    'oipInferOfVersion',
    'createChatCompletion',
    'createEmbedding',
    'addTurn',
  ])('says that %s tells how the quotas stand', (id) => {
    const { responses = {} } = named(id) ?? {};
    const silent = Object.entries(responses).filter(([, { headers = {} }]) => !('RateLimit' in headers));
    expect(silent.map(([status]) => status)).toEqual(['401']);
    expect(responses['429']?.headers).toHaveProperty(['RateLimit-Policy']);
  });

  it('says what the door refuses whatever the operation is', () => {
    const silent = (status: string, ofThose: (operation: Operation) => boolean) =>
      operations.filter((one) => ofThose(one) && one.responses[status] === undefined).map((one) => one.operationId);
    expect(silent('400', ({ parameters = [] }) => parameters.some((parameter) => parameter.in === 'path'))).toEqual([]);
    expect(silent('400', ({ requestBody }) => requestBody !== undefined)).toEqual([]);
    expect(silent('415', ({ requestBody }) => requestBody !== undefined)).toEqual([]);
    expect(silent('401', ({ security }) => security === undefined)).toEqual([]);
  });

  it.each(['getResult', 'getJob', 'watchJob'])('says that what %s reads may have been destroyed', (id) => {
    expect(Object.keys(named(id)?.responses ?? {})).toContain('410');
  });

  it.each(['running', 'completed', 'failed', 'cancelled'])('says that a repeated job may be %s', (status) => {
    expect(openApiDocument.components.schemas.JobAccepted.properties.status.enum).toContain(status);
  });

  it('has no pattern that only readers of one language know (JSON Schema 2020-12 Core, 6.4)', () => {
    const patterns = [...JSON.stringify(openApiDocument).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string,
    );
    expect(patterns.length).toBeGreaterThan(10);
    expect(patterns.filter((pattern) => /\\[pP]\{/.test(pattern))).toEqual([]);
  });

  it.each(['getResult', 'getJob', 'watchJob', 'getAudit', 'listAudit', 'listReviews'])(
    'says that %s can be read under a break-glass grant',
    (id) => {
      expect(named(id)?.parameters?.map(({ name }) => name)).toContain('x-medserve-break-glass');
    },
  );
});
