import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DicomJson } from '@medserve/imaging';
import { Caller, type Reply } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';
import { ctStudy, freshUid, generationsOf, reached, ReceivingNode, stow } from '../support/studies';

const SLICES = 10;
const JSON_TYPE = 'application/dicom+json';
/** What stands for the worklist, and for a part of it, where somebody subscribes (PS3.4 CC.2.3.1). */
const ALL = '1.2.840.10008.5.1.4.34.5';
const PART = '1.2.840.10008.5.1.4.34.5.1';

const QUICK = `
name: quick
description: CT volumes, soon after their last slice
when: { modality: CT }
complete: { quietSeconds: 2 }
series: { minSlices: 8 }
runs: [{ name: tissue, task: measure, model: ct-tissue }]
results: { dicom: [sr] }
`;
/** Takes nothing by itself: no study has this sender. */
const ON_REQUEST = `
name: on-request
description: CT volumes, when a workitem asks for them
when: { sender: NOBODY }
deliver: []
runs: [{ name: tissue, task: measure, model: ct-tissue }]
results: { dicom: [sr] }
`;

const text = (vr: string, ...Value: readonly unknown[]) => ({ vr, Value });
const items = (...Value: readonly object[]) => ({ vr: 'SQ', Value });

/** What a requester sends (PS3.4 table CC.2.5-3). */
const request = (label: string, more: object = {}): object => ({
  '00100010': text('PN', { Alphabetic: 'Doe^Jane' }),
  '00100020': text('LO', 'MRN4471029'),
  '00100030': { vr: 'DA' },
  '00100040': { vr: 'CS' },
  '00404005': text('DT', '20261126070000+0000'),
  '00404018': items(),
  '00404021': items(),
  '00404025': items(),
  '00404041': text('CS', 'READY'),
  '0040A370': items(),
  '00741000': text('CS', 'SCHEDULED'),
  '00741002': items(),
  '00741200': text('CS', 'HIGH'),
  '00741202': text('LO', label),
  '00741204': text('LO', 'Tissue volumes'),
  '00741210': items(),
  '00741216': items(),
  ...more,
});
const about = (studyUid: string): object => ({
  '00404021': items({ '0020000D': text('UI', studyUid), '0040E020': text('CS', 'DICOM') }),
});
const state = (to: string, transactionUid?: string): object => ({
  '00741000': text('CS', to),
  ...(transactionUid === undefined ? {} : { '00081195': text('UI', transactionUid) }),
});
const code = items({ '00080100': text('SH', 'X'), '00080102': text('SH', '99X'), '00080104': text('LO', 'X') });
const performed = {
  '00741216': items({
    '00404019': code,
    '00404028': code,
    '00404033': items(),
    '00404050': text('DT', '20261126070000'),
    '00404051': text('DT', '20261126070500'),
  }),
};

const valueOf = (dataSet: DicomJson | undefined, ...path: readonly string[]): unknown => {
  const [tag = '', ...rest] = path;
  const value = dataSet?.[tag]?.Value?.[0];
  return rest.length === 0 ? value : valueOf(value as DicomJson | undefined, ...rest);
};

