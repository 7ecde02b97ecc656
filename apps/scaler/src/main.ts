import { runService } from '@medserve/runtime';
import { scalerService } from './service';

void runService(scalerService);
