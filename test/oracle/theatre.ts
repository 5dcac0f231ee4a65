// Where scenarios are played: a scripted origin server behind a running edge, a relay before it, and Chromium with a page
// of each kind.
//
//   pages ──► Chromium ──► relay ──► edge ──► origin server

import type { Browser, Frame, Page } from 'playwright-core'
import { makeFakeClock } from '../../src/base/index.ts'
import { launchChromium } from '../support/chromium.ts'
import { type Edge, START_OF_TIME, startEdge, zoneId } from '../support/edge/index.ts'
import { type ClientResponse, type FieldLine, request, startOrigin } from '../support/index.ts'
import { answerOf, type Behaviour, type HostName, type PageName, type World } from './behaviours.ts'
import { type Relay, type Relayed, startRelay } from './relay.ts'
import type { Asking } from './scenario.ts'

/** What Chromium's `fetch` came to. */
export type Fetched =
  | {
      readonly kind: 'response'
      readonly status: number
      readonly names: readonly string[]
      /** Whether the page sees how long the parts of it took. */
      readonly timing: 'visible' | 'hidden'
    }
  | { readonly kind: 'error'; readonly message: string }

export type Theatre = {
  readonly edge: Edge
  readonly world: World
  /** The browser's name and version. */
  readonly version: string
  /** What the origin server does from now on. */
  play(behaviour: Behaviour): void
  /** The page asks, in Chromium; with every message that it caused. */
  browse(
    asking: Asking,
    directory: string,
  ): Promise<{ readonly fetched: Fetched; readonly relayed: readonly Relayed[] }>
  /** The page loads a URL as it loads an image: without CORS. */
  load(page: PageName, url: string): Promise<'loaded' | 'blocked'>
  /** A client asks, with the fields of a browser. */
  ask(url: string, fields: readonly FieldLine[]): Promise<ClientResponse>
  /** Calls an operation of the zone. */
  api(path: string, body: unknown): Promise<ClientResponse>
  /** `cors_variants: collapse` from now on. */
  shareCopies(): Promise<void>
  close(): Promise<void>
}

const ZONE = 'localhost'
/** What Chromium sends to this machine, so that clients of a history share its variants. */
export const BROWSER_ENCODINGS = 'gzip, deflate, br, zstd'

/** Starts all of it with the browser at this path, and the zone with these settings. */
export async function openTheatre(
  chromiumPath: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Theatre> {
  const clock = makeFakeClock(START_OF_TIME)
  const origin = await startOrigin({ clock })
  let behaviour: Behaviour | undefined
  const edge = await startEdge({
    zones: [
      {
        name: ZONE,
        origins: { '*': origin.url },
        settings: { browser_cache_ttl: 0, ...settings },
        rules: [{ expression: 'true', action_parameters: { cache: true } }],
      },
    ],
    clock,
  })
  const relay = await startRelay(Number(new URL(edge.url).port))
  const elsewhere = startPages()
  const world = makeWorld(relay.port, elsewhere.port)
  origin.on('*', async (asked, response) => {
    if (asked.path === '/page') return void (await response.send(PAGE))
    const answer = behaviour === undefined ? undefined : answerOf(behaviour, asked, world)
    if (answer === undefined) response.cut()
    else await response.send(answer)
  })
  const browser = await launchChromium(chromiumPath)
  const frames = await openPages(browser, world)
  return {
    edge,
    world,
    version: `Chromium ${browser.version()}`,
    play: (next) => {
      behaviour = next
    },
    browse: (asking, directory) => browse(frames[asking.page], relay, askingUrl(asking, directory, world), asking),
    load: (page, url) => load(frames[page], url),
    ask: (url, fields) =>
      request(`http://127.0.0.1:${relay.port}${new URL(url).pathname}`, {
        fields: [['Host', new URL(url).host], ['Accept-Encoding', BROWSER_ENCODINGS], ...fields],
      }),
    api: (path, body) => edge.api('POST', `/zones/${zoneId(ZONE)}${path}`, body),
    shareCopies: async () => {
      const path = `/zones/${zoneId(ZONE)}/settings/cors_variants`
      const { status, text } = await edge.api('PATCH', path, { value: 'collapse' })
      if (status !== 200) throw new Error(text)
    },
    close: async () => {
      await browser.close()
      await relay.close()
      elsewhere.stop()
      await edge.stop()
      await origin.close()
    },
  }
}

/** The URL of what is asked for. */
export function askingUrl({ host, path }: Pick<Asking, 'host' | 'path'>, directory: string, world: World): string {
  return `${world.baseOf(host)}/${directory}/${path}`
}

const PAGE = {
  fields: [
    ['Content-Type', 'text/html'],
    ['Cache-Control', 'no-store'],
  ],
  body: '<!doctype html><link rel="icon" href="data:,"><title>page</title>',
} as const

/** Pages on a port of their own, past the edge. */
function startPages(): { readonly port: number; stop(): void } {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response(PAGE.body, { headers: { 'content-type': 'text/html' } }),
  })
  return { port: server.port ?? 0, stop: () => void server.stop(true) }
}

