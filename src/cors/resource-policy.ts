// May a page have this answer as a no-cors resource: an image, a script, a style sheet?
// Fetch §Cross-Origin-Resource-Policy header.
//
// `fetch` in mode "cors" is not subject to it, whatever the answer says: the CORS check has decided already.
//
// Same site: a scheme-less comparison of registrable domains, for which browsers carry the public suffix list.  Here its
// default rule stands in for it (the last label is the suffix), with the second-level suffixes that country codes share
// (`co.uk`).  A site on a suffix of its own (`github.io`) is therefore told to be one site, where it is many.

import { type FieldList, fieldValue, isIpv4 } from '../http/index.ts'

/** A page with this embedder policy gets nothing without a policy that lets it. */
export type EmbedderPolicy = 'unsafe-none' | 'require-corp'

export type PolicyOutcome = { readonly kind: 'allowed' | 'blocked'; readonly why: string }

/** The outcome for an answer from `url` and a page of `origin` (`null`: an opaque one). */
export function checkResourcePolicy(
  origin: string,
  url: URL,
  fields: FieldList,
  embedder: EmbedderPolicy = 'unsafe-none',
): PolicyOutcome {
  const value = fieldValue(fields, 'cross-origin-resource-policy')
  if (origin === url.origin) return allowed('the page and the URL have one origin')
  // "If policy is neither `same-origin`, `same-site`, nor `cross-origin`, then set policy to null."
  switch (value ?? defaultOf(embedder)) {
    case 'same-origin':
      return blocked(
        value === undefined ? 'the page requires a policy, and there is none' : 'the policy is same-origin',
      )
    case 'same-site':
      return sameSite(origin, url)
    case 'cross-origin':
      return allowed('the policy is cross-origin')
    default:
      return embedder === 'require-corp'
        ? blocked('the page requires a policy, and there is no valid one')
        : allowed('there is no valid policy, and the page requires none')
  }
}

function defaultOf(embedder: EmbedderPolicy): string {
  return embedder === 'require-corp' ? 'same-origin' : 'unset'
}

function sameSite(origin: string, url: URL): PolicyOutcome {
  const page = URL.parse(origin)
  if (page === null || !isSameSite(page.hostname, url.hostname))
    return blocked('the policy is same-site, and the page is of another site')
  // "... and either origin's scheme is "https" or response's URL's scheme is not": no downgrade.
  if (page.protocol !== 'https:' && url.protocol === 'https:')
    return blocked('the policy is same-site, and the page is not on https')
  return allowed('the policy is same-site, and so is the page')
}

/** Second-level names under which countries register, as in `example.co.uk`. */
const SHARED_SECOND_LEVELS: ReadonlySet<string> = new Set(['ac', 'co', 'com', 'edu', 'gov', 'ne', 'net', 'or', 'org'])

/** Whether two host names have one registrable domain. */
export function isSameSite(one: string, other: string): boolean {
  const site = registrableDomain(one)
  return site === undefined ? one === other : site === registrableDomain(other)
}

/** The suffix and one label more; undefined for an address and for a suffix itself. */
function registrableDomain(hostname: string): string | undefined {
  if (hostname.startsWith('[') || isIpv4(hostname)) return undefined
  const labels = hostname.split('.')
  const [second = '', top = ''] = labels.slice(-2)
  const suffixLabels = labels.length > 1 && top.length === 2 && SHARED_SECOND_LEVELS.has(second) ? 2 : 1
  return labels.length > suffixLabels ? labels.slice(-suffixLabels - 1).join('.') : undefined
}

function allowed(why: string): PolicyOutcome {
  return { kind: 'allowed', why }
}

function blocked(why: string): PolicyOutcome {
  return { kind: 'blocked', why }
}
