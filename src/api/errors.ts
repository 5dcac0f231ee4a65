// Every failure of the API, in one table: number, status and sentence.  Rendered by envelope.ts only.
//
// Numbers that clients know are Cloudflare's (seen in clients and threads; there is no official catalogue); where none
// is known the number is ours and marked so.  Numbers are never reused.  A message in a problem replaces the table's.

import type { PurgeProblemKind } from '../purge/index.ts'

export type ErrorRow = {
  readonly code: number
  readonly status: number
  readonly message: string
}

const PURGE_ERRORS = {
  'purge-no-selector': { code: 1012, status: 400, message: 'the request names nothing to purge' },
  /** Ours, as are all below but 1014. */
  'purge-several-selectors': { code: 1013, status: 400, message: 'selectors exclude each other' },
  'purge-not-an-array': { code: 1014, status: 400, message: 'a selector must be an array' },
  'purge-nothing-named': { code: 1015, status: 400, message: 'a selector is empty' },
  'purge-bad-file': { code: 1016, status: 400, message: 'a file is not valid' },
  'purge-foreign-host': { code: 1017, status: 400, message: 'a host is not of this zone' },
  'purge-bad-tag': { code: 1018, status: 400, message: 'a tag is not valid' },
  'purge-bad-host': { code: 1019, status: 400, message: 'a host is not valid' },
  'purge-bad-prefix': { code: 1020, status: 400, message: 'a prefix is not valid' },
  'purge-too-many-items': { code: 1021, status: 400, message: 'a selector has too many items' },
  'purge-everything-not-true': { code: 1022, status: 400, message: 'purge_everything must be true' },
  'purge-unknown-member': { code: 1023, status: 400, message: 'the request has an unknown member' },
  /** 503: clients try again, and nothing was purged. */
  'purge-not-recorded': { code: 1024, status: 503, message: 'the purge could not be made durable' },
} as const satisfies Record<PurgeProblemKind, ErrorRow>

