// What holds where the operator said nothing: each number with its reason.  Settings of a zone that concern the cache have
// theirs in cache/default-settings.ts.

import { type Bytes, bytes, seconds } from '../base/index.ts'
import type { Listen, SslMode } from './resolved.ts'

/** Loopback: an edge that nobody configured is for the machine it runs on.  8080 needs no privilege. */
export const DEFAULT_EDGE_LISTEN: Listen = { hostname: '127.0.0.1', port: 8080 }

/** Loopback, beside the edge: the API can purge and configure, and is nobody else's until someone says so. */
export const DEFAULT_API_LISTEN: Listen = { hostname: '127.0.0.1', port: 8081 }

/** Below the folder that the edge is started from: found again, ignored by Git, deleted without asking anybody. */
export const DEFAULT_DATA_DIRECTORY = './.varyant'

/** A laptop does not miss it, and some hundred thousand small responses fit. */
export const DEFAULT_MEMORY_BYTES: Bytes = bytes(256 * 10 ** 6)

/** Enough for the assets of a few sites, little beside any disk of this decade. */
export const DEFAULT_DISK_BYTES: Bytes = bytes(10 * 10 ** 9)

/** Below it the store has no room for one body and its neighbours. */
export const MIN_MEMORY_BYTES: Bytes = bytes(10 ** 6)
export const MIN_DISK_BYTES: Bytes = bytes(10 ** 6)

/**
 * For the scripts of one zone: a busy one comes to some 290 MB, and several share a process.  Beyond it the process is ended
 * where the system can limit it (cgroups), and replaced in good time everywhere.
 */
export const DEFAULT_SCRIPT_MEMORY_BYTES: Bytes = bytes(10 ** 9)

/** The heap that each script may have, and the program around it. */
export const MIN_SCRIPT_MEMORY_BYTES: Bytes = bytes(150 * 10 ** 6)

/** One process keeps a core busy with some hundred thousand hits a second; more is a later step. */
export const DEFAULT_PROCESSES = 1

/** Fields that explain the cache tell a stranger about the origin, so an operator asks for them. */
export const DEFAULT_DEBUG_HEADERS = false

/** One line a request: a developer wants to see them, and a flag turns them off. */
export const DEFAULT_ACCESS_LOG = true

/** Cloudflare's limit on the Free and Pro plans. */
export const DEFAULT_MAX_UPLOAD_MEGABYTES = 100

/** Read as MiB: to refuse what Cloudflare takes would be the worse mistake. */
export const UPLOAD_MEGABYTE_BYTES: Bytes = bytes(2 ** 20)

/** Encrypted to the origin, whose certificate nobody checks: Cloudflare's default for a new zone. */
export const DEFAULT_SSL: SslMode = 'full'

/** Development Mode ends by itself.  CF cache/reference/development-mode */
export const DEVELOPMENT_MODE_SECONDS = seconds(3 * 3600)

/** The zone that is served when only an origin server was named: every Host leads to it. */
export const IMPLICIT_ZONE_NAME = 'localhost'

/** That zone leaves the lifetime in browsers to the origin, so that a laptop's browser does not keep what just changed. */
export const IMPLICIT_ZONE_BROWSER_TTL_SECONDS = seconds(0)

/** Nobody pays here for a plan, so everyone has the largest. */
export const DEFAULT_PURGE_RATE_LIMIT = 'enterprise'

/** A free one: whoever tails is told which, and only behind a port mapping it matters. */
export const DEFAULT_TAIL_PORT = 0
