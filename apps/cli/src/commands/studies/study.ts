/** As `GET /v1/studies` tells a study. */
export interface Study {
  readonly studyUid: string;
  readonly generation: number;
  readonly state: string;
  readonly class: string;
  readonly reason: string | null;
  readonly says: string | null;
  readonly waitsFor: string | null;
  readonly receivedAt: string;
  readonly lastInstanceAt: string;
  readonly completeAt: string | null;
  readonly inferredAt: string | null;
  readonly exportedAt: string | null;
  readonly because: string | null;
  readonly instances: number | null;
  readonly series: number | null;
  readonly modalities: readonly string[];
  readonly routes: readonly string[];
  readonly runs: readonly {
    readonly route: string;
    readonly name: string;
    readonly task: string;
    readonly model: string | null;
    readonly state: string;
    readonly attempts: number;
    readonly request: string | null;
    readonly reason: string | null;
    readonly seriesUid: string;
    readonly instances: number;
  }[];
  readonly results: readonly { readonly kind: string; readonly sopInstanceUid: string }[];
  readonly deliveries: readonly {
    readonly destination: string;
    readonly state: string;
    readonly attempts: number;
    readonly lastError: string | null;
  }[];
}

export interface Why {
  readonly code: string;
  readonly says: string;
}

export interface Verdict {
  readonly route: string;
  readonly why?: Why;
  readonly chosen: readonly string[];
  readonly passedOver: readonly { readonly series: string; readonly why: Why }[];
}

export interface StudiesPage {
  readonly summary: Readonly<Record<string, { readonly studies: number; readonly oldestSeconds: number }>>;
  readonly studies: readonly Study[];
  readonly next: string | null;
}

export interface StudyFound {
  readonly studyUid: string;
  readonly generations: readonly (Study & { readonly verdicts: readonly Verdict[] })[];
}

const DAY = 86_400;
const HOUR = 3_600;
const MINUTE = 60;

/** How long something is, as short as a column: `40 s`, `12 min`, `3 h`, `2 d`. */
export function span(seconds: number): string {
  if (seconds >= 2 * DAY) return `${String(Math.floor(seconds / DAY))} d`;
  if (seconds >= 2 * HOUR) return `${String(Math.floor(seconds / HOUR))} h`;
  if (seconds >= 2 * MINUTE) return `${String(Math.floor(seconds / MINUTE))} min`;
  return `${String(Math.max(0, Math.round(seconds)))} s`;
}

/** Why it is not further: of one that waits, what for. */
export const noteOf = ({ says, waitsFor, deliveries }: Study): string => {
  if (says !== null) return says;
  if (waitsFor !== null) return `waits: ${waitsFor}`;
  const held = deliveries.filter(({ state, lastError }) => state !== 'delivered' && lastError !== null);
  return held.map(({ destination, lastError }) => `${destination}: ${lastError ?? ''}`).join(', ');
};
