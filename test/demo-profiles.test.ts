import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Resource } from '@medplum/fhirtypes';
import { castResources } from '../src/demo/cast/cast.ts';
import { lifeOf } from '../src/demo/history/life.ts';
import { recordOf } from '../src/demo/history/record-of.ts';
import { peopleOf, randomOf } from '../src/demo/population/people.ts';
import { makeRegion, regionResources } from '../src/demo/region.ts';
import { openProfiles } from '../src/fhir/profiles/profile-set.ts';
import { validate } from '../src/fhir/validate.ts';

const folder = fileURLToPath(new URL('../../shared/data/fhir/uk-core/', import.meta.url));
const absent = existsSync(folder) ? false : 'UK Core is not on this machine';
const region = makeRegion({ seed: 'profiles', now: Date.UTC(2026, 10, 22, 9) });

/** As many people as show what lives may hold, and take a few seconds. */
const count = 120;

const made: Readonly<Record<string, () => Resource[]>> = {
  'places and staff': () => regionResources(region),
  'the named people': () => castResources(region),
  'the other people': () =>
    [...peopleOf(region, { count })].flatMap((person) =>
      recordOf(lifeOf(person, region, randomOf(region, person)), region),
    ),
};

for (const [what, make] of Object.entries(made))
  test(`the resources of ${what} fulfil FHIR R4, and the profiles of UK Core that they claim`, {
    skip: absent,
  }, (t) => {
    const profiles = openProfiles([folder]);
    const wrong = new Map<string, string>();
    let claiming = 0;
    const resources = make();
    for (const resource of resources) {
      const name = `${resource.resourceType}/${resource.id}`;
      const faults = [...validate(resource), ...profiles.check(resource)];
      for (const { severity, message, where } of faults)
        if (severity === 'error') wrong.set(message, `${name} ${where}: ${message}`);
      for (const url of profiles.unknownClaims(resource)) wrong.set(url, `${name} claims ${url}`);
      if (resource.meta?.profile) claiming += 1;
    }
    t.diagnostic(`${resources.length} resources, ${claiming} of them claim a profile`);
    assert.deepEqual([...wrong.values()], []);
    assert.ok(claiming > resources.length / 2);
  });
