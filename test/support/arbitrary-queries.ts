/** Searches over the worlds of arbitrary-resources.ts, as query strings: every kind of filter, sort and include. All of them are well formed. */
import fc from 'fast-check';
import { escapeValue } from '../../src/fhir/search-escapes.ts';
import { searchParameter } from '../../src/fhir/search-parameters.ts';
import {
  amounts,
  cities,
  dates,
  families,
  givens,
  identifierSystems,
  identifierValues,
  ids,
  likelyCode,
  likelySystem,
  organisationNames,
  texts,
  units,
  worldTypes,
} from './arbitrary-resources.ts';

export interface ArbitraryQuery {
  readonly type: string;
  /** Encoded, without a question mark. */
  readonly query: string;
}

type Pair = readonly [name: string, value: string];

/** What the parameters that are no codes of a concept may be. */
const words: Readonly<Record<string, readonly string[]>> = {
  'Patient.active': ['true', 'false'],
  'Practitioner.active': ['true', 'false'],
  'Patient.gender': ['male', 'female', 'unknown'],
  'Encounter.status': ['planned', 'finished'],
  'Observation.status': ['final', 'amended', 'preliminary'],
  'Condition.clinical-status': [
    'active',
    'resolved',
    'http://terminology.hl7.org/CodeSystem/condition-clinical|active',
  ],
  'MedicationRequest.status': ['active', 'stopped'],
  'MedicationRequest.intent': ['order', 'plan'],
  'Task.status': ['requested', 'completed'],
  'Appointment.status': ['booked', 'cancelled'],
};
/** Parameters that the worlds have values for. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  Patient: [
    'name',
    'family',
    'given',
    'address-city',
    'address',
    'identifier',
    'gender',
    'active',
    'birthdate',
    'general-practitioner',
    'organization',
  ],
  Practitioner: ['name', 'family', 'identifier', 'active'],
  Organization: ['name', 'identifier', 'partof'],
  Encounter: [
    'status',
    'class',
    'subject',
    'patient',
    'date',
    'participant',
    'practitioner',
    'service-provider',
  ],
  Observation: [
    ...[
      'status',
      'category',
      'code',
      'combo-code',
      'component-code',
      'subject',
      'patient',
      'encounter',
      'performer',
      'date',
    ],
    ...[
      'value-quantity',
      'combo-value-quantity',
      'component-value-quantity',
      'value-concept',
      'value-string',
      'value-date',
    ],
    ...[
      'code-value-quantity',
      'code-value-concept',
      'component-code-value-quantity',
      'combo-code-value-quantity',
    ],
  ],
  Condition: ['code', 'clinical-status', 'subject', 'patient', 'recorded-date', 'onset-date', 'onset-age'],
  MedicationRequest: ['status', 'intent', 'code', 'subject', 'patient', 'requester', 'authoredon'],
  Task: ['status', 'code', 'focus', 'subject', 'patient', 'owner', 'authored-on'],
  Appointment: ['status', 'date', 'actor', 'patient', 'practitioner'],
};
/** Two types that a reference goes between, and the parameter of the first. */
const links: readonly (readonly [source: string, code: string, target: string])[] = [
  ['Patient', 'general-practitioner', 'Practitioner'],
  ['Patient', 'general-practitioner', 'Organization'],
  ['Patient', 'organization', 'Organization'],
  ['Organization', 'partof', 'Organization'],
  ['Encounter', 'subject', 'Patient'],
  ['Encounter', 'patient', 'Patient'],
  ['Encounter', 'participant', 'Practitioner'],
  ['Encounter', 'service-provider', 'Organization'],
  ['Observation', 'subject', 'Patient'],
  ['Observation', 'patient', 'Patient'],
  ['Observation', 'encounter', 'Encounter'],
  ['Observation', 'performer', 'Practitioner'],
  ['Observation', 'performer', 'Organization'],
  ['Condition', 'subject', 'Patient'],
  ['MedicationRequest', 'subject', 'Patient'],
  ['MedicationRequest', 'requester', 'Practitioner'],
  ['Task', 'subject', 'Patient'],
  ['Task', 'focus', 'MedicationRequest'],
  ['Task', 'focus', 'Observation'],
  ['Task', 'owner', 'Practitioner'],
  ['Appointment', 'actor', 'Patient'],
  ['Appointment', 'practitioner', 'Practitioner'],
];

function some<T>(values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

/** One to three values, any of which may match. */
function orList(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => values.join(','));
}

