// The zone that the suite runs against: everything is eligible, the origin's fields decide, and Vary is honoured.

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
        },
      },
    ],
  }
}
