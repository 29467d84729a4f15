import { problem } from '../../../platform/problem.ts';
import { type GraphEdge, graphOf, type SteinerProblem } from './steiner-problem.ts';

/**
 * Reads an instance in the STP format of SteinLib and the DIMACS 11 challenge: `E a b cost`, `T v` (must be
 * connected), `TP v prize` (may be left out at the loss of its prize); vertices from 1.
 * Source: SteinLib, format description 1.0.
 */
export function readStp(text: string): SteinerProblem {
  let nodes = 0;
  const edges: GraphEdge[] = [];
  const required: number[] = [];
  const prizes = new Map<number, number>();
  for (const [i, line] of text.split('\n').entries()) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    const numbers = rest.map(Number);
    const need = (count: number): void => {
      if (numbers.length < count || numbers.slice(0, count).some((x) => !Number.isFinite(x)))
        throw problem('structure', `Line ${i + 1} should have ${count} numbers after "${word}".`, {
          where: `line ${i + 1}`,
        });
    };
    switch (word.toUpperCase()) {
      case 'NODES':
        need(1);
        nodes = numbers[0]!;
        break;
      case 'E':
        need(3);
        edges.push({ a: numbers[0]! - 1, b: numbers[1]! - 1, cost: numbers[2]! });
        break;
      case 'T':
      case 'ROOT':
      case 'ROOTP':
        need(1);
        required.push(numbers[0]! - 1);
        break;
      case 'TP':
        need(2);
        prizes.set(numbers[0]! - 1, numbers[1]!);
        break;
    }
  }
  const byNode = new Float64Array(nodes);
  for (const [v, prize] of prizes) byNode[v] = prize;
  return { graph: graphOf(nodes, edges), prizes: byNode, required };
}
