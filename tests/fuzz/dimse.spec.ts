import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { associate, listen, VERIFICATION, type DimseListener, type NodeHandler } from '@medserve/dimse';
import { dimseStream } from './generators/dimse';
import { runCampaign, Tally } from './support/campaign';
import type { Draw } from './support/draw';

/** How a peer leaves: it waits to be hung up on, hangs up itself, or vanishes. */
type Leaving = 'stays' | 'ends' | 'resets';

interface DimseCase {
  readonly bytes: Buffer;
  /** Where the stream is cut into writes. */
  readonly cut: number;
  readonly leaving: Leaving;
}

const CASES = 3_000;
/** A connection of which nothing is heard is over long before; a busy machine is none that hangs. */
const HANG_MS = 30_000;
const IDLE_MS = 200;
/** Of thousands of connections nothing stays; what else the process keeps meanwhile is far less than a connection's buffers. */
const KEPT_BYTES = 32 << 20;

/** What the last connections held goes when their handles are closed, a few turns of the event loop later; what leaks stays. */
const SETTLES_MS = 10_000;

/** Bytes in use once all garbage is collected. */
function used(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bytes in use, as soon as they are below a limit, or when there has been time enough. */
async function settledBelow(limit: number): Promise<number> {
  const givesUpAt = Date.now() + SETTLES_MS;
  for (;;) {
    const bytes = used();
    if (bytes < limit || Date.now() > givesUpAt) return bytes;
    await wait(100);
  }
}

const makeCase = (draw: Draw): DimseCase => {
  const bytes = dimseStream(draw);
  return {
    bytes,
    cut: draw.below(bytes.length + 1),
    leaving: draw.pick(['stays', 'stays', 'ends', 'resets'] as const),
  };
};

describe('a DICOM node that is spoken to by anybody', () => {
  let listener: DimseListener;
  let begun: number;
  let ended: number;

  beforeAll(async () => {
    begun = 0;
    ended = 0;
    const handler: NodeHandler = {
      admit: () => ({ kind: 'accepted' }),
      store: () => {
        begun += 1;
        let isOver = false;
        const over = (): void => {
          if (isOver) throw new Error('A data set ended twice.');
          isOver = true;
          ended += 1;
        };
        return {
          write: (chunk) => (chunk.length % 3 === 0 ? wait(1) : undefined),
          end: () => {
            over();
            return Promise.resolve({ status: 0 });
          },
          abort: over,
        };
      },
      find: async function* ({ identifier }) {
        await Promise.resolve();
        if (identifier.length % 2 === 1) throw new Error('not understood');
        yield { identifier, hasUnsupportedKeys: false };
      },
      move: async function* () {
        await Promise.resolve();
        yield { kind: 'total', count: 1 } as const;
        yield { kind: 'failed', sopInstanceUid: '1.2' } as const;
      },
      ended: () => undefined,
    };
    const limits = { artimMs: IDLE_MS, idleMs: IDLE_MS };
    listener = await listen({ host: '127.0.0.1', port: 0, handler, limits });
  });
  afterAll(() => listener.close());

  /** The type of the last PDU that came back, when the connection is over. */
  const say = ({ bytes, cut, leaving }: DimseCase): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: listener.port, host: '127.0.0.1' });
      const hang = setTimeout(() => {
        reject(new Error('The connection hangs.'));
        socket.destroy();
      }, HANG_MS);
      const heard: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => heard.push(chunk));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearTimeout(hang);
        resolve(leaving === 'resets' ? 'reset' : lastType(Buffer.concat(heard)));
      });
      socket.write(bytes.subarray(0, cut));
      setImmediate(() => {
        socket.write(bytes.subarray(cut));
        if (leaving === 'ends') socket.end();
        if (leaving === 'resets') socket.resetAndDestroy();
      });
    });

  it('neither hangs nor dies, and keeps nothing of those who are gone', async () => {
    const before = used();
    const tally = new Tally();
    const failures = await runCampaign<DimseCase>({
      family: 'dimse',
      cases: CASES,
      make: makeCase,
      run: async (one) => {
        tally.add(await say(one));
        return undefined;
      },
      describe: ({ bytes, ...rest }) => ({ bytes: bytes.toString('base64'), ...rest }),
    });
    process.stdout.write(`dimse: ${String(CASES)} cases: ${tally.toString()}\n`);
    expect(failures).toEqual([]);
    expect(tally.kinds).toBeGreaterThan(3);
    expect(begun).toBeGreaterThan(100);
    expect(ended).toBe(begun);
    expect(await settledBelow(before + KEPT_BYTES)).toBeLessThan(before + KEPT_BYTES);
    const association = await associate({
      host: '127.0.0.1',
      port: listener.port,
      callingAet: 'FUZZ',
      calledAet: 'MEDSERVE',
      contexts: [{ abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] }],
    });
    expect(await association.echo()).toEqual({ status: 0 });
    await association.release();
  }, 600_000);
});

/** As PS3.8 9.3.1 names it; what is no PDU of an acceptor is a failure. */
function lastType(heard: Buffer): string {
  let type = 'nothing';
  for (let at = 0; at + 6 <= heard.length; at += 6 + heard.readUInt32BE(at + 2)) {
    type = ['', '', 'accept', 'reject', 'data', '', 'release', 'abort'][heard.readUInt8(at)] ?? '';
    if (type === '') throw new Error('What came back is no answer.');
  }
  return type;
}
