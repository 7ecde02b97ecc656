import { classify } from './classify';
import { detect } from './detect';
import { embed } from './embed';
import { measure } from './measure';
import { recognise } from './recognise';
import { segment } from './segment';
import type { Task } from './task';

/* One line a task. */
const tasks: readonly Task[] = [classify, detect, embed, measure, recognise, segment];

export const TASKS: ReadonlyMap<string, Task> = new Map(tasks.map((task) => [task.id, task]));
