// One kept connection of a load, byte by byte: what it costs must not hide what is measured.
//
// Every request ends: with its answer, or with the reason why there is none, a limit of time among them.

import { connect, type Socket } from 'node:net'
import { BenchFailure } from '../failure.ts'

/** An answer that takes longer will not come. */
const ANSWER_LIMIT_MILLIS = 10_000

export class LoadConnection {
  readonly #socket: Socket
  readonly #request: string
  readonly #what: string
  #text = ''
  #end: ((fault?: Error) => void) | undefined
  #fault: Error | undefined

  private constructor(socket: Socket, request: string, what: string) {
    this.#socket = socket
    this.#request = request
    this.#what = what
    socket.on('data', (bytes) => this.#take(bytes.toString('latin1')))
    socket.on('error', (cause) => this.#break(cause.message))
    socket.on('close', () => this.#break('the connection was closed'))
  }

  static async open(url: string, host: string, path: string): Promise<LoadConnection> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const connection = new LoadConnection(socket, request, `GET ${host}${path}`)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return connection
  }

  /** Asks once; rejects with a sentence. */
  ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#fault !== undefined) {
        reject(this.#fault)
        return
      }
      const timer = setTimeout(
        () => this.#break(`no answer within ${ANSWER_LIMIT_MILLIS / 1000} s`),
        ANSWER_LIMIT_MILLIS,
      )
      this.#end = (fault) => {
        clearTimeout(timer)
        this.#end = undefined
        if (fault === undefined) resolve()
        else reject(fault)
      }
      this.#socket.write(this.#request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  /** An answer is at its end when its length has come, or the last chunk. */
  #take(text: string): void {
    this.#text += text
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#text.slice(0, end))?.[1]
    const isWhole =
      length === undefined ? this.#text.endsWith('\r\n0\r\n\r\n') : this.#text.length >= end + 4 + Number(length)
    if (!isWhole) return
    if (!this.#text.startsWith('HTTP/1.1 200')) this.#break(this.#text.slice(0, 200))
    this.#text = ''
    this.#end?.()
  }

  #break(why: string): void {
    this.#fault ??= new BenchFailure(
      `${this.#what}: ${why}${this.#text === '' ? '' : ` after ${this.#text.slice(0, 80)}`}`,
    )
    this.#end?.(this.#fault)
    this.#socket.destroy()
  }
}
