import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { program } from '../../program';

const MODELS = resolve(__dirname, '..', '..', '..', '..', '..', 'models');

let folder: string;
let said: string[];
const at = (...steps: string[]) => join(folder, ...steps);
const model = () => at('models', 'ct-tissue', '1');

async function run(...args: string[]): Promise<string> {
  said = [];
  const medserve = await program('models');
  await medserve.parseAsync(['node', 'medserve', 'models', ...args]);
  return said.join('');
}

const key = (name: string) => ['--key', at(`${name}.pem`), '--passphrase-file', at('secret')];
const trust = () => ['--trust', at('trust.yaml')];
const approve = (name: string) => run('approve', model(), ...key(name), ...trust(), '--home', at('home'), '--yes');

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'medserve-cli-signing-')));
  await cp(join(MODELS, 'ct-tissue'), at('models', 'ct-tissue'), { recursive: true });
  await writeFile(at('secret'), 'correct horse\n');
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  for (const name of ['ada', 'bo']) await run('keygen', at(name), '--passphrase-file', at('secret'));
  await writeFile(
    at('trust.yaml'),
    `format: medserve.trust/1
mode: require
identities:
  - { name: ada, key: ada.pub, roles: [uploader, approver] }
  - { name: bo, key: bo.pub, roles: [approver] }
`,
  );
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

describe('medserve models keygen', () => {
  it('makes a key that only its owner can read, encrypted, and never overwrites one', async () => {
    expect(readFileSync(at('ada.pem'), 'utf8')).toContain('ENCRYPTED');
    expect(statSync(at('ada.pem')).mode & 0o777).toBe(0o600);
    await expect(run('keygen', at('ada'))).rejects.toThrow('ada.pem is there already');
    expect(await run('keygen', at('bare'))).toContain('whoever has the file can sign');
  });
});

describe('a model', () => {
  it('is signed by one, approved by another, and then trusted', async () => {
    await run('sign', model(), ...key('ada'));
    expect(await run('verify', model(), ...trust(), '--json')).toContain('it has no approval.sig');
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
    const shown = await approve('bo');
    expect(shown).toContain('ct-tissue:1');
    expect(shown).toContain('not for');
    expect(shown).toContain('There is no ledger in');
    const verdict: unknown = JSON.parse(await run('verify', model(), ...trust(), '--json'));
    expect(verdict).toMatchObject({
      trusted: true,
      model: 'ct-tissue/1',
      mode: 'require',
      signer: { name: 'ada' },
      approver: { name: 'bo' },
      digests: { 1: expect.stringMatching(/^sha256:/) as string },
    });
    expect(process.exitCode).toBeUndefined();
    expect(await run('verify', model(), ...trust())).toContain('approved by  bo');
  });

  it('is not approved by the one who uploaded it, nor by one who is no approver, nor before it is signed', async () => {
    await expect(approve('bo')).rejects.toThrow('The model is not signed');
    await run('sign', model(), ...key('ada'));
    await expect(approve('ada')).rejects.toThrow('the one who uploaded it');
    await run('keygen', at('eve'), '--passphrase-file', at('secret'));
    await expect(approve('eve')).rejects.toThrow('by nobody whom the trust policy names');
    expect(existsSync(join(model(), 'approval.sig'))).toBe(false);
  });

  it('is not approved unless somebody says yes', async () => {
    await run('sign', model(), ...key('ada'));
    const asked = run('approve', model(), ...key('bo'), ...trust(), '--home', at('home'));
    await expect(asked).rejects.toThrow('nobody is here to ask');
  });

  it('that was changed is not trusted, and the first file that was is named', async () => {
    await run('sign', model(), ...key('ada'));
    await approve('bo');
    await writeFile(join(model(), 'model.onnx'), 'other');
    await writeFile(join(model(), 'card.md'), 'other');
    const text = await run('verify', model(), ...trust());
    expect(text).toBe('ct-tissue/1 is NOT trusted: The file card.md is not the one that was signed.\n');
    expect(process.exitCode).toBe(1);
  });

  it('that could not be served is not signed', async () => {
    await writeFile(join(model(), 'model.onnx'), 'other');
    await expect(run('sign', model(), ...key('ada'))).rejects.toThrow('could not be served');
  });

  it('is named by the folder that one signature covers', async () => {
    const wrong = run('sign', at('models', 'ct-tissue'), ...key('ada'));
    await expect(wrong).rejects.toThrow('name the folder of one (1)');
  });
});

describe('a passphrase', () => {
  it('that is missing or wrong is told, and never an argument', async () => {
    await expect(run('sign', model(), '--key', at('ada.pem'))).rejects.toThrow('give it with --passphrase-file');
    await writeFile(at('secret'), 'wrong\n');
    await expect(run('sign', model(), ...key('ada'))).rejects.toThrow('the key cannot be used');
  });

  it('may come in a variable', async () => {
    process.env['MEDSERVE_SIGNING_PASSPHRASE'] = 'correct horse';
    try {
      expect(await run('sign', model(), '--key', at('ada.pem'))).toContain('ct-tissue/1 is signed');
    } finally {
      delete process.env['MEDSERVE_SIGNING_PASSPHRASE'];
    }
  });
});
