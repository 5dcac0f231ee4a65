// The phases that run, each with its actions.

import { CACHE_RESPONSE_TABLE } from './actions/cache-response.ts'
import { REQUEST_HEADERS_TABLE, RESPONSE_HEADERS_TABLE } from './actions/rewrite-headers.ts'
import { REWRITE_URL_TABLE } from './actions/rewrite-url.ts'
import { ROUTE_TABLE } from './actions/route.ts'
import { CACHE_TABLE } from './actions/set-cache-rules.ts'
import { CONFIG_TABLE } from './actions/set-config.ts'
import { REDIRECT_TABLE } from './actions/single-redirect.ts'
import type { RunPhase } from './phases.ts'
import type { PhaseTable } from './rule.ts'
import { SNIPPETS_TABLE } from './snippet-rules.ts'

export const PHASE_TABLES: Readonly<Record<RunPhase, PhaseTable<unknown>>> = {
  http_request_dynamic_redirect: REDIRECT_TABLE,
  http_request_transform: REWRITE_URL_TABLE,
  http_config_settings: CONFIG_TABLE,
  http_request_origin: ROUTE_TABLE,
  http_request_late_transform: REQUEST_HEADERS_TABLE,
  http_request_cache_settings: CACHE_TABLE,
  http_request_snippets: SNIPPETS_TABLE,
  http_response_cache_settings: CACHE_RESPONSE_TABLE,
  http_response_headers_transform: RESPONSE_HEADERS_TABLE,
}
