import { TASKS } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { RequestWishes } from './inference-request';

/**
 * Holds a request to what its task asks for.
 *
 * @returns its parameters as the task reads them, such as language tags in their canonical form
 * @throws ServingError `invalid_request` naming the field; `task_not_available` where a model was named that only converses,
 *   or takes tensors only
 */
export function checkAsked(
  taskId: string,
  { question, parameters }: Pick<RequestWishes, 'question' | 'parameters'>,
): RequestWishes['parameters'] {
  const task = TASKS.get(taskId);
  // Of a model that serves nothing, as one of Triton's layout, no task follows.
  if (taskId === '') {
    throw new ServingError('task_not_available', 'The model takes tensors only, and no images.', {
      field: 'model',
      remedy:
        'Send it tensors by the Open Inference Protocol, or publish it with "serves", "inputs" and "read" in its package.',
    });
  }
  if (task?.isPublic !== true) {
    throw new ServingError('task_not_available', `The task "${taskId}" is not asked of an image.`, {
      field: 'task',
      remedy:
        'Name another task that the model does; conversations are POST /v1/sessions and POST /v1/chat/completions.',
    });
  }
  if (task.asksQuestion && question === undefined) {
    throw new ServingError('invalid_request', `The task "${taskId}" needs a "question".`, { field: 'question' });
  }
  if (task.parameters === undefined) return parameters;
  const parsed = task.parameters.safeParse(parameters ?? {});
  if (parsed.success) return parameters === undefined ? undefined : parsed.data;
  const [issue] = parsed.error.issues;
  const field = ['parameters', ...(issue?.path ?? [])].join('.').slice(0, 128);
  throw new ServingError('invalid_request', `"${field}": ${issue?.message ?? 'not valid'}.`, { field });
}
