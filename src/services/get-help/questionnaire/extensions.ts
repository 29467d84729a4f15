import type { Element, QuestionnaireItem, QuestionnaireItemAnswerOption } from '@medplum/fhirtypes';
import { urls } from './build-items.ts';

const found = ({ extension }: Element, url: string) => extension?.find((one) => one.url === url);

export const isHidden = (item: QuestionnaireItem): boolean => found(item, urls.hidden)?.valueBoolean === true;
export const controlOf = (item: QuestionnaireItem): string | undefined =>
  found(item, urls.itemControl)?.valueCodeableConcept?.coding?.[0]?.code;
export const unitOf = (item: QuestionnaireItem): string | undefined =>
  found(item, urls.unit)?.valueCoding?.display;
export const boundsOf = (item: QuestionnaireItem): { readonly least?: number; readonly most?: number } => {
  const least = found(item, urls.least)?.valueDecimal;
  const most = found(item, urls.most)?.valueDecimal;
  return { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) };
};
export const initialExpressionOf = (item: QuestionnaireItem): string | undefined =>
  found(item, urls.initialExpression)?.valueExpression?.expression;
/** As errors and the page of answers name it. */
export const shortTextOf = (item: QuestionnaireItem): string =>
  found(item, urls.shortText)?.valueString ??
  (item.text ?? '').replace(/\s*\(optional\)$/, '').replace(/\?$/, '');
export const redFlagOf = (option: QuestionnaireItemAnswerOption): string | undefined =>
  found(option, urls.redFlag)?.valueId;
export const isWorry = (option: QuestionnaireItemAnswerOption): boolean =>
  found(option, urls.worry)?.valueBoolean === true;
export const isAlone = (option: QuestionnaireItemAnswerOption): boolean =>
  found(option, urls.exclusive)?.valueBoolean === true;