describe('the worklist of a platform', () => {
  const routes = mkdtempSync(join(tmpdir(), 'medserve-routes-'));
  let pacs: ReceivingNode;
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    pacs = await ReceivingNode.start('PACS');
    writeFileSync(join(routes, 'quick.yaml'), QUICK);
    writeFileSync(join(routes, 'on-request.yaml'), ON_REQUEST);
    const options = ['--destination', `PACS=127.0.0.1:${String(pacs.port)}`];
    platform = await Platform.start({ shape: 'single', options, environment: { MEDSERVE_ROUTES: routes } });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    await pacs.close();
    rmSync(routes, { recursive: true, force: true });
  }, 60_000);

  const send = (method: string, path: string, dataSet: object, type = JSON_TYPE, as = caller): Promise<Reply> =>
    as.call(`/dicom-web/workitems${path}`, {
      method,
      headers: { 'content-type': type },
      body: new Uint8Array(Buffer.from(JSON.stringify(dataSet))),
    });
  const get = (path: string, accept = JSON_TYPE, as = caller): Promise<Reply> =>
    as.call(`/dicom-web/workitems${path}`, { headers: { accept } });
  const find = async (query: string): Promise<DicomJson[]> => {
    const { status, json } = await get(`?${query}`);
    return status === 204 ? [] : (json as unknown as DicomJson[]);
  };
  const one = async (uid: string): Promise<DicomJson | undefined> =>
    ((await get(`/${uid}`)).json as unknown as DicomJson[])[0];
  const stateOf = async (uid: string): Promise<unknown> => valueOf(await one(uid), '00741000');
  const create = async (dataSet: object): Promise<string> => {
    const { status, headers } = await send('POST', '', [dataSet]);
    expect(status).toBe(201);
    return headers.get('location')?.split('/').at(-1) ?? '';
  };
  const warningOf = ({ headers }: Reply): string => headers.get('warning') ?? '';

  it('shows the work of a route from its first slice to a report that is read where it says', async () => {
    // Out of resources, so that its results are under way until the archive has room.
    pacs.answer(0xa700);
    const { studyUid, slices } = ctStudy(SLICES);
    await stow(caller, slices);
    const seen: unknown[] = [];
    let uid = '';
    await until('the workitem to be completed', async () => {
      const [item] = await find(`StudyInstanceUID=${studyUid}&WorklistLabel=quick`);
      if (item === undefined) return false;
      uid = String(valueOf(item, '00080018'));
      const now = valueOf(item, '00741000');
      if (seen.at(-1) !== now) seen.push(now);
      if (now === 'IN PROGRESS') pacs.answer(0);
      return now === 'COMPLETED';
    });
    expect(seen).toEqual(['SCHEDULED', 'IN PROGRESS', 'COMPLETED']);
    const item = await one(uid);
    expect([valueOf(item, '00741202'), valueOf(item, '00741200'), valueOf(item, '00404041')]).toEqual([
      'quick',
      'MEDIUM',
      'READY',
    ]);
    expect(valueOf(item, '00100010')).toEqual({ Alphabetic: 'Doe^Jane' });
    expect(item?.['00404021']?.Value).toHaveLength(1);
    const inputs = (valueOf(item, '00404021') as DicomJson)['00081199']?.Value;
    expect(inputs).toHaveLength(SLICES);
    const url = valueOf(item, '00741216', '00404033', '0040E025', '00081190');
    const report = await caller.call(new URL(String(url)).pathname, { headers: { accept: 'application/dicom' } });
    expect([report.status, report.bytes.toString('latin1', 128, 132)]).toEqual([200, 'DICM']);
    expect(valueOf(item, '00741216', '00404033', '00081199', '00081150')).toBe('1.2.840.10008.5.1.4.1.1.88.34');
    expect((await send('PUT', `/${uid}/state`, state('IN PROGRESS', freshUid()))).status).toBe(409);
  }, 90_000);

  it('says that work was cancelled, and why', async () => {
    const { studyUid, slices } = ctStudy(3);
    await stow(caller, slices);
    await reached(caller, studyUid, 'skipped');
    const [item] = await find(`StudyInstanceUID=${studyUid}&ProcedureStepState=CANCELED&includefield=all`);
    expect(valueOf(item, '00741002', '00741238')).toBe('route quick: only 3 slices of 8 wanted');
    expect(valueOf(item, '00741002', '0074100E', '00080100')).toBe('110513');
  }, 60_000);

  it('starts a route on a study that is here, for a workitem from outside', async () => {
    const { studyUid, slices } = ctStudy(3);
    await stow(caller, slices);
    await reached(caller, studyUid, 'skipped');
    const uid = await create(request('on-request', about(studyUid)));
    await until('the workitem to be completed', async () => (await stateOf(uid)) === 'COMPLETED');
    const [latest] = await generationsOf(caller, studyUid);
    expect(latest).toMatchObject({ generation: 2, state: 'exported', routes: ['on-request'], class: 'stat' });
    const item = await one(uid);
    expect(valueOf(item, '00741216', '00404033', '00081199', '00081155')).toBe(latest?.results[0]?.sopInstanceUid);
    expect(valueOf(item, '00741204')).toBe('Tissue volumes');
  }, 90_000);

  it('waits for a study that a workitem names and that has yet to come', async () => {
    const { studyUid, slices } = ctStudy(3);
    const uid = await create(request('on-request', about(studyUid)));
    expect(await stateOf(uid)).toBe('SCHEDULED');
    await stow(caller, slices);
    await until('the workitem to be completed', async () => (await stateOf(uid)) === 'COMPLETED');
    expect((await generationsOf(caller, studyUid))[0]).toMatchObject({ routes: ['on-request'] });
  }, 90_000);

  it('stops the platform’s own work where it still can', async () => {
    const { studyUid, slices } = ctStudy(SLICES);
    await stow(caller, slices);
    let uid: unknown;
    await until('the workitem', async () => {
      uid = valueOf((await find(`StudyInstanceUID=${studyUid}`))[0], '00080018');
      return uid !== undefined;
    });
    expect((await caller.call(`/dicom-web/workitems/${String(uid)}/cancelrequest`, { method: 'POST' })).status).toBe(
      202,
    );
    expect(await reached(caller, studyUid, 'skipped')).toMatchObject({ reason: 'cancelled' });
    expect(await stateOf(String(uid))).toBe('CANCELED');
  }, 60_000);

  it('keeps workitems for performers outside, from claim to completion', async () => {
    const uid = freshUid();
    const [mine, theirs] = [freshUid(), freshUid()];
    const created = await send('POST', `?${uid}`, request('reading-room'));
    expect([created.status, warningOf(created)]).toEqual([201, '']);
    expect((await send('POST', `?${uid}`, request('reading-room'))).status).toBe(409);
    expect((await send('POST', `/${uid}`, { '00741200': text('CS', 'LOW') })).status).toBe(200);
    expect((await send('PUT', `/${uid}/state`, state('COMPLETED', mine))).status).toBe(409);

    const claims = await Promise.all(
      [mine, theirs].map((one) => send('PUT', `/${uid}/state`, state('IN PROGRESS', one))),
    );
    expect(claims.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [owner, other] = claims[0]?.status === 200 ? [mine, theirs] : [theirs, mine];
    expect(JSON.stringify(await one(uid))).not.toContain(owner);

    const without = await send('POST', `/${uid}`, performed);
    expect([without.status, warningOf(without)]).toEqual([400, expect.stringContaining('did not reference a claimed')]);
    expect((await send('POST', `/${uid}?${other}`, performed)).status).toBe(400);
    const early = await send('PUT', `/${uid}/state`, state('COMPLETED', owner));
    expect([early.status, early.json['code']]).toEqual([409, 'workitem_state']);
    expect((await send('POST', `/${uid}?transaction-uid=${owner}`, performed)).status).toBe(200);
    const wrong = await send('PUT', `/${uid}/state`, state('COMPLETED', other));
    expect([wrong.status, warningOf(wrong)]).toEqual([
      400,
      expect.stringContaining('The Transaction UID is incorrect.'),
    ]);
    const missing = await send('PUT', `/${uid}/state`, state('COMPLETED'));
    expect([missing.status, warningOf(missing)]).toEqual([
      400,
      expect.stringContaining('The Transaction UID is missing.'),
    ]);
    expect((await send('POST', `/${uid}/cancelrequest`, {})).status).toBe(202);
    expect(await stateOf(uid)).toBe('IN PROGRESS');
    expect((await send('PUT', `/${uid}/state`, state('COMPLETED', owner))).status).toBe(200);

    const again = await send('PUT', `/${uid}/state`, state('COMPLETED', owner));
    expect([again.status, warningOf(again)]).toEqual([
      200,
      expect.stringContaining('The UPS is already in the requested state of COMPLETED.'),
    ]);
    expect((await send('POST', `/${uid}?${owner}`, performed)).status).toBe(400);
    expect((await send('POST', `/${uid}/cancelrequest`, {})).status).toBe(409);
    expect(await find(`WorklistLabel=reading-room&ScheduledProcedureStepPriority=LOW`)).toHaveLength(1);
  }, 30_000);

  it('cancels what nobody has claimed', async () => {
    const uid = await create(request('reading-room'));
    const reason = { '00741238': text('LT', 'ordered twice') };
    expect((await send('POST', `/${uid}/cancelrequest`, reason)).status).toBe(202);
    const item = await one(uid);
    expect([valueOf(item, '00741000'), valueOf(item, '00741002', '00741238')]).toEqual(['CANCELED', 'ordered twice']);
    const again = await send('POST', `/${uid}/cancelrequest`, {});
    expect([again.status, warningOf(again)]).toEqual([409, expect.stringContaining('requested state of CANCELED')]);
  }, 30_000);

  describe('tells subscribers', () => {
    /** Reports that come over a connection: whose, of which event, and what they say. */
    class Events {
      readonly heard: DicomJson[] = [];

      private constructor(private readonly socket: WebSocket) {
        socket.addEventListener('message', ({ data }) => this.heard.push(JSON.parse(String(data)) as DicomJson));
      }

      static async open(url: string, key = platform.ready.key): Promise<Events> {
        // Node's own client takes headers, which that of browsers does not.
        const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` } });
        const events = new Events(socket);
        await new Promise((resolve, reject) => {
          socket.addEventListener('open', resolve);
          socket.addEventListener('error', reject);
        });
        return events;
      }

      of(uid: string): unknown[] {
        return this.heard
          .filter((report) => valueOf(report, '00001000') === uid)
          .map((report) => {
            const event = valueOf(report, '00001002');
            return event === 1 ? valueOf(report, '00741000') : event;
          });
      }

      async close(): Promise<void> {
        const closed = new Promise((resolve) => {
          this.socket.addEventListener('close', resolve);
        });
        this.socket.close();
        await closed;
      }
    }

    const subscribe = async (what: string, aet: string, query = ''): Promise<string> => {
      const { status, headers } = await send('POST', `/${what}/subscribers/${aet}${query}`, {});
      expect(status).toBe(201);
      return headers.get('content-location') ?? '';
    };

    it('of the worklist what becomes of each workitem, also what happened while they did not listen', async () => {
      const url = await subscribe(ALL, 'VIEWER');
      expect(url).toBe(`${platform.ready.url.replace('http', 'ws')}/dicom-web/subscribers/VIEWER`);
      const [uid, mine] = [freshUid(), freshUid()];
      const first = await Events.open(url);
      await send('POST', `?${uid}`, request('reading-room'));
      await send('PUT', `/${uid}/state`, state('IN PROGRESS', mine));
      await send('POST', `/${uid}?${mine}`, { '00741002': items({ '00741004': text('DS', '40') }), ...performed });
      await send('POST', `/${uid}/cancelrequest`, { '00741238': text('LT', 'wrong patient') });
      await until('the request to cancel', () => first.of(uid).includes(2));
      expect(first.of(uid)).toEqual(['SCHEDULED', 'IN PROGRESS', 3, 2]);
      const asked = first.heard.at(-1);
      expect([valueOf(asked, '00741238'), valueOf(asked, '00741236')]).toEqual(['wrong patient', 'MEDSERVE']);
      await first.close();

      expect((await send('PUT', `/${uid}/state`, state('COMPLETED', mine))).status).toBe(200);
      const next = await Events.open(url);
      await until('what happened meanwhile', () => next.heard.length > 0);
      expect(next.of(uid)).toEqual(['COMPLETED']);
      await next.close();
      expect((await send('DELETE', `/${ALL}/subscribers/VIEWER`, {})).status).toBe(200);
    }, 60_000);

    it('of the work of a route, whose label they asked for, as it goes', async () => {
      const url = await subscribe(PART, 'CT_DESK', '?filter=WorklistLabel=quick');
      const events = await Events.open(url);
      await create(request('reading-room'));
      const { studyUid, slices } = ctStudy(SLICES);
      await stow(caller, slices);
      await reached(caller, studyUid, 'exported');
      const [item] = await find(`StudyInstanceUID=${studyUid}&WorklistLabel=quick`);
      const uid = String(valueOf(item, '00080018'));
      await until('the end of it', () => events.of(uid).includes('COMPLETED'));
      expect(events.of(uid)).toEqual(['SCHEDULED', 'SCHEDULED', 'IN PROGRESS', 'COMPLETED']);
      expect(events.heard.map((report) => valueOf(report, '00404041'))[0]).toBe('INCOMPLETE');
      expect(new Set(events.heard.map((report) => valueOf(report, '00001000')))).toEqual(new Set([uid]));
      await events.close();
    }, 90_000);

    it('of one workitem how it stands, and nothing any more when they want no more', async () => {
      const uid = await create(request('reading-room'));
      const events = await Events.open(await subscribe(uid, 'ONE', '?deletionlock=true'));
      await until('how it stands', () => events.of(uid).length > 0);
      expect((await send('DELETE', `/${uid}/subscribers/ONE`, {})).status).toBe(200);
      expect((await send('DELETE', `/${uid}/subscribers/ONE`, {})).status).toBe(404);
      await send('POST', `/${uid}/cancelrequest`, {});
      const other = await create(request('reading-room'));
      await subscribe(other, 'ONE');
      await until('the other one', () => events.of(other).length > 0);
      expect(events.heard.map((report) => valueOf(report, '00001000'))).toEqual([uid, other]);
      await events.close();
    }, 30_000);

    it('who may read, and nobody else', async () => {
      const { stdout } = await runMedserve(
        ...['keys', 'create', '--label', 'x', '--scope', 'infer', '--json', '--home', platform.ready.home],
      );
      const { key } = JSON.parse(stdout) as { key: string };
      const statuses = await Promise.all(
        ['ms_wrong', key].map(async (one) => {
          const asked = httpRequest(`${platform.ready.url}/dicom-web/subscribers/ANY`, {
            headers: {
              authorization: `Bearer ${one}`,
              connection: 'Upgrade',
              upgrade: 'websocket',
              'sec-websocket-version': '13',
              'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            },
          }).end();
          const [response] = (await once(asked, 'response')) as [IncomingMessage];
          response.resume();
          return response.statusCode;
        }),
      );
      expect(statuses).toEqual([401, 403]);
    }, 30_000);
  });

  it('says by its status why it does not', async () => {
    const partial = Object.fromEntries(Object.entries(request('reading-room')).filter(([tag]) => tag !== '00741210'));
    const modified = await send('POST', '', partial);
    expect([modified.status, warningOf(modified)]).toEqual([
      201,
      expect.stringContaining('created with modifications'),
    ]);
    const refused = await Promise.all([
      send('POST', '', { ...request('a'), '00741000': text('CS', 'COMPLETED') }),
      send('POST', '', { ...request('a'), '00741200': text('CS', 'SOON') }),
      send('POST', '', request('on-request')),
      send('POST', '', request('a'), 'application/dicom+xml'),
      send('POST', '?workitem=no-uid', request('a')),
      send('PUT', `/${freshUid()}/state`, state('IN PROGRESS', freshUid())),
      get(`/${freshUid()}`),
      get('?ScheduledProcedureStepStartDateTime=tomorrow'),
      get('?WorklistLabel=nobody-knows'),
      get('', 'video/mp4'),
      send('POST', `/${freshUid()}/subscribers/ME`, {}),
      send('POST', `/${ALL}/subscribers/A-TITLE-THAT-IS-TOO-LONG`, {}),
      send('POST', `/${ALL}/subscribers/ME?deletionlock=perhaps`, {}),
      send('POST', `/${PART}/subscribers/ME`, {}),
      send('POST', `/${ALL}/subscribers/ME/suspend`, {}),
      send('DELETE', `/${ALL}/subscribers/ME`, {}),
      caller.call('/dicom-web/subscribers/ME'),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([
      400, 400, 400, 415, 400, 404, 404, 400, 204, 406, 404, 400, 400, 400, 404, 404, 400,
    ]);
  }, 30_000);

  it('is read by those who may read, changed by those who may order, and on record', async () => {
    const uid = await create(request('reading-room'));
    const key = async (...words: string[]): Promise<Caller> => {
      const { stdout } = await runMedserve(
        'keys',
        'create',
        '--label',
        'x',
        ...words,
        '--json',
        '--home',
        platform.ready.home,
      );
      return new Caller({ ...platform.ready, key: (JSON.parse(stdout) as { key: string }).key });
    };
    const reader = await key('--scope', 'result:read');
    expect((await get(`/${uid}`, JSON_TYPE, reader)).status).toBe(200);
    expect((await send('PUT', `/${uid}/state`, state('IN PROGRESS', freshUid()), JSON_TYPE, reader)).status).toBe(403);
    const { json } = await caller.call('/v1/audit?event=workitem_changed&limit=5');
    expect(JSON.stringify(json)).toContain('"change":"created"');
    expect(JSON.stringify(json)).not.toContain(uid);
    const capabilities = await caller.call('/dicom-web', { headers: { accept: 'application/json' } });
    expect(JSON.stringify(capabilities.json)).toContain('workitems/{workitem}/state');
  }, 60_000);
});
