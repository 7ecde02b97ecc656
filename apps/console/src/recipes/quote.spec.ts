import { spawnSync } from 'node:child_process';
import { json, path, python, quoted, shell } from './quote';

const HOSTILE = [
  '',
  'plain-1.dcm',
  "it's",
  '$(id) `id` $HOME "x" \\ !! #',
  'a\nb\tc\u0007',
  '\u202egnp.exe',
  'ñ 図 \u{1f9e0}\u{e0001}',
  '*?[a]{b,c}~',
  "'\\''",
  "back\\slash' and\nline",
];

describe('words of a shell', () => {
  it('are given to a command as they are, whatever is in them', () => {
    const script = `printf '%s\\0' ${HOSTILE.map(shell).join(' ')}`;
    const { stdout } = spawnSync('bash', ['-c', script], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(HOSTILE);
  });

  it('stay plain where they are', () => {
    expect(shell('http://127.0.0.1:8080/v1/infer')).toBe('http://127.0.0.1:8080/v1/infer');
  });

  it('are no options', () => {
    expect([path('-rf'), path('a/-b')]).toEqual(['./-rf', 'a/-b']);
  });
});

describe('strings of languages', () => {
  it('mean what they are', () => {
    for (const text of HOSTILE) {
      expect(JSON.parse(quoted(text))).toBe(text);
      expect(JSON.parse(json({ text }))).toEqual({ text });
    }
  });

  it('show what is not seen as what it is', () => {
    for (const written of [quoted, python, json, shell]) {
      expect(written('a\u202eb')).toContain(String.raw`\u202e`);
      expect(written('a\u202eb')).not.toContain('\u202e');
    }
  });

  it('are those of Python in Python', () => {
    expect(python({ a: [true, false, null, 1.5], b: undefined, c: 'it\'s "x"\n' })).toBe(
      String.raw`{"a": [True, False, None, 1.5], "c": "it's \"x\"\n"}`,
    );
    expect(python('\u{e0001}')).toBe(String.raw`"\U000e0001"`);
  });
});
