import { createHash } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sealFolder } from './seal-folder';
import { SIGNATURE } from './signed-files';
import { SignedModel } from './testing/signed-model';

/** Of a file and a purpose: the same in every run, and different for every file. */
const place = (path: string, size: number): number =>
  createHash('sha256').update(path).digest().readUInt32BE(0) % Math.max(size, 1);

let model: SignedModel;
let paths: readonly string[];
beforeAll(async () => {
  model = await SignedModel.create();
  await model.sign();
  paths = (await sealFolder(model.folder)).files.map(({ path }) => path);
});
afterAll(() => model.remove());

const at = (path: string) => join(model.folder, path);

/** Judges the model as it is after `alter`, which is undone. */
async function judgeAltered(alter: () => Promise<() => Promise<unknown>>): Promise<unknown> {
  const undo = await alter();
  const found = await model.judge().catch((error: unknown) => error);
  await undo();
  return found;
}

// What was altered is what a model was refused for: as it was before, it is trusted.
afterEach(async () => {
  await expect(model.judge()).resolves.toMatchObject({ uploader: { identity: { name: 'uploader' } } });
});

const refusedFor = (path: string) => ({
  reason: 'model_untrusted',
  message: expect.stringContaining(path) as string,
});

describe('a signed reference package', () => {
  it('has files, and is trusted as it was signed', async () => {
    expect(paths.length).toBeGreaterThan(4);
    expect(paths).toContain('model.onnx');
    const { files } = await model.judge();
    expect(files.map(({ path }) => path)).toEqual(paths);
  });

  it('is refused with one bit of any file the other way round, which is named', async () => {
    for (const path of paths) {
      const bytes = await readFile(at(path));
      const found = await judgeAltered(async () => {
        const altered = Buffer.from(bytes);
        const index = place(path, bytes.byteLength);
        altered[index] = (altered[index] ?? 0) ^ 1;
        await writeFile(at(path), altered);
        return () => writeFile(at(path), bytes);
      });
      expect(found).toMatchObject(refusedFor(path));
    }
  });

  it('is refused without any one of its files, or with one byte less of it', async () => {
    for (const path of paths) {
      const bytes = await readFile(at(path));
      for (const shortened of [undefined, bytes.subarray(0, -1)]) {
        const found = await judgeAltered(async () => {
          await rm(at(path));
          if (shortened) await writeFile(at(path), shortened);
          return () => writeFile(at(path), bytes);
        });
        expect(found).toMatchObject(refusedFor(path));
      }
    }
  });

  it('is refused with one more file, wherever it lies and whatever it is called', async () => {
    const added = ['extra.bin', '.hidden', 'recipe/extra.py', '1/model.onnx', 'a/b/c.txt', 'model.onnx.data', '.git2'];
    for (const path of added) {
      const found = await judgeAltered(async () => {
        await mkdir(dirname(at(path)), { recursive: true });
        await writeFile(at(path), 'more');
        return () => rm(at(path));
      });
      expect(found).toMatchObject(refusedFor(path));
    }
  });

  it('is refused when any file has a second name outside, or is a link to its own bytes', async () => {
    for (const path of paths) {
      const other = join(model.root, 'elsewhere');
      const hard = await judgeAltered(async () => {
        await link(at(path), other);
        return () => rm(other);
      });
      expect(hard).toMatchObject(refusedFor(path));
      const soft = await judgeAltered(async () => {
        await rename(at(path), other);
        await symlink(other, at(path));
        return async () => {
          await rm(at(path));
          await rename(other, at(path));
        };
      });
      expect(soft).toMatchObject(refusedFor(path));
    }
  });

  it('is refused with any two files in each other’s place', async () => {
    for (const [index, one] of paths.entries()) {
      for (const other of paths.slice(index + 1)) {
        const swap = async () => {
          await rename(at(one), at('swap'));
          await rename(at(other), at(one));
          await rename(at('swap'), at(other));
        };
        const found = await judgeAltered(async () => {
          await swap();
          return swap;
        });
        expect(found).toMatchObject({ reason: 'model_untrusted' });
      }
    }
  }, 60_000);

  it('is refused with a file under another name, or under its own in capitals', async () => {
    for (const path of paths) {
      for (const renamed of [`${path}x`, path.toUpperCase()].filter((name) => name !== path)) {
        const found = await judgeAltered(async () => {
          await mkdir(dirname(at(renamed)), { recursive: true });
          await rename(at(path), at(renamed));
          return () => rename(at(renamed), at(path));
        });
        expect(found).toMatchObject({ reason: 'model_untrusted' });
      }
    }
  });

  it('is refused with two files whose names differ in case only', async () => {
    const found = await judgeAltered(async () => {
      await writeFile(at('Model.onnx'), 'other');
      return () => rm(at('Model.onnx'));
    });
    expect(found).toMatchObject({ message: 'model.onnx and Model.onnx differ in case only.' });
  });

  it('is refused with any byte of the signed statement or of the signature altered', async () => {
    const bytes = await readFile(at(SIGNATURE));
    const { dsseEnvelope } = JSON.parse(bytes.toString('utf8')) as {
      dsseEnvelope: { payload: string; signatures: { sig: string }[] };
    };
    for (const text of [dsseEnvelope.payload, dsseEnvelope.signatures[0]?.sig ?? '']) {
      for (let count = 0; count < 50; count += 1) {
        const index = bytes.indexOf(text) + place(String(count), text.length - 4);
        const found = await judgeAltered(async () => {
          const altered = Buffer.from(bytes);
          altered[index] = altered[index] === 0x41 ? 0x42 : 0x41;
          if (altered.equals(bytes)) altered[index] = 0x43;
          await writeFile(at(SIGNATURE), altered);
          return () => writeFile(at(SIGNATURE), bytes);
        });
        expect(found).toMatchObject({ reason: 'model_untrusted' });
      }
    }
  });

  it('is not signed without its signature', async () => {
    const bytes = await readFile(at(SIGNATURE));
    const found = await judgeAltered(async () => {
      await rm(at(SIGNATURE));
      return () => writeFile(at(SIGNATURE), bytes);
    });
    expect(found).toMatchObject({ message: 'The model is not signed: it has no model.sig.' });
  });
});
