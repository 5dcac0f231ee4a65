// Which field speaks to this cache?  RFC 9213; CF cache/concepts/cdn-cache-control; docs/decisions/0025.
//
//   Cloudflare-CDN-Cache-Control  >  CDN-Cache-Control  >  Surrogate-Control  >  Cache-Control
//
// The first one present decides alone: nothing is merged.  With any of the first three, Expires has no say either.

import { type FieldList, fieldValue, listMembers } from '../http/index.ts'
import { type CacheControl, parseCacheControl } from './cache-control.ts'

export type ControlSource =
  /** For this edge alone; also turns Origin Cache Control on for the response. */
  | 'cloudflare-cdn-cache-control'
  /** For every CDN.  RFC 9213 §3 */
  | 'cdn-cache-control'
  /** The older field for surrogates; present and empty it still silences Cache-Control. */
  | 'surrogate-control'
  /** For every cache, browsers included. */
  | 'cache-control'
  /** No field has a directive. */
  | 'none'

export type GoverningControl = {
  readonly source: ControlSource
  /** undefined exactly when the source is 'none'. */
  readonly control: CacheControl | undefined
}

const NO_CONTROL: GoverningControl = { source: 'none', control: undefined }

/** A max-age with the freshness extension of surrogates: `600+60`. */
const EXTENDED_MAX_AGE = /^(max-age=\d+)\+\d+$/i

/** The field that decides how this cache treats a response.  "... a valid, non-empty value": an empty list is skipped. */
export function governingControl(fields: FieldList): GoverningControl {
  return (
    controlIn(fields, 'cloudflare-cdn-cache-control') ??
    controlIn(fields, 'cdn-cache-control') ??
    surrogateControl(fields) ??
    controlIn(fields, 'cache-control') ??
    NO_CONTROL
  )
}

/** Whether the source speaks to CDNs only, so that browsers' fields (Cache-Control, Expires) say nothing to this cache. */
export function isTargeted(source: ControlSource): boolean {
  return source !== 'cache-control' && source !== 'none'
}

function controlIn(fields: FieldList, source: Exclude<ControlSource, 'none'>): GoverningControl | undefined {
  const value = fieldValue(fields, source)
  if (value === undefined || listMembers(value).length === 0) return undefined
  return { source, control: parseCacheControl(value) }
}

/** Directives with a target (`max-age=60;name`) are for surrogates of that name, and this one announces none. */
function surrogateControl(fields: FieldList): GoverningControl | undefined {
  const value = fieldValue(fields, 'surrogate-control')
  if (value === undefined) return undefined
  const untargeted = listMembers(value)
    .filter((member) => !member.includes(';'))
    .map((member) => member.replace(EXTENDED_MAX_AGE, '$1'))
  return { source: 'surrogate-control', control: parseCacheControl(untargeted.join(', ')) }
}
