/**
 * The map that moves, only when someone asks for it: MapLibre and our own GeoJSON, nothing from elsewhere. What it shows stands
 * in the drawing and the list of the page too, so that without it nothing is missing.
 */
import type * as MapLibre from 'maplibre-gl';

/** As the style sheet has the signs of the drawing, by style. */
const colours = ['#005eb8', '#330072', '#007f3b', '#7c2855', '#d5281b', '#212b32'];
const pixels = 24;

/** The sign of a style: told apart by shape as well as by colour. */
function sign(style: number): ImageData | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = pixels;
  canvas.height = pixels;
  const pen = canvas.getContext('2d');
  if (!pen) return undefined;
  const [low, mid, high] = [4, pixels / 2, pixels - 4];
  const corners: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
    2: [
      [low, low],
      [high, low],
      [high, high],
      [low, high],
    ],
    3: [
      [mid, low],
      [high, high],
      [low, high],
    ],
    4: [
      [mid, low],
      [high, mid],
      [mid, high],
      [low, mid],
    ],
    5: [
      [low, low],
      [high, low],
      [mid, high],
    ],
  };
  pen.fillStyle = colours[style - 1] ?? '#005eb8';
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 2;
  pen.beginPath();
  const own = corners[style];
  if (own) for (const [x, y] of own) pen.lineTo(x, y);
  else if (style === 6) {
    pen.strokeStyle = '#212b32';
    pen.lineWidth = 4;
    pen.moveTo(low, low);
    pen.lineTo(high, high);
    pen.moveTo(high, low);
    pen.lineTo(low, high);
  } else pen.arc(mid, mid, mid - 4, 0, 2 * Math.PI);
  if (style !== 6) {
    pen.closePath();
    pen.fill();
  }
  pen.stroke();
  return pen.getImageData(0, 0, pixels, pixels);
}

interface Feature {
  type: 'Feature';
  geometry: { type: 'Point'; coordinates: [number, number] };
  properties: { id: string; name: string; style: number; words: string };
}
/** As `/lines/map.json` answers it. The ground is areas and lines. */
interface Data {
  readonly sites: { type: 'FeatureCollection'; features: Feature[] };
  readonly ground: { type: 'FeatureCollection'; features: [] };
}

function boxOf({ features }: Data['sites']): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const { geometry } of features) {
    const [x, y] = geometry.coordinates;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function show(lib: typeof MapLibre, data: Data, canvas: HTMLElement): MapLibre.Map {
  const map = new lib.Map({
    container: canvas,
    style: {
      version: 8,
      sources: {
        ground: { type: 'geojson', data: data.ground },
        sites: { type: 'geojson', data: data.sites },
      },
      layers: [
        { id: 'sea', type: 'background', paint: { 'background-color': '#e8edee' } },
        {
          ...{ id: 'land', type: 'fill', source: 'ground', filter: ['!=', ['get', 'kind'], 'roads'] },
          paint: { 'fill-color': '#ffffff' },
        },
        {
          ...{ id: 'edges', type: 'line', source: 'ground', filter: ['!=', ['get', 'kind'], 'roads'] },
          paint: { 'line-color': '#768692', 'line-width': 1 },
        },
        {
          ...{ id: 'roads', type: 'line', source: 'ground', filter: ['==', ['get', 'kind'], 'roads'] },
          paint: { 'line-color': '#aeb7bd', 'line-width': 1.5 },
        },
      ],
    },
    bounds: boxOf(data.sites),
    fitBoundsOptions: { padding: 40, maxZoom: 13 },
    attributionControl: false,
    // A page that scrolls must not be caught by a map in its middle.
    cooperativeGestures: true,
  });
  map.addControl(new lib.NavigationControl({ showCompass: false }));
  map.on('load', () => {
    for (let style = 1; style <= 6; style += 1) {
      const image = sign(style);
      if (image) map.addImage(`sign-${style}`, image, { pixelRatio: 2 });
    }
    map.addLayer({
      ...{ id: 'sites', type: 'symbol', source: 'sites' },
      layout: { 'icon-image': ['concat', 'sign-', ['get', 'style']], 'icon-allow-overlap': true },
    });
    canvas.dataset['ready'] = 'yes';
  });
  map.on('click', 'sites', ({ features, lngLat }) => {
    const content = document.createElement('div');
    for (const { properties } of (features ?? []).slice(0, 8)) {
      const line = document.createElement('p');
      const link = document.createElement('a');
      link.href = `/lines/sites/${encodeURIComponent(text(properties['id']))}`;
      link.textContent = text(properties['name']);
      line.append(link, document.createElement('br'), text(properties['words']));
      content.append(line);
    }
    new lib.Popup().setLngLat(lngLat).setDOMContent(content).addTo(map);
  });
  return map;
}

function start(place: HTMLElement): void {
  const button = place.querySelector('button');
  const status = place.querySelector('[role=status]');
  const canvas = place.querySelector<HTMLElement>('.tl-lines-map__canvas');
  const { source = '', code = '', worker = '', styles = '' } = place.dataset;
  if (!button || !status || !canvas) return;
  const open = async (): Promise<void> => {
    button.disabled = true;
    status.textContent = 'The map is on its way.';
    try {
      const sheet = document.createElement('link');
      sheet.rel = 'stylesheet';
      sheet.href = styles;
      document.head.append(sheet);
      const [lib, answer] = await Promise.all([
        // The published module, whose types are those imported above.
        import(code) as Promise<typeof MapLibre>,
        fetch(source, { headers: { accept: 'application/json' } }),
      ]);
      if (!answer.ok) throw new Error(String(answer.status));
      lib.setWorkerUrl(new URL(worker, location.href).href);
      canvas.style.blockSize = 'min(75vh, 40rem)';
      canvas.hidden = false;
      const map = show(lib, (await answer.json()) as Data, canvas);
      map
        .getCanvas()
        .setAttribute('aria-label', 'Map of sites. The drawing and the list above say the same.');
      status.textContent = 'The map is below. Use two fingers, or Ctrl and the wheel, to move it.';
      button.hidden = true;
      button.nextElementSibling?.remove();
    } catch {
      canvas.hidden = true;
      button.disabled = false;
      status.textContent =
        'The map could not be loaded. The drawing above says the same. Try again when the line is better.';
    }
  };
  button.addEventListener('click', () => void open());
  place.hidden = false;
}

for (const place of document.querySelectorAll<HTMLElement>('[data-lines-map]')) start(place);
