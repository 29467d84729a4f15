/** What words that someone typed may mean at once. Never lowers urgency, never blocks. */
export interface UrgentWords {
  /** Id of the rule and its version: `chest-pain@3`. */
  readonly rule: string;
  /** `emergency`: call 999. `department`: go to A&E. `111`: call 111. `pharmacist`. */
  readonly advice: 'emergency' | 'department' | '111' | 'pharmacist';
  /** What to tell the person. */
  readonly heading: string;
  readonly words: string;
}