const prefix = some(['', '', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']);
const escapedCode = likelyCode.map(escapeValue);
const token = fc.oneof(
  { weight: 3, arbitrary: escapedCode },
  { weight: 2, arbitrary: fc.tuple(likelySystem, escapedCode).map(([s, c]) => `${s}|${c}`) },
  { weight: 1, arbitrary: escapedCode.map((c) => `|${c}`) },
  { weight: 1, arbitrary: likelySystem.map((s) => `${s}|`) },
);
const identifier = fc.oneof(
  some(identifierValues),
  fc.tuple(some(identifierSystems), some(identifierValues)).map(([s, v]) => `${s}|${v}`),
  some(identifierValues).map((v) => `|${v}`),
  some(identifierSystems).map((s) => `${s}|`),
);
const ofType = some(identifierValues).map((v) => `http://terminology.hl7.org/CodeSystem/v2-0203|MR|${v}`);
/** The texts that a string parameter, or `:text`, may meet. */
function textsOf(type: string, code: string): readonly string[] {
  if (code.startsWith('address')) return cities;
  if (type === 'Organization') return organisationNames;
  if (code === 'family') return families;
  if (code === 'given') return givens;
  return code === 'name' ? [...families, ...givens] : texts;
}

/** The beginning, mostly, or the middle of one of the texts, in some letter case. */
function fragment(of: readonly string[]): fc.Arbitrary<string> {
  const start = some([0, 0, 0, 1, 3]);
  return fc
    .tuple(some(of), start, fc.integer({ min: 1, max: 12 }), fc.boolean())
    .map(([text, from, length, upper]) => {
      const cut =
        text
          .slice(Math.min(from, text.length - 1))
          .slice(0, length)
          .trim() || text;
      return escapeValue(upper ? cut.toUpperCase() : cut);
    });
}

const date = fc.tuple(prefix, some(dates)).map(([p, d]) => p + d);
const amount = some([...amounts.map(String), '5.0', '5.40', '1e2', '185.00', '0.0050']);
const quantity = fc
  .tuple(prefix, amount, some(units), fc.nat(2))
  .map(([p, number, unit, form]) =>
    form === 0
      ? `${p}${number}`
      : form === 1
        ? `${p}${number}||${unit.unit ?? unit.code ?? 'mg'}`
        : `${p}${number}|${unit.system ?? 'urn:local'}|${unit.code ?? 'TAB'}`,
  );
const missing = some(['true', 'false']);

/** Those of the types that the worlds have; no types means any. */
function inWorlds(targets: readonly string[]): fc.Arbitrary<string> {
  return some(targets.length === 0 ? worldTypes : targets.filter((target) => worldTypes.includes(target)));
}

function reference(targets: readonly string[]): fc.Arbitrary<string> {
  const type = inWorlds(targets);
  return fc.oneof(
    fc.tuple(type, some(ids)).map(([t, id]) => `${t}/${id}`),
    some(ids),
    type.map((t) => `http://elsewhere.example/fhir/${t}/1`),
  );
}

/** A value for a parameter, with a modifier on its name where one is drawn. */
function parameterValue(type: string, code: string): fc.Arbitrary<Pair> {
  const parameter = searchParameter(type, code);
  if (!parameter) throw new Error(`${type} has no search parameter ${code}`);
  const named = (modifier: string, value: fc.Arbitrary<string>): fc.Arbitrary<Pair> =>
    value.map((v) => [`${code}${modifier}`, v] as const);
  const absent = named(':missing', missing);
  switch (parameter.type) {
    case 'token': {
      const word = words[`${type}.${code}`];
      const value = word ? some(word) : code === 'identifier' ? identifier : token;
      return fc.oneof(
        { weight: 6, arbitrary: named('', orList(value)) },
        { weight: 2, arbitrary: named(':not', orList(value)) },
        {
          weight: 1,
          arbitrary:
            code === 'identifier'
              ? named(':of-type', orList(ofType))
              : named(':text', orList(fragment(texts))),
        },
        { weight: 1, arbitrary: absent },
      );
    }
    case 'string': {
      const known = textsOf(type, code);
      return fc.oneof(
        { weight: 5, arbitrary: named('', orList(fragment(known))) },
        { weight: 2, arbitrary: named(':contains', orList(fragment(known))) },
        { weight: 2, arbitrary: named(':exact', orList(some(known).map(escapeValue))) },
        { weight: 1, arbitrary: absent },
      );
    }
    case 'date':
      return fc.oneof({ weight: 9, arbitrary: named('', orList(date)) }, { weight: 1, arbitrary: absent });
    case 'quantity':
      return fc.oneof(
        { weight: 9, arbitrary: named('', orList(quantity)) },
        { weight: 1, arbitrary: absent },
      );
    case 'reference': {
      const target = inWorlds(parameter.targets);
      return fc.oneof(
        { weight: 6, arbitrary: named('', orList(reference(parameter.targets))) },
        { weight: 2, arbitrary: fc.tuple(target, some(ids)).map(([t, id]) => [`${code}:${t}`, id] as const) },
        { weight: 1, arbitrary: named(':identifier', orList(identifier)) },
        { weight: 1, arbitrary: absent },
      );
    }
    case 'composite': {
      const second = code.endsWith('quantity') ? quantity : token;
      return named('', orList(fc.tuple(token, second).map(([a, b]) => `${a}$${b}`)));
    }
    default:
      throw new Error(`No values for the ${parameter.type} parameter ${code}`);
  }
}

const common: fc.Arbitrary<Pair> = fc.oneof(
  orList(some(ids)).map((value) => ['_id', value] as const),
  orList(some(ids)).map((value) => ['_id:not', value] as const),
  orList(date).map((value) => ['_lastUpdated', value] as const),
  token.map((value) => ['_tag', value] as const),
  some(['http://example.org/profile/a', 'http://example.org/profile/c']).map(
    (value) => ['_profile', value] as const,
  ),
  missing.map((value) => ['_profile:missing', value] as const),
);

function plainFilter(type: string): fc.Arbitrary<Pair> {
  const own = some(parameters[type] ?? []).chain((code) => parameterValue(type, code));
  return fc.oneof({ weight: 6, arbitrary: own }, { weight: 1, arbitrary: common });
}

/** A filter of at most `depth` links: plain, through a chain, or by `_has`. */
function filter(type: string, depth: number): fc.Arbitrary<Pair> {
  if (depth === 0) return plainFilter(type);
  const out = links.filter(([source]) => source === type);
  const into = links.filter(([, , target]) => target === type);
  const choices: fc.WeightedArbitrary<Pair>[] = [{ weight: 5, arbitrary: plainFilter(type) }];
  if (out.length > 0) {
    const chain = fc
      .tuple(some(out), fc.boolean())
      .chain(([[, code, target], typed]) =>
        filter(target, depth - 1).map(
          ([name, value]): Pair => [`${code}${typed ? `:${target}` : ''}.${name}`, value],
        ),
      );
    choices.push({ weight: 2, arbitrary: chain });
  }
  if (into.length > 0) {
    const has = some(into).chain(([source, code]) =>
      filter(source, depth - 1).map(([name, value]): Pair => [`_has:${source}:${code}:${name}`, value]),
    );
    choices.push({ weight: 2, arbitrary: has });
  }
  return fc.oneof(...choices);
}

function sort(type: string): fc.Arbitrary<Pair> {
  const sortable = (parameters[type] ?? []).filter(
    (code) => searchParameter(type, code)?.type !== 'composite',
  );
  const key = fc
    .tuple(some(['', '-']), some([...sortable, '_id', '_lastUpdated']))
    .map(([sign, code]) => sign + code);
  return fc
    .uniqueArray(key, { minLength: 1, maxLength: 2, selector: (k) => k.replace('-', '') })
    .map((keys) => ['_sort', keys.join(',')] as const);
}

function include(type: string): fc.Arbitrary<Pair> {
  const forward = links.filter(([source]) => source === type);
  const reverse = links.filter(([, , target]) => target === type);
  const choices: fc.Arbitrary<Pair>[] = [
    some(links).map(([source, code]) => ['_include:iterate', `${source}:${code}`] as const),
    some(links).map(([source, code]) => ['_revinclude:iterate', `${source}:${code}`] as const),
  ];
  if (forward.length > 0) {
    const one = fc.tuple(some(forward), fc.boolean());
    choices.push(
      one.map(
        ([[source, code, target], typed]) =>
          ['_include', `${source}:${code}${typed ? `:${target}` : ''}`] as const,
      ),
      fc.constant(['_include', `${type}:*`] as const),
    );
  }
  if (reverse.length > 0)
    choices.push(some(reverse).map(([source, code]) => ['_revinclude', `${source}:${code}`] as const));
  return fc.oneof(...choices);
}

/** Mostly one or two conditions: more find nothing, and then any engine is right. */
function filters(type: string): fc.Arbitrary<readonly Pair[]> {
  const one = filter(type, 2);
  return fc.oneof<fc.WeightedArbitrary<readonly Pair[]>[]>(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 6, arbitrary: one.map((pair) => [pair]) },
    { weight: 3, arbitrary: fc.tuple(one, one) },
    { weight: 1, arbitrary: fc.tuple(one, one, one) },
  );
}

/** A search of one of the types of the worlds. */
export const arbitraryQuery: fc.Arbitrary<ArbitraryQuery> = some(worldTypes).chain((type) =>
  fc
    .tuple(
      filters(type),
      fc.option(sort(type), { nil: undefined }),
      fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      fc.array(include(type), { maxLength: 2 }),
    )
    .map(([conditions, order, count, includes]) => ({
      type,
      query: encode([
        ...conditions,
        ...(order ? [order] : []),
        ...(count === undefined ? [] : [['_count', String(count)] as const]),
        ...includes,
      ]),
    })),
);

function encode(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}
