// Why did an exchange with an origin server fail?  Bun's error codes, read as rows of base/error-codes.ts.
//
// Codes of the system (`ECONNREFUSED`), of name resolution, of certificate verification (OpenSSL's names) and of Bun's own
// HTTP reader (`Malformed_HTTP_Response`).  What is not in the table broke off or was not HTTP: 520.

import { EdgeError, type FaultCode } from '../base/index.ts'

const FAULT_OF: Readonly<Record<string, FaultCode>> = {
  ECONNREFUSED: 'origin-refused',
  ETIMEDOUT: 'origin-connect-timeout',
  EHOSTUNREACH: 'origin-unreachable',
  ENETUNREACH: 'origin-unreachable',
  EADDRNOTAVAIL: 'origin-unreachable',
  ENOTFOUND: 'origin-unreachable',
  EAI_AGAIN: 'origin-unreachable',
  EAI_FAIL: 'origin-unreachable',
  EPROTO: 'origin-tls-failed',
}

/** Codes of one meaning, by how they begin. */
const FAULT_OF_PREFIX: readonly (readonly [string, FaultCode])[] = [
  ['DNS_', 'origin-unreachable'],
  ['CERT_', 'origin-certificate-invalid'],
  ['CRL_', 'origin-certificate-invalid'],
  ['UNABLE_TO_', 'origin-certificate-invalid'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'origin-certificate-invalid'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'origin-certificate-invalid'],
  ['HOSTNAME_MISMATCH', 'origin-certificate-invalid'],
  ['INVALID_CA', 'origin-certificate-invalid'],
  ['INVALID_PURPOSE', 'origin-certificate-invalid'],
  ['PATH_LENGTH_EXCEEDED', 'origin-certificate-invalid'],
  ['ERR_TLS_CERT_ALTNAME', 'origin-certificate-invalid'],
  ['ERR_TLS', 'origin-tls-failed'],
  ['ERR_SSL', 'origin-tls-failed'],
]

/** The fault that an error of `fetch` or of a socket stands for. */
export function faultOf(cause: unknown): EdgeError {
  if (cause instanceof EdgeError) return cause
  const code = codeOf(cause)
  const prefixed = FAULT_OF_PREFIX.find(([prefix]) => code.startsWith(prefix))
  // The runtime's own limit on silence, five minutes, comes as a DOMException.
  const silent = cause instanceof DOMException && cause.name === 'TimeoutError' ? 'origin-read-timeout' : undefined
  return new EdgeError(silent ?? FAULT_OF[code] ?? prefixed?.[1] ?? 'origin-bad-response', detailOf(cause), { cause })
}

/** Whether the connection ended without a word why: in a TLS handshake perhaps, or in place of an answer. */
export function isBrokenOff(cause: unknown): boolean {
  const code = codeOf(cause)
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** A few words for the client's page; no address, for that is the operator's business. */
function detailOf(cause: unknown): string {
  const code = codeOf(cause)
  if (isBrokenOff(cause)) return 'it closed the connection before its answer was complete'
  return /^[A-Za-z][A-Za-z_]{2,63}$/.test(code) ? code : ''
}
