import { generateKeyPairSync } from 'node:crypto';
import { statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approveModel, publicHalf, sealFolder, signModel, type SigningKey } from '@medserve/engines';
import { silentLogger } from '@medserve/runtime';
import { identityOnnx, writeModelPackage, writeTritonModel } from '@medserve/testkit';
import type { AdmissionEvent } from '../../settings';
import { refusalOf, type FoundPackage } from '../found-package';
import { Repositories } from '../repositories';
import { openAdmission } from './open-admission';

const newKey = (): SigningKey => ({ key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, chain: [] });
const UPLOADER = newKey();
const APPROVER = newKey();
const pemOf = ({ key }: SigningKey) => publicHalf(key).export({ type: 'spki', format: 'pem' }).toString();

let root: string;
let repository: string;
let copies: string;
let trustFile: string;
let events: AdmissionEvent[];
let repositories: Repositories;

const writeTrust = (mode: string, more: Record<string, unknown> = {}) =>
  writeFile(
    trustFile,
    JSON.stringify({
      format: 'medserve.trust/1',
      mode,
      identities: [
        { name: 'uploader', key: pemOf(UPLOADER), roles: ['uploader'] },
        { name: 'approver', key: pemOf(APPROVER), roles: ['approver'] },
      ],
      ...more,
    }),
  );

/** A pod's view of its repositories, as it is after a start. */
async function start(settings: { trusts?: boolean; maxCopiesBytes?: number; also?: string } = {}): Promise<void> {
  const admission = await openAdmission(
    {
      listen: { host: '', port: 0 },
      repositories: [repository],
      logger: silentLogger,
      trustFile: settings.trusts === false ? undefined : trustFile,
      copiesFolder: copies,
      maxCopiesBytes: settings.maxCopiesBytes,
      onAdmission: (event) => events.push(event),
    },
    join(root, 'scratch'),
  );
  const folders = settings.also === undefined ? [repository] : [repository, settings.also];
  repositories = new Repositories(folders, silentLogger, admission);
}

async function write(name: string, version = '1', onnx = identityOnnx()): Promise<string> {
  return writeModelPackage(repository, { name, version, onnx });
}

async function writeSigned(name: string, version = '1', onnx = identityOnnx()): Promise<string> {
  const folder = await write(name, version, onnx);
  await sign(folder);
  return folder;
}

async function sign(folder: string): Promise<void> {
  await signModel(folder, UPLOADER);
  await approveModel(folder, await sealFolder(folder), APPROVER);
}

const shown = (found: readonly FoundPackage[]) =>
  Object.fromEntries(
    found.map(({ entry }) => [
      `${entry.name}:${entry.version}`,
      entry.state === 'broken'
        ? entry.untrusted
          ? 'untrusted'
          : 'broken'
        : entry.fromLocalCopy
          ? 'copy'
          : 'repository',
    ]),
  );

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'medserve-admission-'));
  repository = join(root, 'models');
  copies = join(root, 'copies');
  trustFile = join(root, 'trust.yaml');
  events = [];
  await mkdir(repository);
  await writeTrust('require');
});
afterEach(() => rm(root, { recursive: true }));

