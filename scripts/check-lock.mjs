// Fails when package-lock.json names an optional platform package that it does
// not contain; npm ci would then stop with "Missing: <name>@ from lock file".
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const present = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()));
const missing = Object.entries(packages).flatMap(([path, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !present.has(name))
    .map((name) => `${path || 'package.json'}: ${name}`),
);
if (missing.length > 0) {
  console.error(missing.join('\n'));
  process.exit(1);
}
