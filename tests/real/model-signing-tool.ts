import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../support/platform';

/** What it says about certificates needs pyOpenSSL, which it does not ask for itself. */
const PACKAGES = ['model-signing==1.1.1', 'pyopenssl==26.4.0'];
const INSTALL_MS = 300_000;

export interface ToolAnswer {
  readonly isGood: boolean;
  readonly said: string;
}

/** OpenSSF's own tool for model signing, from PyPI. */
export class ModelSigningTool {
  private constructor(private readonly python: string) {}

  /** Installs it into the cache, once. @returns why it cannot be had, where it cannot */
  static install(): ModelSigningTool | string {
    const folder = join(resolve(process.env['MEDSERVE_CACHE'] ?? join(ROOT, '.cache')), 'model-signing-1.1.1');
    const python = join(folder, 'bin', 'python');
    const steps: [string, string[]][] = [
      ['python3', ['-m', 'venv', folder]],
      [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
    ];
    const isThere = existsSync(python) && spawnSync(python, ['-m', 'model_signing', '--version']).status === 0;
    for (const [command, args] of isThere ? [] : steps) {
      const { status, error, stderr } = spawnSync(command, args, { timeout: INSTALL_MS, encoding: 'utf8' });
      if (status === 0) continue;
      rmSync(folder, { recursive: true, force: true });
      return `${command} ${args[1] ?? ''} failed: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`;
    }
    return new ModelSigningTool(python);
  }

  run(...args: string[]): ToolAnswer {
    const { status, stdout, stderr } = spawnSync(this.python, ['-m', 'model_signing', ...args], { encoding: 'utf8' });
    return { isGood: status === 0, said: `${stdout}${stderr}` };
  }
}
