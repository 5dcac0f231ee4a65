// The configuration as JSON documents under paths: what the API changes while it runs.
//
//   tokens/<id>    zones/<id>/rulesets/<phase>    ...
//
// D1  `change` is one transaction and one revision: all of it or, when the work throws, nothing.
// D2  A change is durable before `change` returns, and listeners have been told.
// D3  What is read cannot be changed by its reader: documents are frozen, all the way down.

export interface Documents {
  /** Rises with every change. */
  readonly revision: number
  /** The document under a path, or undefined. */
  read(path: string): unknown
  /** The documents whose paths begin with the prefix, in the order of their paths. */
  list(prefix: string): readonly (readonly [path: string, value: unknown])[]
  change<T>(work: (draft: DocumentsDraft) => T): T
  /** Calls the listener after each change; answers how to stop. */
  onChange(listener: (revision: number) => void): () => void
  close(): void
}

/** The documents as a change under way sees them: its own writes included. */
export interface DocumentsDraft {
  read(path: string): unknown
  list(prefix: string): readonly (readonly [path: string, value: unknown])[]
  write(path: string, value: unknown): void
  remove(path: string): void
}
