import type { Target } from './cases.ts';
import type { MemorySample } from './process-memory.ts';
import type { Round, Rounds } from './summary.ts';

/** One case, with every round as it was measured. Memory in MiB. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly connections: number;
  readonly target: Target;
  readonly resources?: number;
  readonly product?: Rounds;
  readonly bare: Rounds;
  /** Product's median throughput by the bare server's. */
  readonly share?: number;
  readonly met?: boolean;
  /** Where the two sides did not answer alike. */
  readonly differs?: string;
  /** Largest resident memory of the product's processes during its rounds. */
  readonly peakMemory?: number;
  readonly rounds: { readonly product: readonly Round[]; readonly bare: readonly Round[] };
}

/** One run of the import command into an empty record. */
export interface ImportResult {
  readonly input: string;
  readonly resources: number;
  /** From the start of the command to its end, the making of the database included. */
  readonly seconds: number;
  readonly perSecond: number;
  /** What the record holds afterwards, where it was counted. */
  readonly stored?: number;
  readonly memory: readonly MemorySample[];
  readonly peakMemory: number;
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly heap: number;
  readonly toast: number;
  readonly indexes: readonly { readonly name: string; readonly bytes: number }[];
}

/** Disk after the import. Bytes. */
export interface DiskUse {
  /** Sum of the JSON texts. */
  readonly stored: number;
  readonly database: number;
  readonly perStoredByte: number;
  readonly tables: readonly TableSize[];
}

/** Everything about one size of data. */
export interface SizeResult {
  readonly size: number;
  readonly order: string;
  readonly resources: number;
  readonly bytes: number;
  readonly load?: ImportResult;
  readonly disk?: DiskUse;
  /** Seconds from the start of the process, database included, to the first good answer; each try. */
  readonly start?: readonly number[];
  /** MiB some seconds after the first answer, and the same after all cases. */
  readonly memoryAtRest?: { readonly server: number; readonly database?: number };
  readonly memoryAfter?: { readonly server: number; readonly database?: number };
  readonly cases: readonly CaseResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly revision: string;
}

/** One run of the benchmark. */
export interface BenchResult {
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  readonly effort: { readonly rounds: number; readonly seconds: number; readonly warmUp: number };
  readonly sizes: readonly SizeResult[];
  readonly imports: readonly ImportResult[];
}
