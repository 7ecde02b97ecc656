import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText } from '../checkpoint';
import { GrowingTree } from '../growing-tree';
import { leafHash } from '../hashing';
import { signNote, splitNote, verifierKey } from '../note';
import { consistencyPath, type TileReader } from '../proofs';
import { AheadWitnessError, askWitness, WitnessRefusedError, type ConsistencyProof } from './ask-witness';
import { cosign, cosignatureOf, witnessKey } from './cosignature';
import { FileMemory } from './file-memory';
import { serveWitness } from './serve-witness';
import { Witness } from './witness';

const ORIGIN = 'medserve/log';
const NAME = 'witness.example/w1';
const { privateKey: logKey } = generateKeyPairSync('ed25519');
const { privateKey: key } = generateKeyPairSync('ed25519');

/** A log in memory. */
class Log {
  private readonly tiles = new Map<string, Buffer>();
  readonly tree = new GrowingTree(0, []);

  grow(count: number): this {
    for (const { level, index, bytes } of this.tree.append(
      Array.from({ length: count }, () => leafHash(randomBytes(20))),
    ))
      this.tiles.set(`${String(level)}/${String(index)}`, bytes);
    return this;
  }

  private readonly read: TileReader = ({ level, index }) =>
    Promise.resolve(this.tiles.get(`${String(level)}/${String(index)}`) ?? Buffer.alloc(0));

  note(signer = logKey): string {
    const { size } = this.tree;
    return signNote(checkpointText({ origin: ORIGIN, size, root: this.tree.root() }), ORIGIN, signer);
  }

  prove(): ConsistencyProof {
    const { size } = this.tree;
    return (older) => (older > size ? Promise.resolve([]) : consistencyPath(older, size, this.read));
  }

  async submission(older: number): Promise<string> {
    const proof = await this.prove()(older);
    return [`old ${String(older)}`, ...proof.map((hash) => hash.toString('base64')), '', this.note()].join('\n');
  }
}