export const API_ERRORS = {
  ...PURGE_ERRORS,
  /** Clients wait for retry-after and send it again.  Ours. */
  'purge-rate-limited': { code: 1025, status: 429, message: 'Rate limit enforced for cache purge.' },
  /** A query parameter has no value that the operation knows.  Ours. */
  'invalid-query': { code: 6010, status: 400, message: 'the query is not valid' },
  /** Drives wrangler's account-token detection. */
  'token-invalid': { code: 1000, status: 401, message: 'Invalid API Token' },
  'unknown-zone': { code: 1001, status: 404, message: 'no zone has this id' },
  /** Ours. */
  'unknown-environment': { code: 1135, status: 404, message: 'the zone has no such environment' },
  /** Ours, as is the next. */
  'unknown-setting': { code: 1136, status: 404, message: 'the zone has no such setting' },
  /** 503: clients try again, and nothing was changed. */
  'setting-not-recorded': {
    code: 1137,
    status: 503,
    message: 'the setting could not be made durable and was not changed',
  },
  /** Ours. */
  'unknown-token': { code: 1002, status: 404, message: 'no token has this id' },
  /** Ours, as is the next. */
  'too-many-tokens': { code: 1003, status: 400, message: 'there are too many tokens; delete one' },
  'grants-too-much': { code: 1004, status: 403, message: 'a token cannot give away what it may not do itself' },
  /** 503: clients try again, and nothing was changed. */
  'not-recorded': { code: 1005, status: 503, message: 'the change could not be made durable and was not made' },
  'bad-zone-name': { code: 1049, status: 400, message: 'the name is not that of a zone' },
  'zone-exists': { code: 1061, status: 400, message: 'the zone already exists' },
  /** Ours, as are the two below. */
  'unknown-account': { code: 1139, status: 404, message: 'no account has this id' },
  'bad-origin': { code: 1140, status: 400, message: 'an origin is not valid' },
  /** CF quirk: what was never set does not exist. */
  'setting-never-set': { code: 1142, status: 404, message: 'The zone setting does not exist.' },
  'foreign-url': { code: 1143, status: 400, message: 'the URL is not of this zone' },
  'too-many-regions': { code: 1164, status: 403, message: 'the zone has too many origin cloud regions' },
  /** Ours, as are the four below. */
  'reserve-not-clearable': { code: 1143, status: 400, message: 'the cache reserve cannot be cleared' },
  'unknown-region': { code: 1144, status: 404, message: 'no region is known for this address' },
  'unknown-plan': { code: 1145, status: 404, message: 'there is no such plan' },
  'unknown-page-rule': { code: 1146, status: 404, message: 'no page rule has this id; see /pagerules' },
  'too-many-page-rules': { code: 1147, status: 400, message: 'the zone has too many page rules' },
  'dns-bad-record': { code: 9005, status: 400, message: 'the record is not valid' },
  'dns-unknown-record': { code: 81044, status: 404, message: 'Record does not exist.' },
  'dns-host-taken': { code: 81053, status: 400, message: 'another record with that host already exists' },
  'dns-identical': { code: 81058, status: 400, message: 'An identical record already exists.' },
  /** Ours. */
  'dns-bad-zone-file': { code: 81099, status: 400, message: 'the zone file cannot be read' },
  'bad-request-headers': { code: 6003, status: 400, message: 'Invalid request headers' },
  'malformed-json': { code: 6007, status: 400, message: 'Malformed JSON in request body' },
  /** A member of the body is not what the operation's schema says.  Ours. */
  'invalid-body': { code: 6008, status: 400, message: 'the request body is not valid' },
  /** Ours. */
  'incomplete-body': { code: 6009, status: 400, message: 'the request body ended early' },
  'bad-api-key-format': { code: 6103, status: 400, message: 'Invalid format for X-Auth-Key header' },
  'bad-authorization-format': { code: 6111, status: 400, message: 'Invalid format for Authorization header' },
  'no-route': { code: 7000, status: 404, message: 'No route for that URI' },
  'could-not-route': { code: 7003, status: 404, message: 'Could not route' },
  'lacks-permission': { code: 9109, status: 403, message: 'Unauthorized to access requested resource' },
  'authentication-error': { code: 10000, status: 403, message: 'Authentication error' },
  'unknown-script': { code: 10007, status: 404, message: 'This Worker does not exist on your account.' },
  /** The same where clients ask for a service: by it wrangler knows that a deployment is the first. */
  'unknown-service': { code: 10090, status: 404, message: 'This service does not exist on your account.' },
  /** The runtime cannot start it; the message is the runtime's. */
  'invalid-script': { code: 10021, status: 400, message: 'the script does not start' },
  'duplicate-route': { code: 10020, status: 400, message: 'A route with the same pattern already exists.' },
  'bad-route-pattern': { code: 10022, status: 400, message: 'the pattern of the route is not valid' },
  'script-too-large': { code: 10027, status: 413, message: 'the script is too large' },
  'unknown-secret': { code: 10056, status: 404, message: 'the Worker has no such secret' },
  /** What the change builds upon does not run yet. */
  'newest-not-deployed': {
    code: 10215,
    status: 400,
    message: 'the newest version of the Worker is not deployed; deploy it first, or make a version with the secret',
  },
  'unknown-entry-point': { code: 10003, status: 404, message: 'could not find entrypoint ruleset' },
  /** Ours, as are all below. */
  'secrets-sealed': { code: 10313, status: 400, message: 'secrets of the Worker cannot be opened' },
  'unsupported-feature': { code: 10301, status: 400, message: 'the upload asks for what this edge does not have' },
  'scripts-unavailable': { code: 10302, status: 400, message: 'Workers and Snippets cannot run here' },
  'too-many-scripts': { code: 10303, status: 400, message: 'there are too many; remove one' },
  'unknown-version': { code: 10304, status: 404, message: 'the Worker has no such version' },
  'unknown-deployment': { code: 10305, status: 404, message: 'the Worker has no such deployment' },
  'deployment-runs': { code: 10312, status: 400, message: 'the deployment is the one that runs; deploy another first' },
  'unknown-route': { code: 10306, status: 404, message: 'the zone has no such route' },
  'unknown-domain': { code: 10307, status: 404, message: 'there is no such custom domain' },
  'unknown-tail': { code: 10308, status: 404, message: 'the Worker has no such tail' },
  'unknown-snippet': { code: 10309, status: 404, message: 'the zone has no such snippet' },
  'snippet-in-use': { code: 10310, status: 400, message: 'a rule names the snippet' },
  'bad-script-name': { code: 10311, status: 400, message: 'the name is not valid' },
  'method-not-allowed': { code: 10405, status: 405, message: 'the method is not allowed here' },
  'body-too-large': { code: 10413, status: 413, message: 'the request body is too large' },
  'unsupported-media-type': { code: 10415, status: 415, message: 'send JSON, with Content-Type: application/json' },
  'foreign-host': { code: 10421, status: 421, message: 'this is not a name of the API' },
  'unknown-ruleset': { code: 20101, status: 404, message: 'could not find the ruleset' },
  'unknown-rule': { code: 20102, status: 404, message: 'could not find the rule' },
  'unknown-ruleset-version': { code: 20103, status: 404, message: 'could not find the version' },
  'invalid-ruleset': { code: 20104, status: 400, message: 'the ruleset is not valid' },
  'ruleset-in-use': { code: 20218, status: 400, message: 'another ruleset executes this one' },
  /** Cloudflare's. */
  'missing-action-parameters': { code: 20106, status: 400, message: 'action parameters are required' },
  'second-entry-point': { code: 20217, status: 400, message: 'the phase has a ruleset already' },
  internal: { code: 10500, status: 500, message: 'the API failed; the log of the edge has the details' },
} as const satisfies Record<string, ErrorRow>

export type ApiErrorKind = keyof typeof API_ERRORS

/** One thing that is wrong with a request. */
export type ApiProblem = {
  readonly kind: ApiErrorKind
  /** Value, limit and remedy; without it the table's sentence. */
  readonly message?: string
  /** The place in the body, an RFC 6901 JSON pointer; "" is the whole. */
  readonly pointer?: string
  /** What led to it, as older endpoints tell it. */
  readonly chain?: readonly ApiProblem[]
  /** Further fields of the response; those of the first problem are sent. */
  readonly fields?: Readonly<Record<string, string>>
}
