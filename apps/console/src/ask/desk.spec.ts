import type { ImageSet } from '../images/image-set';
import type { FoundFile } from '../images/sort-out';
import { ApiError, problemOf } from '../api';
import { unreachable } from '../api/problem';
import { Desk, type DeskPorts } from './desk';
import { askedAs, shownOf } from './desk-state';
import type { AskOrder } from './run-ask';
import { descriptionOf, DOCUMENT, imagesOf } from './testing';

const found = (...names: readonly string[]): Promise<FoundFile[]> =>
  Promise.resolve(names.map((name) => ({ file: new File(['x'], name), path: name })));

const idle = (): Promise<void> => new Promise(setImmediate);

/** A platform that shows every image and takes every question; it answers when it is told to. */
function world(change: Partial<DeskPorts> = {}) {
  const orders: AskOrder[] = [];
  const kept: (readonly [ImageSet, string])[] = [];
  let answer = (): void => undefined;
  let keys = 0;
  const desk = new Desk({
    inspect: ({ files }) => Promise.resolve({ ...imagesOf(), files }),
    describe: ({ modality = null }) => Promise.resolve(descriptionOf({ declared: modality, served: modality })),
    keep: (...both) => kept.push(both),
    cancelJob: () => Promise.resolve(undefined),
    newKey: () => `key-${String((keys += 1))}`,
    asking: {
      send: (order) => {
        orders.push(order);
        return Promise.resolve('job');
      },
      events: async function* () {
        await new Promise<void>((resolve) => (answer = resolve));
        yield { event: 'completed', data: '{}' };
      },
      look: () => Promise.resolve({ status: 'completed', result: DOCUMENT }),
      wait: () => Promise.resolve(),
      nowMs: () => 0,
    },
    ...change,
  });
  desk.belongTo('ana');
  return {
    desk,
    orders,
    kept,
    answer: () => {
      answer();
      return idle();
    },
  };
}

const mixed = new ApiError(problemOf(422, { code: 'mixed_series' }));

/** A platform that takes files of one series together, by the first letter of their names; of `-` it can show nothing. */
function studyWorld() {
  return world({
    inspect: ({ files }) =>
      new Set(files.map(({ name }) => name.charAt(0))).size > 1
        ? Promise.reject(mixed)
        : Promise.resolve({ ...imagesOf(), files }),
    describe: ({ files: [file] }) => {
      const uid = file?.name.charAt(0) ?? '';
      if (uid === '-') return Promise.reject(new ApiError(problemOf(422, { code: 'unreadable_image' })));
      return Promise.resolve({ ...descriptionOf(), series: { uid } });
    },
  });
}

