/*
 * An archive behind a DICOM node, in a process of its own that a test may kill: `dicom-node.mjs PORT FOLDER DATABASE_URL`. Says `ready`
 * when it listens.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Archive } = require('@medserve/archive');
const { listen } = require('@medserve/dimse');
const { openStorage } = require('@medserve/storage');

const [, , port, root, url] = process.argv;
const storage = await openStorage({ url, poolSize: 4, applicationName: 'dicom-node', role: 'gateway' });
const archive = await Archive.open({ root, index: storage.archive });

function store({ peer, association, sopClassUid, sopInstanceUid, transferSyntaxUid }) {
  const origin = { tenant: 'home', door: 'dimse', sender: peer.callingAet, batch: association };
  const incoming = archive.receive(origin, { sopClassUid, sopInstanceUid, transferSyntaxUid });
  return {
    write: (chunk) => incoming.write(chunk),
    abort: () => incoming.abort(),
    end: async () => {
      const outcome = await incoming.commit();
      return { status: outcome.kind === 'stored' ? 0 : outcome.refusal.status };
    },
  };
}

await listen({
  host: '127.0.0.1',
  port: Number(port),
  handler: { admit: () => ({ kind: 'accepted' }), store, ended: () => undefined },
});
process.stdout.write('ready\n');
