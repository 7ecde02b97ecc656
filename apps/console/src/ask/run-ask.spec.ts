import { ApiError, type StreamEvent } from '../api';
import { unreachable } from '../api/problem';
import type { AskEvent } from './ask-state';
import { runAsk, type AskPorts, type JobView } from './run-ask';
import { DOCUMENT } from './testing';

const problem = (status: number, code: string, retryAfterMs?: number): ApiError =>
  new ApiError({ title: '', status, code, detail: '' }, retryAfterMs);

const event = (name: string, data: object): StreamEvent => ({ event: name, data: JSON.stringify(data) });

type Line = readonly (StreamEvent | Error)[];

/** A platform that does what is written, one line after the other; its clock is the sum of all pauses. */
class FakePlatform implements AskPorts {
  readonly keys: string[] = [];
  readonly pauses: number[] = [];

  constructor(
    private readonly sends: (string | Error)[],
    private readonly lines: Line[] = [],
    private readonly looks: (JobView | Error)[] = [],
  ) {}

  send: AskPorts['send'] = ({ idempotencyKey }) => {
    this.keys.push(idempotencyKey);
    return next(this.sends);
  };

  // oxlint-disable-next-line typescript/require-await -- an async generator, as the port wants one
  async *events(): AsyncGenerator<StreamEvent> {
    for (const said of this.lines.shift() ?? []) {
      if (said instanceof Error) throw said;
      yield said;
    }
  }

  look: AskPorts['look'] = () => next(this.looks);

  wait: AskPorts['wait'] = (ms) => {
    this.pauses.push(ms);
    return Promise.resolve();
  };

  nowMs = (): number => this.pauses.reduce((sum, ms) => sum + ms, 0);
}

const next = <T>(list: (T | Error)[]): Promise<T> => {
  const said = list.shift();
  if (said === undefined) return Promise.reject(new Error('nothing more is written'));
  return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
};

const COMPLETED = event('completed', { id: 'job' });
const ANSWERED: JobView = { status: 'completed', result: DOCUMENT };
const PROGRESS = event('progress', { phase: 'running', percent: 40 });

async function told(platform: FakePlatform): Promise<AskEvent[]> {
  const events: AskEvent[] = [];
  const order = { files: [], request: {}, idempotencyKey: 'key' };
  await runAsk(order, platform, (one) => events.push(one), new AbortController().signal);
  return events;
}

const kinds = (events: readonly AskEvent[]): readonly string[] => events.map(({ kind }) => kind);

describe('asking', () => {
  it('sends, follows and reads', async () => {
    const delta = event('delta', { text: 'Two' });
    const events = await told(new FakePlatform(['job'], [[PROGRESS, delta, COMPLETED]], [ANSWERED]));
    expect(kinds(events)).toEqual(['accepted', 'connected', 'progress', 'delta', 'answered']);
    expect(events[2]).toMatchObject({ phase: 'running', percent: 40 });
    expect(events[4]).toMatchObject({ document: DOCUMENT });
  });

  it('sends the same key again where nobody knows whether it arrived, and gives up after a while', async () => {
    const platform = new FakePlatform([unreachable(), unreachable(), 'job'], [[COMPLETED]], [ANSWERED]);
    expect(kinds(await told(platform))).toEqual(['cut', 'cut', 'accepted', 'connected', 'answered']);
    expect(platform.keys).toEqual(['key', 'key', 'key']);
    const dead = new FakePlatform(Array.from({ length: 20 }, unreachable));
    expect((await told(dead)).at(-1)).toMatchObject({ kind: 'failed', error: { isUnreachable: true } });
    expect(dead.keys).toHaveLength(7);
  });

  it('does not send again what was refused', async () => {
    const refusal = problem(422, 'modality_mismatch');
    expect(await told(new FakePlatform([refusal]))).toEqual([{ kind: 'failed', error: refusal }]);
  });

  it('connects again to the same job when the connection breaks, and waits longer each time', async () => {
    const platform = new FakePlatform(['job'], [[PROGRESS], [unreachable()], [unreachable()], [COMPLETED]], [ANSWERED]);
    expect(kinds(await told(platform))).toEqual([
      'accepted',
      'connected',
      'progress',
      'cut',
      'cut',
      'cut',
      'connected',
      'answered',
    ]);
    expect(platform.pauses).toEqual([500, 1_000, 2_000]);
    expect(platform.keys).toHaveLength(1);
  });

  it('waits as long as it is told to while a gateway that has started anew knows the job from the record only', async () => {
    const platform = new FakePlatform(['job'], [[problem(404, 'not_found', 1_000)], [COMPLETED]], [ANSWERED]);
    expect((await told(platform)).at(-1)?.kind).toBe('answered');
    expect(platform.pauses).toEqual([1_000]);
  });

  it('says that it is lost where the platform knows that nobody works on it', async () => {
    const platform = new FakePlatform(['job'], [[PROGRESS], [problem(404, 'not_found')]]);
    expect((await told(platform)).at(-1)).toEqual({ kind: 'lost' });
  });

  it('goes on when somebody has signed in again', async () => {
    const platform = new FakePlatform(['job'], [[problem(401, 'unauthenticated')], [COMPLETED]], [ANSWERED]);
    expect((await told(platform)).at(-1)?.kind).toBe('answered');
  });

  it('tells the problem that a job ended in, and that it was cancelled', async () => {
    const failed = (code: string) => [event('failed', { id: 'job', problem: { status: 502, code } })];
    expect((await told(new FakePlatform(['job'], [failed('inference_failed')]))).at(-1)).toMatchObject({
      kind: 'failed',
      error: { problem: { code: 'inference_failed', status: 502 } },
    });
    expect((await told(new FakePlatform(['job'], [failed('cancelled')]))).at(-1)).toEqual({ kind: 'cancelled' });
  });

  it('looks up how a job ended that failed without saying why', async () => {
    const looked: JobView = { status: 'failed', problem: { status: 503, code: 'unavailable' } };
    const events = await told(new FakePlatform(['job'], [[event('failed', { id: 'job' })]], [looked]));
    expect(events.at(-1)).toMatchObject({ kind: 'failed', error: { problem: { code: 'unavailable' } } });
  });

  it('reads the answer again when the connection breaks behind the end, without asking for events once more', async () => {
    const platform = new FakePlatform(['job'], [[COMPLETED]], [unreachable(), ANSWERED]);
    expect(kinds(await told(platform))).toEqual(['accepted', 'connected', 'cut', 'answered']);
  });

  it('tells nothing any more when nobody wants to know', async () => {
    const leaving = new AbortController();
    const heard: AskEvent[] = [];
    leaving.abort();
    const order = { files: [], request: {}, idempotencyKey: 'key' };
    await runAsk(order, new FakePlatform(['job'], [[COMPLETED]], [ANSWERED]), (one) => heard.push(one), leaving.signal);
    expect(heard).toEqual([]);
  });
});
