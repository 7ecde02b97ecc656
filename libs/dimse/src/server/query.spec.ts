import { ServingError } from '@medserve/errors';
import { associate } from '../client/associate';
import type { Association } from '../client/association';
import { CommandSet } from '../message/command-set';
import { COMMAND, ELEMENT } from '../message/elements';
import { writeMessage } from '../message/write-message';
import { associateRequest, EXPLICIT, RawPeer } from '../testing/raw-peer';
import { ScriptedNode, streamOf } from '../testing/scripted-node';
import { IMPLICIT_LITTLE_ENDIAN } from '../uids/transfer-syntaxes';
import { QUERY_RETRIEVE } from '../uids/sop-classes';
import type { Moved } from './handler';
import { listen, type DimseListener } from './listen';

const FIND = QUERY_RETRIEVE.studyRootFind;
const MOVE = QUERY_RETRIEVE.patientRootMove;

describe('a node that is searched', () => {
  let node: ScriptedNode;
  let listener: DimseListener;
  let association: Association;
  let matches: string[];

  beforeEach(async () => {
    node = new ScriptedNode();
    matches = [];
    listener = await listen({
      host: '127.0.0.1',
      port: 0,
      handler: node,
      limits: { maxIdentifierBytes: 1_000, closeMs: 50 },
    });
    const contexts = [{ abstractSyntax: FIND, transferSyntaxes: [IMPLICIT_LITTLE_ENDIAN] }];
    association = await associate({
      host: '127.0.0.1',
      port: listener.port,
      callingAet: 'A',
      calledAet: 'B',
      contexts,
    });
  });
  afterEach(async () => {
    association.abort();
    await listener.close();
  });

  const find = (identifier: Buffer, signal?: AbortSignal) =>
    association.find({
      sopClassUid: FIND,
      identifier,
      onMatch: (match) => matches.push(match.toString()),
      ...(signal && { signal }),
    });

  it('answers each match, and the end', async () => {
    node.matches = () => streamOf(Buffer.from('one'), Buffer.from('two'));
    expect(await find(Buffer.from('identifier'))).toEqual({ status: 0 });
    expect(matches).toEqual(['one', 'two']);
    expect(node.queries[0]).toMatchObject({
      sopClassUid: FIND,
      transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN,
      identifier: Buffer.from('identifier'),
    });
  });

  it('stops when the peer cancels', async () => {
    const cancelling = new AbortController();
    node.matches = async function* ({ signal }) {
      yield Buffer.from('one');
      cancelling.abort();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      yield Buffer.from('two');
    };
    expect(await find(Buffer.alloc(8), cancelling.signal)).toEqual({ status: 0xfe00 });
    expect(matches).toEqual(['one']);
  });

  it('stops when the peer is gone', async () => {
    const heard = new Promise<void>((resolve) => {
      node.matches = async function* ({ signal }) {
        signal.addEventListener('abort', () => {
          resolve();
        });
        yield Buffer.from('one');
        await new Promise((stopped) => {
          signal.addEventListener('abort', stopped);
        });
      };
    });
    const found = find(Buffer.alloc(8)).catch(() => undefined);
    await node.until(() => node.queries.length === 1);
    association.abort();
    await Promise.all([heard, found]);
  });

  it('answers a failure after the matches before it, and goes on', async () => {
    node.matches = () => streamOf(Buffer.from('one'), new ServingError('unavailable', 'no database'));
    expect(await find(Buffer.alloc(8))).toMatchObject({ status: 0xa700 });
    node.matches = () => streamOf(Buffer.from('two'));
    expect(await find(Buffer.alloc(8))).toEqual({ status: 0 });
  });

  it('says with each match where keys are not supported', async () => {
    const contexts = [{ id: 1, abstractSyntax: FIND, transferSyntaxes: [EXPLICIT] }];
    const peer = await RawPeer.associated(listener.port, associateRequest({ contexts }));
    const fields = new Map<number, string | number>([
      [ELEMENT.commandField, COMMAND.cFind],
      [ELEMENT.messageId, 9],
      [ELEMENT.affectedSopClassUid, FIND],
    ]);
    const statuses = async (hasUnsupportedKeys: boolean) => {
      node.hasUnsupportedKeys = hasUnsupportedKeys;
      node.matches = () => streamOf(Buffer.from('one '));
      peer.send(Buffer.concat([...writeMessage(1, 16_384, fields, Buffer.alloc(8))]));
      const match = CommandSet.read((await peer.next())!.subarray(12));
      await peer.next();
      const last = CommandSet.read((await peer.next())!.subarray(12));
      return [match, last].map((command) => command.number(ELEMENT.status));
    };
    expect(await statuses(false)).toEqual([0xff00, 0x0000]);
    expect(await statuses(true)).toEqual([0xff01, 0x0000]);
    peer.reset();
  });

  it('refuses an identifier that is too long, or empty', async () => {
    expect(await find(Buffer.alloc(1_001))).toMatchObject({ status: 0xa900 });
    expect(await find(Buffer.alloc(0))).toMatchObject({ status: 0xa900 });
    expect(node.queries).toEqual([]);
  });
});

