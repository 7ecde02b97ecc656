/* A tokenizer of bytes in Hugging Face's format: every text has tokens, and a token more than a byte only where it is special. */

/** Special tokens, by their ids. */
const SPECIAL_TOKENS = ['<|bos|>', '<|im_start|>', '<|im_end|>', '<image>'] as const;
/** Ids of bytes follow those of the special tokens. */
const BYTE_TOKENS = SPECIAL_TOKENS.length;
export const BYTE_VOCABULARY = BYTE_TOKENS + 256;

const isPrinted = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** The character that stands for each byte in a byte-level vocabulary (A. Radford et al., GPT-2, 2019). */
function byteCharacters(): string[] {
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    if (isPrinted(byte)) return String.fromCodePoint(byte);
    others += 1;
    return String.fromCodePoint(0xff + others);
  });
}

/** Ids of every token but printed ASCII, the space and what ends a turn: with these mute, a model of noise writes plain text. */
export const UNPRINTED_TOKENS: readonly number[] = Array.from({ length: BYTE_VOCABULARY }, (_, id) => id).filter(
  (id) => id !== SPECIAL_TOKENS.indexOf('<|im_end|>') && (id < BYTE_TOKENS + 0x20 || id > BYTE_TOKENS + 0x7e),
);

/** The text of a `tokenizer.json`. */
export function byteTokenizer(): string {
  const characters = byteCharacters().map((character, byte) => [character, BYTE_TOKENS + byte] as const);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries([...SPECIAL_TOKENS.map((text, id) => [text, id] as const), ...characters]),
      merges: [],
    },
  });
}

/** A chat template over the special tokens. */
export const BYTE_TEMPLATE = [
  '{% for message in messages %}<|im_start|>{{ message.role }}\n',
  '{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}',
  "{% if part.type == 'image' %}<image>{% else %}{{ part.text }}{% endif %}{% endfor %}{% endif %}",
  '<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}',
].join('');
