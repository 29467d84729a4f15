/**
 * Rules of R4 (4.0.1) that cannot be meant as they were published, and what stands in their place. Each correction is
 * the one that HL7 made in a later release of the same rule.
 */
export const errata: Readonly<Record<string, { readonly expression: string; readonly why: string }>> = {
  'app-4': {
    expression:
      "Appointment.cancelationReason.exists() implies (Appointment.status='noshow' or Appointment.status='cancelled')",
    why: "the published rule asks for status 'no-show'; the code is 'noshow'",
  },
  'bdl-8': {
    expression: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    why: 'an entry without fullUrl gives an empty result, which is not true',
  },
  'que-12': {
    expression: 'enableWhen.count() > 1 implies enableBehavior.exists()',
    why: 'its own words say more than one enableWhen; the expression says more than two',
  },
  'ras-2': {
    expression: 'probability.empty() or ((probability is decimal) implies ((probability as decimal) <= 100))',
    why: 'a prediction without probability gives an empty result, which is not true',
  },
  'tim-9': {
    expression:
      "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
    why: '`in` takes one value on its left, and Timing.repeat.when repeats',
  },
};
