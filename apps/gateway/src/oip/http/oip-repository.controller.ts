import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ModelChanges } from '../model-changes';
import { RequireAccess } from '../../http/access';
import { principalOf } from '../../http/principal';
import { parseWith } from '../../http/parse-with';
import { Models } from '../models';
import type { IndexEntry } from '../ports';
import { loadOf } from './load-message';
import { parseJson } from '../../http/parse-json';
import { refuseRepositoryName } from './route-words';

/** Of JSON that holds no files. */
const SMALL_JSON_BYTES = 1024 * 1024;

/** Of JSON that holds the files of a model in base64. */
const FILES_JSON_BYTES = 256 * 1024 * 1024;

const indexSchema = z.object({ ready: z.boolean().default(false) });
const changeSchema = z.object({
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

const paths = (rest: string): string[] => [`v2/repository/${rest}`, `v2/repository/:repository/${rest}`];

interface RepositoryPath {
  readonly repository?: string;
  readonly name: string;
}

/** The model repository extension. Triton's clients look at the status only; the bodies of changes are KServe's. */
@Controller()
export class OipRepositoryController {
  constructor(
    private readonly models: Models,
    private readonly changes: ModelChanges,
  ) {}

  @Post(paths('index'))
  @HttpCode(200)
  @RequireAccess('model:read', { bodyBytes: SMALL_JSON_BYTES })
  index(@Param() { repository }: RepositoryPath, @Req() request: FastifyRequest): readonly IndexEntry[] {
    refuseRepositoryName(repository);
    return this.models.index(parseWith(indexSchema, jsonOf(request, SMALL_JSON_BYTES)).ready);
  }

  @Post(paths('models/:name/load'))
  @HttpCode(200)
  @RequireAccess('model:manage')
  async load(
    @Param() { repository, name }: RepositoryPath,
    @Req() request: FastifyRequest,
  ): Promise<{ name: string; load: true }> {
    refuseRepositoryName(repository);
    const { parameters } = parseWith(changeSchema, jsonOf(request, FILES_JSON_BYTES));
    await this.changes.load(principalOf(request), { name, ...loadOf(parameters) });
    return { name, load: true };
  }

  @Post(paths('models/:name/unload'))
  @HttpCode(200)
  @RequireAccess('model:manage', { bodyBytes: SMALL_JSON_BYTES })
  async unload(
    @Param() { repository, name }: RepositoryPath,
    @Req() request: FastifyRequest,
  ): Promise<{ name: string; unload: true }> {
    refuseRepositoryName(repository);
    // Of the parameters only `unload_dependents` is known, and no model here depends on another.
    parseWith(changeSchema, jsonOf(request, SMALL_JSON_BYTES));
    await this.changes.unload(principalOf(request), name);
    return { name, unload: true };
  }
}

/** tritonclient sends nothing at all where it has nothing to say. */
function jsonOf({ body }: FastifyRequest, limitBytes: number): unknown {
  return Buffer.isBuffer(body) && body.length > 0 ? parseJson(body, limitBytes).document : {};
}
