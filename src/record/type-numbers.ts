import { resourceTypes } from '../fhir/resource-types.ts';

// R4's list of types is final, so a type's place in it (from 1) never changes. Kept in the database: two bytes, not a name.
const names = [...resourceTypes].sort();
const numbers = new Map<string, number>(names.map((name, index) => [name, index + 1]));

export function typeNumber(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`${name} is not an R4 resource type`);
  return number;
}

export function typeName(number: number): string {
  const name = names[number - 1];
  if (name === undefined) throw new Error(`No resource type has the number ${number}`);
  return name;
}
