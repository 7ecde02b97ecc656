import type { Reader, Rule, Then } from './rule';
import { NO, type Terminal } from './terminal';
import { Words } from './words';

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

/** Places that kept states have together. */
const MAX_KEPT_PLACES = 1_048_576;

/** Places of one state: what is more ambiguous takes too long to read. */
const MAX_PLACES = 4_096;

/** Of them those that most bytes lead on from, as in a string: they are read with every token of the vocabulary. */
const MAX_OPEN_PLACES = 64;

/** Rules that begin at once, before there are places. */
const MAX_BEGUN = 65_536;

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
  #keptPlaces = 0;
  #start: FormatState | undefined;
  /** Never starts again, so that what an answer stands on is never taken for something else. */
  #links = 0;

  constructor(private readonly root: Rule) {}

  get start(): FormatState {
    if (!this.#start) {
      const { places, isWhole } = this.#collect((reader) => {
        reader.begin(this.root, undefined);
      });
      this.#start = this.#state(places, isWhole);
    }
    return this.#start;
  }

  /** @returns `null` where the byte may not follow */
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
    const { places, isWhole } = this.#collect((reader, keep) => {
      for (const { terminal, state, then } of from.places) {
        const next = terminal.step(state, byte);
        if (next === NO) continue;
        if (!terminal.ended(next)) keep({ terminal, state: next, then });
        if (terminal.accepts(next)) reader.pass(then);
      }
    });
    return places.length === 0 && !isWhole ? null : this.#state(places, isWhole);
  }

  /** Rules begin one after another and each once with what follows it: ways to it may be more than can be counted. */
  #collect(read: (reader: Reader, keep: (place: Place) => void) => void): {
    places: readonly Place[];
    isWhole: boolean;
  } {
    const places: Place[] = [];
    const begun = new Map<Rule, Set<Then | undefined>>();
    const waiting: { readonly rule: Rule; readonly then: Then | undefined }[] = [];
    let isWhole = false;
    const reader: Reader = {
      begin: (rule, then) => {
        const known = begun.get(rule);
        if (known?.has(then) || waiting.length > MAX_BEGUN) return;
        begun.set(rule, (known ?? new Set<Then | undefined>()).add(then));
        waiting.push({ rule, then });
      },
      read: (terminal, then) => {
        places.push({ terminal, state: terminal.start, then });
      },
      pass: (then) => {
        if (then) reader.begin(then.rule, then.then);
        else isWhole = true;
      },
      link: (rule, then) => this.#link(rule, then),
    };
    read(reader, (place) => {
      places.push(place);
    });
    for (const { rule, then } of waiting) rule.begin(reader, then);
    return { places: cheapest(places), isWhole };
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
    const distinct = [...keyed.values()];
    if (this.#states.size >= MAX_STATES || this.#keptPlaces > MAX_KEPT_PLACES) this.#forget();
    this.#keptPlaces += distinct.length;
    const cost = isWhole ? 0 : distinct.reduce((least, place) => Math.min(least, costOf(place)), Infinity);
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
    // An answer that stands on one of them, or a mask that is kept with it, would hold all that it led to.
    for (const { to } of this.#states.values()) to.length = 0;
    this.#states.clear();
    this.#within.clear();
    this.#thens.clear();
    this.#keptPlaces = 0;
    this.#start = undefined;
  }
}

const costOf = ({ terminal, state, then }: Place): number => terminal.cost(state) + (then?.cost ?? 0);

/**
 * Of more places than are read those that lead to the end soonest. From each the text can be made whole, so that what is left out
 * only leaves fewer texts to be written.
 */
function cheapest(places: readonly Place[]): readonly Place[] {
  if (places.length <= MAX_OPEN_PLACES) return places;
  const closed = places.filter(({ terminal }) => terminal instanceof Words);
  const open = places.filter(({ terminal }) => !(terminal instanceof Words));
  return [...atMost(closed, MAX_PLACES), ...atMost(open, MAX_OPEN_PLACES)];
}

const atMost = (places: readonly Place[], most: number): readonly Place[] =>
  places.length <= most ? places : places.toSorted((a, b) => costOf(a) - costOf(b) || 0).slice(0, most);

function idIn<T>(ids: Map<T, number>, value: T): number {
  const known = ids.get(value);
  if (known !== undefined) return known;
  ids.set(value, ids.size);
  return ids.size - 1;
}
