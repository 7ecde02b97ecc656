/** Why something sensitive was opened. A closed list: `grep reveal(` finds every place where patient data is in the open. */
export type RevealPurpose =
  /** To make the keyed hash that stands for it in records. */
  | 'reference'
  /** To make the keyed hash under which answers are kept, and forgotten. */
  | 'cache-key'
  /** To see whether two files are of one patient. */
  | 'comparison'
  /** To carry it from one thread of this process to another. */
  | 'transfer'
  /** To keep it, sealed or in rows of its tenant alone, for what is told of the study later. */
  | 'storage'
  /** To name the patient to the hospital's own systems: reports, messages, searches. */
  | 'report';

const PURPOSES: ReadonlySet<RevealPurpose> = new Set([
  'reference',
  'cache-key',
  'comparison',
  'transfer',
  'storage',
  'report',
]);

const HIDDEN = '[sensitive]';

/**
 * Holds what tells who a patient is, and gives it to nobody who does not ask by `reveal`.
 *
 * What people read shows `[sensitive]` in its place: template texts, `String()`, messages of errors, `console.log` and
 * `util.inspect`. What machines read is refused: `JSON.stringify` of it or of anything that holds it, canonical JSON,
 * `structuredClone` and `postMessage` throw, because a document, a message or a hash with a stand-in would be wrong and nobody
 * would notice. It has no members to copy, compare or list.
 */
export class Sensitive<T> {
  readonly #value: T;
  /** A symbol is not cloned: `structuredClone` throws DataCloneError instead of making an empty object. */
  readonly unclonable = Symbol(HIDDEN);

  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }

  /**
   * The value, for who says why: the purpose makes every place where it is opened one that a reader sees.
   *
   * @throws TypeError for a purpose that is none
   */
  reveal(purpose: RevealPurpose): T {
    if (!PURPOSES.has(purpose)) throw new TypeError('What is sensitive is opened for a purpose.');
    return this.#value;
  }

  /** @throws TypeError always */
  toJSON(): never {
    throw new TypeError('What is sensitive is not written down.');
  }

  toString(): string {
    return HIDDEN;
  }

  valueOf(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  get [Symbol.toStringTag](): string {
    return 'Sensitive';
  }

  /** What `util.inspect` and `console` show: the platform-wide symbol, so that nothing of Node is needed here. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}
