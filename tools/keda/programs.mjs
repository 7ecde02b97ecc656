// KEDA's operator and metrics adapter, trimmed (trim.mjs), its definitions and the roles of its service account.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGo, moduleFolders } from '../controlplane/go.mjs';
import { keptBuild } from '../controlplane/kept-build.mjs';
import { ROOT } from '../real/cache.mjs';
import { trim } from './trim.mjs';

const HERE = join(ROOT, 'tools', 'keda');
const MODULE = 'github.com/kedacore/keda/v2';

/**
 * @returns {Promise<string>} folder with the programs `operator` and `adapter` and KEDA's own folder `config` (kustomize bases)
 */
export const ensureKeda = (say) =>
  keptBuild({
    name: 'keda',
    inputs: ['go.mod', 'go.sum', 'trim.mjs'].map((name) => join(HERE, name)),
    async build(folder) {
      say('KEDA: Go fetches its source (once) ...');
      const module = moduleFolders(HERE).get(MODULE);
      // Its own go.mod and go.sum pin what it is built with: replace and exclude lines count in the main module only.
      const source = mkdtempSync(join(tmpdir(), 'medserve-keda-'));
      try {
        for (const part of ['apis', 'cmd', 'controllers', 'pkg', 'version', 'go.mod', 'go.sum'])
          cpSync(join(module, part), join(source, part), { recursive: true });
        // Go keeps its modules read-only.
        spawnSync('chmod', ['-R', 'u+w', source]);
        trim(source);
        const packages = ['./cmd/operator', './cmd/adapter'];
        const link = { [`${MODULE}/version.Version`]: '2.21.0' };
        await buildGo({ folder: source, packages, output: folder, link, name: 'KEDA (trimmed)', say });
      } finally {
        rmSync(source, { recursive: true, force: true });
      }
      mkdirSync(join(folder, 'config'));
      for (const part of ['crd', 'rbac', 'metrics-server'])
        cpSync(join(module, 'config', part), join(folder, 'config', part), { recursive: true });
    },
  });
