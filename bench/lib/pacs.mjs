import dimse from '@medserve/dimse';

/**
 * A DICOM node that takes everything and keeps nothing but when it came: where results are sent to.
 *
 * @returns `address`, and `arrived(count)`, which resolves with the time (ms since 1970) at which so many instances had come since it
 *   was asked the last time
 */
export async function openPacs() {
  let times = [];
  let waiting;
  const tell = () => {
    if (waiting === undefined || times.length < waiting.count) return;
    waiting.resolve(times[waiting.count - 1]);
    waiting = undefined;
    times = [];
  };
  const sink = () => ({
    write: () => undefined,
    end: () => {
      times.push(Date.now());
      tell();
      return Promise.resolve({ status: 0 });
    },
    abort: () => undefined,
  });
  const listener = await dimse.listen({
    host: '127.0.0.1',
    port: 0,
    handler: {
      admit: () => ({ kind: 'accepted' }),
      store: sink,
      find: async function* () {},
      move: async function* () {},
      ended: () => undefined,
    },
  });
  return {
    address: listener.address,
    arrived: (count) =>
      new Promise((resolve) => {
        waiting = { count, resolve };
        tell();
      }),
    close: () => listener.close(),
  };
}
