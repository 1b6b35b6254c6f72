// The same three requests with the same checks, for k6.
import http from 'k6/http';
import { check } from 'k6';
import encoding from 'k6/encoding';
import exec from 'k6/execution';

const base = __ENV.BENCH_URL;
export const options = {
  scenarios: { bench: { executor: 'shared-iterations', vus: Math.min(__ENV.BENCH_JOBS, __ENV.BENCH_SCENARIOS), iterations: Number(__ENV.BENCH_SCENARIOS) } },
  thresholds: { checks: ['rate==1'] },
};
const json = { 'Content-Type': 'application/json' };

export default function () {
  const made = http.post(`${base}/connectors/orders/clients`, JSON.stringify({ name: 'bench' }), {
    headers: { ...json, Authorization: `Bearer ${__ENV.CONFORM_MANAGER_KEY}` },
  });
  const client = made.json();
  check(made, { created: (r) => r.status === 201, credentials: () => typeof client.client_id === 'string' && typeof client.client_secret === 'string' });
  const basic = encoding.b64encode(`${client.client_id}:${client.client_secret}`);
  const issued = http.post(`${base}/connectors/orders/oauth/token`, 'grant_type=client_credentials', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Basic ${basic}` },
  });
  const token = issued.json();
  check(issued, {
    issued: (r) => r.status === 200, 'not stored': (r) => r.headers['Cache-Control'].includes('no-store'),
    token: () => typeof token.access_token === 'string' && token.expires_in === 86400,
  });
  const payload = JSON.stringify({ id: `bench-${exec.scenario.iterationInTest}`, lines: [{ sku: 'A-1', quantity: 1 }] });
  const posted = http.post(`${base}/v1/acme/orders`, payload, { headers: { ...json, Authorization: `Bearer ${token.access_token}` } });
  check(posted, { accepted: (r) => r.status === 201, receipt: (r) => typeof r.json().id === 'string' });
}
