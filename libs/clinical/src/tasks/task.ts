import type { z } from 'zod';
import type { AnswerPart } from '../answers/answer';

/** What can be asked of an image. A task is a folder here and one line in `registry.ts`. */
export interface Task {
  /** The word on the wire. */
  readonly id: string;
  readonly title: string;
  /** Main kinds of answer that this task may have. */
  readonly answers: readonly AnswerPart['kind'][];
  /** Whether the request has to carry a `question`. */
  readonly asksQuestion: boolean;
  /** Whether callers may ask it of an image; `recognise` is the platform's own question, and `chat` that of conversations. */
  readonly isPublic: boolean;
  /**
   * What the task says of the request's `parameters`, checked before the request is accepted. Members that it does not know are the
   * model's. Absent: all are.
   */
  readonly parameters?: z.ZodType<Readonly<Record<string, unknown>>>;
}

export function defineTask(task: Task): Task {
  return task;
}
