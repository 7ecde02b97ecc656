import { answer } from './answer';
import { chat } from './chat';
import { classify } from './classify';
import { detect } from './detect';
import { embed } from './embed';
import { ground } from './ground';
import { measure } from './measure';
import { recognise } from './recognise';
import { report } from './report';
import { segment } from './segment';
import type { Task } from './task';

/* One line a task. */
const tasks: readonly Task[] = [answer, chat, classify, detect, embed, ground, measure, recognise, report, segment];

export const TASKS: ReadonlyMap<string, Task> = new Map(tasks.map((task) => [task.id, task]));
