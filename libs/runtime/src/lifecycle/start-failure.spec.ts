import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ConfigurationError } from '@medserve/errors';
import { startFailureInWords } from './start-failure';

describe('why a process cannot start', () => {
  it('is what was set wrongly, in its own words', () => {
    expect(startFailureInWords(new ConfigurationError('MEDSERVE_X has to be a number'))).toBe(
      'MEDSERVE_X has to be a number',
    );
  });

  it('is the port that another program has', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address() as AddressInfo;
    const [error] = (await new Promise<unknown[]>((resolve) => {
      createServer()
        .once('error', (...told) => {
          resolve(told);
        })
        .listen(port, '127.0.0.1');
    })) as [Error];
    first.close();
    expect(startFailureInWords(error)).toBe(`port ${String(port)} of 127.0.0.1 is taken by another program`);
  });

  it('is not told of errors that may repeat what was sent', () => {
    expect(startFailureInWords(new Error('Jane Doe'))).toBeUndefined();
    expect(startFailureInWords(Object.assign(new Error('Jane Doe'), { code: 'EADDRINUSE' }))).toBeUndefined();
    expect(startFailureInWords('Jane Doe')).toBeUndefined();
  });
});
