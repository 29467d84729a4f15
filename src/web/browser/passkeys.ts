// Forms marked data-passkey ask the browser for a passkey, put its answer into the form and send it. They stay hidden where
// there is no script or no passkeys: other ways to sign in stand beside them.

interface SentCredential {
  readonly id: string;
  readonly type: PublicKeyCredentialType;
  readonly transports?: AuthenticatorTransport[];
}

/** The server's options: those of WebAuthn with base64url where bytes stand (Level 3, §5.1.8 and §5.1.9). */
type SentOptions = Omit<PublicKeyCredentialCreationOptions, 'challenge' | 'user' | 'excludeCredentials'> & {
  readonly challenge: string;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly allowCredentials?: readonly SentCredential[];
  readonly excludeCredentials?: readonly SentCredential[];
};

const bytesOf = (text: string) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const textOf = (bytes: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const withBytes = (list: readonly SentCredential[] = []): PublicKeyCredentialDescriptor[] =>
  list.map((one) => ({ ...one, id: bytesOf(one.id) }));

async function signIn(options: SentOptions): Promise<object> {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
  const { response, ...made } = await credential(navigator.credentials.get({ publicKey }));
  const answer = response as AuthenticatorAssertionResponse;
  return {
    ...made,
    response: {
      clientDataJSON: textOf(answer.clientDataJSON),
      authenticatorData: textOf(answer.authenticatorData),
      signature: textOf(answer.signature),
      userHandle: answer.userHandle ? textOf(answer.userHandle) : undefined,
    },
  };
}

async function setUp(options: SentOptions): Promise<object> {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  const { response, ...made } = await credential(navigator.credentials.create({ publicKey }));
  const answer = response as AuthenticatorAttestationResponse;
  return {
    ...made,
    response: {
      clientDataJSON: textOf(answer.clientDataJSON),
      attestationObject: textOf(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  };
}

async function credential(asked: Promise<Credential | null>) {
  const given = await asked;
  if (!(given instanceof PublicKeyCredential)) throw new Error('no passkey');
  const { id, rawId, type, response } = given;
  return { id, rawId: textOf(rawId), type, clientExtensionResults: {}, response };
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  const message = form.querySelector('[role=alert]');
  const button = form.querySelector('button');
  const answer = form.elements.namedItem('answer');
  const { passkey, options = '', failed = '', known = '' } = form.dataset;
  if (!window.PublicKeyCredential || !message || !button || !(answer instanceof HTMLInputElement)) continue;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    message.textContent = '';
    button.disabled = true;
    try {
      const fields = [...new FormData(form)].filter(
        (pair): pair is [string, string] => typeof pair[1] === 'string',
      );
      const asked = await fetch(options, { method: 'POST', body: new URLSearchParams(fields) });
      if (!asked.ok || asked.redirected) throw new Error('no options');
      const given: SentOptions = await asked.json();
      answer.value = JSON.stringify(await (passkey === 'create' ? setUp : signIn)(given));
      form.submit();
    } catch (error) {
      button.disabled = false;
      message.textContent = error instanceof Error && error.name === 'InvalidStateError' ? known : failed;
    }
  });
}
