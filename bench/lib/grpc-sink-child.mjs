import grpc from '@grpc/grpc-js';

/* A gRPC server that reads whole messages and answers each with as little as a caller takes for an answer. */

const WINDOW_BYTES = 16 << 20;
const LARGEST_MESSAGE_BYTES = 512 << 20;
/** `raw_output_contents` of one byte. */
const ANSWER = Buffer.from([0x32, 1, 0]);

const server = new grpc.Server({ 'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES });
// No option sets a server's windows: the platform has them in the same way (libs/rpc/src/server/grpc-server.ts).
server.commonServerOptions.settings = { ...server.commonServerOptions.settings, initialWindowSize: WINDOW_BYTES };
const asIs = (bytes) => bytes;
const method = {
  path: '/inference.GRPCInferenceService/ModelInfer',
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: ({ length }) => length,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};
server.addService({ modelInfer: method }, { modelInfer: (_call, answer) => answer(null, ANSWER) });
const port = await new Promise((resolve, reject) => {
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
    if (error) reject(error);
    else resolve(bound);
  });
});
for (const http2Server of server.http2Servers.keys())
  http2Server.on('session', (session) => session.setLocalWindowSize(2 * WINDOW_BYTES));

process.on('message', () => process.send(port));
process.on('disconnect', () => process.exit(0));
process.send('ready');