describe('a pod with a trust file', () => {
  it('serves what is signed and approved, and nothing else', async () => {
    await writeSigned('good');
    await write('unsigned');
    await signModel(await write('unapproved'), UPLOADER);
    await start();
    const found = await repositories.readAll();
    expect(shown(found)).toEqual({ 'good:1': 'repository', 'unsigned:1': 'untrusted', 'unapproved:1': 'untrusted' });
    expect(found.find(({ entry }) => entry.name === 'good')?.entry).toMatchObject({
      signer: 'uploader',
      approver: 'approver',
    });
    expect(events.filter(({ kind }) => kind === 'refused')).toEqual([
      { kind: 'refused', why: 'model_untrusted' },
      { kind: 'refused', why: 'model_untrusted' },
    ]);
  });

  it('loads from its copy, which only it can write to, and which has no file that was not signed', async () => {
    const folder = await writeSigned('good');
    await writeFile(join(folder, '.gitignore'), 'never signed');
    await start();
    const [found] = await repositories.readModel('good');
    const used = found?.modelPackage?.folder ?? '';
    expect(used.startsWith(copies)).toBe(true);
    expect((await readdir(used)).sort()).toEqual(['approval.sig', 'model.onnx', 'model.sig', 'model.yaml']);
    await writeFile(join(folder, 'model.onnx'), 'changed under way');
    expect((await sealFolder(used)).files).toHaveLength(2);
    await expect(repositories.readModel('good').then(shown)).resolves.toEqual({ 'good:1': 'copy' });
  });

  it('takes a model in Triton’s layout with one signature over all of it', async () => {
    const versions = { 1: identityOnnx(), 2: identityOnnx() };
    const config = 'version_policy: { all {} }';
    const folder = await writeTritonModel(repository, { name: 'triton', versions, config });
    await sign(folder);
    await start();
    expect(shown(await repositories.readAll())).toEqual({ 'triton:1': 'repository', 'triton:2': 'repository' });
    await rename(folder, join(repository, 'other'));
    expect(shown(await repositories.readAll())).toEqual({ 'other:': 'untrusted' });
  });

  it('refuses an old version that was signed once', async () => {
    await writeSigned('good', '1');
    await writeSigned('good', '2');
    await writeTrust('require', { minimumVersions: { good: 2 } });
    await start();
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'untrusted', 'good:2': 'repository' });
  });

  it('serves what one repository has signed, though an earlier one has it unsigned', async () => {
    await writeSigned('good');
    await rename(repository, `${repository}-signed`);
    await mkdir(repository);
    await write('good');
    await start({ also: `${repository}-signed` });
    const found = await repositories.readAll();
    expect(shown(found)).toEqual({ 'good:1': 'repository' });
    expect(found[0]?.entry.signer).toBe('uploader');
  });

  it('goes by the trust file as it is now, and by what it last said when it is damaged', async () => {
    await writeSigned('good');
    await start();
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'repository' });
    await writeFile(trustFile, 'damaged');
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'repository' });
    await writeTrust('require', { identities: [] });
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'untrusted' });
  });

  it('does not start without it', async () => {
    await writeFile(trustFile, 'mode: whatever');
    await expect(start()).rejects.toThrow('the trust file is not right');
    await rm(trustFile);
    await expect(start()).rejects.toThrow('the trust file cannot be read');
  });

  it('takes neither configurations nor files of a request for a model that has to be signed', async () => {
    await writeTrust('require', { rules: [{ models: ['demo-*'], mode: 'open' }] });
    await writeTritonModel(repository, { name: 'demo-model', versions: { 1: identityOnnx() } });
    await start();
    // Waiting signs nothing.
    await expect(repositories.checkSendable('chest')).rejects.toMatchObject({
      reason: 'model_untrusted',
      retryAfterMs: undefined,
    });
    await expect(repositories.readModel('chest', '{}')).rejects.toMatchObject({ reason: 'model_untrusted' });
    await expect(repositories.checkSendable('demo-model')).resolves.toBeUndefined();
    await expect(repositories.readModel('demo-model', '{}').then(shown)).resolves.toEqual({
      'demo-model:1': 'repository',
    });
  });
});

