#!/usr/bin/env node
// `npm run audit`: fails when the registry knows a grave weakness (high or critical) of a production dependency. Where it cannot be
// asked, that is said, loudly, and is no failure: a machine without a network is no weakness, and no proof of health either.
import { verdictOf } from './supply/audit-verdict.mjs';
import { npm } from './supply/npm.mjs';

const verdict = verdictOf(
  npm('audit', '--omit', 'dev', '--audit-level', 'high', '--json', '--fetch-retries', '0', '--fetch-timeout', '30000')
    .stdout,
);
switch (verdict.kind) {
  case 'clean':
    console.log('audit: no high or critical weakness of a production dependency is known');
    break;
  case 'vulnerable':
    for (const line of verdict.packages) console.error(`audit: ${line}`);
    process.exitCode = 1;
    break;
  case 'unasked':
    console.error(
      [
        '',
        '*** NOT CHECKED: known weaknesses of the dependencies. ***',
        `*** The registry could not be asked: ${verdict.why.split('\n')[0].replace(/https?:\/\/\S+/g, '(address)')}`,
        '*** Run "npm run audit" where it can be.',
        '',
      ].join('\n'),
    );
}
