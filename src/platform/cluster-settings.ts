import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';

const MB = 1024 * 1024;

/**
 * Server settings of the embedded database, by the size of the machine. What the server acknowledges is on
 * disk: fsync, full_page_writes and synchronous_commit stay on.
 *
 * Errors of statements are left out of the database's log (`log_min_messages = log`): their text may quote
 * values, and those belong to patients. They reach the caller, which reports them without.
 */
export function clusterSettings(folder: string, memory: number = totalmem()): Record<string, string> {
  const share = (fraction: number, most: number) => Math.min(most, Math.floor((memory * fraction) / MB));
  const disk = statfsSync(folder);
  const free = disk.bavail * disk.bsize;
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    shared_buffers: `${Math.max(64, share(1 / 8, 1024))}MB`,
    effective_cache_size: `${Math.max(256, share(1 / 2, 64 * 1024))}MB`,
    maintenance_work_mem: `${Math.max(64, share(1 / 64, 512))}MB`,
    work_mem: `${Math.max(8, share(1 / 512, 32))}MB`,
    // Full-page images after each checkpoint dominate the log of writes: few checkpoints, spread out.
    max_wal_size: free > 60_000 * MB ? '8GB' : free > 20_000 * MB ? '4GB' : '1GB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    wal_compression: 'off',
    synchronous_commit: 'on',
    jit: 'off',
    random_page_cost: '1.1',
    effective_io_concurrency: '64',
    logging_collector: 'on',
    log_directory: '../log',
    // One file for each day of the week, overwritten a week later.
    log_filename: 'postgresql-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_line_prefix: '%m [%p] ',
  };
}
