import type { ArchiveQuery, KeptInstance, OpenedInstance, QueryRow } from '@medserve/archive';
import {
  EXPLICIT_LITTLE_ENDIAN,
  IMPLEMENTATION_CLASS_UID,
  listen,
  QUERY_RETRIEVE,
  type DimseListener,
  type Moved,
  type MoveRequest,
  type StoreRequest,
} from '@medserve/dimse';
import { ServingError } from '@medserve/errors';
import { fileMetaFor, writeDataSet, type ElementOut } from '@medserve/imaging';
import { ToldActivities } from '../testing/told-activities';
import { ActiveTenants } from './active-tenants';
import { ArchiveNode, type ArchiveNodeParts } from './archive-node';
import type { MoveDestination } from './move-destination';
import { Peers } from './peers';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const PEER = { callingAet: 'CT1', calledAet: 'MEDSERVE', host: '127.0.0.1', port: 1 };

const instance = (sopInstanceUid: string, studyUid = '1.1'): KeptInstance => ({
  tenant: 'north',
  studyUid,
  seriesUid: '1.1.1',
  sopInstanceUid,
  sopClassUid: CT,
  transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
  bytes: 10,
  sha256: '',
  door: 'dimse',
  receivedAt: new Date(0),
  file: sopInstanceUid,
  dataSetOffset: 0,
});

const identifier = (level: string, ...elements: [number, ElementOut][]): Buffer =>
  writeDataSet(new Map<number, ElementOut>([[0x00080052, { vr: 'CS', value: level }], ...elements]));

const uid = (tag: number, ...value: string[]): [number, ElementOut] => [tag, { vr: 'UI', value }];

