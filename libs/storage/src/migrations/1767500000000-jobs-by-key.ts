import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FOLLOW_BY_KEY } from './job-functions';

/** The list of requests is kept as before, and what ends is found in it without going through what came after it. */
export class JobsByKey1767500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FOLLOW_BY_KEY);
  }

  async down(): Promise<void> {
    // What the function does is the same: the one before would only be slower.
  }
}
