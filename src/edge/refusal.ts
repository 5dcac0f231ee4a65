// Answers that the edge itself makes when it cannot or will not serve: a small page or JSON document with the status, the
// ray id and one sentence of what to do.  Never stored by anybody.  CF support/troubleshooting/http-status-codes
//
// Nothing of the request is repeated in them, so nothing can be injected through them.

import { EdgeError, FAULTS, type FaultCode, type FaultRow } from '../base/index.ts'
import { preferredErrorType } from '../http/index.ts'
import type { RuleFaultCode } from '../rulesets/index.ts'
import type { Exchange } from './exchange.ts'
import type { MadeAnswer } from './response.ts'
import type { Verdict } from './verdict.ts'

/** The verdict that ends an exchange with a fault; `detail` goes to the log only. */
export function refuse(exchange: Exchange, fault: FaultCode, detail?: string): Verdict {
  return { kind: 'answered', response: faultAnswer(exchange, new EdgeError(fault, detail)) }
}

const RULE_FAULTS: Readonly<Record<RuleFaultCode, FaultCode>> = {
  1035: 'rule-bad-path',
  1036: 'rule-url-too-long',
  1037: 'rule-without-value',
  1038: 'rule-fields-too-large',
  1040: 'rule-protected-field',
  1041: 'rule-bad-field-value',
}

/** The fault that Cloudflare's number stands for. */
export function ruleFault(code: RuleFaultCode): FaultCode {
  return RULE_FAULTS[code]
}

/** When a client may ask again, in seconds.  CF support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1038 */
const RETRY_AFTER_SECONDS: Partial<Record<FaultCode, string>> = { 'rule-fields-too-large': '60' }

/** The page for a fault, in the form that the client prefers; `stack` shows where a script threw, to those who develop it. */
export function faultAnswer(exchange: Exchange, { code, detail }: EdgeError, stack?: string): MadeAnswer {
  const { status, title } = FAULTS[code]
  exchange.trail.push(detail === '' ? `${code}: ${title}` : `${code}: ${title} (${detail})`)
  const type = preferredErrorType(exchange.clientRequest.headers.get('accept'))
  const headers = new Headers({
    'content-type': type === 'json' ? 'application/json' : 'text/html; charset=utf-8',
    'cache-control': 'private, no-store',
    // A page of ours is made for its reader: nothing in it may be reinterpreted.
    'x-content-type-options': 'nosniff',
  })
  const retryAfter = RETRY_AFTER_SECONDS[code]
  if (retryAfter !== undefined) headers.set('retry-after', retryAfter)
  const text = type === 'json' ? jsonPage(code, exchange.ray, stack) : htmlPage(code, exchange.ray, stack)
  return { kind: 'made', fault: code, status, headers, text }
}

function jsonPage(code: FaultCode, ray: string, stack?: string): string {
  const { status, title, remedy, number }: FaultRow = FAULTS[code]
  return `${JSON.stringify({ error: { status, code, number, title, remedy, ray, stack } })}\n`
}

function htmlPage(code: FaultCode, ray: string, stack?: string): string {
  const { status, title, remedy, number }: FaultRow = FAULTS[code]
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} ${title}</title></head>
<body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>${status}: ${title}</h1>
<p>What to do: ${remedy}.</p>
${stack === undefined ? '' : `<pre>${escapeHtml(stack)}</pre>\n`}<p><small>${number === undefined ? '' : `Error ${number} · `}Ray ${ray}</small></p>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
