// What is known of each origin server: when it was last heard, and, when there is doubt, a second opinion.
//
// P1  At most one probe at a time to one address; everybody who doubts meanwhile hears its outcome.

import { EdgeError, unreachable } from '../base/index.ts'
import type { OriginAddress } from './contract.ts'
import { type ProbeLimits, type ProbeOutcome, probe } from './probe.ts'

export type Peer = {
  readonly address: OriginAddress
  /** When its last answer came or its last probe reached it, in milliseconds of the process; negative: never. */
  heardAt: number
  probing: Promise<ProbeOutcome> | undefined
}

/** An origin that was heard within this time is not doubted. */
const HEARD_MILLIS = 10_000
/** Beyond this the memory is emptied; an address is worth a probe again then. */
const MAX_PEERS = 10_000

export class Peers {
  readonly #peers = new Map<string, Peer>()
  readonly #limits: ProbeLimits

  constructor(limits: ProbeLimits) {
    this.#limits = limits
  }

  of(address: OriginAddress): Peer {
    const known = this.#peers.get(address.base)
    if (known !== undefined) return known
    if (this.#peers.size >= MAX_PEERS) this.#peers.clear()
    const peer = { address, heardAt: Number.NEGATIVE_INFINITY, probing: undefined }
    this.#peers.set(address.base, peer)
    return peer
  }

  /** The fault of an origin that cannot be reached; undefined when it can, or when nobody can tell. */
  async doubt(peer: Peer, serverName: string | undefined): Promise<EdgeError | undefined> {
    if (performance.now() - peer.heardAt < HEARD_MILLIS) return undefined
    peer.probing ??= this.#probe(peer, serverName)
    return faultOfOutcome(await peer.probing)
  }

  async #probe(peer: Peer, serverName: string | undefined): Promise<ProbeOutcome> {
    const outcome = await probe(peer.address, serverName, this.#limits)
    if (outcome === 'reachable') peer.heardAt = performance.now()
    peer.probing = undefined
    return outcome
  }
}

function faultOfOutcome(outcome: ProbeOutcome): EdgeError | undefined {
  switch (outcome) {
    case 'reachable':
      return undefined
    case 'connect-failed':
      // The exchange itself is about to learn the reason.
      return undefined
    case 'connect-timeout':
      return new EdgeError('origin-connect-timeout')
    case 'handshake-timeout':
      return new EdgeError('origin-tls-failed', 'it did not answer the handshake')
    case 'handshake-failed':
      return new EdgeError('origin-tls-failed', 'it broke off the handshake')
    default:
      return unreachable(outcome)
  }
}
