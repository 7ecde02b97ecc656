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
  /** Whether callers may ask for it; `recognise` is the platform's own question. */
  readonly isPublic: boolean;
}

export function defineTask(task: Task): Task {
  return task;
}
