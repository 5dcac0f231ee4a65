import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { bytes, seconds } from '../base/index.ts'
import { ConfigError } from './problems.ts'
import { type ResolveOptions, resolveConfig } from './resolve.ts'

/** The sentences that a document is refused with. */
function problemsOf(json: unknown, options: ResolveOptions = {}): readonly string[] {
  try {
    resolveConfig(json, options)
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.problems
    throw cause
  }
  return []
}

const zone = (members: object) => ({ zones: [{ name: 'example.com', ...members }] })
const settings = (members: object) => zone({ settings: members })
const rules = (...members: unknown[]) => zone({ rulesets: { http_request_cache_settings: members } })

describe('without a word', () => {
  test('everything has a default, and the demo origin is served', () => {
    const config = resolveConfig(undefined)
    expect(config).toEqual({
      edge: {
        http: { hostname: '127.0.0.1', port: 8080 },
        https: undefined,
        tls: [],
        processes: 1,
        debugHeaders: false,
        accessLog: true,
        locate: undefined,
        geoipFiles: [],
      },
      api: { hostname: '127.0.0.1', port: 8081 },
      tailPort: 0,
      purgeRateLimit: 'enterprise',
      dataDir: resolve('./.varyant'),
      cache: { memory: bytes(256e6), disk: bytes(10e9) },
      zones: [],
      allowPrivate: [],
      scriptMemory: bytes(1e9),
      demo: true,
      notices: [],
    })
    expect(resolveConfig({})).toEqual(config)
    expect(resolveConfig({ zones: [] })).toEqual(config)
  })

  test('a zone has the settings of Cloudflare', () => {
    const [only] = resolveConfig(zone({ origins: { '*': 'http://127.0.0.1:3000' } })).zones
    expect(only?.settings).toEqual({
      browserCacheTtl: seconds(14_400),
      cacheLevel: 'aggressive',
      developmentMode: undefined,
      sortQueryStringForCache: false,
      alwaysOnline: false,
      proxyReadTimeout: seconds(100),
      maxUpload: bytes(100 * 2 ** 20),
      originErrorPagePassThru: false,
      ssl: 'full',
      corsVariants: 'per_origin',
    })
  })
})