function makeWorld(port: number, otherPort: number): World {
  const baseOf = (host: HostName): string => `http://${host}.localhost:${port}`
  return {
    baseOf,
    originOf: (page) => {
      switch (page) {
        case 'a':
        case 'b':
          return baseOf(page)
        case 'port':
          return `http://a.localhost:${otherPort}`
        case 'own':
          return baseOf('r')
        case 'opaque':
        case 'data':
          return 'null'
      }
    },
  }
}

async function openPages(browser: Browser, world: World): Promise<Readonly<Record<PageName, Frame | Page>>> {
  const context = await browser.newContext()
  const open = async (base: string): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`${base}/page`)
    return page
  }
  const [a, b, own, port] = await Promise.all([
    open(world.baseOf('a')),
    open(world.baseOf('b')),
    open(world.baseOf('r')),
    open(world.originOf('port')),
  ])
  const opaque = await openFrame(b, '<iframe sandbox="allow-scripts" srcdoc="<p>sandboxed</p>"></iframe>')
  const data = await openFrame(a, '<iframe src="data:text/html,<p>data</p>"></iframe>')
  return { a, b, own, port, opaque, data }
}

async function openFrame(page: Page, html: string): Promise<Frame> {
  const attached = page.waitForEvent('framenavigated')
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(html)})`)
  await attached
  const frame = page.frames()[1]
  if (frame === undefined) throw new Error('the frame did not open')
  await frame.waitForSelector('p')
  return frame
}

async function browse(page: Frame | Page, relay: Relay, url: string, { method, headers, credentials }: Asking) {
  const first = relay.relayed.length
  const options = { url, method, headers, credentials: credentials ? 'include' : 'same-origin' } as const
  const fetched = await page.evaluate(async ({ url: asked, ...init }): Promise<Fetched> => {
    try {
      performance.clearResourceTimings()
      // The browser's own cache, that of preflights too, would hide what the edge does.
      const response = await fetch(asked, { ...init, mode: 'cors', cache: 'no-store', redirect: 'follow' })
      await response.text()
      // The entry comes with a task of its own.
      await new Promise((resolve) => setTimeout(resolve))
      const [entry] = performance.getEntriesByName(asked) as unknown as readonly { readonly requestStart: number }[]
      const timing = entry !== undefined && entry.requestStart > 0 ? 'visible' : 'hidden'
      return { kind: 'response', status: response.status, names: [...response.headers.keys()], timing }
    } catch (error) {
      return { kind: 'error', message: String(error) }
    }
  }, options)
  return { fetched, relayed: relay.relayed.slice(first) }
}

function load(page: Frame | Page, url: string): Promise<'loaded' | 'blocked'> {
  return page.evaluate(async (asked) => {
    try {
      await fetch(asked, { mode: 'no-cors', cache: 'no-store' })
      return 'loaded'
    } catch {
      // What this is about.
      return 'blocked'
    }
  }, url)
}
