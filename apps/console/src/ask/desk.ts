import { ApiError } from '../api';
import type { ImageSet } from '../images/image-set';
import { excessOf } from '../images/limits';
import { sortOut, type FoundFile } from '../images/sort-out';
import type { Series } from '../images/sort-series';
import type { AskEvent } from './ask-state';
import { EMPTY_DESK, nextDesk, type Asked, type DeskEvent, type DeskState, type OnDesk } from './desk-state';
import { lookAt, type Candidate, type LookPorts } from './look-at';
import { runAsk, type AskPorts } from './run-ask';
import { requestOf } from './wishes';

/** What the desk needs of the platform and of the tab. */
export interface DeskPorts extends LookPorts {
  keep(images: ImageSet, owner: string): void;
  /** @throws ApiError */
  cancelJob(id: string): Promise<unknown>;
  readonly asking: AskPorts;
  newKey(): string;
}

/** What a drawing of this page is declared as, and a question that the model for such drawings was trained on. */
const DRAWN = { modality: 'radiology', task: 'answer', question: 'How many discs are there?' } as const;

/**
 * The desk of one person in one tab: what lies on it, and what was asked. It outlives the page that shows it, so that a job is followed
 * while they look elsewhere; when another person signs in it is cleared.
 */
export class Desk {
  private state = EMPTY_DESK;
  private owner: string | undefined;
  /** Ends everything that is under way for the person. */
  private session = new AbortController();
  /** Ends what is under way for what lies on the desk. */
  private looking = new AbortController();
  private readonly listeners = new Set<() => void>();
  /** Of those that are sent or followed, by idempotency key. */
  private readonly runs = new Map<string, AbortController>();

  constructor(private readonly ports: DeskPorts) {}

  readonly read = (): DeskState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Says who sits at it. What lies there stays when nobody does for a while, and goes when somebody else comes. */
  belongTo(owner: string): void {
    if (owner === this.owner) return;
    const isFirst = this.owner === undefined;
    this.owner = owner;
    if (isFirst) return;
    this.session.abort();
    this.looking.abort();
    this.session = new AbortController();
    this.state = EMPTY_DESK;
    this.tell();
  }

  /** Takes files, and shows what they are as soon as the platform has said it. */
  async take(found: Promise<readonly FoundFile[]>, { isDrawing = false } = {}): Promise<void> {
    const signal = this.lookAnew();
    try {
      const { kept, left } = sortOut(await found);
      if (signal.aborted) return;
      const excess = excessOf(kept);
      if (kept.length === 0 || excess !== undefined) {
        this.hear({ kind: 'desk', onDesk: { kind: 'refused', left, ...(excess === undefined ? {} : { excess }) } });
        return;
      }
      await this.look({ files: kept, left, ...(isDrawing ? { isDrawing, modality: DRAWN.modality } : {}) }, signal);
    } catch (error) {
      if (!signal.aborted) this.hear({ kind: 'desk', onDesk: { kind: 'failed', error, files: [], left: [] } });
    }
  }

  /** Sends files once more that could not be shown. */
  async retake(files: readonly File[]): Promise<void> {
    await this.look({ files, left: [] }, this.lookAnew());
  }

  /** Shows one of several series. */
  async choose({ files }: Series): Promise<void> {
    const { onDesk } = this.state;
    const others = onDesk.kind === 'several' ? onDesk : onDesk.kind === 'failed' ? onDesk.others : undefined;
    if (others !== undefined) await this.look({ files, left: others.left, others }, this.lookAnew());
  }

  /** Lets another one be chosen of the series that the one that is shown is of. */
  chooseAnew(): void {
    const { onDesk } = this.state;
    if (onDesk.kind !== 'shown' || onDesk.others === undefined) return;
    this.looking.abort();
    this.hear({ kind: 'show', key: undefined });
    this.hear({ kind: 'desk', onDesk: { ...onDesk.others, kind: 'several' } });
  }

  /** Takes everything off the desk; what was asked goes on. */
  clear(): void {
    this.looking.abort();
    this.hear({ kind: 'show', key: undefined });
    this.hear({ kind: 'desk', onDesk: { kind: 'nothing' } });
  }

