// Does what the recipes of the console ask of grpcurl, where that is not installed: takes one message as JSON in the form of protobuf,
// calls a method of the native service and prints what comes back.
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** grpcurl's options have one dash, as Go's have. */
const args = process.argv.slice(2).map((arg) => (arg === '-plaintext' ? '--plaintext' : arg));
const { values, positionals } = parseArgs({
  args,
  options: {
    plaintext: { type: 'boolean' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
  },
  allowPositionals: true,
});
if (values.data !== '@' || values.plaintext !== true) throw new Error('only -plaintext and -d @ are known here');
const [address, name] = positionals;
const [service, method] = name.split('/');
const definition = loadSync('medserve/v1/medserve.proto', {
  includeDirs: [join(root, 'libs/contracts/proto')],
  bytes: String,
  enums: String,
  longs: String,
});
const Client = loadPackageDefinition(definition).medserve.v1[service.replace('medserve.v1.', '')];
const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
const metadata = new Metadata();
for (const header of values.header ?? []) {
  const [, key, value] = /^([^:]+): ?(.*)$/.exec(header);
  metadata.set(key, value);
}
const message = JSON.parse(await text(process.stdin));
const print = (response) => process.stdout.write(`${JSON.stringify(response, undefined, 2)}\n`);
const refuse = (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
};
if (method === 'InferStream') {
  await new Promise((resolve) => {
    client
      .InferStream(message, metadata)
      .on('data', print)
      .on('error', (error) => {
        refuse(error);
        resolve();
      })
      .on('end', resolve);
  });
} else {
  await new Promise((resolve) => {
    client[method](message, metadata, (error, response) => {
      if (error) refuse(error);
      else print(response);
      resolve();
    });
  });
}
client.close();