describe('a node that is retrieved from', () => {
  let node: ScriptedNode;
  let listener: DimseListener;
  let peer: RawPeer;

  beforeEach(async () => {
    node = new ScriptedNode();
    listener = await listen({ host: '127.0.0.1', port: 0, handler: node, limits: { closeMs: 50 } });
    const contexts = [{ id: 1, abstractSyntax: MOVE, transferSyntaxes: [EXPLICIT] }];
    peer = await RawPeer.associated(listener.port, associateRequest({ contexts }));
  });
  afterEach(async () => {
    peer.reset();
    await listener.close();
  });

  const moving = (...steps: (Moved | Error)[]): void => {
    node.moves = () => streamOf(...steps);
  };

  /** Status and counts (remaining, completed, failed, warning) of each response, and the last data set. */
  const move = async () => {
    const fields = new Map<number, string | number>([
      [ELEMENT.commandField, COMMAND.cMove],
      [ELEMENT.messageId, 9],
      [ELEMENT.affectedSopClassUid, MOVE],
      [ELEMENT.moveDestination, 'PACS'],
    ]);
    peer.send(Buffer.concat([...writeMessage(1, 16_384, fields, Buffer.alloc(8))]));
    const responses: (number | undefined)[][] = [];
    for (;;) {
      const command = CommandSet.read((await peer.next())!.subarray(12));
      const status = command.number(ELEMENT.status);
      responses.push([status, ...[0x1020, 0x1021, 0x1022, 0x1023].map((element) => command.number(element))]);
      if (status !== 0xff00)
        return { responses, dataSet: command.hasDataSet ? (await peer.next())!.subarray(12) : undefined };
    }
  };

  it('tells how far it is, and of success', async () => {
    moving({ kind: 'total', count: 2 }, { kind: 'completed' }, { kind: 'completed' });
    const { responses, dataSet } = await move();
    expect(responses).toEqual([
      [0xff00, 2, 0, 0, 0],
      [0xff00, 1, 1, 0, 0],
      [0xff00, 0, 2, 0, 0],
      [0x0000, undefined, 2, 0, 0],
    ]);
    expect(dataSet).toBeUndefined();
    expect(node.queries[0]).toMatchObject({ destination: 'PACS', messageId: 9 });
  });

  it('names those that failed beside those that did not', async () => {
    moving(
      { kind: 'total', count: 3 },
      { kind: 'completed' },
      { kind: 'failed', sopInstanceUid: '1.2' },
      { kind: 'warning' },
    );
    const { responses, dataSet } = await move();
    expect(responses.at(-1)).toEqual([0xb000, undefined, 1, 1, 1]);
    expect(dataSet?.toString('latin1')).toBe('\x08\0\x58\0UI\x04\x001.2\0');
  });

  it('says A702 when all failed', async () => {
    moving({ kind: 'total', count: 1 }, { kind: 'failed', sopInstanceUid: '1.2' });
    expect((await move()).responses.at(-1)).toEqual([0xa702, undefined, 0, 1, 0]);
  });

  it('says A801 for a destination that nobody knows', async () => {
    moving(new ServingError('not_found', 'no'));
    expect((await move()).responses).toEqual([[0xa801, undefined, undefined, undefined, undefined]]);
  });
});
