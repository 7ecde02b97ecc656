import { parentPort } from 'node:worker_threads';
import { ServingError, toServingError } from '@medserve/errors';
import { toPlain } from '../threads/plain-error';
import { giveWay } from '../threads/give-way';
import type { ResultInput } from './result-input';
import { resultObjects } from './result-objects';
import type { FromWriter, PlainInput, ToWriter } from './worker-messages';

/** The body of the thread of a `ResultWriter`: one input at a time; files come from the other side when they are needed. */
const port = parentPort;
if (port === null) throw new Error('result-worker runs as a worker thread only.');
giveWay();

const say = (message: FromWriter, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

const waiting = new Map<number, { resolve: (bytes: Buffer) => void; reject: (error: ServingError) => void }>();
let reads = 0;

function readFile(run: number, source: number): Promise<Buffer> {
  reads += 1;
  const read = reads;
  return new Promise((resolve, reject) => {
    waiting.set(read, { resolve, reject });
    say({ kind: 'read', read, run, source });
  });
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const inputOf = ({ runs, ...rest }: PlainInput): ResultInput => ({
  ...rest,
  runs: runs.map(({ headers, ...run }, at) => ({
    ...run,
    sources: headers.map((header, source) => ({ header: asBuffer(header), read: () => readFile(at, source) })),
  })),
});

async function make(input: PlainInput): Promise<void> {
  try {
    const objects = (await resultObjects(inputOf(input))).map((object) => ({
      ...object,
      bytes: new Uint8Array(object.bytes),
    }));
    say(
      { kind: 'made', objects },
      objects.map(({ bytes }) => bytes.buffer),
    );
  } catch (error) {
    say({ kind: 'refused', error: toPlain(toServingError(error)) });
  }
}

port.on('message', (message: ToWriter) => {
  if (message.kind === 'make') {
    void make(message.input);
    return;
  }
  const reader = waiting.get(message.read);
  waiting.delete(message.read);
  if (message.bytes === undefined)
    reader?.reject(new ServingError('internal', 'A source image could not be read again.'));
  else reader?.resolve(asBuffer(message.bytes));
});
