import { startReader } from './tcp-copy.mjs';

const port = await startReader(Number(process.argv[2]));
process.on('message', () => process.send(port));
process.on('disconnect', () => process.exit(0));
process.send('ready');
