import { answer } from './answer';
import { ground } from './ground';
import { report } from './report';
import type { TextReader } from './text-reader';

/* One line a reader; a reader is a folder beside this file. */
const readers: readonly TextReader[] = [answer, ground, report];

export const TEXT_READERS: ReadonlyMap<string, TextReader> = new Map(readers.map((reader) => [reader.id, reader]));