describe('a witness', () => {
  let dir: string;
  let witness: Witness;

  const open = (): Witness =>
    new Witness({
      name: NAME,
      key,
      logs: [verifierKey(ORIGIN, logKey)],
      memory: new FileMemory(dir),
      now: () => new Date('2026-11-25T12:00:00Z'),
    });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'medserve-witness-'));
    witness = open();
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('cosigns a log that only grows, and its line says when', async () => {
    const log = new Log();
    let older = 0;
    for (const count of [3, 300, 1, 256]) {
      log.grow(count);
      const { status, body } = await witness.add(await log.submission(older));
      expect([status, body.endsWith('\n')]).toEqual([200, true]);
      const cosigned = cosignatureOf(log.note() + body, witnessKey(NAME, key));
      expect(cosigned).toMatchObject({ witness: NAME, at: new Date('2026-11-25T12:00:00Z') });
      older = log.tree.size;
    }
  });

  it('cosigns the same checkpoint again, and no other of the same size', async () => {
    const log = new Log().grow(5);
    await witness.add(await log.submission(0));
    expect((await witness.add(await log.submission(5))).status).toBe(200);
    expect((await witness.add(await new Log().grow(5).submission(5))).status).toBe(422);
  });

  it('cosigns an empty log with no root but that of nothing', async () => {
    const wrong = signNote(checkpointText({ origin: ORIGIN, size: 0, root: randomBytes(32) }), ORIGIN, logKey);
    expect((await witness.add(`old 0\n\n${wrong}`)).status).toBe(422);
    expect((await witness.add(await new Log().submission(0))).status).toBe(200);
  });

  it('believes no checkpoint where one of the keys that it knows did not sign what is there', async () => {
    const { privateKey: next } = generateKeyPairSync('ed25519');
    const logs = [verifierKey(ORIGIN, logKey), verifierKey(ORIGIN, next)];
    witness = new Witness({ name: NAME, key, logs, memory: new FileMemory(dir) });
    const log = new Log().grow(5);
    const lineOf = (note: string): string => note.slice(note.indexOf('\n\n') + 2);
    expect((await witness.add(`old 0\n\n${log.note()}${lineOf(new Log().grow(2).note(next))}`)).status).toBe(403);
    expect((await witness.add(`old 0\n\n${log.note()}${lineOf(log.note(next))}`)).status).toBe(200);
  });

  it('says what it knows when it is asked from another size, and remembers it after a restart', async () => {
    const log = new Log().grow(5);
    await witness.add(await log.submission(0));
    witness = open();
    expect(await witness.add(await log.grow(2).submission(3))).toEqual({
      status: 409,
      contentType: 'text/x.tlog.size',
      body: '5\n',
    });
  });

  it('refuses a log that was rewritten', async () => {
    await witness.add(await new Log().grow(5).submission(0));
    expect((await witness.add(await new Log().grow(9).submission(5))).status).toBe(422);
  });

  it.each<[number, string, (log: Log) => Promise<string>]>([
    [404, 'a log that it does not watch', async (log) => (await log.submission(0)).replaceAll(ORIGIN, 'other/log')],
    [
      403,
      'a checkpoint of another key',
      async (log) => `old 0\n\n${log.note(generateKeyPairSync('ed25519').privateKey)}${await Promise.resolve('')}`,
    ],
    [400, 'an older size beyond the new one', (log) => Promise.resolve(`old 6\n\n${log.note()}`)],
    [400, 'a size that is no number', (log) => Promise.resolve(`old 05\n\n${log.note()}`)],
    [400, 'a proof that is no hash', (log) => Promise.resolve(`old 0\nAAAA\n\n${log.note()}`)],
    [
      422,
      'a proof where none belongs',
      (log) => Promise.resolve(`old 0\n${randomBytes(32).toString('base64')}\n\n${log.note()}`),
    ],
    [
      400,
      'more hashes than a proof can have',
      (log) => Promise.resolve(`old 0\n${`${randomBytes(32).toString('base64')}\n`.repeat(64)}\n${log.note()}`),
    ],
    [400, 'nothing', () => Promise.resolve('')],
  ])('answers %d to %s', async (status, _, body) => {
    expect((await witness.add(await body(new Log().grow(5)))).status).toBe(status);
  });

  it('takes one checkpoint at a time, so that two that cross cannot put it back', async () => {
    const log = new Log().grow(5);
    const small = await log.submission(0);
    const large = await log.grow(5).submission(0);
    expect((await Promise.all([witness.add(large), witness.add(small)])).map(({ status }) => status)).toEqual([
      200, 409,
    ]);
  });

  describe('over HTTP', () => {
    let served: Awaited<ReturnType<typeof serveWitness>>;
    const signal = new AbortController().signal;
    const ask = (log: Log, older: number) =>
      askWitness({ url: served.url, verifier: witnessKey(NAME, key) }, log.note(), older, log.prove(), signal);

    beforeEach(async () => {
      served = await serveWitness(witness, 0);
    });

    afterEach(() => served.close());

    it('cosigns, also for a log that no longer knows what it was shown last', async () => {
      const log = new Log().grow(5);
      expect((await ask(log, 0)).witness).toBe(NAME);
      const { line } = await ask(log.grow(300), 0);
      expect(splitNote(`${log.note()}${line}\n`).signatures.map(({ name }) => name)).toEqual([ORIGIN, NAME]);
    });

    it('tells a log that was put back, or is another, that it is', async () => {
      await ask(new Log().grow(9), 0);
      await expect(ask(new Log().grow(5), 0)).rejects.toThrow(AheadWitnessError);
      await expect(ask(new Log().grow(9), 9)).rejects.toThrow(AheadWitnessError);
      await expect(ask(new Log().grow(12), 0)).rejects.toThrow(AheadWitnessError);
    });

    it('is not taken for one that knows another log where somebody else asked meanwhile', async () => {
      const log = new Log().grow(5);
      await ask(log, 0);
      const larger = await log.grow(2).submission(5);
      const { note, prove } = { note: log.grow(2).note(), prove: log.prove() };
      const crossing: ConsistencyProof = async (older) => {
        if (older === 5) await witness.add(larger);
        return prove(older);
      };
      const address = { url: served.url, verifier: witnessKey(NAME, key) };
      const asked = askWitness(address, note, 0, crossing, signal);
      await expect(asked).rejects.toThrow(WitnessRefusedError);
      await expect(asked).rejects.not.toThrow(AheadWitnessError);
    });

    it('takes a checkpoint with sixteen signatures of keys as long as they are to come', async () => {
      const line = (at: number) => `— log.example/${String(at)} ${randomBytes(4 + 3_700).toString('base64')}\n`;
      const others = Array.from({ length: 16 }, (_, at) => line(at)).join('');
      const body = `${await new Log().grow(5).submission(0)}${others}`;
      expect((await fetch(new URL('/add-checkpoint', served.url), { method: 'POST', body })).status).toBe(200);
    });

    it('refuses a body without an end, and any other path', async () => {
      const post = (path: string, body: string) => fetch(new URL(path, served.url), { method: 'POST', body });
      expect((await post('/add-checkpoint', 'x'.repeat(300_000))).status).toBe(413);
      expect((await post('/other', '')).status).toBe(404);
      expect((await fetch(new URL('/add-checkpoint', served.url))).status).toBe(404);
    });
  });
});

describe('a cosignature', () => {
  const text = checkpointText({ origin: ORIGIN, size: 0, root: Buffer.alloc(32) });
  const note = signNote(text, ORIGIN, logKey);

  it('is found among others, and does not hold for another text, time or key', () => {
    const line = cosign(text, NAME, key, new Date());
    const verifier = witnessKey(NAME, key);
    expect(cosignatureOf(`${note}${line}\n`, verifier)?.line).toBe(line);
    expect(cosignatureOf(note, verifier)).toBeUndefined();
    expect(cosignatureOf(`${note.replace('\n0\n', '\n1\n')}${line}\n`, verifier)).toBeUndefined();
    expect(cosignatureOf(`${note}${line}\n`, witnessKey(NAME, logKey))).toBeUndefined();
    const [, blob = ''] = line.split(`${NAME} `);
    const bytes = Buffer.from(blob, 'base64');
    bytes[11] = (bytes[11] ?? 0) ^ 1;
    expect(cosignatureOf(`${note}— ${NAME} ${bytes.toString('base64')}\n`, verifier)).toBeUndefined();
  });

  it.each([0, 2 ** 63])('says when: one of second %d is none', (second) => {
    const now = { getTime: () => second * 1000 } as Date;
    expect(cosignatureOf(`${note}${cosign(text, NAME, key, now)}\n`, witnessKey(NAME, key))).toBeUndefined();
  });

  it('is not looked for with a key for logs', () => {
    expect(() => cosignatureOf(note, verifierKey(ORIGIN, logKey))).toThrow('not one for witnesses');
  });
});
