import Fastify, { type FastifyInstance } from 'fastify';
import { readIdsInEitherCase } from './ids-in-either-case';

const ID = '0197a1b2-0000-7000-8000-00000000000a';

describe('an id in a path', () => {
  let server: FastifyInstance;
  beforeEach(() => {
    server = Fastify();
    readIdsInEitherCase(server);
    for (const path of ['/v1/results/:id', '/fhir/R4/:type/:id'])
      server.get<{ Params: { id: string } }>(path, ({ params }) => params.id);
  });
  afterEach(() => server.close());

  const read = async (path: string): Promise<string> => (await server.inject(path)).body;

  it('is read in either case, and nothing else is', async () => {
    expect(await read(`/v1/results/${ID.toUpperCase()}`)).toBe(ID);
    expect(await read('/v1/results/Jane')).toBe('Jane');
  });

  it('of FHIR is read as it is written', async () => {
    expect(await read(`/fhir/R4/DiagnosticReport/${ID.toUpperCase()}`)).toBe(ID.toUpperCase());
    expect(await read(`/fhir/R4/DiagnosticReport/${ID}`)).toBe(ID);
  });
});
