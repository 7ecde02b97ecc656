import { once } from 'node:events';
import { connect } from 'node:net';
import { startChild } from './child.mjs';
import { median } from './statistics.mjs';

/* The writing side of lib/tcp-copy.mjs, in a process of its own with the reading side in another. */

const [bytes] = process.argv.slice(2);
const reader = await startChild(new URL('tcp-reader-child.mjs', import.meta.url), [bytes]);
const socket = connect({ host: '127.0.0.1', port: await reader.ask('port'), noDelay: true });
await once(socket, 'connect');
const content = Buffer.alloc(Number(bytes), 1);

process.on('message', async (count) => {
  const timesMs = [];
  for (let copy = 0; copy < count; copy += 1) {
    const began = performance.now();
    socket.write(content);
    await once(socket, 'data');
    timesMs.push(performance.now() - began);
  }
  process.send(median(timesMs));
});
process.on('disconnect', async () => {
  socket.destroy();
  await reader.close();
  process.exit(0);
});
process.send('ready');
