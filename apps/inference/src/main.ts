import { runService } from '@medserve/runtime';
import { inferenceService } from './service';

void runService(inferenceService);
