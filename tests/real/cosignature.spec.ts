/**
 * A checkpoint that our witness cosigned, opened by verifiers that nobody here wrote: those of transparency-dev, in Go.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, cosign, EMPTY_ROOT, signNote, splitNote, verifierKey, witnessKey } from '@medserve/ledger';
import { isReal } from './is-real';

const hasGo = spawnSync('go', ['version']).status === 0;
const describeWithGo = isReal && hasGo ? describe : describe.skip;

describeWithGo(
  'a cosigned checkpoint, to the verifiers of transparency-dev (needs Go, under npm run test:real)',
  () => {
    const [origin, name] = ['medserve/0123456789ab/clinic', 'witness.example/w1'];
    const { privateKey: logKey } = generateKeyPairSync('ed25519');
    const { privateKey: key } = generateKeyPairSync('ed25519');
    let dir: string;

    beforeAll(() => {
      dir = mkdtempSync(join(tmpdir(), 'medserve-cosigned-'));
      const built = spawnSync('go', ['build', '-o', join(dir, 'cosigned'), '.'], {
        cwd: join(__dirname, 'cosigned'),
        encoding: 'utf8',
      });
      if (built.status !== 0) throw new Error(built.stderr);
    }, 180_000);

    afterAll(() => {
      rmSync(dir, { recursive: true });
    });

    const opened = (note: string, witness: string) =>
      spawnSync(join(dir, 'cosigned'), [verifierKey(origin, logKey), witness], { input: note, encoding: 'utf8' });

    const note = signNote(checkpointText({ origin, size: 0, root: EMPTY_ROOT }), origin, logKey);
    const line = cosign(splitNote(note).text, name, key, new Date('2026-11-25T12:00:00Z'));

    it('is one, of this log and this time', () => {
      const { status, stdout, stderr } = opened(`${note}${line}\n`, witnessKey(name, key));
      expect([status, stdout, stderr]).toEqual([0, `${origin} 0 2026-11-25T12:00:00Z\n`, '']);
    });

    it('is none where the witness is another, or did not sign', () => {
      expect(opened(`${note}${line}\n`, witnessKey(name, logKey)).status).toBe(1);
      expect(opened(note, witnessKey(name, key)).status).toBe(1);
    });
  },
);
