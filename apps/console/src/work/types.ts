/** A request as `GET /v1/jobs` tells of it. */
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

/** A generation of a study as `GET /v1/studies` tells of it. */
export interface Study {
  readonly studyUid: string;
  readonly generation: number;
  readonly state: string;
  readonly reason: string | null;
  readonly says: string | null;
  readonly waitsFor: string | null;
  readonly receivedAt: string;
  readonly instances: number | null;
  readonly modalities: readonly string[];
  readonly routes: readonly string[];
  readonly runs: readonly StudyRun[];
  readonly deliveries: readonly { readonly destination: string; readonly state: string; readonly attempts: number }[];
}

export interface StudyRun {
  readonly route: string;
  readonly name: string;
  readonly task: string;
  readonly model: string | null;
  readonly state: string;
  readonly request: string | null;
  readonly reason: string | null;
  readonly instances: number;
}

export interface StudiesPage {
  readonly summary: Readonly<Record<string, { readonly studies: number; readonly oldestSeconds: number }>>;
  readonly studies: readonly Study[];
  readonly next: string | null;
}

export interface StudyFound {
  readonly studyUid: string;
  readonly generations: readonly (Study & {
    readonly verdicts: readonly { readonly route: string; readonly why?: { readonly says: string } }[];
  })[];
}

export interface Delivery {
  readonly id: string;
  readonly studyUid: string;
  readonly destination: string;
  readonly state: string;
  readonly attempts: number;
  readonly createdAt: string;
  readonly nextAt: string | null;
  readonly lastError: string | null;
}
