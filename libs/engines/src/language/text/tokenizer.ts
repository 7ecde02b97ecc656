import { readFile, stat } from 'node:fs/promises';
import { broken } from '../../broken';
import { ControlTokens, type ControlToken } from './control-tokens';
import { GUARD, plainText } from './guard';
import { tokenBytesBy } from './token-bytes';
import { withUnicodeDigits } from './unicode-digits';

/** A tokenizer of a vocabulary of 256,000 has about 35 MB. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

interface AddedTokenEntry {
  readonly id: number;
  readonly content: string;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly special?: boolean;
}

/** As much of `tokenizer.json` as is read here; the rest is for the library. */
interface TokenizerFile {
  readonly added_tokens?: readonly AddedTokenEntry[];
  readonly model: {
    readonly vocab: Record<string, number> | [string, number][];
    readonly unk_token?: string | null;
  };
  readonly pre_tokenizer?: unknown;
  readonly decoder?: unknown;
}

/** Four times the largest vocabularies in use: memory is taken for each. */
const MAX_SIZE = 2 ** 20;

const WHITE_SPACE = /^\s+$/;
const NO_BYTES = new Uint8Array();

/** From text to tokens and from tokens to bytes, as the model was trained on. */
export interface Tokenizer {
  /** One more than the highest id. */
  readonly size: number;
  readonly control: ControlTokens;
  /**
   * Encodes text in which nothing is a control token, whatever it spells.
   *
   * @param first whether the text begins the prompt: some tokenizers put a space before that.
   */
  encode(text: string, first: boolean): number[];
  /** The ids with those that the model wants around a text, such as `[CLS]` and `[SEP]`. */
  around(ids: readonly number[]): number[];
  /** @throws ServingError `model_broken` where tokens have no bytes of their own, so that no text could be written of them */
  checkWrites(): void;
  /** What a token adds to an answer: empty for special tokens and for ids without an entry. */
  bytesOf(id: number): Uint8Array;
  /** As the vocabulary spells it. */
  nameOf(id: number): string | undefined;
  idOf(name: string): number | undefined;
  /** Whether an answer loses the one space that it begins with. */
  readonly stripsFirstSpace: boolean;
}

/**
 * Gives the control tokens names that no text can spell, so that merging, or a vocabulary that lists them among its pieces, cannot
 * make one of what a caller wrote. In place: a vocabulary is large, and read for this alone.
 */
function hideControl(file: TokenizerFile, control: ControlTokens): object {
  const { vocab, unk_token: unknown } = file.model;
  if (isPieces(vocab)) {
    for (const piece of vocab) if (control.get(piece[0])) piece[0] = GUARD + piece[0];
  } else {
    for (const { text } of control.all) {
      const id = vocab[text];
      if (id === undefined) continue;
      Reflect.deleteProperty(vocab, text);
      vocab[GUARD + text] = id;
    }
  }
  const renamed = unknown && control.get(unknown) ? { unk_token: GUARD + unknown } : {};
  return {
    ...file,
    added_tokens: [],
    pre_tokenizer: withUnicodeDigits(file.pre_tokenizer),
    model: { ...file.model, ...renamed },
  };
}

const isPieces = (vocab: TokenizerFile['model']['vocab']): vocab is [string, number][] => Array.isArray(vocab);

const controlOf = ({ added_tokens: added = [] }: TokenizerFile): ControlToken[] =>
  added
    .filter(({ content }) => !WHITE_SPACE.test(content))
    .map(({ id, content, lstrip = false, rstrip = false, special = false }) => ({
      id,
      text: content,
      lstrip,
      rstrip,
      special,
    }));

async function readJson(path: string): Promise<TokenizerFile> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw broken('The tokenizer is larger than 64 MiB.');
  return JSON.parse(await readFile(path, 'utf8')) as TokenizerFile;
}

/**
 * Reads a `tokenizer.json` (Hugging Face tokenizers): BPE, WordPiece or Unigram.
 *
 * @throws ServingError `model_broken` for a file that is none
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  try {
    return await makeTokenizer(await readJson(path));
  } catch (error) {
    if (error instanceof Error && error.name === 'ServingError') throw error;
    throw broken('The tokenizer is not a tokenizer.json that can be read.', error);
  }
}

/**
 * @param file is changed
 * @throws whatever the library throws for what it does not know
 */
export async function makeTokenizer(file: TokenizerFile): Promise<Tokenizer> {
  const library = await import('@huggingface/tokenizers');
  const control = new ControlTokens(controlOf(file));
  const inner = new library.Tokenizer(hideControl(file, control), {});
  const { normalizer, pre_tokenizer: preTokenizer, model, post_processor: postProcessor } = inner;
  if (!model) throw broken('The tokenizer has no model.');
  const byId = new Map((file.added_tokens ?? []).map(({ id, content }) => [id, content]));
  const byName = new Map((file.added_tokens ?? []).map(({ id, content }) => [content, id]));
  const nameOf = (id: number): string | undefined => byId.get(id) ?? model.vocab[id];
  const idOf = (name: string): number | undefined => byName.get(name) ?? model.tokens_to_ids.get(name);
  const size = [...byId.keys()].reduce((most, id) => Math.max(most, id + 1), model.vocab.length);
  if (size > MAX_SIZE) throw broken('The vocabulary is larger than 1,048,576 tokens.');
  // White space that was added as tokens of its own is text all the same.
  const spaces = new ControlTokens(
    (file.added_tokens ?? [])
      .filter(({ content }) => WHITE_SPACE.test(content))
      .map(({ id, content }) => ({ id, text: content, lstrip: false, rstrip: false, special: false })),
  );
  const encodePiece = (text: string, first: boolean): number[] => {
    const normal = normalizer ? normalizer.normalize(text) : text;
    if (normal === '') return [];
    const words = preTokenizer ? preTokenizer.pre_tokenize(normal, { section_index: first ? 0 : 1 }) : [normal];
    return model._call(words).map((name) => {
      const id = model.tokens_to_ids.get(name) ?? model.unk_token_id;
      if (id === undefined) throw broken('The tokenizer has no token for a part of the text.');
      return id;
    });
  };
  const [before, after] = aroundText(
    postProcessor ? postProcessor.post_process([GUARD], null, true).tokens : [GUARD],
    idOf,
  );
  const decoder = lazy(() => tokenBytesBy(file.decoder));
  return {
    size,
    control,
    encode: (text, first) =>
      spaces
        .cut(plainText(text))
        .flatMap((piece, index) => (typeof piece === 'string' ? encodePiece(piece, first && index === 0) : [piece.id])),
    around: (tokens) => [...before, ...tokens, ...after],
    checkWrites: decoder,
    bytesOf: (id) => {
      const name = nameOf(id);
      if (name === undefined) return NO_BYTES;
      const token = control.get(name);
      if (token) return token.special ? NO_BYTES : new TextEncoder().encode(name);
      return spaces.get(name) ? new TextEncoder().encode(name) : decoder().bytesOf(name);
    },
    nameOf,
    idOf,
    get stripsFirstSpace() {
      return decoder().stripsFirstSpace;
    },
  };
}

/** The ids before and after a text, of the post-processor's answer to a text of one guard. */
function aroundText(tokens: readonly string[], idOf: (name: string) => number | undefined): [number[], number[]] {
  const at = tokens.indexOf(GUARD);
  const found = (name: string): number => {
    const id = idOf(name);
    if (id === undefined) throw broken("The tokenizer's post-processor names a token that is not there.");
    return id;
  };
  return [tokens.slice(0, at).map(found), tokens.slice(at + 1).map(found)];
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
