import type { IndexLevel, JsonAttributes } from '@medserve/imaging';

/** One key of a search. */
export interface Match {
  readonly tag: number;
  /**
   * As C-FIND writes it (PS3.4 C.2.2.2): a value, with `*` and `?` where its VR has wildcards; a range of dates or times, `A-B`, `A-`,
   * `-B`; several values between backslashes. Empty matches everything.
   */
  readonly value: string;
  /** Whether it is one value as it stands, whatever signs are in it: no pattern, no range and no list. */
  readonly isExact?: boolean;
  /** The sequence in one of whose items the value stands; all keys of a sequence are of the same item (PS3.4 C.2.2.2.6). */
  readonly sequence?: number;
}

/**
 * Whether a key chooses nothing: universal matching (PS3.4 C.2.2.2.3). A lone `*` is meant so by many, also of dates and numbers, which
 * have no wildcards.
 */
export const isUniversal = ({ value, isExact }: Pick<Match, 'value' | 'isExact'>): boolean =>
  value === '' || (isExact !== true && /^\*+$/.test(value));

/** The study, or the series of it, that a search is of. */
export interface SearchedWithin {
  readonly studyUid?: string | undefined;
  readonly seriesUid?: string | undefined;
}

/** A search of C-FIND or QIDO-RS. Keys of upper levels count too. */
export interface ArchiveQuery {
  readonly tenant: string;
  readonly level: IndexLevel;
  readonly match: readonly Match[];
  /** What it looks in, as the path of QIDO-RS names it: the attributes of these are told only where they are asked for. */
  readonly within?: SearchedWithin | undefined;
  /** Attributes beside those that the level always has; `all` those of the upper levels too. */
  readonly include?: readonly number[] | 'all' | undefined;
  /** Whether names of people also match by the beginnings of their words, without accents (PS3.18 8.3.4.2). */
  readonly fuzzy?: boolean | undefined;
  /** At most `MAX_ROWS`, which is also what an absent one means. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Rows of one answer; who wants more asks for them by `offset`. */
export const MAX_ROWS = 5_000;

export interface QueryRow {
  readonly studyUid: string;
  /** Absent of a study. */
  readonly seriesUid?: string;
  /** Absent of a study and of a series. */
  readonly sopInstanceUid?: string;
  /** Without Retrieve URL and the like, which whoever answers adds. */
  readonly attributes: JsonAttributes;
  readonly bytes: number;
  /** Whether it is of our own results and of nothing that was sent to us. */
  readonly isOwn: boolean;
}

export interface QueryAnswer {
  /** In the order in which they came. */
  readonly rows: readonly QueryRow[];
  /** Whether there are more behind the last. */
  readonly isCut: boolean;
  /** Keys that the index does not have, and that therefore chose nothing. */
  readonly ignored: readonly number[];
}
