/** Where events go: a connection that may be slow, or gone. */
export interface EventSink {
  /** Whether what is written now would leave without waiting. False once nobody reads any more. */
  readonly takesMore: boolean;
  write(bytes: Buffer): void;
}
