import { bearer, fixed } from '../http/authorization';
import { aParcel, anObject } from '../testing/a-parcel';
import { HttpReceiver, type Answer } from '../testing/http-receiver';
import { settingsOf } from '../testing/settings';
import { StowDestination } from './stow-destination';

const SR = anObject('sr', '1.1');
const SEG = anObject('seg', '1.2');
const signal = new AbortController().signal;

const item = (sopInstanceUid: string, reason?: number) => ({
  '00081155': { vr: 'UI', Value: [sopInstanceUid] },
  ...(reason === undefined ? {} : { '00081197': { vr: 'US', Value: [reason] } }),
});
const response = (stored: readonly string[], failed: readonly (readonly [string, number])[]) => ({
  '00081199': { vr: 'SQ', Value: stored.map((uid) => item(uid)) },
  '00081198': { vr: 'SQ', Value: failed.map(([uid, reason]) => item(uid, reason)) },
});

describe('a STOW-RS server as destination', () => {
  let receiver: HttpReceiver;

  beforeEach(async () => {
    receiver = await HttpReceiver.start();
  });
  afterEach(() => receiver.stop());

  const send = (answer?: Answer | 'hangs up', more: object = {}) => {
    if (answer !== undefined) receiver.answer = () => answer;
    const settings = settingsOf('stow', { url: `${receiver.url}/dicom-web/`, ...more });
    return new StowDestination({ settings, tls: undefined, authorization: bearer('a-token') }).send(
      aParcel([SR, SEG]),
      signal,
    );
  };

  it('gets all objects in one request of a known length', async () => {
    expect(await send()).toEqual({ kind: 'delivered' });
    const [got] = receiver.received;
    expect(got).toMatchObject({ method: 'POST', path: '/dicom-web/studies' });
    expect(got?.headers).toMatchObject({
      authorization: 'Bearer a-token',
      accept: 'application/dicom+json',
      'content-length': String(got?.body.length),
      'content-type': expect.stringMatching(/^multipart\/related; type="application\/dicom"; boundary=\w+$/) as string,
    });
    const boundary = String(got?.headers['content-type']).split('boundary=')[1] ?? '';
    const parts = got?.body.toString('latin1').split(`--${boundary}`) ?? [];
    expect(parts.slice(1, -1).map((part) => part.split('\r\n\r\n')[1]?.slice(-8))).toEqual([
      'sr 1.1\r\n',
      'eg 1.2\r\n',
    ]);
    expect(parts.at(-1)).toBe('--\r\n');
  });

  it('gets a header that the operator set', async () => {
    await send(undefined, { headers: { 'X-Route': 'ai' } });
    expect(receiver.received[0]?.headers).toMatchObject({ 'x-route': 'ai' });
  });

  it.each<[string, Answer, object]>([
    [
      'took one and has no room for the other',
      { status: 202, body: response(['1.1'], [['1.2', 0xa700]]) },
      { kind: 'retry', reason: 'out_of_resources', status: 'A700', arrived: ['1.1'] },
    ],
    [
      'took one and refuses the other',
      { status: 202, body: response(['1.1'], [['1.2', 0xa900]]) },
      { kind: 'refused', reason: 'content_refused', status: 'A900', arrived: ['1.1'] },
    ],
    ['took them with a warning', { status: 202, body: response(['1.1', '1.2'], []) }, { kind: 'delivered' }],
    [
      'has them already',
      {
        status: 409,
        body: response(
          [],
          [
            ['1.1', 45_070],
            ['1.2', 45_070],
          ],
        ),
      },
      { kind: 'delivered' },
    ],
    [
      'refuses both',
      {
        status: 409,
        body: response(
          [],
          [
            ['1.1', 0x0122],
            ['1.2', 0x0122],
          ],
        ),
      },
      { kind: 'refused', reason: 'sop_class_refused', status: '0122', arrived: [] },
    ],
    [
      'is busy',
      { status: 503, headers: { 'retry-after': '7' } },
      { kind: 'retry', reason: 'busy', status: '503', afterMs: 7_000 },
    ],
    ['asks for patience', { status: 429 }, { kind: 'retry', reason: 'busy', status: '429' }],
    ['failed', { status: 500 }, { kind: 'retry', reason: 'receiver_failed', status: '500' }],
    ['does not know us', { status: 401 }, { kind: 'refused', reason: 'not_authorised', status: '401' }],
    ['refuses the media type', { status: 415 }, { kind: 'refused', reason: 'content_refused', status: '415' }],
    [
      'sends us elsewhere',
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      { kind: 'refused', reason: 'bad_answer', status: '302' },
    ],
    ['stored what it says nothing of', { status: 200 }, { kind: 'delivered' }],
    [
      'answers with a page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please log in</html>' },
      { kind: 'refused', reason: 'bad_answer', status: '200' },
    ],
    ['says partly, and not which', { status: 202 }, { kind: 'refused', reason: 'bad_answer', status: '202' }],
  ])('that %s', async (_, answer, sent) => {
    expect(await send(answer)).toEqual(sent);
  });

  it('that hangs up is asked again', async () => {
    expect(await send('hangs up')).toEqual({ kind: 'retry', reason: 'aborted' });
  });

  it('has nothing to do with what cannot be read here', async () => {
    const unreadable = { ...SEG, read: () => Promise.reject(new Error('EIO')) };
    const settings = settingsOf('stow', { url: receiver.url });
    const destination = new StowDestination({ settings, tls: undefined, authorization: fixed(undefined) });
    await expect(destination.send(aParcel([SR, unreadable]), signal)).rejects.toThrow('EIO');
  });

  it('that nobody finds is down', async () => {
    const settings = settingsOf('stow', { url: 'http://127.0.0.1:1' });
    const destination = new StowDestination({ settings, tls: undefined, authorization: fixed(undefined) });
    expect(await destination.send(aParcel([SR]), signal)).toEqual({
      kind: 'retry',
      reason: 'unreachable',
    });
  });

  it('that says nothing is given up when the time is over', async () => {
    const given = new AbortController();
    receiver.answer = () => {
      given.abort();
      return 'says nothing';
    };
    const settings = settingsOf('stow', { url: receiver.url });
    const destination = new StowDestination({ settings, tls: undefined, authorization: fixed(undefined) });
    expect(await destination.send(aParcel([SR]), given.signal)).toEqual({
      kind: 'retry',
      reason: 'timeout',
    });
  });
});
