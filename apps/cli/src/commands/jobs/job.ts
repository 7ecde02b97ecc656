/** A request as the platform lists it. */
export interface Job {
  readonly id: string;
  readonly state: string;
  readonly task?: string;
  readonly model?: string;
  readonly version?: string;
  readonly class?: string;
  readonly door?: string;
  readonly site?: string;
  readonly acceptedAt: string;
  readonly endedAt?: string;
  readonly progress?: { readonly phase: string; readonly percent: number };
  readonly problem?: { readonly code: string; readonly title: string };
}

export interface JobsPage {
  readonly running: number;
  readonly jobs: readonly Job[];
  readonly next: string | null;
  /** Where the page looked through as much as one does before it was full. */
  readonly lookedBackTo?: string;
}

/** How far it is, or why there is no answer. */
export function noteOf({ progress, problem }: Job): string {
  if (progress !== undefined) return `${String(progress.percent)} % ${progress.phase}`;
  return problem?.code ?? '';
}