describe('a document', () => {
  test('sets what it names', () => {
    const config = resolveConfig(
      {
        edge: { http: '[::1]:0', debug_headers: true, access_log: false, processes: 1 },
        api: { listen: 'localhost:9000' },
        data: 'data',
        cache: { memory: '1GiB', disk: '20 GB' },
        zones: [
          {
            name: 'Example.COM',
            origins: {
              'b.Example.com': 'http://127.0.0.1:3000',
              '*.example.com': 'https://[::1]/',
              '*': 'HTTPS://o.test:8443',
            },
            settings: {
              browser_cache_ttl: 0,
              cache_level: 'basic',
              development_mode: 'on',
              sort_query_string_for_cache: 'on',
              always_online: 'on',
              proxy_read_timeout: 5,
              max_upload: 1,
              origin_error_page_pass_thru: 'on',
              ssl: 'strict',
              cors_variants: 'per_origin',
            },
          },
        ],
      },
      { baseDir: '/etc/varyant' },
    )
    expect(config.edge).toMatchObject({ http: { hostname: '::1', port: 0 }, debugHeaders: true, accessLog: false })
    expect(config.api).toEqual({ hostname: 'localhost', port: 9000 })
    expect(config.dataDir).toBe('/etc/varyant/data')
    expect(config.cache).toEqual({ memory: bytes(2 ** 30), disk: bytes(20e9) })
    expect(config.demo).toBe(false)
    expect(config.zones[0]).toEqual({
      name: 'example.com',
      origins: [
        {
          pattern: 'b.example.com',
          target: { scheme: 'http', hostname: '127.0.0.1', port: 3000, base: 'http://127.0.0.1:3000', verifyTls: true },
        },
        {
          pattern: '*.example.com',
          target: { scheme: 'https', hostname: '::1', port: 443, base: 'https://[::1]:443', verifyTls: true },
        },
        {
          pattern: '*',
          target: { scheme: 'https', hostname: 'o.test', port: 8443, base: 'https://o.test:8443', verifyTls: true },
        },
      ],
      settings: {
        browserCacheTtl: seconds(0),
        cacheLevel: 'basic',
        developmentMode: 'on',
        sortQueryStringForCache: true,
        alwaysOnline: true,
        proxyReadTimeout: seconds(5),
        maxUpload: bytes(2 ** 20),
        originErrorPagePassThru: true,
        ssl: 'strict',
        corsVariants: 'per_origin',
      },
      rules: { rulesets: new Map() },
      written: {
        origins: {
          'b.example.com': 'http://127.0.0.1:3000',
          '*.example.com': 'https://[::1]:443',
          '*': 'https://o.test:8443',
        },
        settings: expect.objectContaining({ browser_cache_ttl: 0, max_upload: 1, ssl: 'strict' }),
      },
    })
  })

  test('may say what this version does not have where it asks for nothing', () => {
    const asking = zone({
      snippets: [],
      workers: [],
      managed_headers: { managed_request_headers: [], managed_response_headers: [] },
      rulesets: {
        http_request_transform: [{ enabled: false, expression: 'http.host eq "a"', action: 'rewrite' }],
        http_request_cache_settings: [{ enabled: false, expression: 'http.host eq "a"', action: 'anything' }],
      },
    })
    expect(problemsOf({ ...asking, runtime: { allow_private: [] } })).toEqual([])
  })

  test('keeps its rules in order, with what each one sets', () => {
    const config = resolveConfig(
      rules(
        { expression: ' true ', action: 'set_cache_settings', action_parameters: { cache: true }, ref: 'first' },
        { expression: 'x', action: 'set_cache_settings', enabled: false, description: 'later' },
      ),
    )
    expect(config.zones[0]?.rules.rulesets.get('http_request_cache_settings')).toMatchObject([
      { ref: 'first', description: '', enabled: true, expression: ' true ', action_parameters: { cache: true } },
      { description: 'later', enabled: false, expression: 'x' },
    ])
  })

  test('with a zone that has no origins is accepted with a word', () => {
    expect(resolveConfig(zone({})).notices).toEqual([
      'the zone example.com has no origins, so all its hosts are answered 421; add "origins" to it',
    ])
  })
})

