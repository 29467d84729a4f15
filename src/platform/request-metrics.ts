import type { Registry } from 'prom-client';

/** Upper bounds in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Series {
  readonly labels: { readonly method: string; readonly route: string; readonly status: string };
  readonly counts: Float64Array;
  sum: number;
}

export interface RequestMetrics {
  /** `route` is the pattern (`/fhir/:type/:id`), never the address. */
  readonly observe: (method: string, route: string, status: number, milliseconds: number) => void;
}

const name = 'http_request_duration_seconds';

/**
 * A histogram of request times by route and status. prom-client's own builds and hashes a label object at each
 * observation; this one finds its series by nested maps and adds to an array, since it runs at every request.
 */
export function requestMetrics(registry: Registry): RequestMetrics {
  // By route, then method, then status.
  const byRoute = new Map<string, Map<string, Map<number, Series>>>();

  const seriesOf = (method: string, route: string, status: number): Series => {
    const byStatus = given(
      given(byRoute, route, newMap<string, Map<number, Series>>),
      method,
      newMap<number, Series>,
    );
    return given(byStatus, status, () => {
      const labels = { method, route, status: String(status) };
      return { labels, counts: new Float64Array(bounds.length + 1), sum: 0 };
    });
  };

  const values = () => {
    const all: { value: number; labels: Record<string, string | number>; metricName: string }[] = [];
    for (const byMethod of byRoute.values())
      for (const byStatus of byMethod.values())
        for (const { labels, counts, sum } of byStatus.values()) {
          let total = 0;
          for (let i = 0; i <= bounds.length; i += 1) {
            total += counts[i]!;
            all.push({
              value: total,
              labels: { le: bounds[i] ?? '+Inf', ...labels },
              metricName: `${name}_bucket`,
            });
          }
          all.push({ value: sum, labels, metricName: `${name}_sum` });
          all.push({ value: total, labels, metricName: `${name}_count` });
        }
    return all;
  };

  const metric = {
    name,
    help: 'Time from the request to the end of its answer',
    type: 'histogram',
    aggregator: 'sum',
    async get() {
      return { name, help: metric.help, type: metric.type, aggregator: metric.aggregator, values: values() };
    },
    reset: () => byRoute.clear(),
  };
  // The registry reads `name` and `get` alone; its type names prom-client's own classes.
  registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);

  return {
    observe(method, route, status, milliseconds) {
      const series = seriesOf(method, route, status);
      const seconds = milliseconds / 1000;
      let bucket = 0;
      while (bucket < bounds.length && seconds > bounds[bucket]!) bucket += 1;
      series.counts[bucket]! += 1;
      series.sum += seconds;
    },
  };
}

const newMap = <K, V>() => new Map<K, V>();

/** The value of the key, made when it is not there. */
function given<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
