/** What is about to be appended to a log. */
export interface FreshEntry {
  /** Id of the event. */
  readonly event: string;
  /** Null of what is about no request. */
  readonly request: string | null;
  readonly leaf: Buffer;
}
