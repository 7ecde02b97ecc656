import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CODINGS, type Coding } from './coding';

/** A file as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, base64url. */
  readonly digest: string;
  /** The same, compressed. */
  readonly coded: ReadonlyMap<Coding, Buffer>;
}

/** The console, in memory. What is not in here is not served, however its path is spelt. */
export interface ConsoleFiles {
  /** The page; what it shows, it reads off its address. */
  readonly index: ConsoleFile;
  readonly icon: ConsoleFile;
  /** Under their names, which hold a hash of what they are. */
  readonly assets: ReadonlyMap<string, ConsoleFile>;
}

/** Of all files together: the console of today takes a tenth. */
const LIMITS = { files: 1_024, bytes: 64 * 1024 * 1024 };

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * Reads a built console: the page, its icon, and the files in `assets`. Each may stand there compressed too (`x.js.br`, `x.js.gz`).
 *
 * @param folder as Vite wrote it
 * @throws Error for a folder that holds no console, a file of a type that no page has, or more than fits into memory
 */
export async function readConsole(folder: string): Promise<ConsoleFiles> {
  const read = new Reader(folder);
  const names = (await namesIn(folder, 'assets')).filter((name) => !isCoded(name));
  if (names.length > LIMITS.files)
    throw new Error(`the console in ${folder} has more than ${String(LIMITS.files)} files`);
  const assets = new Map<string, ConsoleFile>();
  for (const name of names) assets.set(name, await read.file(`assets/${name}`));
  return { index: await read.file('index.html'), icon: await read.file('favicon.svg'), assets };
}

class Reader {
  private bytes = 0;

  constructor(private readonly folder: string) {}

  async file(name: string): Promise<ConsoleFile> {
    const type = TYPES[extname(name)];
    if (type === undefined) throw new Error(`the console in ${this.folder} has a file of an unknown type: ${name}`);
    const bytes = await this.read(name);
    if (bytes === undefined) throw new Error(`there is no built console in ${this.folder}: ${name} is missing`);
    const coded = new Map<Coding, Buffer>();
    for (const coding of Object.keys(CODINGS) as Coding[]) {
      const smaller = await this.read(`${name}${CODINGS[coding]}`);
      if (smaller !== undefined) coded.set(coding, smaller);
    }
    return { type, bytes, digest: createHash('sha256').update(bytes).digest('base64url'), coded };
  }

  private async read(name: string): Promise<Buffer | undefined> {
    const bytes = await orNothing(readFile(join(this.folder, name)));
    this.bytes += bytes?.length ?? 0;
    if (this.bytes > LIMITS.bytes) {
      throw new Error(`the console in ${this.folder} is larger than ${String(LIMITS.bytes)} bytes`);
    }
    return bytes;
  }
}

const isCoded = (name: string): boolean => Object.values(CODINGS).some((ending) => name.endsWith(ending));

/** Plain files only: a link could lead anywhere. */
async function namesIn(folder: string, name: string): Promise<string[]> {
  const entries = await orNothing(readdir(join(folder, name), { withFileTypes: true }));
  return (entries ?? []).filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** What is not there is nothing; every other reason why it cannot be read is told. */
async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
