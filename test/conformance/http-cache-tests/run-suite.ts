// Runs the suite's own server and client as child processes, with a cache of any make between them.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RawResults, Suite } from './suite.ts'

export type SuiteServer = {
  readonly url: string
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts the suite's origin server on `port`, 0 for a free one; answers when it listens. */
export async function startSuiteServer(suite: Suite, port = 0): Promise<SuiteServer> {
  const child = Bun.spawn(['node', suite.serverScript], {
    cwd: suite.directory,
    env: suiteEnvironment({
      protocol: 'http',
      port: String(port),
      pidfile: join(tmpdir(), `http-cache-tests-${process.pid}.pid`),
    }),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const listening = await listeningPort(child.stdout)
  return {
    url: `http://127.0.0.1:${listening}`,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await child.exited
    },
  }
}

/** Runs the suite's client against a cache and answers its raw results. */
export async function runSuiteClient(suite: Suite, cacheUrl: string, testId = ''): Promise<RawResults> {
  const child = Bun.spawn(['node', '--no-warnings', suite.clientScript], {
    cwd: suite.directory,
    env: suiteEnvironment({ base: cacheUrl, id: testId }),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const output = await new Response(child.stdout).text()
  if (testId !== '') {
    process.stdout.write(output)
    return {}
  }
  // Warnings may stand before the results, which begin with a brace alone on its line.
  const start = /^\{$/m.exec(output)?.index
  if ((await child.exited) !== 0 || start === undefined) {
    throw new Error(`the suite's client failed: ${output.slice(-2000)}`)
  }
  return JSON.parse(output.slice(start)) as RawResults
}

/** The suite reads its options from npm's environment; both spellings are set, so that an outer npm cannot interfere. */
function suiteEnvironment(options: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const entries = Object.entries(options).flatMap(([name, value]) => [
    [`npm_config_${name}`, value],
    [`npm_package_config_${name}`, value],
  ])
  return { ...process.env, ...Object.fromEntries(entries) }
}

/** The port that the server says it listens on; its later output is read and dropped, for unread it would stop it. */
function listeningPort(output: ReadableStream<Uint8Array>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = async (): Promise<void> => {
      const decoder = new TextDecoder()
      for await (const chunk of output) {
        text += decoder.decode(chunk, { stream: true })
        const port = /Listening on http:\/\/.*:(\d+)\//.exec(text)?.[1]
        if (port !== undefined) resolve(port)
      }
      reject(new Error(`the suite's server ended before it listened: ${text}`))
    }
    void read()
  })
}
