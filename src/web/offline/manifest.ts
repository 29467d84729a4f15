/** The web app manifest: what makes the pages an app that can be installed. Source: W3C Web Application Manifest. */
import type { Shell } from '../shell.ts';

/** Parts of one's own record that the app's icon leads to; `/go/<part>` finds whose record it is. */
export const shortcutParts = ['appointments', 'medicines', 'results', 'messages'] as const;

const titles: Record<(typeof shortcutParts)[number], string> = {
  appointments: 'Appointments',
  medicines: 'Medicines',
  results: 'Test results',
  messages: 'Messages',
};

export function manifestOf({ url }: Pick<Shell['assets'], 'url'>, name: string): string {
  const icon = (file: string, size: number, purpose: 'any' | 'maskable') => ({
    ...{ src: url(file), sizes: `${size}x${size}`, type: 'image/png', purpose },
  });
  return JSON.stringify({
    ...{ id: '/my-record', name, short_name: name, lang: 'en-GB', dir: 'ltr' },
    description: 'Your health and care record, and the services that stand on it.',
    ...{ start_url: '/my-record', scope: '/', display: 'standalone' },
    ...{ theme_color: '#005eb8', background_color: '#f0f4f5', categories: ['health', 'medical'] },
    icons: [
      { src: url('icon.svg'), sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      icon('icon-192.png', 192, 'any'),
      icon('icon-512.png', 512, 'any'),
      icon('icon-maskable-512.png', 512, 'maskable'),
    ],
    shortcuts: shortcutParts.map((part) => ({ name: titles[part], url: `/go/${part}` })),
  });
}
