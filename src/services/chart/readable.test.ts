import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { attachmentsOf, contentDisposition, downloadOf } from '../../web/attachments.ts';
import { entryOf, type Loose } from '../../web/entry.ts';
import { labelOf, readableFields, type ShownField } from './readable.ts';

const refer = (reference: string) => ({ href: `/${reference}`, text: `the ${reference}` });
const read = (resource: Record<string, unknown>): [string, string[]][] =>
  readableFields(resource as Loose, refer).map((field) => [
    field.label,
    field.values.map((value) => value.text),
  ]);

const texts = (fields: readonly ShownField[]): string[] =>
  fields.flatMap((field) => [
    field.label,
    ...field.values.flatMap((value) => [value.text, value.note ?? '', ...texts(value.fields ?? [])]),
  ]);

describe('the readable view', () => {
  it('names elements as people do', () => {
    assert.equal(labelOf('onsetDateTime'), 'Onset');
    assert.equal(labelOf('referenceRange'), 'Reference range');
    assert.equal(labelOf('multipleBirthBoolean'), 'Multiple birth');
  });

  it('reads the data types that it knows in one value', () => {
    assert.deepEqual(
      read({
        resourceType: 'Anything',
        status: 'in-progress',
        code: { coding: [{ system: 'http://snomed.info/sct', code: '1', display: 'Asthma' }] },
        subject: { reference: 'Patient/1' },
        period: { start: '2024-01-05' },
        valueQuantity: { value: 173.45484138767452, unit: 'cm' },
        active: false,
        count: 3,
        identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
        note: [{ text: 'Seen', time: '2024-01-05' }],
        maritalStatus: {},
        _birthDate: {
          extension: [
            {
              url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
              valueCode: 'asked-declined',
            },
          ],
        },
      }),
      [
        ['Status', ['In progress']],
        ['Code', ['Asthma']],
        ['Subject', ['the Patient/1']],
        ['Period', ['From 5 January 2024']],
        ['Value', ['173.45484138767452 cm']],
        ['Active', ['No']],
        ['Count', ['3']],
        ['Identifier', ['NHS number: 999 000 0018']],
        ['Note', ['Seen']],
        ['Birth date', ['Not given: Asked declined']],
      ],
    );
  });

  it('bounds what is deep, long or many', () => {
    let deep: Record<string, unknown> = { leaf: 1 };
    for (let i = 0; i < 50; i += 1) deep = { inner: deep };
    assert.ok(
      texts(readableFields({ resourceType: 'X', deep } as Loose, refer)).includes(
        'More detail: see the JSON',
      ),
    );
    const many = readableFields(
      { resourceType: 'X', item: Array.from({ length: 500 }, (_, i) => `${i}`) } as Loose,
      refer,
    );
    assert.equal(many[0]?.values.at(-1)?.text, 'and 440 more: see the JSON');
  });

  const examples = join(import.meta.dirname, '../../../node_modules/hl7.fhir.r4.examples');
  it('reads every official R4 example without a hole', () => {
    for (const file of readdirSync(examples)) {
      if (!file.endsWith('.json') || file === 'package.json' || file.startsWith('.')) continue;
      const source = readFileSync(join(examples, file), 'utf8');
      const resource = JSON.parse(source) as Loose;
      if (typeof resource.resourceType !== 'string') continue;
      const all = [...texts(readableFields(resource, refer)), ...Object.values(entryOf(resource))];
      for (const text of all) {
        const hole = /\[object \w+\]|undefined|NaN/.exec(text)?.[0];
        assert.ok(hole === undefined || source.includes(hole), `${file}: ${text}`);
      }
      attachmentsOf(resource);
    }
  });
});

describe('documents', () => {
  it('are never handed over as a type that a browser runs', () => {
    assert.deepEqual(downloadOf('Letter', 'text/html'), {
      type: 'application/octet-stream',
      fileName: 'Letter.bin',
    });
    assert.deepEqual(downloadOf('Scan', 'image/svg+xml'), {
      type: 'application/octet-stream',
      fileName: 'Scan.bin',
    });
    assert.deepEqual(downloadOf('../../etc/"x"\r\n', 'application/pdf'), {
      type: 'application/pdf',
      fileName: '.. .. etc x.pdf',
    });
  });

  it('have a file name that cannot break the header', () => {
    assert.equal(
      contentDisposition('Lettre "é"\r\n.pdf'),
      `attachment; filename="Lettre e.pdf"; filename*=UTF-8''Lettre%20%22%C3%A9%22%0D%0A.pdf`,
    );
  });
});
