/** Parts of a FHIR Questionnaire, with the extensions of Structured Data Capture that our renderer understands. */
import type {
  Extension,
  QuestionnaireItem,
  QuestionnaireItemAnswerOption,
  QuestionnaireItemEnableWhen,
} from '@medplum/fhirtypes';

const base = 'https://throughline.example';
const hl7 = 'http://hl7.org/fhir/StructureDefinition';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition';

export const urls = {
  itemControl: `${hl7}/questionnaire-itemControl`,
  unit: `${hl7}/questionnaire-unit`,
  hidden: `${hl7}/questionnaire-hidden`,
  least: `${hl7}/minValue`,
  most: `${hl7}/maxValue`,
  exclusive: `${hl7}/questionnaire-optionExclusive`,
  initialExpression: `${sdc}/sdc-questionnaire-initialExpression`,
  launchContext: `${sdc}/sdc-questionnaire-launchContext`,
  shortText: `${sdc}/sdc-questionnaire-shortText`,
  /** On an answerOption, ours: id of the red-flag rule that it fires. */
  redFlag: `${base}/StructureDefinition/red-flag-rule`,
  /** On an answerOption, ours: the request should be looked at within days. */
  worry: `${base}/StructureDefinition/look-within-days`,
} as const;

export const answerSystem = `${base}/CodeSystem/help-answer`;

export interface Option {
  readonly code: string;
  readonly text: string;
  readonly redFlag?: string;
  readonly worry?: boolean;
  /** Ticked alone: “None of these”. */
  readonly alone?: boolean;
}

interface More {
  readonly help?: string;
  readonly required?: boolean;
  readonly when?: readonly QuestionnaireItemEnableWhen[];
  readonly any?: boolean;
  /** FHIRPath on a resource of the launch context: `%patient.birthDate`. */
  readonly initial?: string;
  readonly short?: string;
  readonly most?: number;
}

const control = (code: string): Extension => ({
  url: urls.itemControl,
  valueCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/questionnaire-item-control', code }] },
});

const withMore = (
  item: QuestionnaireItem,
  more: More,
  extension: readonly Extension[] = [],
): QuestionnaireItem => {
  const all: Extension[] = [
    ...extension,
    ...(more.initial === undefined
      ? []
      : [
          {
            url: urls.initialExpression,
            valueExpression: { language: 'text/fhirpath', expression: more.initial },
          },
        ]),
    ...(more.short === undefined ? [] : [{ url: urls.shortText, valueString: more.short }]),
  ] as Extension[]; // the language is of FHIR R4's expression-language codes
  return {
    ...item,
    ...(more.required ? { required: true } : {}),
    ...(more.most === undefined ? {} : { maxLength: more.most }),
    ...(more.when && more.when.length > 0
      ? {
          enableWhen: [...more.when],
          ...(more.when.length > 1 ? { enableBehavior: more.any ? 'any' : 'all' } : {}),
        }
      : {}),
    ...(all.length > 0 ? { extension: all } : {}),
    ...(more.help === undefined
      ? {}
      : {
          item: [
            { linkId: `${item.linkId}-help`, type: 'display', text: more.help, extension: [control('help')] },
            ...(item.item ?? []),
          ],
        }),
  };
};

/** One page. */
export const page = (
  linkId: string,
  text: string,
  item: readonly QuestionnaireItem[],
  more: Pick<More, 'when'> = {},
): QuestionnaireItem => withMore({ linkId, type: 'group', text, item: [...item] }, more);

export const note = (linkId: string, text: string): QuestionnaireItem => ({ linkId, type: 'display', text });
export const line = (linkId: string, text: string, more: More = {}): QuestionnaireItem =>
  withMore({ linkId, type: 'string', text, maxLength: 200 }, more);
export const words = (linkId: string, text: string, more: More = {}): QuestionnaireItem =>
  withMore({ linkId, type: 'text', text, maxLength: 2000 }, more);
export const yesNo = (linkId: string, text: string, more: More = {}): QuestionnaireItem =>
  withMore({ linkId, type: 'boolean', text }, more);
export const day = (linkId: string, text: string, more: More = {}): QuestionnaireItem =>
  withMore({ linkId, type: 'date', text }, more);
export const lines = (linkId: string, text: string, more: More = {}): QuestionnaireItem =>
  withMore({ linkId, type: 'string', text, repeats: true, maxLength: 200 }, more);

export const number = (
  linkId: string,
  text: string,
  of: { readonly unit?: string; readonly least?: number; readonly most?: number; readonly whole?: boolean },
  more: Omit<More, 'most'> = {},
): QuestionnaireItem =>
  withMore(
    { linkId, type: of.unit === undefined ? (of.whole ? 'integer' : 'decimal') : 'quantity', text },
    more,
    [
      ...(of.unit === undefined
        ? []
        : [{ url: urls.unit, valueCoding: { display: of.unit, code: of.unit } }]),
      ...(of.least === undefined ? [] : [{ url: urls.least, valueDecimal: of.least }]),
      ...(of.most === undefined ? [] : [{ url: urls.most, valueDecimal: of.most }]),
    ],
  );

/** `one`: radios. `some`: checkboxes. `open`: radios and a line for another answer. */
export const choice = (
  linkId: string,
  text: string,
  how: 'one' | 'some' | 'open',
  options: readonly Option[],
  more: More = {},
): QuestionnaireItem =>
  withMore(
    {
      ...{ linkId, type: how === 'open' ? 'open-choice' : 'choice', text },
      ...(how === 'some' ? { repeats: true } : {}),
      answerOption: options.map(optionOf),
    },
    more,
    [control(how === 'some' ? 'check-box' : 'radio-button')],
  );

const optionOf = ({ code, text, redFlag, worry, alone }: Option): QuestionnaireItemAnswerOption => {
  const extension: Extension[] = [
    ...(redFlag === undefined ? [] : [{ url: urls.redFlag, valueId: redFlag }]),
    ...(worry ? [{ url: urls.worry, valueBoolean: true }] : []),
    ...(alone ? [{ url: urls.exclusive, valueBoolean: true }] : []),
  ];
  return {
    valueCoding: { system: answerSystem, code, display: text },
    ...(extension.length > 0 ? { extension } : {}),
  };
};

/** Known of the person and used by questions, never asked. */
export const known = (linkId: string, type: 'integer' | 'string', initial: string): QuestionnaireItem =>
  withMore({ linkId, type }, { initial }, [{ url: urls.hidden, valueBoolean: true }]);

/** Where an earlier answer is this code, or `true`/`false`. */
export const whenIs = (question: string, answer: string | boolean): QuestionnaireItemEnableWhen => ({
  question,
  operator: '=',
  ...(typeof answer === 'boolean'
    ? { answerBoolean: answer }
    : { answerCoding: { system: answerSystem, code: answer } }),
});

/** “What is it?” as a code: `what-is-it`. */
export const codeOfText = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
