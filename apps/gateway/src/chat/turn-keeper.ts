import { hash } from 'node:crypto';
import type { InputFile } from '@medserve/imaging';
import type { Logger } from '@medserve/runtime';
import type { SessionKey, SessionStore } from '@medserve/storage';
import { PROBLEM_TYPE } from '../http/problem';
import type { Ended, Prepared } from '../infer/prepared';
import type { Accepted, Road, RoadOptions } from '../infer/road';
import type { SessionContent } from './session-content';
import { busySession } from './session-errors';

export interface KeeperParts {
  readonly store: Pick<SessionStore, 'claim' | 'release' | 'append'>;
  readonly content: SessionContent;
  readonly road: Pick<Road, 'accept'>;
  readonly logger: Logger;
}

export interface KeptTurn {
  readonly key: SessionKey;
  /** That the session had when the conversation was read. */
  readonly turns: number;
  readonly text: string;
  readonly files: readonly InputFile[];
}

/** How a turn ended. */
export interface TurnEnd extends Ended {
  /** The session had ended, or was another's, when the answer came: that is on record, and no turn of the session. */
  readonly isForgotten?: true;
}

/** From the deadline of a turn to the moment when its session is free, whatever became of its gateway. */
const LEASE_MARGIN_MS = 60_000;

/** As much of an answered turn as the next ones need. */
interface AnsweredTurn {
  readonly answer: { readonly text: string };
  readonly provenance: { readonly model: { readonly name: string; readonly version: string } };
}

/**
 * The road of a turn: the session is taken before the request is accepted, and given back when it has ended, with the turn in it where
 * there is an answer. The answer leaves after that, so that the next turn knows of it, at whichever gateway it is asked.
 */
export class TurnKeeper implements Pick<Road, 'accept'> {
  constructor(
    private readonly parts: KeeperParts,
    private readonly turn: KeptTurn,
  ) {}

  /** @throws ServingError `session_busy`; what `Road.accept` throws */
  async accept(prepared: Prepared, options: RoadOptions): Promise<Accepted & { readonly ended: Promise<TurnEnd> }> {
    const { store, road } = this.parts;
    const { key, turns } = this.turn;
    const { request } = prepared.subject;
    const leaseMs = Math.max(0, prepared.deadlineAtMs - performance.now()) + LEASE_MARGIN_MS;
    if (!(await store.claim(key, request, turns, leaseMs))) throw busySession();
    const accepted = await road.accept(prepared, options).catch(async (error: unknown) => {
      await this.release(request);
      throw error;
    });
    return { id: accepted.id, ended: this.keep(prepared, accepted) };
  }

  private async keep(prepared: Prepared, { id, ended }: Accepted): Promise<TurnEnd> {
    const { request } = prepared.subject;
    let isKept = false;
    try {
      const end = await ended;
      if (end.contentType === PROBLEM_TYPE) return end;
      isKept = await this.append(prepared, id, end);
      return isKept ? end : { ...end, isForgotten: true };
    } finally {
      if (!isKept) await this.release(request);
    }
  }

  /** @param id of the request that answered: another than was sent where its idempotency key had been used before */
  private append({ subject }: Prepared, id: string, { bytes }: Ended): Promise<boolean> {
    const { store, content } = this.parts;
    const { key, text, files } = this.turn;
    const { answer, provenance } = JSON.parse(bytes.toString('utf8')) as AnsweredTurn;
    const { name, version } = provenance.model;
    const words = {
      text,
      images: files.map((file) => hash('sha256', file.bytes, 'hex')),
      answer: answer.text,
      model: `${name}:${version}`,
    };
    const whose = { tenant: key.tenant, patient: subject.patient, at: new Date().toISOString() };
    return content.storeTurn(whose, id, { words, files }, (sealed, images) =>
      store.append(
        { tenant: key.tenant, session: key.id, request: id, patient: subject.patient, words: sealed, images },
        subject.request,
      ),
    );
  }

  /** Where that fails, the session is free again when its lease is over, or its request is known to have ended. */
  private async release(request: string): Promise<void> {
    const { key } = this.turn;
    await this.parts.store.release(key.tenant, key.id, request).catch((error: unknown) => {
      this.parts.logger.warn('a session could not be given back; its lease ends that', { error });
    });
  }
}
