// Cache Deception Armor: does what came back look like what the path promises?
// CF cache/cache-security/cache-deception-armor
//
// The attack: a victim is led to /account/x.css, the application answers with the account page, and the cache publishes
// it.  Cloudflare documents the idea and three examples, but no table; this one is ours, family by family.
//
// It fails closed: without a Content-Type a browser would guess, so nothing vouches for the answer.

import { essence, pathExtension } from '../http/index.ts'

type Family = {
  readonly extensions: readonly string[]
  /** A trailing `*` takes any rest. */
  readonly accepts: readonly string[]
}

const FAMILIES: readonly Family[] = [
  {
    extensions: 'avif bmp ico jpeg jpg pict png svg svgz tif tiff webp'.split(' '),
    accepts: ['image/*'],
  },
  { extensions: ['gif'], accepts: ['image/*', 'video/webm', 'video/mp4'] },
  { extensions: ['eps', 'ps'], accepts: ['image/*', 'application/postscript', 'application/eps'] },
  { extensions: ['avi', 'mkv'], accepts: ['video/*', 'application/x-matroska'] },
  { extensions: ['mp4', 'webm'], accepts: ['video/*', 'audio/*', 'application/mp4'] },
  { extensions: ['ogg'], accepts: ['audio/*', 'video/*', 'application/ogg'] },
  { extensions: ['flac', 'mid', 'midi', 'mp3'], accepts: ['audio/*', 'application/x-midi'] },
  { extensions: ['pls'], accepts: ['audio/*', 'application/pls+xml'] },
  { extensions: ['css'], accepts: ['text/css'] },
  {
    extensions: ['js'],
    accepts: scriptTypes(),
  },
  { extensions: ['ejs'], accepts: [...scriptTypes(), 'text/plain'] },
  {
    extensions: ['eot', 'otf', 'ttf', 'woff', 'woff2'],
    accepts: ['font/*', 'application/font-*', 'application/x-font-*', 'application/vnd.ms-fontobject'],
  },
  { extensions: ['pdf'], accepts: ['application/pdf', 'application/x-pdf'] },
  {
    extensions: 'doc docx ppt pptx xls xlsx'.split(' '),
    accepts: ['application/msword', 'application/vnd.ms-*', 'application/vnd.openxmlformats-*'],
  },
  { extensions: ['csv'], accepts: ['text/csv', 'text/plain', 'application/csv', 'application/vnd.ms-excel'] },
  {
    extensions: '7z apk bin bz2 class dmg exe gz iso jar rar swf tar zip zst'.split(' '),
    accepts: ['application/*'],
  },
]

/** Documents and data that applications answer with: never what a static name promises, whatever the family. */
const NEVER: readonly string[] = [
  'text/html',
  'application/json',
  'application/xml',
  'application/xhtml+xml',
  'text/xml',
]
/** Names no format at all, and no browser renders it: always acceptable. */
const OPAQUE = 'application/octet-stream'

const ACCEPTED: ReadonlyMap<string, readonly string[]> = new Map(
  FAMILIES.flatMap(({ extensions, accepts }) => extensions.map((extension) => [extension, accepts] as const)),
)

/**
 * Whether a response of this Content-Type is a plausible answer for the path.  A path whose extension is not among those
 * cached by default promises nothing, so anything agrees with it.
 */
export function agreesWithExtension(path: string, contentType: string | undefined): boolean {
  const accepted = ACCEPTED.get(pathExtension(path))
  if (accepted === undefined) return true
  const type = essence(contentType)
  if (type === undefined || NEVER.includes(type)) return false
  return type === OPAQUE || accepted.some((pattern) => isOfPattern(type, pattern))
}

function isOfPattern(type: string, pattern: string): boolean {
  if (!pattern.endsWith('*')) return type === pattern
  // A family of formats never takes in a structured text format: application/vnd.api+json is no archive.
  return type.startsWith(pattern.slice(0, -1)) && (type === 'image/svg+xml' || !/\+(?:json|xml)$/.test(type))
}

/** RFC 9239 §6 and its forerunners. */
function scriptTypes(): readonly string[] {
  return ['text', 'application'].flatMap((type) =>
    ['javascript', 'x-javascript', 'ecmascript', 'x-ecmascript'].map((subtype) => `${type}/${subtype}`),
  )
}
