import { Command, InvalidArgumentError, Option } from 'commander';
import { homeOption } from '../options';
import { aeAddress, allowedAet, hostAndPort, type AeAddress, type HostAndPort } from './dicom-options';
import type { Shape } from './options';
import { podRange, type PodRange } from './pod-range';
import { up } from './up';

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a port is 0 to 65535; 0 means any free one');
  return value;
}

export function upCommand(): Command {
  return new Command('up')
    .description('start gateway, router, recorder and model hosts on an embedded PostgreSQL')
    .addOption(homeOption())
    .option('--port <n>', 'HTTP port, 0 = any free one', port, 8080)
    .option('--grpc-port <n>', 'gRPC port, 0 = any free one', port, 8081)
    .addOption(
      new Option('--models <dir>', 'one more model repository, repeatable').argParser(collect).default([], 'none'),
    )
    .option(
      '--dicom-port <n>',
      'port of the DICOM node, 0 = any free one (default: 11112, or a free one where that is taken)',
      port,
    )
    .addOption(
      new Option('--destination <aet=host:port>', 'one more DICOM node that results are sent to, repeatable')
        .argParser((text: string, before: readonly AeAddress[]) => [...before, aeAddress(text)])
        .default([], 'none'),
    )
    .addOption(
      new Option('--allow-aet <aet>', 'a calling AE title that is let in, repeatable')
        .argParser((text: string, before: readonly string[]) => [...before, allowedAet(text)])
        .default([], 'all, on loopback only'),
    )
    .addOption(
      new Option('--hl7 <host:port>', 'one more HL7 receiver (MLLP) of results, repeatable')
        .argParser((text: string, before: readonly HostAndPort[]) => [...before, hostAndPort(text)])
        .default([], 'none'),
    )
    .addOption(
      new Option('--routes <dir>', 'one more folder of routes: what is done with a study, repeatable')
        .argParser(collect)
        .default([], 'those that come with the platform'),
    )
    .option('--destinations <file>', 'YAML file of destinations for results (docs/destinations.md)')
    .option('--pools <file>', 'where the servers are that run models for us (also by MEDSERVE_POOLS_FILE)')
    .addOption(
      new Option('--shape <shape>', 'all services in one process, or a process each')
        .choices(['single', 'split'])
        .default('single'),
    )
    .addOption(
      new Option(
        '--pods <min..max>',
        'how many inference processes there may be: they follow the demand, down to none with 0..4 (default: always one)',
      ).argParser(podRange),
    )
    .option('--ready-file <file>', 'written (mode 0600) once everything serves')
    .option('--json', 'machine-readable log lines instead of the friendly text', false)
    .addHelpText(
      'after',
      `
MEDSERVE_DATABASE_URL=postgres://...    use this PostgreSQL instead of the embedded one
MEDSERVE_KAFKA_BROKERS=host:port,...    send the events over Apache Kafka (TLS and login: docs/operations.md)
MEDSERVE_POD_MEMORY=8589934592          bytes that loaded models may hold; default: 60 % of the machine
MEDSERVE_HOST_MEMORY=4294967296         bytes that the host of one model may hold
MEDSERVE_MODEL_TRUST=trust.yaml         serve the models only that it lets: signed, approved, not too old
MEDSERVE_KEEP_WARM=name,...             models that are loaded at start and stay
MEDSERVE_LOCAL_POOL={"slots":8,...}     how the pods of --pods follow the demand (docs/scaling.md)
MEDSERVE_CACHE_BYTES=268435456          memory for answers of models that allow it to be kept; 0: none
MEDSERVE_TLS_DIR=./tls                  TLS between the services ("medserve certs make ./tls")
MEDSERVE_DOOR_TLS_DIR=./tls/door        TLS for callers
MEDSERVE_PUBLIC_URL=https://...         where callers reach the platform, behind a proxy say
MEDSERVE_LOG_LEVEL=debug                what the logs under <home>/logs hold`,
    )
    .action(
      async (options: {
        home: string;
        port: number;
        grpcPort: number;
        models: string[];
        dicomPort?: number;
        destination: AeAddress[];
        allowAet: string[];
        hl7: HostAndPort[];
        routes: string[];
        destinations?: string;
        pools?: string;
        shape: Shape;
        pods?: PodRange;
        readyFile?: string;
        json: boolean;
      }) => {
        const { dicomPort, destination, allowAet, hl7, routes, destinations } = options;
        const dicom = { port: dicomPort, nodes: destination, allowed: allowAet, hl7, routes, file: destinations };
        process.exit(
          await up({ ...options, dicom, pools: options.pools, pods: options.pods, readyFile: options.readyFile }),
        );
      },
    );
}
