// Every fault of the data plane, in one table: code, who is at fault, what the client sees, may it be tried again, and
// one sentence of what to do.  Codes are never reused.

export type FaultSource = 'client' | 'origin' | 'edge' | 'config'
export type FaultRetry = 'never' | 'if-idempotent' | 'if-reused-connection'

export type FaultRow = {
  readonly source: FaultSource
  readonly status: number
  readonly retry: FaultRetry
  /** The number of Cloudflare's page for it: a rule (1035 to 1041) or a script (1019, 11xx, 12xx) made the exchange impossible. */
  readonly number?: number
  /** What happened, for the client's page. */
  readonly title: string
  /** What to do about it, for the client's page. */
  readonly remedy: string
}

export const FAULTS = {
  'client-bad-host': {
    source: 'client',
    status: 400,
    retry: 'never',
    title: 'bad request',
    remedy: 'send exactly one valid Host field',
  },
  'client-bad-request': {
    source: 'client',
    status: 400,
    retry: 'never',
    title: 'bad request',
    remedy: 'send a well-formed HTTP request',
  },
  'client-connect': {
    source: 'client',
    status: 400,
    retry: 'never',
    title: 'CONNECT is not served here',
    remedy: 'this is a gateway, not a forward proxy; request the URL itself',
  },
  'client-trace': {
    source: 'client',
    status: 405,
    retry: 'never',
    title: 'TRACE is not allowed',
    remedy: 'use GET, and read the CF-Ray and CF-Cache-Status fields of the answer',
  },
  'client-body-too-large': {
    source: 'client',
    status: 413,
    retry: 'never',
    title: 'content too large',
    remedy: 'send less, or raise max_upload for the zone',
  },
  'client-unknown-host': {
    source: 'client',
    status: 421,
    retry: 'never',
    title: 'misdirected request',
    remedy: 'add this host to a zone, or give the zone an origins entry that matches it',
  },
  'client-gone': {
    source: 'client',
    status: 499,
    retry: 'never',
    title: 'the client left before it was answered',
    remedy: 'nothing: nobody reads this answer',
  },
  'client-loop': {
    source: 'client',
    status: 508,
    retry: 'never',
    title: 'loop detected',
    remedy: 'the origin of this host leads back to this edge; point it at the origin server itself',
  },
  'origin-bad-response': {
    source: 'origin',
    status: 520,
    retry: 'if-reused-connection',
    title: 'the origin server sent an answer that is not HTTP',
    remedy: 'request the origin server directly and look at its log',
  },
  'origin-refused': {
    source: 'origin',
    status: 521,
    retry: 'if-idempotent',
    title: 'the origin server refused the connection',
    remedy: 'start the origin server, or correct its address in origins',
  },
  'origin-connect-timeout': {
    source: 'origin',
    status: 522,
    retry: 'if-idempotent',
    title: 'the origin server did not accept a connection in time',
    remedy: 'check that the address is reachable from the edge and not filtered',
  },
  'origin-unreachable': {
    source: 'origin',
    status: 523,
    retry: 'if-idempotent',
    title: 'the origin server cannot be found',
    remedy: 'correct the name or address of the origin server in origins',
  },
  'origin-read-timeout': {
    source: 'origin',
    status: 524,
    retry: 'never',
    title: 'the origin server did not answer in time',
    remedy: 'make the origin faster, or raise proxy_read_timeout for the zone',
  },
  'origin-tls-failed': {
    source: 'origin',
    status: 525,
    retry: 'never',
    title: 'the TLS handshake with the origin server failed',
    remedy: 'check that the origin speaks TLS on this port',
  },
  'origin-certificate-invalid': {
    source: 'origin',
    status: 526,
    retry: 'never',
    title: 'the certificate of the origin server is not valid',
    remedy: 'install a certificate that covers this host and is signed by a trusted authority',
  },
  'origin-forbidden': {
    source: 'config',
    status: 403,
    retry: 'never',
    number: 1003,
    title: 'a script may not reach this address',
    remedy: 'ask a public host, or name the address and port in runtime.allow_private',
  },
  'worker-exception': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1101,
    title: 'the Worker threw an exception',
    remedy: 'look at its exceptions with "wrangler tail", and catch them in the script',
  },
  'worker-limit': {
    source: 'config',
    status: 503,
    retry: 'never',
    number: 1102,
    title: 'the Worker exceeded its limits',
    remedy: 'make the script use less processor time and memory; the edge log says what it did',
  },
  'worker-loop': {
    source: 'config',
    status: 508,
    retry: 'never',
    number: 1019,
    title: 'Workers call each other without end',
    remedy: 'make one of the scripts answer without asking a zone that leads back to it',
  },
  'worker-unavailable': {
    source: 'edge',
    status: 503,
    retry: 'if-idempotent',
    number: 1104,
    title: 'the script cannot be run',
    remedy: 'try again; if it lasts, the edge log says why the script does not run',
  },
  // retired: 'worker-socket-between-zones'
  'snippet-continued-twice': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1201,
    title: 'the Snippet passed its request on more than once',
    remedy: 'pass the request on once in the Snippet, and keep its answer',
  },
  'snippet-subrequests': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1202,
    title: 'the Snippet made too many subrequests',
    remedy: 'make fewer requests in the Snippet; each redirect counts',
  },
  'snippet-limit': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1203,
    title: 'the Snippet used too much processor time',
    remedy: 'make the Snippet use less processor time; the edge log says what it did',
  },
  'snippet-memory': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1204,
    title: 'the Snippet used too much memory',
    remedy: 'make the Snippet keep less in memory, such as whole bodies',
  },
  'snippet-exception': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1206,
    title: 'the Snippet threw an exception',
    remedy: 'catch exceptions in the Snippet',
  },
  'rule-bad-path': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1035,
    title: 'a rule rewrote the path to one that cannot be requested',
    remedy: 'have the rewrite begin with "/" and stay out of /cdn-cgi/',
  },
  'rule-url-too-long': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1036,
    title: 'a rule rewrote the URL to one that is too long',
    remedy: 'shorten what the rewrite makes of path and query',
  },
  'rule-without-value': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1037,
    title: 'the expression of a rewrite rule has no value for this request',
    remedy: 'give the rule a filter that lets only requests through which have all that its expression names',
  },
  'rule-fields-too-large': {
    source: 'config',
    status: 503,
    retry: 'never',
    number: 1038,
    title: 'rules set more header fields than fit into a message',
    remedy: 'set fewer or shorter fields',
  },
  'rule-protected-field': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1040,
    title: 'a rule would change a header field that no rule may change',
    remedy: 'take that field out of the rule',
  },
  'rule-bad-field-value': {
    source: 'config',
    status: 500,
    retry: 'never',
    number: 1041,
    title: 'a rule set a header field to a value that is too long or has characters that a field cannot have',
    remedy: 'shorten or escape what the expression of the rule makes',
  },
  'edge-internal': {
    source: 'edge',
    status: 500,
    retry: 'never',
    title: 'the edge failed',
    remedy: 'report this with the ray id; the edge log has the details',
  },
} as const satisfies Record<string, FaultRow>

export type FaultCode = keyof typeof FAULTS
