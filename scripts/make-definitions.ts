// Writes src/fhir/r4/*.json: compact tables made from the published R4 definitions (npm run definitions).
// A test compares what is committed with what this makes.
import { writeSearchParameters } from './definitions/search-parameters.ts';
import { writeStructures } from './definitions/structures.ts';

await writeStructures();
await writeSearchParameters();
