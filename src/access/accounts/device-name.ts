/** What a person may recognise a browser by: “Firefox on Windows”. Only shown: nothing is decided by it. */
export function deviceName(userAgent: string | undefined): string {
  const text = userAgent ?? '';
  const browser = browsers.find(([mark]) => mark.test(text))?.[1] ?? 'A browser';
  const system = systems.find(([mark]) => mark.test(text))?.[1];
  return system ? `${browser} on ${system}` : browser;
}

// The first that fits: later browsers also call themselves by the names of earlier ones.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];
