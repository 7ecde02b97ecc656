import { aParcel, anObject, COMPREHENSIVE_3D_SR, EXPLICIT_LITTLE_ENDIAN, SEGMENTATION } from '../testing/a-parcel';
import { settingsOf } from '../testing/settings';
import type { AssociationRequest, OpenAssociation, StoreCommand } from './association';
import { DicomDestination } from './dicom-destination';
import { judgeStatus } from './judge';

const signal = new AbortController().signal;

/** A peer that answers each object with the next status, and remembers what it was asked. */
class Peer {
  readonly requests: AssociationRequest[] = [];
  readonly stored: StoreCommand[] = [];
  ended = '';

  constructor(
    private readonly statuses: readonly (number | 'hangs up')[],
    private readonly refused: readonly string[] = [],
  ) {}

  readonly associate = (request: AssociationRequest): Promise<OpenAssociation> => {
    this.requests.push(request);
    return Promise.resolve({
      accepted: (abstract) => (this.refused.includes(abstract) ? undefined : EXPLICIT_LITTLE_ENDIAN),
      store: (command) => {
        this.stored.push(command);
        const status = this.statuses[this.stored.length - 1] ?? 0;
        return status === 'hangs up' ? Promise.reject(new Error('cut')) : Promise.resolve({ status });
      },
      release: () => {
        this.ended = 'released';
        return Promise.resolve();
      },
      abort: () => {
        this.ended = 'aborted';
      },
    });
  };
}

const destination = (peer: Pick<Peer, 'associate'>, more: object = {}): DicomDestination =>
  new DicomDestination({
    settings: settingsOf('dicom', more),
    tls: undefined,
    aet: 'MEDSERVE',
    associate: peer.associate,
  });

const SR = anObject('sr', '1.1');
const SEG = anObject('seg', '1.2', SEGMENTATION);
const SECOND = anObject('sr', '1.3');

describe('a DICOM node as destination', () => {
  it('is asked for its certificate by the name that the settings say', async () => {
    const peer = new Peer([]);
    const tls = { ca: 'a certificate', servername: 'pacs.local' };
    const parts = { settings: settingsOf('dicom'), tls, aet: 'MEDSERVE', associate: peer.associate };
    await new DicomDestination(parts).send(aParcel([SR]), signal);
    // As Node's TLS, and so libs/dimse, calls it.
    expect(peer.requests[0]?.tls).toEqual(tls);
  });

  it('gets all objects over one association, byte for byte', async () => {
    const peer = new Peer([]);
    expect(await destination(peer).send(aParcel([SR, SEG]), signal)).toEqual({ kind: 'delivered' });
    expect(peer.requests).toEqual([
      expect.objectContaining({ calledAet: 'PACS', callingAet: 'MEDSERVE', host: '127.0.0.1', port: 104 }),
    ]);
    expect(peer.requests[0]?.contexts.map(({ abstractSyntax }) => abstractSyntax)).toEqual([
      COMPREHENSIVE_3D_SR,
      COMPREHENSIVE_3D_SR,
      SEGMENTATION,
      SEGMENTATION,
    ]);
    expect(peer.stored.map(({ sopInstanceUid, dataSet }) => [sopInstanceUid, dataSet.toString()])).toEqual([
      ['1.1', 'sr 1.1'],
      ['1.2', 'seg 1.2'],
    ]);
    expect(peer.ended).toBe('released');
  });

  it('gets only what it takes', async () => {
    const peer = new Peer([]);
    await destination(peer, { takes: ['seg'] }).send(aParcel([SR, SEG]), signal);
    expect(peer.stored.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.2']);
  });

  it('is not asked at all where nothing is for it', async () => {
    const peer = new Peer([]);
    expect(await destination(peer, { takes: ['sc'] }).send(aParcel([SR]), signal)).toEqual({ kind: 'delivered' });
    expect(peer.requests).toEqual([]);
  });

  it('has taken an object that it has a warning about', async () => {
    expect(await destination(new Peer([0xb000])).send(aParcel([SR]), signal)).toEqual({ kind: 'delivered' });
  });

  it('gets the others when it has no room for one, which comes again', async () => {
    const peer = new Peer([0, 0xa700, 0]);
    expect(await destination(peer).send(aParcel([SR, SEG, SECOND]), signal)).toEqual({
      kind: 'retry',
      reason: 'out_of_resources',
      status: 'A700',
      arrived: ['1.1', '1.3'],
    });
  });

  it('is not asked again for what it takes no objects of', async () => {
    const peer = new Peer([], [SEGMENTATION]);
    expect(await destination(peer).send(aParcel([SR, SEG]), signal)).toEqual({
      kind: 'refused',
      reason: 'sop_class_refused',
      arrived: ['1.1'],
    });
  });

  it('is asked once an attempt, however many objects there are, when it hangs up', async () => {
    const peer = new Peer([0, 'hangs up']);
    expect(await destination(peer).send(aParcel([SR, SEG, SECOND]), signal)).toEqual({
      kind: 'retry',
      reason: 'aborted',
      arrived: ['1.1'],
    });
    expect([peer.requests.length, peer.stored.length, peer.ended]).toEqual([1, 2, 'aborted']);
  });

  it.each([
    ['rejected-permanent', { kind: 'refused', reason: 'association_rejected' }],
    ['rejected-transient', { kind: 'retry', reason: 'busy' }],
    ['refused-connection', { kind: 'retry', reason: 'unreachable' }],
    ['timeout', { kind: 'retry', reason: 'timeout' }],
    ['tls', { kind: 'retry', reason: 'tls' }],
  ])('that answers with %s is %j', async (kind, sent) => {
    const associate = (): Promise<OpenAssociation> => Promise.reject(Object.assign(new Error('no'), { kind }));
    expect(await destination({ associate }).send(aParcel([SR]), signal)).toEqual(sent);
  });
});

describe('an answer to C-STORE', () => {
  it.each([0x0000, 0xb000, 0xb006, 0xb007, 0x0107, 0x0111, 0x0116])('of %p says that it is there', (status) => {
    expect(judgeStatus(status)).toBe('stored');
  });

  it.each([
    [0xa700, 'out_of_resources', false],
    [0xa7ff, 'out_of_resources', false],
    [0xa900, 'content_refused', true],
    [0xc000, 'content_refused', true],
    [0xcfff, 'content_refused', true],
    [0x0110, 'receiver_failed', false],
    [0x0122, 'sop_class_refused', true],
    [0x0124, 'not_authorised', true],
    [0x0112, 'content_refused', true],
    [0x1234, 'receiver_failed', false],
  ])('of %p says %s', (status, reason, isForGood) => {
    expect(judgeStatus(status)).toEqual({ reason, isForGood });
  });
});
