import { classification } from './classification';
import { fundus } from './fundus';
import { labelMasks } from './label-masks';
import { labelVolumes } from './label-volumes';
import { nuclei } from './nuclei';
import type { Reader } from './reader';
import { tissueVolumes } from './tissue-volumes';

/* One line a reader; a reader is a folder beside this file. */
const readers: readonly Reader[] = [classification, fundus, labelMasks, labelVolumes, nuclei, tissueVolumes];

export const READERS: ReadonlyMap<string, Reader> = new Map(readers.map((reader) => [reader.id, reader]));
