import { describe, expect, test } from 'bun:test'
import { compileFilter, compileValue } from '../rules/index.ts'
import { schemeFor } from './availability.ts'
import { RUN_PHASES, type RunPhase } from './phases.ts'

describe('a field that a phase does not offer is refused where it stands', () => {
  const ROWS: readonly (readonly [field: string, phase: RunPhase, filter: boolean, value: boolean])[] = [
    ['http.host', 'http_request_transform', true, true],
    ['http.response.code', 'http_request_transform', false, false],
    ['http.response.code', 'http_request_cache_settings', false, false],
    ['http.response.code', 'http_response_cache_settings', true, true],
    ['http.response.code', 'http_response_headers_transform', true, true],
    ['cf.response.error_type', 'http_response_headers_transform', true, true],
    ['cf.response.error_type', 'http_response_cache_settings', false, false],
    ['cf.bot_management.score', 'http_request_transform', false, false],
    ['cf.bot_management.score', 'http_request_late_transform', true, true],
    ['cf.waf.score', 'http_request_late_transform', true, true],
    ['cf.waf.score', 'http_response_headers_transform', false, false],
    ['cf.timings.edge_msec', 'http_request_late_transform', true, false],
    ['http.request.cookies', 'http_request_transform', true, true],
    ['cf.edge.client_tcp', 'http_response_headers_transform', true, false],
    ['ip.src.timezone.name', 'http_request_transform', false, true],
    ['ip.src.timezone.name', 'http_request_dynamic_redirect', false, false],
    ['ip.src.country', 'http_response_cache_settings', false, false],
    ['http.request.uri.path.extension', 'http_response_cache_settings', true, true],
    ['http.request.body.raw', 'http_request_dynamic_redirect', true, true],
  ]
  test.each(ROWS)('%s in %s', (field, phase, filter, value) => {
    const probe = `len(to_string(coalesce(${field}, ${field}))) >= 0`
    const inFilter = compileFilter(probe, schemeFor(phase, 'filter'), { valueFunctionsInFilters: true })
    const inValue = compileValue(field, schemeFor(phase, 'value'))
    const refusals = [inFilter, inValue].map((each) =>
      each.ok ? [] : each.problem.filter(({ kind }) => kind === 'not-here'),
    )
    expect(refusals.map((each) => each.length === 0)).toEqual([filter, value])
  })

  test('with the drawing of the place', () => {
    const refused = compileFilter('ssl and http.response.code eq 200', schemeFor('http_request_transform', 'filter'))
    expect(refused.ok ? '' : refused.problem[0]?.text).toBe(
      [
        'Filter parsing error (1:9):',
        'ssl and http.response.code eq 200',
        '        ^^^^^^^^^^^^^^^^^^ http.response.code is not available in filters of http_request_transform',
        '',
      ].join('\n'),
    )
  })
})

test('every phase offers "true", the host and the path', () => {
  for (const phase of RUN_PHASES) {
    const text = 'true and http.host eq "a" and http.request.uri.path eq "/"'
    expect(compileFilter(text, schemeFor(phase, 'filter')).ok).toBe(true)
  }
})
