export interface Problem {
  readonly kind: 'entry' | 'tile' | 'root' | 'checkpoint' | 'request' | 'result';
  /** Place in the log of the first bad entry, where there is one. */
  readonly index?: number;
  /** Id of the first bad request, where there is one. */
  readonly request?: string;
  readonly detail: string;
}