describe('a document is refused', () => {
  const cases: readonly (readonly [title: string, json: unknown, ...problems: string[]])[] = [
    ['when it is no object', [], 'the configuration: an array is not an object; write { ... }'],
    [
      'with a size that is a number',
      { cache: { memory: 1 } },
      'cache.memory: 1 is less than 1000000 bytes, too small to keep anything; raise it',
    ],
    [
      'with a port alone',
      { edge: { http: 8080 } },
      'edge.http: 8080 is not HOST:PORT; write for example "127.0.0.1:8080"',
    ],
    ['when it is null', null, 'the configuration: null is not an object; write { ... }'],
    [
      'with an unknown key',
      { zone: [] },
      'zone: "zone" is not known here; use edge, api, data, cache, zones or runtime',
    ],
    [
      'with an unknown key in a list',
      zone({ origin: 'http://h' }),
      'zones[0].origin: "origin" is not known here; use name, origins, dns_records, settings, rulesets, url_normalization, managed_headers, workers, worker_routes or snippets',
    ],
    [
      'with a listener that is no address',
      { edge: { http: '8080' } },
      'edge.http: "8080" is not HOST:PORT; write for example "127.0.0.1:8080"',
    ],
    [
      'with a port beyond 65535',
      { api: { listen: 'localhost:65536' } },
      'api.listen: "localhost:65536" is not HOST:PORT; write for example "127.0.0.1:8080"',
    ],
    [
      'with an IPv6 address without brackets',
      { edge: { http: '::1:80' } },
      'edge.http: "::1:80" is not HOST:PORT; write for example "127.0.0.1:8080"',
    ],
    [
      'with two listeners on one address',
      { edge: { http: '127.0.0.1:8081' } },
      'api.listen: "127.0.0.1:8081" is the address of edge.http too; give one of them another port',
    ],
    [
      'with more processes than there can be',
      { edge: { processes: 65 } },
      'edge.processes: 65 is not a number of processes; write a whole number from 1 to 64',
    ],
    [
      'with a word that is no boolean',
      { edge: { debug_headers: 'yes' } },
      'edge.debug_headers: "yes" is not a boolean; write true or false',
    ],
    ['with an empty data directory', { data: '' }, 'data: "" is not a folder; write for example "./.varyant"'],
    [
      'with a size that is none',
      { cache: { memory: 'much' } },
      'cache.memory: "much" is not a size; write for example "256MB" or "10GB"',
    ],
    [
      'with a size too small to be meant',
      { cache: { disk: '10' } },
      'cache.disk: "10" is less than 1000000 bytes, too small to keep anything; raise it',
    ],
    ['with a size as a number', { cache: { disk: 1e9 } }, 'cache.disk: 1000000000 is not a string; put it in quotes'],
    [
      'with a target for Workers that has no port',
      { runtime: { allow_private: ['127.0.0.1'] } },
      'runtime.allow_private[0]: "127.0.0.1" is not a host with a port; write for example "127.0.0.1:9000" or "localhost:*"',
    ],
    [
      'with too little memory for scripts',
      { runtime: { memory: '64MB' } },
      'runtime.memory: "64MB" is less than 150000000 bytes, too small to run a script; raise it',
    ],
    ['with a zone without a name', { zones: [{}] }, 'zones[0].name: this is missing; add it'],
    [
      'with a zone name that is a URL',
      { zones: [{ name: 'http://example.com' }] },
      'zones[0].name: "http://example.com" is not a host name; write one without scheme, port or path, such as "example.com"',
    ],
    [
      'with a zone twice, in whatever case',
      { zones: [{ name: 'example.com' }, { name: 'EXAMPLE.com' }] },
      'zones[1].name: "example.com" is zones[0] already; merge the two',
    ],
    [
      'with an origin of another scheme',
      zone({ origins: { '*.example.com': 'ftp://x' } }),
      'zones[0].origins["*.example.com"]: "ftp://x" is not an http or https URL; write "http://HOST:PORT" or "https://HOST:PORT"',
    ],
    [
      'with an origin with a path',
      zone({ origins: { 'b.example.com': 'http://h/path' } }),
      'zones[0].origins["b.example.com"]: "http://h/path" has a path or query, but path and query are the visitor\'s; leave it out',
    ],
    [
      'with an origin with a query',
      zone({ origins: { '*': 'http://h?q' } }),
      'zones[0].origins["*"]: "http://h?q" has a path or query, but path and query are the visitor\'s; leave it out',
    ],
    [
      'with credentials, which it does not repeat',
      zone({ origins: { '*': 'http://user:secret@h' } }),
      'zones[0].origins["*"]: "http://***@h" has credentials, which the edge would not send; leave them out',
    ],
    [
      'with an origin without a host',
      zone({ origins: { '*': 'http://:80' } }),
      'zones[0].origins["*"]: "http://:80" has no valid host and port; write "http://HOST:PORT" or "https://HOST:PORT"',
    ],
    [
      'with a pattern that is none',
      zone({ origins: { 'a.*.example.com': 'http://h' } }),
      'zones[0].origins["a.*.example.com"]: "a.*.example.com" is not a host pattern; write a host without port, "*.example.com", or "*"',
    ],
    [
      'with a pattern with a port',
      zone({ origins: { 'example.com:80': 'http://h' } }),
      'zones[0].origins["example.com:80"]: "example.com:80" is not a host pattern; write a host without port, "*.example.com", or "*"',
    ],
    [
      'with a pattern twice, in whatever spelling',
      zone({ origins: { 'b.example.com': 'http://h', 'B.example.com.': 'http://h' } }),
      'zones[0].origins["B.example.com."]: "B.example.com." is b.example.com once more; remove one of them',
    ],
    [
      'with a pattern that another zone decides about',
      {
        zones: [
          { name: 'example.com', origins: { '*.b.example.com': 'http://h' } },
          { name: 'b.example.com', origins: { '*': 'http://h' } },
        ],
      },
      'zones[0].origins["*.b.example.com"]: "*.b.example.com" belongs to the zone b.example.com; write it there',
    ],
    [
      'with a pattern of no zone in two zones',
      {
        zones: [
          { name: 'a.test', origins: { 'x.test': 'http://h' } },
          { name: 'b.test', origins: { 'x.test': 'http://h' } },
        ],
      },
      'zones[1].origins["x.test"]: "x.test" belongs to the zone a.test; write it there',
    ],
    [
      'with a setting that does not exist',
      settings({ browser_ttl: 0 }),
      'zones[0].settings.browser_ttl: "browser_ttl" is not known here; use browser_cache_ttl, cache_level, development_mode, sort_query_string_for_cache, always_online, proxy_read_timeout, max_upload, origin_error_page_pass_thru, ssl or cors_variants',
    ],
    [
      'with a setting that this version does not have',
      settings({ polish: 'lossy' }),
      'zones[0].settings.polish: this version does not have the setting polish yet; remove it',
    ],
    [
      'with a lifetime that is no whole number',
      settings({ browser_cache_ttl: 1.5 }),
      'zones[0].settings.browser_cache_ttl: 1.5 is not a lifetime in seconds; write a whole number from 0 to 31536000',
    ],
    [
      'with a lifetime in quotes',
      settings({ browser_cache_ttl: '60' }),
      'zones[0].settings.browser_cache_ttl: "60" is not a lifetime in seconds; write a whole number from 0 to 31536000',
    ],
    [
      'with a switch that is a boolean',
      settings({ always_online: true }),
      'zones[0].settings.always_online: true is not known here; use "on" or "off"',
    ],
    [
      'with CORS variants that do not exist',
      settings({ cors_variants: 'shared' }),
      'zones[0].settings.cors_variants: "shared" is not known here; use "per_origin" or "collapse"',
    ],
    [
      'with an upload limit beyond the largest',
      settings({ max_upload: 5001 }),
      'zones[0].settings.max_upload: 5001 is not a size in megabytes; write a whole number from 1 to 5000',
    ],
    [
      'with a normalisation and a transform that do not exist',
      zone({
        url_normalization: { scope: 'incoming', type: 'all' },
        managed_headers: { managed_request_headers: [{ id: 'add_everything', enabled: true }] },
      }),
      'zones[0].url_normalization: {"scope":"incoming","type":"all"} cannot stand here; use {"scope": "incoming", "both" or "none", "type": "cloudflare" or "rfc3986"}',
      'zones[0].managed_headers.managed_request_headers: ["add_everything"] cannot be on; use an array of add_bot_protection_headers, add_client_certificate_headers, add_visitor_location_headers, add_true_client_ip_headers, remove_visitor_ip_headers, add_waf_credential_check_status_header or add_waf_content_scan_status_header',
    ],
    [
      'with a phase that does not exist',
      zone({ rulesets: { cache: [] } }),
      'zones[0].rulesets.cache: "cache" is no phase; use http_request_dynamic_redirect, http_request_transform, http_config_settings, http_request_origin, http_request_late_transform, http_request_cache_settings, http_request_snippets, http_response_cache_settings or http_response_headers_transform',
    ],
    [
      'with an expression that does not parse, with a drawing of the place',
      rules({ expression: 'http.host eq "a" and', action: 'set_cache_settings', action_parameters: { cache: true } }),
      [
        'zones[0].rulesets.http_request_cache_settings[0].expression: "http.host eq \\"a\\" and" is not a valid value for expression because could not parse filter expression: Filter parsing error (1:21):',
        'http.host eq "a" and',
        '                    ^ expected identifier character',
      ].join('\n'),
    ],
    [
      'with a rule without anything',
      rules({}),
      'zones[0].rulesets.http_request_cache_settings[0]: action is missing; name what the rule does',
      'zones[0].rulesets.http_request_cache_settings[0]: expression is missing; "true" matches every request',
    ],
    [
      'with parameters that are wrong, at their places',
      rules({
        expression: 'true',
        action: 'set_cache_settings',
        action_parameters: { cache: 1, edge_ttl: { mode: 'never' } },
      }),
      'zones[0].rulesets.http_request_cache_settings[0].action_parameters.cache: 1 is not a boolean; write true or false',
      'zones[0].rulesets.http_request_cache_settings[0].action_parameters.edge_ttl.mode: "never" is not known here; use respect_origin, override_origin or bypass_by_default',
    ],
    [
      'with all its mistakes at once',
      { edge: { http: 'x' }, ...settings({ ssl: 'no', max_upload: 0 }) },
      'edge.http: "x" is not HOST:PORT; write for example "127.0.0.1:8080"',
      'zones[0].settings.max_upload: 0 is not a size in megabytes; write a whole number from 1 to 5000',
      'zones[0].settings.ssl: "no" is not known here; use "off", "flexible", "full" or "strict"',
    ],
  ]
  test.each(cases)('%s', (_, json, ...problems) => {
    expect(problemsOf(json)).toEqual(problems)
  })

  test('with a key named __proto__', () => {
    const json: unknown = JSON.parse('{ "edge": { "__proto__": { "access_log": false } } }')
    expect(problemsOf(json).length).toBe(1)
  })
})