describe('a model that was served', () => {
  const fallbacks = () => events.filter((event) => event.kind === 'fallback').map(({ versions }) => versions);

  beforeEach(async () => {
    await writeSigned('good');
    await start();
    await repositories.readAll();
  });

  it.each([
    ['is gone', () => rm(repository, { recursive: true })],
    ['is empty, as an unmounted disk is', () => rename(repository, `${repository}-away`).then(() => mkdir(repository))],
    ['is no folder any more', () => rm(repository, { recursive: true }).then(() => writeFile(repository, ''))],
  ])('goes on being served when its repository %s, also after a restart', async (_, lose) => {
    await lose();
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'copy' });
    await start();
    const found = await repositories.readAll();
    expect(shown(found)).toEqual({ 'good:1': 'copy' });
    expect(found.map(refusalOf)).toEqual([undefined]);
    expect(fallbacks().at(-1)).toBe(1);
  });

  it('is served from its repository again when that is back', async () => {
    await rename(repository, `${repository}-away`);
    await repositories.readAll();
    await rename(`${repository}-away`, repository);
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'repository' });
    expect(fallbacks()).toEqual([0, 1, 0]);
  });

  it('is not served any more when it was taken out of a repository that is there', async () => {
    await writeSigned('other');
    await repositories.readAll();
    await rm(join(repository, 'good'), { recursive: true });
    expect(shown(await repositories.readAll())).toEqual({ 'other:1': 'repository' });
    await rm(repository, { recursive: true });
    expect(shown(await repositories.readAll())).toEqual({ 'other:1': 'copy' });
  });

  it('goes on being served when its files are half written, and a load by request says why it is not taken', async () => {
    await writeFile(join(repository, 'good', '1', 'model.onnx'), identityOnnx().subarray(0, 20));
    const found = await repositories.readModel('good');
    expect(shown(found)).toEqual({ 'good:1': 'copy' });
    expect(found.map(refusalOf)).toMatchObject([
      { reason: 'model_untrusted', message: 'The file model.onnx is not the one that was signed.' },
    ]);
  });

  it('goes on being served when a new version in its place is refused', async () => {
    await rm(join(repository, 'good', '1'), { recursive: true });
    await write('good', '2');
    expect(shown(await repositories.readModel('good'))).toEqual({ 'good:1': 'copy', 'good:2': 'untrusted' });
    await start();
    expect(shown(await repositories.readAll())).toEqual({ 'good:1': 'copy', 'good:2': 'untrusted' });
    await sign(join(repository, 'good', '2'));
    expect(shown(await repositories.readModel('good'))).toEqual({ 'good:2': 'repository' });
  });

  it('is not served from a copy that was altered, or that is not trusted any more', async () => {
    await rename(repository, `${repository}-away`);
    const [found] = await repositories.readAll();
    const file = join(found?.modelPackage?.folder ?? '', 'model.onnx');
    await writeTrust('require', { identities: [] });
    expect(await repositories.readAll()).toEqual([]);
    await rename(`${repository}-away`, repository);
    await writeTrust('require');
    await repositories.readAll();
    await rename(repository, `${repository}-away`);
    await chmod(file, 0o600);
    await writeFile(file, 'altered');
    expect(await repositories.readAll()).toEqual([]);
  });
});

describe('copies of models', () => {
  it('make room for each other, oldest first, but never for what is served', async () => {
    for (const name of ['one', 'two']) await writeSigned(name);
    await start();
    await repositories.readAll();
    const entries = await readdir(copies, { recursive: true, withFileTypes: true });
    const held = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)));
    const maxCopiesBytes = held.reduce((sum, { size }) => sum + size, 0) + 1_000;
    await start({ maxCopiesBytes });
    expect(shown(await repositories.readAll())).toEqual({ 'one:1': 'repository', 'two:1': 'repository' });
    await writeSigned('three');
    expect(shown(await repositories.readModel('three'))).toEqual({ 'three:1': 'broken' });
    await rm(join(repository, 'one'), { recursive: true });
    await repositories.readModel('one');
    expect(shown(await repositories.readModel('three'))).toEqual({ 'three:1': 'repository' });
  });

  it('that were begun and not finished are removed at the start', async () => {
    await mkdir(join(copies, '.part-1', 'x'), { recursive: true });
    await start();
    expect(await readdir(copies)).toEqual([]);
  });

  it('are kept without a trust file where somebody asks for it', async () => {
    await write('open');
    await start({ trusts: false });
    expect(shown(await repositories.readAll())).toEqual({ 'open:1': 'repository' });
    await rm(repository, { recursive: true });
    const [found] = await repositories.readAll();
    expect(found?.entry).toMatchObject({ name: 'open', fromLocalCopy: true, signer: '' });
  });
});
