import { Controller, Get, Post } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import { RequireAccess } from '../../http/access';
import { modelPaths } from './route-words';

const memory = (kind: string): string[] => ['status', 'region/:region/status'].map((rest) => `v2/${kind}/${rest}`);
const memoryChanges = (kind: string): string[] =>
  ['register', 'unregister'].flatMap((verb) => [`v2/${kind}/${verb}`, `v2/${kind}/region/:region/${verb}`]);

const SETTINGS = ['v2/logging', 'v2/trace/setting', ...modelPaths('/trace/setting')];
const MEMORY = ['systemsharedmemory', 'cudasharedmemory'];

/** Triton's extensions that are not offered: clients are told so, where an unknown path would look like a mistake of theirs. */
@Controller()
export class OipUnsupportedController {
  @Get([...SETTINGS, ...MEMORY.flatMap(memory)])
  @RequireAccess('model:read')
  read(): never {
    throw notOffered();
  }

  @Post([...SETTINGS, ...MEMORY.flatMap(memoryChanges)])
  @RequireAccess('model:manage')
  change(): never {
    throw notOffered();
  }

  @Post([...modelPaths('/generate'), ...modelPaths('/generate_stream')])
  @RequireAccess('infer')
  generate(): never {
    throw notOffered();
  }
}

const notOffered = (): ServingError =>
  new ServingError('unsupported', 'This extension of the protocol is not offered here.');
