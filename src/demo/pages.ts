// What the demo origin serves: small, real files of the kinds that people cache, each with the fields that make its point.

export type Page = {
  readonly path: string
  /** For the index page: what can be seen with it. */
  readonly shows: string
  readonly type: string
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly fields: Readonly<Record<string, string>>
  /** Repeats the request's Origin as Access-Control-Allow-Origin, whoever asks. */
  readonly grantsWhoeverAsks?: true
  /** Comes in pieces, over about a second. */
  readonly slow?: true
}

const STYLE = 'body { font-family: system-ui; max-width: 40rem; margin: 2rem auto; line-height: 1.5 }\n'

/** A triangle for every letter, made for this purpose. */
const FONT =
  'd09GMgABAAAAAAF0AAoAAAAAA5QAAAEqAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAABmAAgSwKOEIBNgIkAwgLCAAEIAWBdgcgG+UCAC4KbOc0qWTDaZxQ' +
  'dL7R7ZEUQTFte3dJntokffyrd7RuSzeewWgGIzESY3EIg47ljX02oRLipyqoduGnwPbDRs4ahIcLUu525hcwveVO//kFng5Efvu1JVEkLYHmMba1MIIwgkgw' +
  'vWHKxKGU7HZyo8p7u1bDNcB73wSsey+g1v0AANZBorCkBJY0vjBmTGLdo9f3WHcAfd//gkBnhMRmKNAh0WEK0IBAVL25ULETCWOSm+8Yxfs/RvUHHzvJtSG5' +
  'mx8lQVDr/Yi8FxoOCABATMXwzFICJAAApnwKEKYQIA1MCVDCogCNKQRohSUBOpOWlWjGhTXrPdKMEUo6bRseWum87Ky4vMX2jOudul/HyocHpi+bDNQFwxIc' +
  'E92UiGprQB2MHayfFAAA'

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M2 4h28L16 28z" fill="#f6821f"/></svg>\n'

export const PAGES: readonly Page[] = [
  {
    path: '/style.css',
    shows: 'MISS, then HIT, and EXPIRED or REVALIDATED after a minute',
    type: 'text/css',
    body: STYLE,
    fields: { 'cache-control': 'public, max-age=60' },
  },
  {
    path: '/app.js',
    shows: 'stale-while-revalidate: after ten seconds an old copy is served while a new one is fetched',
    type: 'text/javascript',
    body: "document.title = 'Varyant: it works'\n",
    fields: { 'cache-control': 'public, max-age=10, stale-while-revalidate=60' },
  },
  {
    path: '/logo.svg',
    shows: 'CDN-Cache-Control: an hour in the edge, a minute in browsers',
    type: 'image/svg+xml',
    body: LOGO,
    fields: { 'cache-control': 'public, max-age=60', 'cdn-cache-control': 'max-age=3600' },
  },
  {
    path: '/font.woff2',
    shows: 'a font, which browsers fetch with CORS, granted to everyone',
    type: 'font/woff2',
    body: Uint8Array.fromBase64(FONT),
    fields: { 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*' },
  },
  {
    path: '/data.json',
    shows: 'DYNAMIC: JSON is cached only where a rule says so',
    type: 'application/json',
    body: '{ "answer": 42 }\n',
    fields: { 'cache-control': 'public, max-age=60' },
  },
  {
    path: '/reflect.js',
    shows: 'a grant to whoever asks, without Vary: each Origin gets a copy of its own, with its own grant',
    type: 'text/javascript',
    body: 'export const granted = true\n',
    fields: { 'cache-control': 'public, max-age=60' },
    grantsWhoeverAsks: true,
  },
  {
    path: '/slow.css',
    shows: 'a second for the first visitor, nothing for the next; those who come together share one fetch',
    type: 'text/css',
    body: STYLE.repeat(4),
    fields: { 'cache-control': 'public, max-age=60' },
    slow: true,
  },
]

/** The index page, which names the others. */
export const INDEX: Page = {
  path: '/',
  shows: '',
  type: 'text/html',
  body: indexPage(),
  fields: { 'cache-control': 'no-cache' },
}

function indexPage(): string {
  const items = PAGES.map(({ path, shows }) => `<li><a href="${path}">${path}</a>: ${shows}`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Varyant</title>
<link rel="stylesheet" href="/style.css"><link rel="icon" href="/logo.svg">
<style>@font-face { font-family: demo; src: url(/font.woff2) } .font { font-family: demo }</style>
<h1><img src="/logo.svg" alt="" width="32" height="32"> Varyant</h1>
<p>This page comes from the demo origin server, through the edge. Look at <code>CF-Cache-Status</code> of:</p>
<ul>
${items.join('\n')}
</ul>
<p>Start with <code>--origin URL</code> to put the edge in front of a server of your own. <span class="font">V</span></p>
<script src="/app.js"></script>
</html>
`
}
