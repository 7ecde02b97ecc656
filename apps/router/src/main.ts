import { runService } from '@medserve/runtime';
import { routerService } from './service';

void runService(routerService);
