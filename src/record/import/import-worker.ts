// A thread of the import: reads, checks, indexes and writes what it is handed, over connections of its own.
import { systemClock } from '../../platform/clock.ts';
import { importUnit, type Task } from './import-units.ts';
import { runThread } from './run-thread.ts';

runThread<Task>((writing, task) => importUnit(writing, systemClock, task));
