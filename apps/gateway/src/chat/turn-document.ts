import { readTurn } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { Composition } from '../infer/prepared';

export interface TurnPlace {
  readonly session: string;
  /** 1 for the first. */
  readonly turn: number;
  /** SHA-256 of the images of the conversation, in hex, and last that of its words. */
  readonly inputs: readonly string[];
  /** That an answer was asked for in. */
  readonly language?: string | undefined;
}

/** The document that answers a turn: as that of an image's answer, with the session and the place of the turn in it. */
export function turnDocument({ session, turn, inputs, language }: TurnPlace, composition: Composition): Buffer {
  const { id, done, record, timings, streamed } = composition;
  const choice = done.generation?.choices[0];
  if (choice === undefined) throw new ServingError('inference_failed', 'The model wrote nothing.');
  const { answer, decision, confidence, evidence, warnings } = readTurn(choice, language);
  return Buffer.from(
    JSON.stringify({
      id,
      status: 'completed',
      task: 'chat',
      session: { id: session, turn },
      answer,
      confidence,
      decision,
      warnings,
      evidence,
      provenance: {
        model: done.model,
        engine: done.engine,
        inputs: inputs.map((sha256, index) => ({
          sha256,
          kind: index === inputs.length - 1 ? 'conversation' : 'image',
        })),
        ...(streamed === undefined ? {} : { streamed: { sha256: streamed } }),
        usage: done.generation?.usage,
        record,
        timings: Object.fromEntries(
          Object.entries(timings).map(([phase, ms]) => [`${phase}Ms`, Math.round(ms * 1000) / 1000]),
        ),
      },
    }),
  );
}