describe('flags', () => {
  test('override the file', () => {
    const config = resolveConfig(
      { edge: { http: '127.0.0.1:1', access_log: true }, api: { listen: '127.0.0.1:2' }, data: 'file' },
      { baseDir: '/etc', flags: { listen: '127.0.0.1:3', api: '127.0.0.1:4', data: 'flag', accessLog: false } },
    )
    expect([config.edge.http.port, config.api.port, config.edge.accessLog]).toEqual([3, 4, false])
    expect(config.dataDir).toBe(resolve('flag'))
  })

  test('--origin serves every Host from one zone that leaves browsers to the origin, and says so', () => {
    const config = resolveConfig(undefined, { flags: { origin: 'http://localhost:3000' } })
    expect(config.zones.map(({ name, origins }) => [name, origins[0]?.pattern, origins[0]?.target.base])).toEqual([
      ['localhost', '*', 'http://localhost:3000'],
    ])
    expect(config.zones[0]?.settings.browserCacheTtl).toBe(seconds(0))
    expect(config.demo).toBe(false)
    expect(config.notices).toEqual([
      "the zone localhost has browser_cache_ttl 0: browsers keep what the origin allows, no longer; zones of a configuration file have Cloudflare's default instead",
    ])
  })

  const cases: readonly (readonly [title: string, json: unknown, flags: ResolveOptions['flags'], problem: string])[] = [
    [
      'an origin that is no URL',
      undefined,
      { origin: 'localhost:3000' },
      '--origin: "localhost:3000" is not an http or https URL; write "http://HOST:PORT" or "https://HOST:PORT"',
    ],
    [
      'an origin beside zones',
      zone({ origins: { '*': 'http://h' } }),
      { origin: 'http://h' },
      '--origin: the configuration file has zones, which name their origins; leave out one of the two',
    ],
    [
      'an address that is none',
      undefined,
      { listen: ':8080' },
      '--listen: ":8080" is not HOST:PORT; write for example "127.0.0.1:8080"',
    ],
    [
      'one address twice',
      undefined,
      { listen: '127.0.0.1:9', api: '127.0.0.1:9' },
      '--api: "127.0.0.1:9" is the address of --listen too; give one of them another port',
    ],
    ['an empty data directory', undefined, { data: '' }, '--data: "" is not a folder; write for example ./.varyant'],
  ]
  test.each(cases)('refuse %s', (_, json, flags, problem) => {
    expect(problemsOf(json, { flags })).toEqual([problem])
  })
})
