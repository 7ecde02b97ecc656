/** What of a session says how long it lives. */
export interface SessionTimes {
  /** When it was last used, to the minute. */
  readonly seenAt: Date;
  /** When it ends however much it is used. */
  readonly endsAt: Date;
}

export interface SessionLimits {
  /** A session that nobody uses for so long ends. */
  readonly idleMs: number;
  /** So long a session lives at most. */
  readonly longestMs: number;
}

/** A session that is used is written down as such at most so often. */
export const TOUCH_MS = 60_000;

/** When a session ends by itself, in milliseconds since the epoch, if it is not used again. */
export const endOfSession = ({ seenAt, endsAt }: SessionTimes, { idleMs }: Pick<SessionLimits, 'idleMs'>): number =>
  Math.min(seenAt.getTime() + idleMs, endsAt.getTime());

/** @param nowMs milliseconds since the epoch */
export const isOver = (session: SessionTimes, limits: Pick<SessionLimits, 'idleMs'>, nowMs: number): boolean =>
  endOfSession(session, limits) <= nowMs;

/** Whether it is time to write down that a session is used. */
export const isToTouch = ({ seenAt }: Pick<SessionTimes, 'seenAt'>, nowMs: number): boolean =>
  nowMs - seenAt.getTime() >= TOUCH_MS;

/** When a session that begins now ends at the latest: never after the credential that it stands for. */
export const latestEnd = (nowMs: number, { longestMs }: SessionLimits, credentialEndsAt?: Date | null): Date =>
  new Date(Math.min(nowMs + longestMs, credentialEndsAt?.getTime() ?? Infinity));
