import { createHash, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Finding {
  /** Where it was planted. */
  readonly canary: string;
  /** Where, and in which form, it was found. */
  readonly where: string;
}

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const INDEX_DIGITS = 4;

const random = (letters: string, length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('');

/** The three texts as which a part of base64 holds these bytes, without the characters that depend on what stands beside. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
    const whole = bytes.toString('base64').replace(/=+$/, '');
    const begin = Math.ceil((shift * 8) / 6);
    return whole.slice(begin, Math.floor((bytes.length * 8) / 6));
  });
}

/**
 * Made-up identifiers that occur nowhere by chance: each begins with the same 10 random letters (or 12 digits, where letters
 * may not stand), so that one search finds them all, and ends in its own number.
 */
export class Canaries {
  private readonly letters = random(LETTERS, 10);
  private readonly digits = String(randomInt(1, 9)) + random('0123456789', 11);
  private readonly places: string[] = [];
  private readonly digests: { readonly place: string; readonly hex: string }[] = [];

  /** A canary of capital letters and digits, 14 characters, that will be planted at `place`. */
  text(place: string): string {
    return this.letters + this.next(place);
  }

  /** One of digits alone, 16 characters. */
  number(place: string): string {
    return this.digits + this.next(place);
  }

  /** One of which not even a plain SHA-256 may be found: whoever guesses a number can compute that as well. */
  identifier(place: string): string {
    const text = this.text(place);
    this.digests.push({ place, hex: createHash('sha256').update(text).digest('hex') });
    return text;
  }

  /** The canaries that bytes hold: plain in either case, as UTF-16, in hex, in base64, and some as their SHA-256. */
  find(bytes: Buffer, where: string): Finding[] {
    const found = [this.letters, this.digits].flatMap((mark) => [
      ...this.named(bytes, Buffer.from(mark), where, 'latin1'),
      ...this.named(bytes, Buffer.from(mark.toLowerCase()), where, 'latin1'),
      ...this.named(bytes, Buffer.from(mark, 'utf16le'), `${where} (UTF-16)`, 'utf16le'),
      ...this.named(bytes, Buffer.from(Buffer.from(mark).toString('hex')), `${where} (hex)`, 'hex'),
      ...base64Forms(mark).flatMap((form) =>
        bytes.includes(form) ? [{ canary: 'one of them', where: `${where} (base64)` }] : [],
      ),
    ]);
    const hashed = this.digests
      .filter(({ hex }) => bytes.includes(hex) || bytes.includes(Buffer.from(hex, 'hex')))
      .map(({ place }) => ({ canary: place, where: `${where} (SHA-256)` }));
    const seen = new Set<string>();
    return [...found, ...hashed].filter(({ canary, where: spot }) => {
      const name = `${canary} ${spot}`;
      return !seen.has(name) && seen.add(name);
    });
  }

  /** Those in all files of a folder, those of a database among them. */
  findInFolder(folder: string): Finding[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return this.findInFolder(path);
      return entry.isFile() ? this.find(readFileSync(path), path) : [];
    });
  }

  private next(place: string): string {
    this.places.push(place);
    return String(this.places.length - 1).padStart(INDEX_DIGITS, '0');
  }

  /** Each that follows the mark, by the number that it ends in, which is written as the mark is. */
  private named(bytes: Buffer, mark: Buffer, where: string, form: 'latin1' | 'utf16le' | 'hex'): Finding[] {
    const found: Finding[] = [];
    const length = form === 'latin1' ? INDEX_DIGITS : 2 * INDEX_DIGITS;
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
      const end = bytes.subarray(at + mark.length, at + mark.length + length);
      const digits =
        form === 'hex' ? Buffer.from(end.toString('latin1'), 'hex').toString('latin1') : end.toString(form);
      found.push({ canary: this.places[Number(digits)] ?? 'one that was cut', where });
    }
    return found;
  }
}
