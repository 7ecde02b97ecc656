import { HostPool } from './host-pool';
import type { ModelHost } from './model-host';

describe('the hosts that wait for a model', () => {
  const started: { alive: boolean }[] = [];
  let pool: HostPool;

  const spawn = (): ModelHost => {
    const host = { alive: true };
    started.push(host);
    let end = (): void => undefined;
    const exited = new Promise<void>((resolve) => {
      end = resolve;
    });
    const kill = (): void => {
      host.alive = false;
      end();
    };
    return { exited, kill } as ModelHost;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    started.length = 0;
    pool = new HostPool(1, spawn);
  });

  afterEach(async () => {
    await pool.close();
    jest.useRealTimers();
  });

  it('are made up for when what was loaded has had its first moments to itself', () => {
    pool.take();
    pool.taken();
    jest.advanceTimersByTime(400);
    expect(started).toHaveLength(1);
    jest.advanceTimersByTime(200);
    expect(started).toHaveLength(2);
  });

  it('are not made up for while another is being loaded', () => {
    pool.take();
    pool.taken();
    jest.advanceTimersByTime(400);
    pool.take();
    jest.advanceTimersByTime(10_000);
    expect(started).toHaveLength(2);
    pool.taken();
    jest.advanceTimersByTime(600);
    expect(started).toHaveLength(3);
  });

  it('end with the pool, and none is started after it', async () => {
    pool.take();
    pool.taken();
    await pool.close();
    jest.advanceTimersByTime(10_000);
    expect(started).toHaveLength(1);
  });
});
