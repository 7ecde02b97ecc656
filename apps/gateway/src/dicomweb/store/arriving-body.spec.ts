import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { arrivingBody, drain } from './arriving-body';

const PATIENCE = { waitMs: 1_000, bytes: 10 };

describe('a body as it arrives', () => {
  let sender: PassThrough;
  let got: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    sender = new PassThrough();
    got = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const read = async (slowly = 0): Promise<void> => {
    for await (const chunk of arrivingBody(sender, PATIENCE)) {
      got.push(chunk.toString());
      if (slowly > 0) await new Promise((resolve) => setTimeout(resolve, slowly));
    }
  };

  it('is given up when its sender falls silent', async () => {
    const reading = expect(read()).rejects.toMatchObject({ reason: 'invalid_request' });
    sender.write('begin');
    await jest.advanceTimersByTimeAsync(1_001);
    await reading;
    expect([got, sender.destroyed]).toEqual([['begin'], false]);
  });

  it('is given up when its sender sends a byte now and then', async () => {
    const reading = expect(read()).rejects.toMatchObject({ reason: 'invalid_request' });
    for (let at = 0; at < 5; at += 1) {
      sender.write('.');
      await jest.advanceTimersByTimeAsync(300);
    }
    await reading;
    expect(got.length).toBeLessThan(5);
  });

  it('takes its time where enough of it comes', async () => {
    const reading = read();
    for (let at = 0; at < 5; at += 1) {
      sender.write('0123456789');
      await jest.advanceTimersByTimeAsync(900);
    }
    sender.end();
    await jest.advanceTimersByTimeAsync(0);
    await reading;
    expect(got).toHaveLength(5);
  });

  it('does not blame its sender for what its reader does in between', async () => {
    const reading = read(5_000);
    for (const text of ['a', 'b', 'c']) {
      sender.write(text);
      await jest.advanceTimersByTimeAsync(5_000);
    }
    sender.end();
    await jest.advanceTimersByTimeAsync(0);
    await reading;
    expect(got).toEqual(['a', 'b', 'c']);
  });
});

it('lets what comes after a refusal come and go', async () => {
  const sender = new PassThrough({ highWaterMark: 4 });
  const refused = (async () => {
    for await (const chunk of arrivingBody(sender, PATIENCE)) throw new Error(chunk.toString());
  })();
  sender.write('one');
  await expect(refused).rejects.toThrow('one');
  expect(sender.destroyed).toBe(false);
  drain(sender);
  sender.write('more than it holds');
  await once(sender, 'drain');
  sender.end('the rest');
  await once(sender, 'close');
});
