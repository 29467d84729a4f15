/** Where NHS numbers are assigned from: Identifier.system. Source: FHIR UK Core, UKCore-Patient. */
export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

/**
 * Whether a text is an NHS number: ten digits without spaces, the last of which is the check digit by modulus 11.
 * Source: NHS Data Dictionary, NHS NUMBER.
 */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  let sum = 0;
  for (let i = 0; i < 9; i += 1) sum += Number(text.charAt(i)) * (10 - i);
  const check = 11 - (sum % 11);
  // 11 stands for 0; 10 is never issued.
  return check !== 10 && check % 11 === Number(text.charAt(9));
}

/** As people read it aloud: `943 476 5919`. Other texts come back as they are. */
export function formatNhsNumber(text: string): string {
  return /^\d{10}$/.test(text) ? `${text.slice(0, 3)} ${text.slice(3, 6)} ${text.slice(6)}` : text;
}
