import { readFile } from 'node:fs/promises';
import { writeWhole } from '@medserve/engines';
import { z } from 'zod';

const entry = z.strictObject({
  /** Of the model. */
  name: z.string(),
  /** Absolute path of the repository that it was copied from. */
  repository: z.string(),
  /** Where it lies in a repository. */
  place: z.string(),
  /** Of the copy. */
  seal: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

const schema = z.strictObject({ format: z.literal('medserve.served/1'), served: z.array(entry).max(100_000) });

/** A model, or in our own layout one version of it, that was found good. */
export type ServedEntry = z.output<typeof entry>;

/** What was served last, of each model: written down, so that it can be served again when its repository is gone. */
export class ServedList {
  private constructor(
    private readonly path: string,
    private entries: readonly ServedEntry[],
  ) {}

  /** A list that cannot be read is begun anew: it tells where copies lie, and each copy is judged by itself. */
  static async open(path: string): Promise<ServedList> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const parsed = schema.safeParse(parseJson(text));
    return new ServedList(path, parsed.success ? parsed.data.served : []);
  }

  of(name: string): readonly ServedEntry[] {
    return this.entries.filter((one) => one.name === name);
  }

  names(): readonly string[] {
    return [...new Set(this.entries.map(({ name }) => name))];
  }

  seals(): ReadonlySet<string> {
    return new Set(this.entries.map(({ seal }) => seal));
  }

  /** Puts these in place of what is known of the models. */
  async put(names: readonly string[], entries: readonly ServedEntry[]): Promise<void> {
    const next = [...this.entries.filter(({ name }) => !names.includes(name)), ...entries];
    if (JSON.stringify(next) === JSON.stringify(this.entries)) return;
    await writeWhole(this.path, JSON.stringify({ format: 'medserve.served/1', served: next }));
    this.entries = next;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
