import { runService } from '@medserve/runtime';
import { recorderService } from './service';

void runService(recorderService);
