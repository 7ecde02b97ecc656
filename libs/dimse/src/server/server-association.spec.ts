import { ServingError } from '@medserve/errors';
import { associate } from '../client/associate';
import type { Association } from '../client/association';
import { COMMAND, ELEMENT } from '../message/elements';
import { writeMessage } from '../message/write-message';
import { PDU } from '../pdu/pdu-types';
import { writeAbort, writeAssociateRequest, writeDataHead, writeReleaseRequest } from '../pdu/write-pdu';
import { associateRequest, CT, EXPLICIT, RawPeer, storeCommand, storeMessage } from '../testing/raw-peer';
import { ScriptedNode, streamOf } from '../testing/scripted-node';
import { QUERY_RETRIEVE, VERIFICATION } from '../uids/sop-classes';
import type { DimseLimits } from './limits';
import { listen, type DimseListener } from './listen';
import type { DimseObserver } from './observer';

const [ABORT, ACCEPT, REJECT, RELEASED, DATA] = [
  PDU.abort,
  PDU.associateAccept,
  PDU.associateReject,
  PDU.releaseResponse,
  PDU.data,
] as const;

describe('a listener', () => {
  let node: ScriptedNode;
  let listener: DimseListener;
  let told: string[];
  const associations: Association[] = [];

  const open = async (limits: Partial<DimseLimits> = {}): Promise<void> => {
    node = new ScriptedNode();
    told = [];
    const observer: DimseObserver = {
      association: (event) => told.push(event),
      operation: (operation, status) => told.push(`${operation} ${status.toString(16)}`),
    };
    listener = await listen({
      host: '127.0.0.1',
      port: 0,
      aet: 'MEDSERVE',
      handler: node,
      limits: { closeMs: 50, ...limits },
      observer,
    });
  };

  const association = async (...classes: string[]): Promise<Association> => {
    const made = await associate({
      host: '127.0.0.1',
      port: listener.port,
      callingAet: 'SPEC',
      calledAet: 'MEDSERVE',
      contexts: [CT, VERIFICATION, ...classes].map((abstractSyntax) => ({
        abstractSyntax,
        transferSyntaxes: [EXPLICIT],
      })),
    });
    associations.push(made);
    return made;
  };

  const storing = (made: Association, dataSet: Buffer) =>
    made.store({ sopClassUid: CT, sopInstanceUid: '2.25.7', transferSyntaxUid: EXPLICIT, dataSet });

  /** Long enough for whatever the listener would do by itself: it answers others meanwhile. */
  const whileOthersAreServed = async (): Promise<void> => {
    const other = await association();
    for (let count = 0; count < 200; count += 1) await other.echo();
    await other.release();
  };

  const typeOfNext = async (peer: RawPeer): Promise<number | undefined> => (await peer.next())?.[0];

  afterEach(async () => {
    for (const made of associations.splice(0)) made.abort();
    await listener.close();
  });

  describe('that is asked in good order', () => {
    beforeEach(() => open());

    it('answers C-ECHO', async () => {
      const made = await association();
      expect(await made.echo()).toEqual({ status: 0 });
      await made.release();
      await node.until(() => node.ends.length > 0);
      expect(node.ends).toEqual(['released']);
      expect(told).toEqual(['accepted', 'echo 0', 'released']);
    });

    it('hands on a data set byte for byte, with what is known of it', async () => {
      const dataSet = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));
      const made = await association();
      expect(await storing(made, dataSet)).toEqual({ status: 0 });
      const [received] = node.received;
      expect(received?.state).toBe('ended');
      expect(Buffer.concat(received?.chunks ?? []).equals(dataSet)).toBe(true);
      expect(received?.request).toMatchObject({
        peer: { callingAet: 'SPEC', calledAet: 'MEDSERVE', implementation: 'MEDSERVE_0_1' },
        sopClassUid: CT,
        sopInstanceUid: '2.25.7',
        transferSyntaxUid: EXPLICIT,
      });
    });

    it('does not read on before the sink has taken what came', async () => {
      let release = (): void => undefined;
      let taken = 0;
      node.onWrite = (chunk) => {
        taken += chunk.length;
        return new Promise((resolve) => (release = resolve));
      };
      const peer = await RawPeer.associated(listener.port);
      const dataSet = Buffer.alloc(32 << 20);
      peer.send(storeMessage(dataSet));
      await node.until(() => node.received[0]?.chunks.length === 1);
      await whileOthersAreServed();
      // What the system buffers on both sides is all that leaves the peer.
      expect(peer.socket.writableLength).toBeGreaterThan(8 << 20);
      const before = taken;
      node.onWrite = (chunk) => void (taken += chunk.length);
      release();
      expect(await typeOfNext(peer)).toBe(DATA);
      expect(taken).toBe(dataSet.length);
      expect(before).toBeLessThan(100_000);
      peer.reset();
    });

    it('performs requests that do not wait for their answers one after the other', async () => {
      const ended: (() => void)[] = [];
      node.onEnd = () =>
        new Promise((resolve) =>
          ended.push(() => {
            resolve({ status: 0 });
          }),
        );
      const peer = await RawPeer.associated(listener.port);
      peer.send(Buffer.concat([storeMessage(Buffer.alloc(10), 1), storeMessage(Buffer.alloc(10), 2)]));
      await node.until(() => node.received[0]?.state === 'ended');
      await whileOthersAreServed();
      expect(node.received).toHaveLength(1);
      ended[0]?.();
      await node.until(() => node.received[1]?.state === 'ended');
      ended[1]?.();
      expect([await typeOfNext(peer), await typeOfNext(peer)]).toEqual([DATA, DATA]);
      peer.send(writeReleaseRequest());
      expect(await typeOfNext(peer)).toBe(RELEASED);
    });

    it('answers what runs before it releases', async () => {
      let end = (): void => undefined;
      node.onEnd = () =>
        new Promise(
          (resolve) =>
            (end = () => {
              resolve({ status: 0 });
            }),
        );
      const peer = await RawPeer.associated(listener.port);
      peer.send(Buffer.concat([storeMessage(Buffer.alloc(10)), writeReleaseRequest()]));
      await node.until(() => node.received[0]?.state === 'ended');
      end();
      expect([await typeOfNext(peer), await typeOfNext(peer)]).toEqual([DATA, RELEASED]);
      expect(node.ends).toEqual(['released']);
    });

    it.each([
      ['N-GET', COMMAND.nGet],
      ['N-ACTION', COMMAND.nAction],
      ['C-GET', COMMAND.cGet],
    ])('answers %s with 0211 and goes on', async (_name, command) => {
      const peer = await RawPeer.associated(listener.port);
      const fields = new Map([...storeCommand(), [ELEMENT.commandField, command]]);
      peer.send(Buffer.concat([...writeMessage(1, 16_384, fields, Buffer.alloc(99))]));
      expect((await peer.next())?.includes(Buffer.from('000000090200000011020000', 'hex').subarray(0, 10))).toBe(true);
      peer.send(storeMessage(Buffer.alloc(10)));
      expect(await typeOfNext(peer)).toBe(DATA);
      expect(node.received).toHaveLength(1);
    });

    it('answers a C-STORE of another class than its context with 0122', async () => {
      const peer = await RawPeer.associated(listener.port);
      const fields = new Map([...storeCommand(), [ELEMENT.affectedSopClassUid, '1.2.840.10008.5.1.4.1.1.4']]);
      peer.send(Buffer.concat([...writeMessage(1, 16_384, fields, Buffer.alloc(10))]));
      expect(await typeOfNext(peer)).toBe(DATA);
      expect(told).toContain('store 122');
      expect(node.received).toEqual([]);
    });

    it('answers a C-STORE of an instance whose UID is none with 0117', async () => {
      const peer = await RawPeer.associated(listener.port);
      const fields = new Map([...storeCommand(), [ELEMENT.affectedSopInstanceUid, '1..2.3']]);
      peer.send(Buffer.concat([...writeMessage(1, 16_384, fields, Buffer.alloc(10))]));
      expect(await typeOfNext(peer)).toBe(DATA);
      expect(told).toContain('store 117');
      expect(node.received).toEqual([]);
    });
  });

  describe('whose handler fails', () => {
    beforeEach(() => open());

    it.each<[string, number, Error]>([
      ['0110 for what nobody expected', 0x0110, new Error('patient Doe')],
      ['A700 while a part is not reachable', 0xa700, new ServingError('unavailable', 'no database')],
      ['A700 when too many wait', 0xa700, new ServingError('overloaded', 'full')],
      ['A900 for what is not well formed', 0xa900, new ServingError('invalid_request', 'no')],
      ['0124 for what is not allowed', 0x0124, new ServingError('forbidden', 'no')],
    ])('answers %s, and goes on', async (_what, status, error) => {
      const made = await association();
      const failing = (): never => {
        throw error;
      };
      const kept = { store: node.onStore, write: node.onWrite, end: node.onEnd };
      node.onStore = failing;
      expect(await storing(made, Buffer.alloc(90_000))).toMatchObject({ status });
      node.onStore = kept.store;
      node.onWrite = async () => Promise.reject(error);
      expect(await storing(made, Buffer.alloc(90_000))).toMatchObject({ status });
      expect(node.received.at(-1)?.state).toBe('aborted');
      node.onWrite = failing;
      expect(await storing(made, Buffer.alloc(90_000))).toMatchObject({ status });
      node.onWrite = kept.write;
      node.onEnd = failing;
      const refused = await storing(made, Buffer.alloc(90_000));
      expect(refused).toMatchObject({ status });
      expect(JSON.stringify(refused)).not.toContain('Doe');
      node.onEnd = kept.end;
      expect(await storing(made, Buffer.alloc(90_000))).toEqual({ status: 0 });
    });
  });

  describe('that is asked for an association it does not give', () => {
    beforeEach(() => open({ maxAssociations: 2, maxAssociationsPerAet: 1 }));

    const answer = async (more: Parameters<typeof associateRequest>[0]): Promise<number[]> => {
      const peer = await RawPeer.connect(listener.port);
      peer.send(writeAssociateRequest(associateRequest(more)));
      const [type, , , , , , , ...rest] = (await peer.next()) ?? [];
      return type === REJECT ? rest : [type ?? 0];
    };

    it('names the reason', async () => {
      expect(await answer({ calledAet: 'NOBODY' })).toEqual([1, 1, 7]);
      expect(await answer({ applicationContext: '1.2.3' })).toEqual([1, 1, 2]);
      expect(await answer({ protocolVersion: 2 })).toEqual([1, 2, 2]);
      node.admission = { kind: 'rejected', reason: 'calling-ae-unknown' };
      expect(await answer({})).toEqual([1, 1, 3]);
      node.admission = { kind: 'rejected', reason: 'congestion' };
      expect(await answer({})).toEqual([2, 3, 1]);
    });

    it('rejects no sooner than a client has seen that it is connected', async () => {
      const peer = await RawPeer.connect(listener.port);
      const beganAt = performance.now();
      peer.send(writeAssociateRequest(associateRequest({ calledAet: 'NOBODY' })));
      expect((await peer.next())?.[0]).toBe(REJECT);
      expect(performance.now() - beganAt).toBeGreaterThan(20);
    });

    it('rejects as transient what is over its limits, until there is a place', async () => {
      const first = await association();
      expect(await answer({})).toEqual([2, 3, 2]);
      expect(await answer({ callingAet: 'OTHER' })).toEqual([ACCEPT]);
      expect(await answer({ callingAet: 'THIRD' })).toEqual([2, 3, 2]);
      await first.release();
      await node.until(() => node.ends.length > 0);
      expect(await answer({})).toEqual([ACCEPT]);
    });
  });

  describe('whose peer breaks off', () => {
    beforeEach(() => open());

    const half = (): Buffer => storeMessage(Buffer.alloc(50_000)).subarray(0, 30_000);

    it.each<[string, (peer: RawPeer) => void]>([
      [
        'by an abort',
        (peer) => {
          peer.send(writeAbort({ source: 0, reason: 0 }));
        },
      ],
      [
        'by a reset',
        (peer) => {
          peer.reset();
        },
      ],
      ['by closing', (peer) => peer.socket.end()],
      [
        'by a PDU that there is not',
        (peer) => {
          peer.send(Buffer.from([0x42, 0, 0, 0, 0, 0]));
        },
      ],
      [
        'by a release in the middle',
        (peer) => {
          peer.send(writeReleaseRequest());
        },
      ],
      [
        'by a command in the middle',
        (peer) => {
          peer.send(storeMessage(Buffer.alloc(4)));
        },
      ],
    ])('gives up what had not come whole: %s', async (_how, breakOff) => {
      const peer = await RawPeer.associated(listener.port);
      peer.send(half());
      await node.until(() => node.received.length === 1);
      // A command in the middle has to stand between two PDUs.
      if (_how.includes('command') || _how.includes('PDU') || _how.includes('release') || _how.includes('abort')) {
        peer.send(storeMessage(Buffer.alloc(50_000)).subarray(30_000, 30_000 + restOfPdu()));
      }
      breakOff(peer);
      await node.until(() => node.ends.length === 1);
      expect(node.received[0]?.state).toBe('aborted');
      expect(node.ends).toEqual(['aborted']);
    });

    /** What is missing of the PDU in which `half` ends: the command's PDU, then two of 16,384 bytes and their heads. */
    const restOfPdu = (): number => {
      const message = storeMessage(Buffer.alloc(50_000));
      let end = 0;
      while (end < 30_000) end += 6 + message.readUInt32BE(end + 2);
      return end - 30_000;
    };

    it('keeps what had come whole, though nobody hears the answer', async () => {
      let end = (): void => undefined;
      node.onEnd = () =>
        new Promise(
          (resolve) =>
            (end = () => {
              resolve({ status: 0 });
            }),
        );
      const peer = await RawPeer.associated(listener.port);
      peer.send(storeMessage(Buffer.alloc(50_000)));
      await node.until(() => node.received[0]?.state === 'ended');
      peer.reset();
      end();
      await node.until(() => node.ends.length === 1);
      expect(node.received[0]?.state).toBe('ended');
      expect(told).toContain('store 0');
    });

    it.each<[string, Buffer]>([
      ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
      ['zeros', Buffer.alloc(64)],
      ['data before an association', Buffer.concat([writeDataHead(1, true, true, 0)])],
      ['a length of 4 GB', Buffer.from('0100fffffff0', 'hex')],
    ])('aborts on %s', async (_what, bytes) => {
      const peer = await RawPeer.connect(listener.port);
      peer.send(bytes);
      expect(await typeOfNext(peer)).toBe(ABORT);
      expect(await peer.next()).toBeUndefined();
    });

    it('aborts on a fragment of a context that was not accepted', async () => {
      const peer = await RawPeer.associated(listener.port);
      peer.send(writeDataHead(9, true, true, 0));
      expect(await typeOfNext(peer)).toBe(ABORT);
    });
  });

  it('closes a connection without an association, also one on which bytes trickle', async () => {
    await open({ artimMs: 60 });
    const peer = await RawPeer.connect(listener.port);
    const request = writeAssociateRequest(associateRequest());
    let at = 0;
    const trickle = setInterval(() => {
      peer.send(request.subarray(at, ++at));
    }, 10);
    expect(await peer.next()).toBeUndefined();
    clearInterval(trickle);
    expect(at).toBeLessThan(request.length);
  });

  describe('whose peer is silent', () => {
    beforeEach(() => open({ idleMs: 150 }));

    it('aborts an association on which nothing happens', async () => {
      const peer = await RawPeer.associated(listener.port);
      expect(await typeOfNext(peer)).toBe(ABORT);
      await node.until(() => node.ends.length === 1);
    });

    it('aborts in the middle of a data set, and gives it up', async () => {
      const peer = await RawPeer.associated(listener.port);
      peer.send(storeMessage(Buffer.alloc(50_000)).subarray(0, 30_000));
      expect(await typeOfNext(peer)).toBe(ABORT);
      await node.until(() => node.ends.length === 1);
      expect(node.received[0]?.state).toBe('aborted');
    });

    it('waits while it is its own turn', async () => {
      let asked = 0;
      node.onEnd = async () => {
        // Longer than a peer may be silent, in steps that each leave room for the timer.
        for (asked = 0; asked < 60; asked += 1) await new Promise((resolve) => setTimeout(resolve, 5));
        return { status: 0 };
      };
      const peer = await RawPeer.associated(listener.port);
      peer.send(storeMessage(Buffer.alloc(100)));
      expect(await typeOfNext(peer)).toBe(DATA);
      expect(asked).toBe(60);
    });

    it('aborts when a peer that asks does not take the answers', async () => {
      let made = 0;
      const endless = new Array<Buffer>(1_000).fill(Buffer.alloc(200_000));
      node.matches = async function* () {
        for await (const match of streamOf(...endless)) {
          made += 1;
          yield match;
        }
      };
      const contexts = [{ id: 1, abstractSyntax: QUERY_RETRIEVE.studyRootFind, transferSyntaxes: [EXPLICIT] }];
      const peer = await RawPeer.associated(listener.port, associateRequest({ contexts }));
      peer.socket.pause();
      const fields = new Map<number, string | number>([
        [ELEMENT.commandField, COMMAND.cFind],
        [ELEMENT.messageId, 1],
      ]);
      peer.send(Buffer.concat([...writeMessage(1, 16_384, fields, Buffer.alloc(20))]));
      await node.until(() => node.ends.length === 1);
      expect(node.ends).toEqual(['aborted']);
      expect(made).toBeLessThan(1_000);
    });
  });

  describe('that closes', () => {
    beforeEach(() => open({ closeMs: 10_000 }));

    it('lets what runs be answered, and aborts then', async () => {
      let end = (): void => undefined;
      node.onEnd = () =>
        new Promise(
          (resolve) =>
            (end = () => {
              resolve({ status: 0 });
            }),
        );
      const [busy, idle] = [await RawPeer.associated(listener.port), await RawPeer.associated(listener.port)];
      busy.send(storeMessage(Buffer.alloc(100)));
      await node.until(() => node.received[0]?.state === 'ended');
      const closed = listener.close();
      expect(await typeOfNext(idle)).toBe(ABORT);
      end();
      expect([await typeOfNext(busy), await typeOfNext(busy)]).toEqual([DATA, ABORT]);
      await closed;
    });
  });

  it('aborts what runs for too long when it closes', async () => {
    await open({ closeMs: 20 });
    node.matches = async function* ({ signal }) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      yield Buffer.alloc(2);
    };
    const made = await association(QUERY_RETRIEVE.studyRootFind);
    const sopClassUid = QUERY_RETRIEVE.studyRootFind;
    const found = made.find({ sopClassUid, identifier: Buffer.alloc(8), onMatch: () => undefined });
    await node.until(() => node.queries.length === 1);
    await Promise.all([listener.close(), expect(found).rejects.toMatchObject({ kind: 'aborted' })]);
  });

  it('closes though a sink does not come to its end, and a peer does not hang up', async () => {
    await open({ closeMs: 20 });
    node.onEnd = () => new Promise(() => undefined);
    const peer = await RawPeer.associated(listener.port);
    const mute = await RawPeer.connect(listener.port);
    mute.socket.pause();
    peer.socket.pause();
    peer.send(storeMessage(Buffer.alloc(100)));
    await node.until(() => node.received[0]?.state === 'ended');
    await listener.close();
    expect(node.received[0]?.state).toBe('ended');
  });
});
