import { runService } from '@medserve/runtime';
import { monitorService } from './service';

void runService(monitorService);
