import type { InputFile } from '@medserve/imaging';
import type { PurposeOfUse } from '@medserve/security';
import type { ContentVault } from '@medserve/storage';

/** What a session began with. */
export interface SessionHead {
  readonly model: string;
  readonly system?: string;
  readonly purpose?: PurposeOfUse;
}

/** What was said in one turn. */
export interface TurnWords {
  readonly text: string;
  /** SHA-256 of the images that came with it, in hex. */
  readonly images: readonly string[];
  readonly answer: string;
  /** `name:version` of who answered. */
  readonly model: string;
}

/** Where sealed bytes belong: three kinds of them never open in each other's place. */
const place = (tenant: string, kind: 'head' | 'words' | 'images', id: string) => ({
  tenant,
  request: `chat-${kind}/${id}`,
});

/** Whose key seals what is said about whom, and when. */
export interface SealedFor {
  readonly tenant: string;
  /** Keyed hash of the patient's id, where somebody said it. */
  readonly patient?: string | undefined;
  readonly at: string;
}

type Vault = Pick<ContentVault, 'store' | 'open'>;

/** Seals what sessions hold, and opens it. Methods throw as those of the vault do: `result_shredded` where a key was destroyed. */
export class SessionContent {
  constructor(private readonly vault: Vault) {}

  storeHead<T>(whose: SealedFor, id: string, head: SessionHead, write: (sealed: Buffer) => Promise<T>): Promise<T> {
    return this.vault.store(toldOf(whose, 'head', id), toJson(head), write);
  }

  async head(tenant: string, id: string, sealed: Buffer): Promise<SessionHead> {
    return fromJson(await this.vault.open(place(tenant, 'head', id), sealed)) as SessionHead;
  }

  /** Both parts under one key. @param id of the request that answered the turn */
  storeTurn<T>(
    whose: SealedFor,
    id: string,
    { words, files }: { readonly words: TurnWords; readonly files: readonly InputFile[] },
    write: (words: Buffer, images: Buffer | null) => Promise<T>,
  ): Promise<T> {
    return this.vault.store(toldOf(whose, 'words', id), toJson(words), (sealed) =>
      files.length === 0
        ? write(sealed, null)
        : this.vault.store(toldOf(whose, 'images', id), packFiles(files), (images) => write(sealed, images)),
    );
  }

  async words(tenant: string, request: string, sealed: Buffer): Promise<TurnWords> {
    return fromJson(await this.vault.open(place(tenant, 'words', request), sealed)) as TurnWords;
  }

  async files(tenant: string, request: string, sealed: Buffer): Promise<readonly InputFile[]> {
    return unpackFiles(await this.vault.open(place(tenant, 'images', request), sealed));
  }
}

const toldOf = ({ tenant, patient, at }: SealedFor, kind: 'head' | 'words' | 'images', id: string) => ({
  ...place(tenant, kind, id),
  at,
  ...(patient === undefined ? {} : { patient }),
});

const toJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const fromJson = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'));

const HEADER_BYTES = 4;

interface PackedFile {
  readonly size: number;
  readonly mediaType?: string;
}

/** `length of the header (4) || header as JSON || files one after another`; the header says the size and type of each. */
export function packFiles(files: readonly InputFile[]): Buffer {
  const header = toJson(files.map(({ bytes, mediaType }) => ({ size: bytes.length, mediaType })));
  const length = Buffer.alloc(HEADER_BYTES);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, ...files.map(({ bytes }) => bytes)]);
}

export function unpackFiles(packed: Buffer): readonly InputFile[] {
  let from = HEADER_BYTES + packed.readUInt32BE(0);
  const header = fromJson(packed.subarray(HEADER_BYTES, from)) as readonly PackedFile[];
  return header.map(({ size, mediaType }) => {
    const bytes = packed.subarray(from, (from += size));
    return mediaType === undefined ? { bytes } : { bytes, mediaType };
  });
}