  /** @param modality absent: what the image itself says */
  async declare(modality: string | undefined): Promise<void> {
    const { onDesk } = this.state;
    if (onDesk.kind !== 'shown') return;
    const { description, files } = onDesk.images;
    if (description.modality.choices.some(({ id }) => id === modality)) {
      this.hear({ kind: 'described', description, modality });
      return;
    }
    const signal = this.lookAnew();
    this.hear({ kind: 'desk', onDesk: { ...onDesk, isDescribing: true, error: undefined } });
    try {
      const next = await this.ports.describe({ files, modality, signal });
      this.hear({ kind: 'described', description: next, modality });
    } catch (error) {
      if (!signal.aborted) this.hear({ kind: 'desk', onDesk: { ...onDesk, isDescribing: false, error } });
    }
  }

  wish(wishes: Partial<DeskState['wishes']>): void {
    this.hear({ kind: 'wish', wishes });
  }

  /** Shows one of those that were asked; none: the form. */
  show(key: string | undefined): void {
    this.hear({ kind: 'show', key });
  }

  /** Asks what is wished of what lies on the desk. */
  ask({ allowMismatch = false } = {}): void {
    const { onDesk, wishes } = this.state;
    if (onDesk.kind !== 'shown') return;
    const { files, description } = onDesk.images;
    // Nothing says what a drawing of this page shows, and it is declared all the same.
    const request = requestOf(description, wishes, allowMismatch || onDesk.isDrawing);
    this.run({ order: { files, request, idempotencyKey: this.ports.newKey() }, description, wishes, attempt: 1 });
  }

  /** Asks the same once more. What nobody can say of whether it arrived is sent under its old key, so that it is asked once. */
  askAgain({ order, description, wishes, attempt, state }: Asked, { allowMismatch = false } = {}): void {
    const mayHaveArrived =
      state.kind === 'failed' && state.id === undefined && state.error instanceof ApiError && state.error.isUnreachable;
    const idempotencyKey = mayHaveArrived ? order.idempotencyKey : this.ports.newKey();
    const request = allowMismatch ? { ...order.request, allowMismatch } : order.request;
    this.run({ order: { ...order, request, idempotencyKey }, description, wishes, attempt: attempt + 1 });
  }

  async cancel({ order, state }: Asked): Promise<void> {
    const key = order.idempotencyKey;
    if (state.kind === 'sending') {
      this.runs.get(key)?.abort();
      this.hear({ kind: 'ask', key, event: { kind: 'cancelled' } });
      return;
    }
    if (state.kind !== 'running') return;
    this.hear({ kind: 'ask', key, event: { kind: 'cancelling', isCancelling: true } });
    await this.ports.cancelJob(state.id).catch(() => {
      // It may have ended meanwhile: then its events say how. Otherwise the button is there again.
      this.hear({ kind: 'ask', key, event: { kind: 'cancelling', isCancelling: false } });
    });
  }

  private run(asked: Omit<Asked, 'state' | 'atMs'>): void {
    const key = asked.order.idempotencyKey;
    const own = new AbortController();
    this.runs.get(key)?.abort();
    this.runs.set(key, own);
    this.hear({ kind: 'asked', asked: { ...asked, atMs: this.ports.asking.nowMs() } });
    const tell = (event: AskEvent): void => {
      this.hear({ kind: 'ask', key, event });
    };
    const signal = AbortSignal.any([own.signal, this.session.signal]);
    void runAsk(asked.order, this.ports.asking, tell, signal).finally(() => {
      if (this.runs.get(key) === own) this.runs.delete(key);
    });
  }

  private lookAnew(): AbortSignal {
    this.looking.abort();
    this.looking = new AbortController();
    return this.looking.signal;
  }

  private async look(candidate: Candidate, signal: AbortSignal): Promise<void> {
    const tell = (onDesk: OnDesk): void => {
      if (onDesk.kind === 'shown') {
        if (this.owner === undefined) return;
        this.ports.keep(onDesk.images, this.owner);
      }
      this.hear({ kind: 'desk', onDesk });
      if (onDesk.kind === 'shown' && onDesk.isDrawing) this.wish(DRAWN);
    };
    await lookAt(candidate, { ports: this.ports, tell, signal });
  }

  private hear(event: DeskEvent): void {
    this.state = nextDesk(this.state, event);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