describe('ArchiveNode', () => {
  let activities: ToldActivities;
  let unknown: string[];
  let instances: KeptInstance[];
  let rows: QueryRow[];
  let queries: ArchiveQuery[];
  let ended: object[];
  let received: object[];
  let destination: MoveDestination | undefined;
  let node: ArchiveNode;
  let asked: string[];
  let isSuspended: boolean;
  let isAway: boolean;
  let nowMs: number;

  const archive: ArchiveNodeParts['archive'] = {
    receive: (origin, expected) => {
      received.push({ ...origin, ...expected });
      return {
        write: () => undefined,
        commit: () => Promise.resolve({ kind: 'stored', instance: instance('1'), isNew: true }),
        abort: () => Promise.resolve(),
      };
    },
    query: (query) => {
      queries.push(query);
      const { offset = 0, limit = Infinity } = query;
      const page = rows.slice(offset, offset + limit);
      return Promise.resolve({ rows: page, isCut: rows.length > offset + limit, ignored: [] });
    },
    read: (tenant, key) => {
      const found = instances.filter(
        (one) =>
          one.tenant === tenant &&
          one.studyUid === key.studyUid &&
          (key.seriesUid ?? one.seriesUid) === one.seriesUid &&
          (key.sopInstanceUid ?? one.sopInstanceUid) === one.sopInstanceUid,
      );
      return Promise.resolve(found.length === 0 ? { kind: 'unknown' } : { kind: 'found', instances: found });
    },
    open: (kept) =>
      ({
        instance: kept,
        readDataSet: () => Promise.resolve(Buffer.from(kept.sopInstanceUid)),
      }) as unknown as OpenedInstance,
    batchEnded: (batch) => {
      ended.push(batch);
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    activities = new ToldActivities();
    [instances, rows, queries, ended, received, unknown] = [[], [], [], [], [], []];
    destination = undefined;
    [asked, isSuspended, isAway, nowMs] = [[], false, false, 0];
    node = new ArchiveNode({
      archive,
      pool: {} as ArchiveNodeParts['pool'],
      peers: new Peers([{ aet: 'CT1', tenant: 'north', route: 'stroke' }], 'home'),
      tenants: new ActiveTenants(
        {
          isActive: (tenant) => {
            asked.push(tenant);
            return isAway ? Promise.reject(new ServingError('unavailable', 'away')) : Promise.resolve(!isSuspended);
          },
        },
        () => nowMs,
      ),
      aet: 'MEDSERVE',
      destinationOf: (tenant, aet) => (tenant === 'north' && aet === destination?.aet ? destination : undefined),
      activities: activities.activities,
      denials: { unknown: (reason) => void unknown.push(reason) },
      references: { study: (_tenant, study) => `keyed-${study}`, patient: (_tenant, { id }) => `keyed-${id}` },
      logger: { warn: () => undefined },
    });
  });

  it('counts who is not known among those who came without a credential', async () => {
    expect(await node.admit(PEER)).toEqual({ kind: 'accepted' });
    expect(unknown).toEqual([]);
    expect(await node.admit({ ...PEER, callingAet: 'ANOTHER' })).toMatchObject({ kind: 'rejected' });
    expect(unknown).toEqual(['unauthenticated']);
  });

  it('serves no node of a suspended tenant, within five seconds over associations that stand, and asks not for each instance', async () => {
    const request: StoreRequest = {
      peer: PEER,
      association: 'a1',
      sopClassUid: CT,
      sopInstanceUid: '1.9',
      transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    };
    for (let sent = 0; sent < 3; sent += 1) await node.store(request);
    expect(asked).toEqual(['north']);
    isSuspended = true;
    nowMs += 5_000;
    const wanted = { ...request, sopClassUid: QUERY_RETRIEVE.studyRootFind, signal: new AbortController().signal };
    const bytes = identifier('STUDY', uid(0x0020000d, '1.1'));
    await expect(node.store(request)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(node.find({ ...wanted, identifier: bytes }).next()).rejects.toMatchObject({ reason: 'forbidden' });
    const move = node.move({ ...wanted, identifier: bytes, destination: 'PACS', messageId: 1 });
    await expect(move.next()).rejects.toMatchObject({ reason: 'forbidden' });
    expect(await node.admit(PEER)).toEqual({ kind: 'rejected', reason: 'calling-ae-unknown' });
    expect([activities.told, queries]).toEqual([[], []]);
  });

  it('lets nodes associate while nobody can say whose they are, and has them come again', async () => {
    isAway = true;
    expect(await node.admit(PEER)).toEqual({ kind: 'accepted' });
    const request = { peer: PEER, association: 'a1', sopClassUid: CT, sopInstanceUid: '1.9' };
    const stored = node.store({ ...request, transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN });
    await expect(stored).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('takes instances for the tenant of their sender, and says when no more come', async () => {
    const request: StoreRequest = {
      peer: PEER,
      association: 'a1',
      sopClassUid: CT,
      sopInstanceUid: '1.9',
      transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    };
    expect(await (await node.store(request)).end()).toEqual({ status: 0 });
    expect(received).toEqual([
      {
        tenant: 'north',
        door: 'dimse',
        sender: 'CT1',
        route: 'stroke',
        batch: 'a1',
        sopClassUid: CT,
        sopInstanceUid: '1.9',
        transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
      },
    ]);
    node.ended('a1');
    node.ended('a1');
    node.ended('another');
    expect(ended).toEqual([{ tenant: 'north', batch: 'a1' }]);
  });

  it('calls itself over associations as in the files that it writes', () => {
    const meta = fileMetaFor({ sopClassUid: CT, sopInstanceUid: '1', transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN });
    expect(meta.includes(IMPLEMENTATION_CLASS_UID)).toBe(true);
  });

  describe('that is searched', () => {
    let hasUnsupportedKeys: boolean;
    const find = async (bytes: Buffer, sopClassUid: string, signal = new AbortController().signal) => {
      const found: string[] = [];
      const request = { peer: PEER, association: 'a', sopClassUid, transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN };
      for await (const match of node.find({ ...request, identifier: bytes, signal })) {
        found.push(match.identifier.toString('latin1'));
        hasUnsupportedKeys = match.hasUnsupportedKeys;
      }
      return found;
    };
    const study = (studyUid: string, patient: string): QueryRow => ({
      studyUid,
      bytes: 0,
      isOwn: false,
      attributes: {
        '0020000D': { vr: 'UI', Value: [studyUid] },
        '00100020': { vr: 'LO', Value: [patient] },
        '00201206': { vr: 'IS', Value: [2] },
        '00201208': { vr: 'IS', Value: [30] },
      },
    });

    it('looks among the studies of the asker by the keys that have a value', async () => {
      rows = [study('1.1', 'P')];
      const asked = identifier('STUDY', [0x00100010, { vr: 'PN', value: 'Q*' }], [0x00080020, { vr: 'DA', value: '' }]);
      expect(await find(asked, QUERY_RETRIEVE.studyRootFind)).toHaveLength(1);
      expect(queries).toMatchObject([
        {
          tenant: 'north',
          level: 'study',
          match: [{ tag: 0x00100010, value: 'Q*' }],
          include: [0x00080020, 0x00100010],
        },
      ]);
    });

    it('says with a match where a key chose nothing', async () => {
      rows = [study('1.1', 'P')];
      await find(identifier('STUDY', [0x00100020, { vr: 'LO', value: 'P' }]), QUERY_RETRIEVE.studyRootFind);
      expect(hasUnsupportedKeys).toBe(false);
      await find(identifier('STUDY', [0x00102160, { vr: 'SH', value: 'X' }]), QUERY_RETRIEVE.studyRootFind);
      expect(hasUnsupportedKeys).toBe(true);
    });

    it('is on record before a match leaves, by hashes and never by the query', async () => {
      rows = [study('1.1', 'P')];
      const asked = identifier(
        'STUDY',
        [0x00100010, { vr: 'PN', value: 'DOE^JANE' }],
        [0x00100020, { vr: 'LO', value: 'P' }],
      );
      await find(asked, QUERY_RETRIEVE.studyRootFind);
      expect(activities.told).toMatchObject([
        {
          event: 'study_searched',
          actor: 'CT1',
          tenant: 'north',
          subject: 'archive:study',
          patient: 'keyed-P',
          facts: { door: 'dimse', level: 'study', keys: 2 },
        },
      ]);
      expect(JSON.stringify(activities.told)).not.toContain('DOE');
      activities.isAway = true;
      await expect(find(asked, QUERY_RETRIEVE.studyRootFind)).rejects.toMatchObject({ reason: 'unavailable' });
      expect(queries).toHaveLength(1);
    });

    it('gives every match of many, a page at a time', async () => {
      rows = Array.from({ length: 1_234 }, (_, at) => study(`1.${String(at)}`, 'P'));
      expect(new Set(await find(identifier('STUDY'), QUERY_RETRIEVE.studyRootFind)).size).toBe(1_234);
      expect(queries).toHaveLength(3);
    });

    it('asks for no further page when it is cancelled', async () => {
      rows = Array.from({ length: 1_234 }, (_, at) => study(`1.${String(at)}`, 'P'));
      expect(await find(identifier('STUDY'), QUERY_RETRIEVE.studyRootFind, AbortSignal.abort())).toEqual([]);
      expect(queries).toEqual([]);
    });

    it('finds each patient once, with the numbers of what there is', async () => {
      rows = [study('1.1', 'P'), study('1.2', 'Q'), study('1.3', 'P')];
      const asked = identifier(
        'PATIENT',
        [0x00100020, { vr: 'LO', value: '' }],
        [0x00201200, { vr: 'IS', value: [] }],
        [0x00201204, { vr: 'IS', value: [] }],
      );
      const [first, second, ...rest] = await find(asked, QUERY_RETRIEVE.patientRootFind);
      expect(rest).toEqual([]);
      expect(first).toContain('2 ');
      expect(first).toContain('60');
      expect(second).toContain('30');
    });
  });

  describe('that is retrieved from', () => {
    let pacs: DimseListener;
    let stored: string[];
    let onStored: () => void;

    beforeEach(async () => {
      stored = [];
      onStored = () => undefined;
      pacs = await listen({
        host: '127.0.0.1',
        port: 0,
        handler: {
          admit: () => ({ kind: 'accepted' }),
          store: ({ sopInstanceUid }) => {
            // On record before the first byte leaves.
            expect(activities.told.length).toBeGreaterThan(0);
            stored.push(sopInstanceUid);
            onStored();
            const status = sopInstanceUid === '2.9' ? 0xa700 : sopInstanceUid === '2.8' ? 0xb007 : 0;
            return { write: () => undefined, end: () => Promise.resolve({ status }), abort: () => undefined };
          },
          find: () => [] as never,
          move: () => [] as never,
          ended: () => undefined,
        },
        limits: { closeMs: 50 },
      });
      destination = { aet: 'PACS', host: '127.0.0.1', port: pacs.port };
      instances = ['2.1', '2.2', '2.8'].map((sop) => instance(sop));
    });
    afterEach(() => pacs.close());

    const move = async (
      bytes: Buffer,
      aet = 'PACS',
      sopClassUid: string = QUERY_RETRIEVE.studyRootMove,
      signal = new AbortController().signal,
    ): Promise<Moved[]> => {
      const request: MoveRequest = {
        peer: PEER,
        association: 'a',
        sopClassUid,
        transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
        identifier: bytes,
        signal,
        destination: aet,
        messageId: 1,
      };
      const moved: Moved[] = [];
      for await (const one of node.move(request)) moved.push(one);
      return moved;
    };
    const kinds = (moved: readonly Moved[]) => moved.map(({ kind }) => kind);
    const STUDY = identifier('STUDY', uid(0x0020000d, '1.1'));

    it('sends a study, says how far it is, and has it on record', async () => {
      instances.push(instance('2.9'));
      const moved = await move(STUDY);
      expect(moved[0]).toEqual({ kind: 'total', count: 4 });
      expect(kinds(moved).slice(1)).toEqual(['completed', 'completed', 'warning', 'failed']);
      expect(moved.at(-1)).toEqual({ kind: 'failed', sopInstanceUid: '2.9' });
      expect(stored).toEqual(['2.1', '2.2', '2.8', '2.9']);
      expect(activities.told).toMatchObject([
        {
          event: 'study_read',
          subject: 'study:keyed-1.1',
          tenant: 'north',
          actor: 'CT1',
          facts: { door: 'dimse', destination: 'PACS', instances: 4 },
        },
      ]);
    });

    it('sends one instance, or several by a list', async () => {
      await move(identifier('IMAGE', uid(0x0020000d, '1.1'), uid(0x00080018, '2.2', '2.8')));
      expect(stored).toEqual(['2.2', '2.8']);
    });

    it('takes a patient by its one id, and no pattern or list', async () => {
      const patient = (value: string) => identifier('PATIENT', [0x00100020, { vr: 'LO', value }]);
      for (const id of ['F*', '????']) await move(patient(id), 'PACS', QUERY_RETRIEVE.patientRootMove);
      expect(queries.map(({ match }) => match)).toEqual(
        ['F*', '????'].map((value) => [{ tag: 0x00100020, value, isExact: true }]),
      );
      await expect(move(patient(''), 'PACS', QUERY_RETRIEVE.patientRootMove)).rejects.toMatchObject({
        reason: 'invalid_request',
      });
    });

    it.each(['STUDY', 'IMAGE'])('sends nothing at level %s of whom the identifier does not name', async (level) => {
      const asked = identifier(
        level,
        [0x00100020, { vr: 'LO', value: 'WRONG' }],
        uid(0x0020000d, '1.1'),
        uid(0x00080018, '2.1'),
      );
      expect(await move(asked, 'PACS', QUERY_RETRIEVE.patientRootMove)).toEqual([{ kind: 'total', count: 0 }]);
      expect(queries).toMatchObject([
        {
          match: [
            { tag: 0x00100020, value: 'WRONG', isExact: true },
            { tag: 0x0020000d, value: '1.1' },
          ],
        },
      ]);
    });

    it('finishes what is under way when it is cancelled', async () => {
      const stopping = new AbortController();
      onStored = () => {
        stopping.abort();
      };
      expect(kinds(await move(STUDY, 'PACS', QUERY_RETRIEVE.studyRootMove, stopping.signal))).toEqual([
        'total',
        'completed',
      ]);
      expect(stored).toEqual(['2.1']);
    });

    it('sends nothing of another tenant', async () => {
      instances = [{ ...instance('2.1'), tenant: 'south' }];
      expect(await move(STUDY)).toEqual([{ kind: 'total', count: 0 }]);
      expect(stored).toEqual([]);
    });

    it('refuses a destination that nobody named, and a level without its unique key', async () => {
      await expect(move(STUDY, 'ELSEWHERE')).rejects.toMatchObject({ reason: 'not_found' });
      await expect(move(identifier('STUDY'))).rejects.toMatchObject({ reason: 'invalid_request' });
      await expect(move(identifier('SERIES', uid(0x0020000d, '1.1')))).rejects.toMatchObject({
        reason: 'invalid_request',
      });
    });

    it('has all fail where nobody listens', async () => {
      await pacs.close();
      expect(kinds(await move(STUDY))).toEqual(['total', 'failed', 'failed', 'failed']);
    });

    it('sends nothing that cannot be put on record', async () => {
      activities.isFull = true;
      await expect(move(STUDY)).rejects.toBeInstanceOf(ServingError);
      expect(stored).toEqual([]);
    });
  });
});
