// The settings of a zone: the API's ids and units into ours, over Cloudflare's defaults.

import { bytes, seconds } from '../base/index.ts'
import { DEFAULT_CACHE_SETTINGS } from '../cache/index.ts'
import {
  DEFAULT_MAX_UPLOAD_MEGABYTES,
  DEFAULT_SSL,
  IMPLICIT_ZONE_BROWSER_TTL_SECONDS,
  UPLOAD_MEGABYTE_BYTES,
} from './defaults.ts'
import type { ZoneSettings } from './resolved.ts'
import type { SettingsDocument } from './schema.ts'

/** The settings that the document amounts to. */
export function resolveSettings(document: SettingsDocument): ZoneSettings {
  const { browserTtl, level, sortQuery, alwaysOnline, originErrorPagePassthru, readTimeout } = DEFAULT_CACHE_SETTINGS
  const browserDefault = browserTtl.mode === 'zone' ? browserTtl.default : seconds(0)
  return {
    browserCacheTtl: seconds(document.browser_cache_ttl ?? browserDefault),
    cacheLevel: document.cache_level ?? level,
    developmentMode: document.development_mode,
    sortQueryStringForCache: isOn(document.sort_query_string_for_cache, sortQuery),
    alwaysOnline: isOn(document.always_online, alwaysOnline),
    proxyReadTimeout: seconds(document.proxy_read_timeout ?? readTimeout),
    maxUpload: bytes((document.max_upload ?? DEFAULT_MAX_UPLOAD_MEGABYTES) * UPLOAD_MEGABYTE_BYTES),
    originErrorPagePassThru: isOn(document.origin_error_page_pass_thru, originErrorPagePassthru),
    ssl: document.ssl ?? DEFAULT_SSL,
    corsVariants: document.cors_variants ?? 'per_origin',
  }
}

/** The settings of the zone that nobody configured. */
export function implicitSettings(): ZoneSettings {
  return { ...resolveSettings({}), browserCacheTtl: IMPLICIT_ZONE_BROWSER_TTL_SECONDS }
}

function isOn(value: 'on' | 'off' | undefined, otherwise: boolean): boolean {
  return value === undefined ? otherwise : value === 'on'
}
