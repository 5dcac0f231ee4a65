// A real browser for tests: Debian's Chromium, driven by playwright-core.
//
// The environment's VARYANT_CHROMIUM names another binary.  On a machine where none is found and the user is root, it is
// installed with apt-get; elsewhere the caller is told exactly what is missing.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const
const INSTALL_TIMEOUT_MILLIS = 240_000

export type FoundChromium =
  | { readonly kind: 'found'; readonly path: string }
  /** One sentence: what is missing, and how to get it. */
  | { readonly kind: 'missing'; readonly why: string }

/** The browser's binary; installs it where that is possible. */
export function findChromium(): FoundChromium {
  const named = process.env.VARYANT_CHROMIUM ?? ''
  if (named !== '')
    return existsSync(named) ? found(named) : missing(`VARYANT_CHROMIUM names ${named}, which is not there`)
  const known = lookFor()
  if (known !== undefined) return found(known)
  if (process.getuid?.() !== 0) return missing('Chromium is not installed; run: apt-get install chromium')
  if (Bun.which('apt-get') === null) return missing('Chromium is not installed, and neither is apt-get to get it with')
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('apt-get', args, { timeout: INSTALL_TIMEOUT_MILLIS, stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }) // biome-ignore format: short
    if (status !== 0) return missing(`Chromium is not installed, and apt-get ${args[0]} failed`)
  }
  const installed = lookFor()
  return installed === undefined ? missing('apt-get installed Chromium, but it is not on the PATH') : found(installed)
}

/** Starts it without a window.  As root its own sandbox cannot be had; the pages here are the test's own. */
export function launchChromium(path: string): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}

function lookFor(): string | undefined {
  return NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined
}

function found(path: string): FoundChromium {
  return { kind: 'found', path }
}

function missing(why: string): FoundChromium {
  return { kind: 'missing', why }
}
