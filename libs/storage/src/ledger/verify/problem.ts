export interface Problem {
  readonly kind: 'entry' | 'tile' | 'root' | 'checkpoint' | 'request' | 'result' | 'key' | 'retention' | 'copy';
  /** Place in the log of the first bad entry, where there is one. */
  readonly index?: number;
  /** Id of the first bad request, where there is one. */
  readonly request?: string;
  /** Whose key it is, `patient:<keyed hash>` or `month:<yyyy-mm>`, where it is about one. */
  readonly subject?: string;
  readonly detail: string;
}

/** Notes the first of each thing that is wrong: what follows from it would drown it. */
export class Findings {
  readonly problems: Problem[] = [];

  note(problem: Problem): void {
    const { kind, detail } = problem;
    if (!this.problems.some((known) => known.kind === kind && known.detail === detail)) this.problems.push(problem);
  }
}
