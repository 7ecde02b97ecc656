import { silentLogger } from '../telemetry/logger';
import { Lifecycle } from './lifecycle';

describe('Lifecycle', () => {
  it('closes in reverse order, once, however often it is asked', async () => {
    const closed: string[] = [];
    const lifecycle = new Lifecycle(silentLogger, 1000);
    for (const name of ['first', 'second']) {
      lifecycle.add(name, { close: () => Promise.resolve(void closed.push(name)) });
    }
    await Promise.all([lifecycle.close(), lifecycle.close()]);
    expect(closed).toEqual(['second', 'first']);
  });

  it('goes on when one part fails or never ends', async () => {
    const closed: string[] = [];
    const lifecycle = new Lifecycle(silentLogger, 10);
    lifecycle.add('last', { close: () => Promise.resolve(void closed.push('last')) });
    lifecycle.add('failing', { close: () => Promise.reject(new Error('no')) });
    lifecycle.add('hanging', { close: () => new Promise(() => undefined) });
    await lifecycle.close();
    expect(closed).toEqual(['last']);
  });
});
