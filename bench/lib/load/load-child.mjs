import { openGrpcDoor } from './grpc-door.mjs';
import { openOipHttpDoor, openRawHttpDoor } from './http-door.mjs';
import { openNativeDoor } from './native-door.mjs';
import { openOipGrpcDoor } from './oip-grpc-door.mjs';
import { runStream } from './run-stream.mjs';
import { openWireGrpcDoor } from './wire-grpc-door.mjs';

/* The load, in a process of its own: requests are encoded before the clock starts, and nothing else runs here. */

const DOORS = {
  native: openNativeDoor,
  'oip-grpc': openOipGrpcDoor,
  'oip-http': openOipHttpDoor,
  'raw-http': openRawHttpDoor,
};
const WAIT_MS = 30_000;

const target = JSON.parse(process.argv[2]);
const [name, caller] = target.door.split('+');
const whole = DOORS[name](target, openGrpcDoor);
/** Says no reasons: probes go through the other one. */
const quick = caller === 'wire' ? DOORS[name](target, openWireGrpcDoor) : whole;
const messages = new Map();

const messageOf = (request) => {
  const key = JSON.stringify(request);
  if (!messages.has(key)) messages.set(key, whole.encode(request));
  return messages.get(key);
};

process.on('message', async ({ streams, forMs }) => {
  const prepared = streams.map(({ request, isProbe = false, ...stream }) => {
    const message = messageOf(request);
    const door = isProbe ? whole : quick;
    return { ...stream, forMs, call: () => door.call({ message, waitMs: WAIT_MS }) };
  });
  process.send(await Promise.all(prepared.map(runStream)));
});
process.on('disconnect', () => {
  whole.close();
  quick.close();
  process.exit(0);
});
process.send('ready');
