// Forms marked data-passkey ask the browser for a passkey, put its answer into the form and send it. They stay hidden where
// there is no script or no passkeys: other ways to sign in stand beside them.
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const textOf = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

const ask = {
  get: async (options) => {
    const publicKey = {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    };
    const { response, ...made } = await credential(navigator.credentials.get({ publicKey }));
    return {
      ...made,
      response: {
        clientDataJSON: textOf(response.clientDataJSON),
        authenticatorData: textOf(response.authenticatorData),
        signature: textOf(response.signature),
        userHandle: response.userHandle ? textOf(response.userHandle) : undefined,
      },
    };
  },
  create: async (options) => {
    const publicKey = {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    };
    const { response, ...made } = await credential(navigator.credentials.create({ publicKey }));
    return {
      ...made,
      response: {
        clientDataJSON: textOf(response.clientDataJSON),
        attestationObject: textOf(response.attestationObject),
        transports: response.getTransports?.() ?? [],
      },
    };
  },
};

const credential = async (asked) => {
  const { id, rawId, type, response } = await asked;
  return { id, rawId: textOf(rawId), type, clientExtensionResults: {}, response };
};

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue;
  const message = form.querySelector('[role=alert]');
  const button = form.querySelector('button');
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    message.textContent = '';
    button.disabled = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const asked = await fetch(form.dataset.options, { method: 'POST', body });
      if (!asked.ok || asked.redirected) throw new Error('no options');
      form.elements.answer.value = JSON.stringify(await ask[form.dataset.passkey](await asked.json()));
      form.submit();
    } catch (error) {
      button.disabled = false;
      const known = error.name === 'InvalidStateError';
      message.textContent = known ? form.dataset.known : form.dataset.failed;
    }
  });
}
