// The door of `sqlite`: files of SQLite, how they are made, and those that must survive.

export { DamagedFile, type DurableFileOptions, openDurableFile } from './durable-file.ts'
export { prepareFile } from './new-file.ts'
