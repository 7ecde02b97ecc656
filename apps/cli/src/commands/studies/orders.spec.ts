import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requeueCommand } from './orders';

const failed = (studyUid: string, generation: number, reason = 'undelivered') => ({
  studyUid,
  generation,
  state: 'failed',
  reason,
});

/** By study: all its generations, the latest first. */
const STUDIES: Readonly<Record<string, readonly { readonly generation: number; readonly reason: string | null }[]>> = {
  '1.1': [failed('1.1', 1)],
  '1.2': [{ generation: 2, reason: null }, failed('1.2', 1)],
  '1.3': [{ generation: 2, reason: 'unchanged' }, failed('1.3', 1)],
};

describe('requeue --dead', () => {
  let server: Server;
  const ordered: string[] = [];

  beforeAll(async () => {
    server = createServer(({ url = '', method }, reply) => {
      const uid = /^\/v1\/studies\/([\d.]+)/.exec(url)?.[1];
      if (method === 'POST') ordered.push(uid ?? '');
      const page = {
        summary: {},
        studies: [...Object.values(STUDIES).flat(), failed('1.4', 1, 'run_failed')],
        next: null,
      };
      const found =
        method === 'POST' ? { studyUid: uid, generation: 1, state: 'exporting' } : { generations: STUDIES[uid ?? ''] };
      reply.setHeader('content-type', 'application/json');
      reply.end(JSON.stringify(uid === undefined ? page : found));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('takes up what was not delivered, unless something newer of it was made', async () => {
    const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { port } = server.address() as AddressInfo;
    const target = ['--url', `http://127.0.0.1:${String(port)}`, '--key', 'a-key'];
    await requeueCommand().parseAsync(['--dead', ...target], { from: 'user' });
    out.mockRestore();
    expect(ordered).toEqual(['1.1', '1.3']);
  });
});
