import { Controller, Get } from '@nestjs/common';
import { RequireAccess } from '../http/access';
import { PoolList, type ListedPool } from './pool-list';

@Controller('v1/pools')
export class PoolsController {
  constructor(private readonly pools: PoolList) {}

  @Get()
  @RequireAccess('model:read')
  list(): { object: 'list'; data: readonly ListedPool[]; isDecided: boolean } {
    const { pools, isDecided } = this.pools.list();
    return { object: 'list', data: pools, isDecided };
  }
}
