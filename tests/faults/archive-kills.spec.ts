import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Archive } from '@medserve/archive';
import { associate, AssociationError, type Association } from '@medserve/dimse';
import { openStorage, type Storage } from '@medserve/storage';
import { dataSetBytes, image, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { freePort } from '../support/free-port';

const SENDERS = 8;
const EACH = 200;
/** After so many were answered, the receiver is killed. */
const KILLS = [300, 700, 1_100];
const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const RETRY_MS = 50;

interface Instance {
  readonly sopInstanceUid: string;
  readonly dataSet: Buffer;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Two senders share a study, so that they meet in its row. */
function instanceOf(sender: number, number: number): Instance {
  const sopInstanceUid = `2.25.${String(sender + 1)}.${String(number)}`;
  const dataSet = dataSetBytes(
    image(96, 96, {
      0x00080016: ['UI', CT],
      0x00080018: ['UI', sopInstanceUid],
      0x0020000d: ['UI', `2.25.9.${String(sender >> 1)}`],
      0x0020000e: ['UI', `2.25.8.${String(sender)}`],
      0x7fe00010: ['OW', Buffer.alloc(96 * 96 * 2, (sender * EACH + number) % 251)],
    }),
  );
  return { sopInstanceUid, dataSet };
}

/** The receiver, killed and started again on the same data. */
class Receiver {
  private process: ChildProcess | undefined;

  constructor(
    private readonly port: number,
    private readonly root: string,
    private readonly url: string,
  ) {}

  async start(): Promise<void> {
    const script = join(__dirname, '..', 'support', 'dicom-node.mjs');
    const child = spawn(process.execPath, [script, String(this.port), this.root, this.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = child;
    await once(child.stdout, 'data');
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

describe('a receiver that is killed three times while eight senders send', () => {
  let root: string;
  let database: TestDatabase;
  let storage: Storage;
  let receiver: Receiver;
  let port: number;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'archive-kills-'));
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'archive-kills' });
    port = await freePort();
    receiver = new Receiver(port, root, database.url);
    await receiver.start();
  }, 60_000);
  afterAll(async () => {
    await receiver.kill();
    await storage.close();
    await database.close();
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  const connect = async (sender: number): Promise<Association> => {
    for (;;) {
      try {
        return await associate({
          host: '127.0.0.1',
          port,
          callingAet: `SENDER${String(sender)}`,
          calledAet: 'MEDSERVE',
          contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }],
        });
      } catch (error) {
        if (!(error instanceof AssociationError)) throw error;
        await delay(RETRY_MS);
      }
    }
  };

  /** As a modality does: what was not answered is sent again, over a new association. */
  async function send(sender: number, onStored: (instance: Instance) => void): Promise<void> {
    const waiting = Array.from({ length: EACH }, (_, number) => instanceOf(sender, number));
    while (waiting.length > 0) {
      const association = await connect(sender);
      try {
        for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
          const { status } = await association.store({ sopClassUid: CT, transferSyntaxUid: EXPLICIT, ...next });
          if (status === 0) onStored(next);
          if (status !== 0) await delay(RETRY_MS);
          else waiting.shift();
        }
        await association.release();
      } catch (error) {
        if (!(error instanceof AssociationError)) throw error;
      }
    }
  }

  it('loses none of 1,600 that it said were stored', async () => {
    const answered = new Map<string, string>();
    const kills = [...KILLS];
    let killing = Promise.resolve();
    const onStored = ({ sopInstanceUid, dataSet }: Instance): void => {
      answered.set(sopInstanceUid, sha256(dataSet));
      if (answered.size < (kills[0] ?? Infinity)) return;
      kills.shift();
      killing = killing.then(() => receiver.kill()).then(() => receiver.start());
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender, onStored)));
    await killing;
    expect(kills).toEqual([]);
    expect(answered.size).toBe(SENDERS * EACH);

    const archive = await Archive.open({ root, index: storage.archive });
    const found = new Map<string, string>();
    for (let study = 0; study < SENDERS / 2; study += 1) {
      const answer = await archive.read('home', { studyUid: `2.25.9.${String(study)}` });
      if (answer.kind !== 'found') throw new Error(`a study is ${answer.kind}`);
      for (const instance of answer.instances) {
        const dataSet = await archive.open(instance).readDataSet();
        expect(instance.sha256).toBe(sha256(dataSet));
        found.set(instance.sopInstanceUid, instance.sha256);
      }
      const summary = await archive.study('home', `2.25.9.${String(study)}`);
      expect(summary).toMatchObject({ instances: 2 * EACH, series: 2, received: { instances: 2 * EACH } });
    }
    expect(found).toEqual(answered);
    await archive.close();
  }, 180_000);
});
