/**
 * What is tried first by those who guess. Small on purpose: of the passwords most found in published breaches (NCSC and
 * Have I Been Pwned, the 100,000 most used), those that reach our least length are nearly all one of these beginnings
 * with digits or signs behind, or a short piece repeated.
 */
const beginnings = new Set(
  `password passwort passphrase letmein letmeinplease welcome welcomeback iloveyou iloveyousomuch iloveyouforever
  iloveyoubaby qwerty qwertyuiop qwertyuiopasdf qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm asdfghjkl asdfghjklzxcvbnm
  zxcvbnm zxcvbnmasdfghjkl qazwsx qazwsxedc qazwsxedcrfv qwerasdfzxcv qweasdzxc administrator admin changeme
  changemenow changeit secret topsecret monkey dragon football baseball liverpool liverpoolfc manchester manchesterunited
  manutd arsenal arsenalfc chelsea chelseafc everton rangers celtic tottenham newcastle superman batman spiderman starwars
  pokemon princess sunshine shadow master michael jessica charlie thomas ashley jordan hunter killer computer internet
  whatever trustno nothing abcdefgh abcdefghij abcdefghijkl abcdefghijklm abcdefghijklmnop abcdefghijklmnopqrstuvwxyz
  unknown samsung google facebook instagram microsoft windows apple iphone london england britain summer winter spring autumn
  january february march april june july august september october november december monday friday christmas
  correcthorsebatterystaple nhs nhspassword hospital doctor nurse surgery patient health throughline smartcard
  mypassword thisismypassword yourpassword newpassword oldpassword passwordpassword defaultpassword temporary temp test
  testing testtest guest login user default hello helloworld goodbye chocolate cheese butterfly flower rainbow`
    .split(/\s+/)
    .filter(Boolean),
);

const lines = [
  '12345678901234567890',
  '09876543210987654321',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i0j',
];

/** Signs that stand for letters in passwords. */
const stands: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
};

export function isCommonPassword(password: string): boolean {
  const text = password.toLowerCase().replace(/\s/g, '');
  if (/^(.{1,6}?)\1+.{0,3}$/.test(text) || lines.some((line) => line.includes(text))) return true;
  const bare = text.replace(/[^a-z0-9@$]/g, '');
  return [bare, letters(bare)].some((one) => {
    const start = /^[a-z]+/.exec(one.replace(/^[0-9@$]+/, ''))?.[0] ?? '';
    const rest = one.replace(/^[0-9@$]+/, '').slice(start.length);
    return beginnings.has(start) && /^[0-9@$]*$/.test(rest);
  });
}

/** Digits at the end stay digits: they are a year or a count. */
function letters(text: string): string {
  const end = /[0-9@$]*$/.exec(text)?.[0] ?? '';
  const body = text.slice(0, text.length - end.length);
  return body.replace(/[013450@$]/g, (sign) => stands[sign] ?? sign) + end;
}
