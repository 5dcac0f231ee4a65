// How much of scripts is kept.

import { type Bytes, bytes } from '../base/index.ts'

/** Cloudflare's for an account on the paid plan. */
export const MAX_SCRIPTS = 500

/** Cloudflare lets one go back over this many. */
export const MAX_VERSIONS = 100

/** Of the modules of one Worker's versions together: a hundred versions of ordinary size fit. */
export const MAX_KEPT_BYTES: Bytes = bytes(256 * 2 ** 20)

/** As many as versions: each can have been deployed once. */
export const MAX_DEPLOYMENTS = 100

/** Cloudflare's for a zone. */
export const MAX_ROUTES = 1000

/** Cloudflare's for a zone. */
export const MAX_DOMAINS = 100

/** Cloudflare's on the Enterprise plan, for snippets and for their rules. */
export const MAX_SNIPPETS = 300

/** CF rules/snippets: the whole package of one. */
export const MAX_SNIPPET_BYTES: Bytes = bytes(32 * 1024)
