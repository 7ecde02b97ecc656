import { generateKeyPairSync } from 'node:crypto';
import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  approveModel,
  certificatesOf,
  judgeModel,
  privateKeyOf,
  readTrustFile,
  sealFolder,
  signModel,
  type Trust,
} from '@medserve/engines';
import { signingChain } from '@medserve/testkit';
import { ROOT } from '../support/platform';
import { isReal } from './is-real';
import { ModelSigningTool } from './model-signing-tool';

const tool = isReal ? ModelSigningTool.install() : 'needs PyPI: npm run test:real';

jest.setTimeout(120_000);

if (typeof tool === 'string') {
  describe('models signed by OpenSSF’s tool and by ours', () => {
    it.skip(tool, () => undefined);
  });
} else {
  describe('models signed by OpenSSF’s tool and by ours', () => {
    let root: string;
    const at = (...steps: string[]) => join(root, ...steps);
    const model = () => at('stain-nuclei', '1');
    const signature = () => join(model(), 'model.sig');

    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'medserve-signing-tool-'));
      await cp(join(ROOT, 'models', 'stain-nuclei'), at('stain-nuclei'), { recursive: true });
    });
    afterEach(() => rm(root, { recursive: true }));

    async function ourVerdict(proof: object): Promise<Trust> {
      const identities = [{ name: 'ada', roles: ['uploader'], ...proof }];
      await writeFile(at('trust.yaml'), JSON.stringify({ format: 'medserve.trust/1', mode: 'signed', identities }));
      return judgeModel(
        await sealFolder(model()),
        { name: 'stain-nuclei' },
        await readTrustFile(at('trust.yaml')),
        new Date(),
      );
    }

    async function newKey(namedCurve: string): Promise<string> {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      await writeFile(at('key.pem'), pem);
      await writeFile(at('key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
      return pem;
    }

    const theirVerdict = (file = signature()) =>
      tool.run('verify', 'key', '--signature', file, '--public_key', at('key.pub'), model());
    const theySign = () => tool.run('sign', 'key', '--signature', signature(), '--private_key', at('key.pem'), model());

    describe.each(['P-256', 'P-384', 'P-521'])('by a key on %s', (curve) => {
      it('theirs takes ours, before and after the approval, and not when it was altered', async () => {
        const key = privateKeyOf(await newKey(curve));
        await signModel(model(), { key, chain: [] });
        expect(theirVerdict()).toMatchObject({ isGood: true });
        await approveModel(model(), await sealFolder(model()), { key, chain: [] });
        expect(theirVerdict()).toMatchObject({ isGood: true });
        expect(theirVerdict(join(model(), 'approval.sig'))).toMatchObject({ isGood: true });
        await appendFile(join(model(), 'model.onnx'), 'x');
        expect(theirVerdict()).toMatchObject({ isGood: false, said: expect.stringContaining('model.onnx') as string });
      });

      it('ours takes theirs, and not when it was altered', async () => {
        await newKey(curve);
        expect(theySign()).toMatchObject({ isGood: true });
        await expect(ourVerdict({ key: 'key.pub' })).resolves.toMatchObject({
          uploader: { identity: { name: 'ada' } },
        });
        await appendFile(join(model(), 'model.onnx'), 'x');
        await expect(ourVerdict({ key: 'key.pub' })).rejects.toMatchObject({
          message: 'The file model.onnx is not the one that was signed.',
        });
      });
    });

    describe('by a certificate', () => {
      const certificate = { authorities: 'authority.pem', subject: ['CN=Ada', 'O=Hospital'] };

      async function newChain() {
        const made = await signingChain();
        await writeFile(at('authority.pem'), made.authority);
        await writeFile(at('between.pem'), made.between.join('\n'));
        await writeFile(at('ada.pem'), made.certificate);
        await writeFile(at('key.pem'), made.key);
        return made;
      }
      const theirs = () =>
        tool.run(
          'verify',
          'certificate',
          '--signature',
          signature(),
          '--certificate_chain',
          at('authority.pem'),
          model(),
        );

      it('theirs takes ours', async () => {
        const made = await newChain();
        const chain = [made.certificate, ...made.between].flatMap(certificatesOf);
        await signModel(model(), { key: privateKeyOf(made.key), chain });
        expect(theirs()).toMatchObject({ isGood: true });
        await appendFile(join(model(), 'card.md'), 'x');
        expect(theirs()).toMatchObject({ isGood: false });
      });

      it('ours takes theirs', async () => {
        await newChain();
        const files = ['--signing_certificate', at('ada.pem'), '--certificate_chain', at('between.pem')];
        const signed = tool.run(
          ...['sign', 'certificate', '--signature', signature(), '--private_key', at('key.pem')],
          ...[...files, model()],
        );
        expect(signed).toMatchObject({ isGood: true });
        await expect(ourVerdict({ certificate })).resolves.toMatchObject({ uploader: { identity: { name: 'ada' } } });
        await appendFile(join(model(), 'card.md'), 'x');
        await expect(ourVerdict({ certificate })).rejects.toMatchObject({ reason: 'model_untrusted' });
      });
    });
  });
}
