import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchAnswer } from './fetch-answer';
import { logOver } from './fetch-log';
import type { AnswerBytes } from './check-request';
import { LogMemory } from './log';
import type { LogParts } from './open-log';
import { withStep, type Step } from './step';

export interface CheckState {
  readonly steps: readonly Step[];
  readonly isRunning: boolean;
  /** Why it ended before it was done: ApiError, HinderedError, ProofError. */
  readonly error?: unknown;
}

/** What a check reads. */
export interface CheckParts extends LogParts {
  readonly answer: (requestId: string) => Promise<AnswerBytes>;
}

const NOTHING: CheckState = { steps: [], isRunning: false };

/** Waits, unless it is called off. @throws what the signal was aborted with */
const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });

/** Runs one check at a time, tells how it stands, and ends it with the page. */
export function useCheck(): CheckState & {
  readonly run: (work: (parts: CheckParts) => Promise<void>) => void;
  readonly cancel: () => void;
} {
  const [state, setState] = useState(NOTHING);
  const running = useRef<AbortController>(undefined);
  const cancel = useCallback(() => {
    running.current?.abort();
  }, []);
  useEffect(() => cancel, [cancel]);
  const run = useCallback((work: (parts: CheckParts) => Promise<void>) => {
    running.current?.abort();
    const control = new AbortController();
    const { signal } = control;
    running.current = control;
    setState({ ...NOTHING, isRunning: true });
    const parts: CheckParts = {
      source: logOver(signal),
      memory: new LogMemory(localStorage),
      pause: (ms) => pauseFor(ms, signal),
      answer: (requestId) => fetchAnswer(requestId, signal),
      tell: (step) => {
        if (!signal.aborted) setState((now) => ({ ...now, steps: withStep(now.steps, step) }));
      },
    };
    const ended = (error?: unknown): void => {
      if (running.current !== control) return;
      setState(signal.aborted ? NOTHING : (now) => ({ ...now, isRunning: false, error }));
    };
    work(parts).then(() => {
      ended();
    }, ended);
  }, []);
  return { ...state, run, cancel };
}
