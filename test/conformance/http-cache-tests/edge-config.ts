// The zone that the suite runs against: everything is eligible, the origin's fields decide, Vary is honoured, and a Cache
// Response Rule gives the heuristic freshness that Cloudflare does not document.

/** The configuration file of an edge in front of the suite's server. */
export function edgeConfig(originUrl: string, dataDirectory: string): unknown {
  return {
    edge: { http: '127.0.0.1:0' },
    api: { listen: '127.0.0.1:0' },
    data: dataDirectory,
    zones: [
      {
        name: 'localhost',
        origins: { '*': originUrl },
        settings: { browser_cache_ttl: 0 },
        rulesets: {
          http_request_cache_settings: [
            {
              expression: 'true',
              action: 'set_cache_settings',
              action_parameters: {
                cache: true,
                origin_cache_control: true,
                edge_ttl: { mode: 'bypass_by_default' },
                browser_ttl: { mode: 'respect_origin' },
                vary: {
                  default: { action: 'passthrough' },
                  headers: { 'accept-language': { action: 'normalize' } },
                },
              },
            },
          ],
          http_response_cache_settings: [HEURISTIC_LIFETIME],
        },
      },
    ],
  }
}

const UNDATED_FIELDS = ['expires', 'pragma', 'surrogate-control', 'cdn-cache-control', 'cloudflare-cdn-cache-control']
const HEURISTICALLY_CACHEABLE = '{200 203 204 300 301 308 404 405 410 414 501}'
const HAS_CONTROL = 'has_key(http.response.headers, "cache-control")'
const IS_PUBLIC = 'any(http.response.headers["cache-control"][*] eq "public")'

/**
 * Heuristic freshness as an operator of this edge gives it: a lifetime for what is dated and sets none itself, where its status
 * or `public` allows that.  Visitors see the fields as the origin sent them.  RFC 9111 §4.2.2
 */
const HEURISTIC_LIFETIME = {
  expression: [
    'has_key(http.response.headers, "last-modified")',
    ...UNDATED_FIELDS.map((name) => `not has_key(http.response.headers, "${name}")`),
    `(${IS_PUBLIC} or (not ${HAS_CONTROL} and http.response.code in ${HEURISTICALLY_CACHEABLE}))`,
  ].join(' and '),
  action: 'set_cache_control',
  action_parameters: { 'max-age': { operation: 'set', value: 3600, cloudflare_only: true } },
}
