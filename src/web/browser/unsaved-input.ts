/** Asks before a page is left on which something was typed and not sent: `<form data-unsaved>`. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-unsaved]')) {
  const now = (): string => {
    const texts = [...new FormData(form)].map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.name,
    ]);
    return JSON.stringify(texts);
  };
  const atFirst = now();
  let sending = false;
  form.addEventListener('submit', () => {
    sending = true;
  });
  addEventListener('pageshow', () => {
    sending = false;
  });
  addEventListener('beforeunload', (event) => {
    if (!sending && now() !== atFirst) event.preventDefault();
  });
}

export {};
