/** Keeps the progress of a file that is being looked through or loaded up to date, and opens the page anew when that has ended. */
const every = 2_000;

const look = async (part: HTMLElement): Promise<void> => {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById(part.id);
    if (answer.ok && !fresh) {
      location.reload();
      return;
    }
    if (fresh && fresh.textContent !== part.textContent) part.textContent = fresh.textContent;
  } catch {
    // The line is gone for a moment: the next look tells.
  }
  setTimeout(() => void look(part), every);
};

const part = document.getElementById('import-progress');
if (part) {
  part.setAttribute('role', 'status');
  setTimeout(() => void look(part), every);
}
