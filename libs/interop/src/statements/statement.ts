import type { Coded } from '@medserve/clinical';

/** What is said. */
export type Value =
  /** One or several codes; `text` where the words of the model are to be read beside them. */
  | { readonly kind: 'coded'; readonly codes: readonly Coded[]; readonly text?: string }
  /** `unit` in UCUM. */
  | { readonly kind: 'quantity'; readonly value: number; readonly unit: string }
  | { readonly kind: 'text'; readonly text: string }
  /** The model does not stand by any value. */
  | { readonly kind: 'abstained' }
  /** What is said is said by the members. */
  | { readonly kind: 'group' };

/** Something said beside the value, about the same thing. */
export interface Detail {
  readonly code: Coded;
  readonly value: Extract<Value, { kind: 'quantity' | 'text' }>;
}

/** One thing that an answer says, in words that FHIR, HL7 v2 and people share. */
export interface Statement {
  /** The same whenever something is said of the same thing; `count` tells several of an answer apart. */
  readonly key: string;
  /** From 2 of those after the first that have the same key. */
  readonly count?: number;
  /** What it is about. */
  readonly code: Coded;
  readonly value: Value;
  /** 0 to 1. */
  readonly certainty?: number;
  readonly details?: readonly Detail[];
  readonly notes?: readonly string[];
  readonly members?: readonly Statement[];
}

/** Counts those that have the same key, members too, in the order of the answer. */
export function counted(statements: readonly Statement[], seen = new Map<string, number>()): Statement[] {
  return statements.map((statement) => {
    const count = (seen.get(statement.key) ?? 0) + 1;
    seen.set(statement.key, count);
    const { members } = statement;
    return {
      ...statement,
      ...(count === 1 ? {} : { count }),
      ...(members === undefined ? {} : { members: counted(members, seen) }),
    };
  });
}
