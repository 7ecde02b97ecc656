import type { Reader, Rule, Then } from './rule';
import { NO, type Terminal } from './terminal';

/** A terminal that is being read, and what comes after it. */
interface Place {
  readonly terminal: Terminal;
  readonly state: number;
  readonly then: Then | undefined;
}

/** All that a text may be the beginning of, after what was written of it. */
export interface FormatState {
  readonly places: readonly Place[];
  /** The text is whole; more may follow where there are places. */
  readonly isWhole: boolean;
  /** How few tokens make it whole. */
  readonly cost: number;
  /** By byte: the state that it leads to, `null` where it may not follow. */
  readonly to: (FormatState | null | undefined)[];
  /** Which tokens may follow, once somebody asked. */
  mask: unknown;
}

/** States that are kept to be met again; with 256 ways each they take about 2 KB. */
const MAX_STATES = 2_048;

/** Places of one state: what is more ambiguous takes too long to read. */
const MAX_PLACES = 4_096;

export class TooAmbiguous extends Error {}

/**
 * Reads texts of a format byte by byte. All that a text may be is followed at once, and states are made when they are first met
 * and kept, so that reading is a look-up. Not bound to one answer.
 */
export class FormatMachine {
  readonly #ids = new Map<Terminal, number>();
  readonly #ruleIds = new Map<Rule, number>();
  readonly #thens = new Map<string, Then>();
  readonly #states = new Map<string, FormatState>();
  /** Those within one terminal, which are most: found without a key of text. */
  readonly #within = new Map<Terminal, Map<Then | undefined, Map<number, FormatState>>>();
  #start: FormatState | undefined;
  /** Never starts again, so that what an answer stands on is never taken for something else. */
  #links = 0;

  constructor(private readonly root: Rule) {}

  /** @throws TooAmbiguous */
  get start(): FormatState {
    if (!this.#start) {
      const collected = this.#collect((reader) => {
        this.root.begin(reader, undefined);
      });
      if (!collected) throw new TooAmbiguous('A format leaves too much open at its beginning.');
      this.#start = this.#state(collected.places, collected.isWhole);
    }
    return this.#start;
  }

  /** @returns `null` where the byte may not follow, or where after it too much would be open to go on reading */
  step(from: FormatState, byte: number): FormatState | null {
    const known = from.to[byte];
    if (known !== undefined) return known;
    const next = this.#follow(from, byte);
    from.to[byte] = next;
    return next;
  }

  #follow(from: FormatState, byte: number): FormatState | null {
    const [place] = from.places;
    if (place && from.places.length === 1) {
      const state = place.terminal.step(place.state, byte);
      if (state === NO) return null;
      if (!place.terminal.accepts(state)) return this.#go(place, state);
    }
    return this.#followAll(from, byte);
  }

  #go({ terminal, then }: Place, state: number): FormatState {
    const known = this.#within.get(terminal)?.get(then)?.get(state);
    if (known) return known;
    const made = this.#state([{ terminal, state, then }], false);
    const ofTerminal = this.#within.get(terminal) ?? new Map<Then | undefined, Map<number, FormatState>>();
    const states = ofTerminal.get(then) ?? new Map<number, FormatState>();
    this.#within.set(terminal, ofTerminal.set(then, states.set(state, made)));
    return made;
  }

  #followAll(from: FormatState, byte: number): FormatState | null {
    const collected = this.#collect((reader, keep) => {
      for (const { terminal, state, then } of from.places) {
        const next = terminal.step(state, byte);
        if (next === NO) continue;
        if (!terminal.ended(next)) keep({ terminal, state: next, then });
        if (terminal.accepts(next)) reader.pass(then);
      }
    });
    if (!collected || (collected.places.length === 0 && !collected.isWhole)) return null;
    return this.#state(collected.places, collected.isWhole);
  }

  /** @returns `undefined` where there are too many places */
  #collect(
    read: (reader: Reader, keep: (place: Place) => void) => void,
  ): { places: Place[]; isWhole: boolean } | undefined {
    const places: Place[] = [];
    let isWhole = false;
    const keep = (place: Place): void => {
      if (places.length <= MAX_PLACES) places.push(place);
    };
    const reader: Reader = {
      read: (terminal, then) => {
        keep({ terminal, state: terminal.start, then });
      },
      pass: (then) => {
        if (then) then.rule.begin(reader, then.then);
        else isWhole = true;
      },
      link: (rule, then) => this.#link(rule, then),
    };
    read(reader, keep);
    return places.length > MAX_PLACES ? undefined : { places, isWhole };
  }

  #link(rule: Rule, then: Then | undefined): Then {
    const key = `${String(idIn(this.#ruleIds, rule))} ${String(then?.id ?? -1)}`;
    const known = this.#thens.get(key);
    if (known) return known;
    const made = { id: this.#links++, rule, then, cost: rule.cost + (then?.cost ?? 0) };
    this.#thens.set(key, made);
    return made;
  }

  #state(places: readonly Place[], isWhole: boolean): FormatState {
    const keyed = new Map(
      places.map((place) => [
        `${String(idIn(this.#ids, place.terminal))}.${String(place.state)}.${String(place.then?.id ?? -1)}`,
        place,
      ]),
    );
    const key = `${String(isWhole)} ${[...keyed.keys()].join(' ')}`;
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#states.size >= MAX_STATES) this.#forget();
    const distinct = [...keyed.values()];
    const cost = isWhole
      ? 0
      : distinct.reduce(
          (least, { terminal, state, then }) => Math.min(least, terminal.cost(state) + (then?.cost ?? 0)),
          Infinity,
        );
    const made: FormatState = {
      places: distinct,
      isWhole,
      cost,
      to: new Array<undefined>(256).fill(undefined),
      mask: undefined,
    };
    this.#states.set(key, made);
    return made;
  }

  /** Answers under way keep what they stand on; what they came from is free. */
  #forget(): void {
    this.#states.clear();
    this.#within.clear();
    this.#thens.clear();
    this.#start = undefined;
  }
}

function idIn<T>(ids: Map<T, number>, value: T): number {
  const known = ids.get(value);
  if (known !== undefined) return known;
  ids.set(value, ids.size);
  return ids.size - 1;
}
