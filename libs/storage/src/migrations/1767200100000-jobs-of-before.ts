import type { MigrationInterface, QueryRunner } from 'typeorm';
import { listEarlier } from './job-functions';

/**
 * Requests that had ended before there was a list of them. In a transaction of its own: there may be millions, and this waits for
 * nobody and nobody for it, as nothing changes them any more.
 */
export class JobsOfBefore1767200100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(listEarlier('request.final_event IS NOT NULL'));
  }

  async down(): Promise<void> {
    // The table goes with the migration that made it.
  }
}
