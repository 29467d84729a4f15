/** Kinds of organisation that a person can choose not to share with, and what it means for their care, in plain words. */
export interface OrganisationKind {
  /** As in `Post.organisationKinds`. */
  readonly code: string;
  /** “Pharmacies”. */
  readonly name: string;
  /** What not sharing with them means for the person's care. */
  readonly without: string;
}

export const organisationKinds: readonly OrganisationKind[] = [
  {
    code: 'general-practice',
    name: 'GP surgeries',
    without:
      'GPs and nurses will not see your record when you ask for help, book or need a prescription. They may have to ask you about your health each time, and may miss something that matters.',
  },
  {
    code: 'hospital',
    name: 'Hospitals',
    without:
      'Hospital staff will not see your medicines, allergies, results and letters when you are seen there. Tests may be done again.',
  },
  {
    code: 'mental-health',
    name: 'Mental health services',
    without:
      'Mental health teams will not see your physical health record, such as medicines that do not go together with theirs.',
  },
  {
    code: 'community',
    name: 'Community health services',
    without:
      'District nurses, health visitors and therapists who see you at home or in a clinic will not see your record.',
  },
  {
    code: 'urgent-care',
    name: 'Ambulance and urgent care services',
    without:
      'Staff who help you in an emergency will not see your allergies, medicines and conditions unless they say it is an emergency and give a reason. You are told when they do.',
  },
  {
    code: 'pharmacy',
    name: 'Pharmacies',
    without:
      'Pharmacists will not see your record when they check that a medicine is safe for you, or give advice.',
  },
  {
    code: 'social-care',
    name: 'Social care services',
    without:
      'Social workers and care homes will not see your health record when they plan your care and support with you.',
  },
];

export const organisationKind = (code: string): OrganisationKind | undefined =>
  organisationKinds.find((kind) => kind.code === code);

/** What not sharing with one organisation, of whatever kind, means. */
export const withoutOrganisation =
  'Its staff will not see your record when they care for you. They may have to ask you about your health each time, do tests again, or miss something that matters, such as an allergy.';
