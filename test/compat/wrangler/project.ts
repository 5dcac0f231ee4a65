// A project of wrangler's in a folder of its own, and wrangler run in it against an edge.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeProcess } from '../../support/index.ts'
import type { Wrangler } from './install.ts'

export type Outcome = { readonly code: number | null; readonly output: string }

export type Project = {
  write(name: string, content: string | object): void
  /** Runs wrangler with these words to its end; `input` is what it reads from stdin. */
  run(words: readonly string[], input?: string): Promise<Outcome>
  /** Starts wrangler; the caller interrupts it, as a terminal would. */
  start(words: readonly string[]): {
    readonly child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
    interrupt(): void
  }
}

export function makeProject(wrangler: Wrangler, edge: EdgeProcess, folder: string): Project {
  const home = join(folder, 'home')
  const project = join(folder, 'project')
  for (const each of [home, project]) mkdirSync(each, { recursive: true })
  // Nothing of whoever runs the tests: their accounts, their settings.
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: home,
    CLOUDFLARE_API_BASE_URL: `${edge.apiUrl}/client/v4`,
    CLOUDFLARE_API_TOKEN: edge.token,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_LOG_PATH: join(home, 'logs'),
    CI: '1',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
  const command = (words: readonly string[]): string[] => [wrangler.node, wrangler.script, ...words]
  return {
    write: (name, content) => {
      writeFileSync(join(project, name), typeof content === 'string' ? content : JSON.stringify(content))
    },
    run: async (words, input) => {
      const stdin = input === undefined ? 'ignore' : new Blob([input])
      const child = Bun.spawn(command(words), { cwd: project, env, stdin, stdout: 'pipe', stderr: 'pipe' })
      const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()]
      const output = (await Promise.all(texts)).join('')
      return { code: await child.exited, output }
    },
    start: (words) => {
      const options = { cwd: project, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', detached: true } as const
      const child = Bun.spawn(command(words), options)
      // It is two processes, and a terminal interrupts both.
      return { child, interrupt: () => process.kill(-child.pid, 'SIGINT') }
    },
  }
}