describe('the desk', () => {
  it('knows what was asked at it by the id that the platform gave it', async () => {
    const { desk, answer } = world();
    await desk.take(found('a.dcm'));
    desk.ask();
    expect(askedAs(desk.read(), 'job')).toBeUndefined();
    await idle();
    await answer();
    const asked = askedAs(desk.read(), 'job');
    expect(asked?.state.kind).toBe('answered');
    expect(askedAs(desk.read(), 'another')).toBeUndefined();
  });

  it('shows what was dropped, puts it on the shelf of who dropped it, and asks about it', async () => {
    const { desk, orders, kept, answer } = world();
    await desk.take(found('b.dcm', 'notes.txt', 'a.dcm'));
    expect(desk.read().onDesk).toMatchObject({ kind: 'shown', left: [{ path: 'notes.txt' }] });
    expect(kept).toMatchObject([[{ files: [{ name: 'a.dcm' }, { name: 'b.dcm' }] }, 'ana']]);
    desk.ask();
    await idle();
    expect(orders).toMatchObject([{ request: { task: 'classify' }, idempotencyKey: 'key-1' }]);
    expect(shownOf(desk.read())?.state.kind).toBe('running');
    await answer();
    expect(shownOf(desk.read())?.state).toMatchObject({ kind: 'answered', document: DOCUMENT });
  });

  it('makes a key for each press, and keeps the list of what was asked but not its large answers', async () => {
    const { desk, orders, answer } = world();
    await desk.take(found('a.png'));
    desk.ask();
    await idle();
    await answer();
    desk.ask();
    await idle();
    expect(orders.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-2']);
    const [, first] = desk.read().asked;
    expect(first?.state).toMatchObject({ kind: 'answered', id: 'job', document: undefined });
  });

  it('keeps the key of what may have arrived, and makes another one for what was refused', async () => {
    const refused: unknown[] = [unreachable(), unreachable()];
    const { desk } = world();
    await desk.take(found('a.png'));
    const asked = { order: { files: [], request: {}, idempotencyKey: 'key' }, description: descriptionOf() };
    const base = { ...asked, wishes: desk.read().wishes, attempt: 1, atMs: 0 };
    desk.askAgain({ ...base, state: { kind: 'failed', error: refused[0], text: '' } });
    expect(desk.read().shown).toBe('key');
    desk.askAgain({ ...base, state: { kind: 'failed', id: 'job', error: refused[1], text: '' } });
    expect(desk.read().shown).toBe('key-1');
  });

  it('insists where a person does', async () => {
    const { desk, orders } = world();
    await desk.take(found('a.png'));
    desk.ask();
    await idle();
    const asked = shownOf(desk.read());
    if (asked !== undefined) desk.askAgain(asked, { allowMismatch: true });
    await idle();
    expect(orders.at(-1)?.request).toMatchObject({ allowMismatch: true });
  });

  it('sends nothing of what is too much, and says so', async () => {
    const { desk, kept } = world();
    await desk.take(found(...Array.from({ length: 2_001 }, (_, index) => `${String(index)}.dcm`)));
    expect(desk.read().onDesk).toMatchObject({
      kind: 'refused',
      excess: { kind: 'files', found: 2_001, limit: 2_000 },
    });
    expect(kept).toEqual([]);
  });

  it('shows the newest of two that were dropped, whichever the platform is done with first', async () => {
    let release: (images: ImageSet) => void = () => undefined;
    const slow = new Promise<ImageSet>((resolve) => (release = resolve));
    const looks = [slow, Promise.resolve(imagesOf('bb'))];
    const { desk } = world({ inspect: () => looks.shift() ?? slow });
    const first = desk.take(found('slow.png'));
    await idle();
    await desk.take(found('quick.png'));
    release(imagesOf('aa'));
    await first;
    expect(desk.read().onDesk).toMatchObject({ images: { description: { inputs: [{ sha256: 'bb' }] } } });
  });

  it('declares its own drawing, which nothing else says what it is, and has a question for it', async () => {
    const inspect = jest.fn(() => Promise.resolve(imagesOf()));
    const { desk, orders } = world({ inspect });
    await desk.take(found('drawing.png'), { isDrawing: true });
    expect(inspect).toHaveBeenCalledWith(expect.objectContaining({ modality: 'radiology' }));
    desk.ask();
    await idle();
    expect(orders).toMatchObject([{ request: { task: 'answer', allowMismatch: true } }]);
  });

  it('keeps the files of what could not be shown, to try again', async () => {
    const looks = [Promise.reject(unreachable()), Promise.resolve(imagesOf())];
    const { desk } = world({ inspect: () => looks.shift() ?? Promise.reject(new Error('none')) });
    await desk.take(found('a.png'));
    const { onDesk } = desk.read();
    expect(onDesk).toMatchObject({ kind: 'failed', files: [{ name: 'a.png' }] });
    await desk.retake(onDesk.kind === 'failed' ? onDesk.files : []);
    expect(desk.read().onDesk.kind).toBe('shown');
  });

  it('lets one of several series be chosen, and another one after it', async () => {
    const { desk, kept } = studyWorld();
    await desk.take(found('a1', 'b1', 'a2', '-report', 'notes.txt'));
    const { onDesk } = desk.read();
    expect(onDesk).toMatchObject({
      kind: 'several',
      series: [
        { uid: 'a', files: [{ name: 'a1' }, { name: 'a2' }] },
        { uid: 'b', files: [{ name: 'b1' }] },
      ],
      left: [
        { path: 'notes.txt', reason: 'not-an-image' },
        { path: '-report', reason: 'unreadable' },
      ],
    });
    const [first, second] = onDesk.kind === 'several' ? onDesk.series : [];
    if (first !== undefined) await desk.choose(first);
    expect(desk.read().onDesk).toMatchObject({ kind: 'shown', images: { files: [{ name: 'a1' }, { name: 'a2' }] } });
    desk.chooseAnew();
    expect(desk.read().onDesk).toEqual(onDesk);
    if (second !== undefined) await desk.choose(second);
    expect(kept.map(([{ files }]) => files.length)).toEqual([2, 1]);
  });

  it('shows the only series of a folder at once, unless it may lack a slice', async () => {
    const { desk } = studyWorld();
    await desk.take(found('a1', 'preview.png', 'a2'));
    expect(desk.read().onDesk).toMatchObject({
      kind: 'shown',
      images: { files: [{ name: 'a1' }, { name: 'a2' }] },
      left: [{ path: 'preview.png', reason: 'no-series' }],
    });
    await desk.take(found('a1', '-cut', 'a2'));
    expect(desk.read().onDesk).toMatchObject({ kind: 'several', series: [{ uid: 'a' }], left: [{ path: '-cut' }] });
  });

  it('tells the refusal where the files are of one series and are no image all the same', async () => {
    const inspect = jest.fn(() => Promise.reject(mixed));
    const { desk } = world({
      inspect,
      describe: () => Promise.resolve({ ...descriptionOf(), series: { uid: 'a' } }),
    });
    await desk.take(found('a1', 'a2'));
    expect(desk.read().onDesk).toMatchObject({ kind: 'failed', error: mixed, files: [{}, {}] });
    expect(inspect).toHaveBeenCalledTimes(1);
  });

  it('does not sort for who has left meanwhile', async () => {
    let refuse = (): void => undefined;
    const { desk } = world({
      inspect: () =>
        new Promise((_, reject) => {
          refuse = () => {
            reject(mixed);
          };
        }),
      describe: () => Promise.reject(new Error('nobody is asked')),
    });
    const taking = desk.take(found('a1', 'b1'));
    await idle();
    desk.clear();
    refuse();
    await taking;
    expect(desk.read().onDesk).toEqual({ kind: 'nothing' });
  });

  it('has the platform look again at what is declared otherwise', async () => {
    const { desk } = world();
    await desk.take(found('a.png'));
    await desk.declare('fundus');
    expect(desk.read()).toMatchObject({
      wishes: { modality: 'fundus', task: undefined },
      onDesk: { isDescribing: false, images: { description: { modality: { declared: 'fundus' } } } },
    });
  });

  it('is cleared when another person sits down at it, and nothing of before is told there', async () => {
    const { desk, answer } = world();
    await desk.take(found('a.png'));
    desk.ask();
    await idle();
    desk.belongTo('ana');
    expect(desk.read().asked).toHaveLength(1);
    desk.belongTo('ben');
    expect(desk.read()).toMatchObject({ onDesk: { kind: 'nothing' }, asked: [] });
    await answer();
    expect(desk.read().asked).toEqual([]);
  });

  it('stops what is being sent, and asks the platform to stop what runs', async () => {
    const cancelled: string[] = [];
    const { desk } = world({ cancelJob: (id) => Promise.resolve(cancelled.push(id)) });
    await desk.take(found('a.png'));
    desk.ask();
    const sending = shownOf(desk.read());
    if (sending !== undefined) await desk.cancel(sending);
    expect(shownOf(desk.read())?.state.kind).toBe('cancelled');
    desk.ask();
    await idle();
    const running = shownOf(desk.read());
    if (running !== undefined) await desk.cancel(running);
    expect(cancelled).toEqual(['job']);
    expect(shownOf(desk.read())?.state).toMatchObject({ kind: 'running', isCancelling: true });
  });
});
