/** An entry of the ledger as a search gives it. What it holds beyond these depends on what it tells of. */
export interface LedgerEvent {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly actor: string;
  readonly request?: string;
  readonly subject?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly model?: { readonly name: string; readonly version: string; readonly digest: string };
  readonly [field: string]: unknown;
}

export interface Entry {
  /** Place in the log. */
  readonly sequence: number;
  /** Leaf hash (RFC 6962), in hex. */
  readonly hash: string;
  readonly event: LedgerEvent;
}

export interface AuditPage {
  readonly log: string | null;
  readonly entries: readonly Entry[];
  /** Cursor of the next page; null: this was the last. */
  readonly next: string | null;
}

/** How what an entry tells of came out. */
export type Outcome = 'going' | 'success' | 'refused' | 'failed' | 'cancelled';

export function outcomeOf({ event, outcome }: LedgerEvent): Outcome {
  if (outcome !== undefined) return outcome === 'success' ? 'success' : 'refused';
  switch (event) {
    case 'accepted':
      return 'going';
    case 'completed':
      return 'success';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'failed';
  }
}

/** What an entry is about: `<kind>:<id>`. */
export const aboutOf = ({ request, subject }: LedgerEvent): string =>
  request === undefined ? (subject ?? '') : `result:${request}`;

const FACTS = 200;
const ITEMS = 20;

/** Everything that an entry holds, a line each; what is nested by its way down, long lists by their beginning. */
export function factsOf(value: unknown, path = ''): readonly (readonly [name: string, value: string])[] {
  if (Array.isArray(value)) {
    const shown = value.slice(0, ITEMS).map(String).join(', ');
    return [[path, value.length > ITEMS ? `${shown}, … (${String(value.length)})` : shown]];
  }
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value)
    .flatMap(([name, inner]) => factsOf(inner, path === '' ? name : `${path}.${name}`))
    .slice(0, FACTS);
}

/** Whether two values of JSON are the same, in whatever order their members stand. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [ofLeft, ofRight] = [Object.entries(left), new Map(Object.entries(right))];
  return (
    ofLeft.length === ofRight.size &&
    ofLeft.every(([name, value]) => ofRight.has(name) && isSameJson(value, ofRight.get(name)))
  );
}
