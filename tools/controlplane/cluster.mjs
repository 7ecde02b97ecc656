// The control plane with KEDA, as tests and people start it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startKeda } from '../keda/keda.mjs';
import { ensureKeda } from '../keda/programs.mjs';
import { ROOT } from '../real/cache.mjs';
import { startControlPlane } from './control-plane.mjs';
import { ensureControlPlane } from './programs.mjs';

/* Strimzi's and CloudNativePG's, which no module of Go brings: beside the repository where they are there. */
const MORE_DEFINITIONS = join(ROOT, '..', 'shared', 'data', 'crds');

/** Starts both in `folder`. */
export async function startCluster({ folder, say = () => undefined }) {
  // The longest first, and one after the other: each build takes the whole machine.
  await ensureControlPlane(say);
  const keda = await ensureKeda(say);
  const definitions = existsSync(MORE_DEFINITIONS) ? [MORE_DEFINITIONS] : [];
  const plane = await startControlPlane({ folder, definitions, say });
  try {
    const scaling = await startKeda({ plane, keda, say });
    return {
      folder,
      programs: plane.programs,
      kubeconfig: plane.kubeconfig('admin'),
      pids: () => ({ ...plane.pids(), ...scaling.pids() }),
      async stop() {
        await scaling.stop();
        await plane.stop();
      },
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}
