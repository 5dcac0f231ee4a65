// The numbers of the store, each with its reason.

/**
 * Bodies up to this length live in the memory tier; larger ones are files, which the kernel sends without passing them
 * through this process.  Below it a file costs more per answer than a copy from memory does; above it a few bodies would
 * push hundreds of small ones out.
 */
export const MAX_MEMORY_BODY_BYTES = 256 * 1024

/** In a store without a disk, one body takes at most this share of the memory limit. */
export const MAX_SHARE_OF_MEMORY = 1 / 4

/** Variants under one primary key.  A list this long is still matched in microseconds; beyond it the oldest goes. */
export const MAX_VARIANTS_PER_KEY = 200

/** A finished body that no response has claimed for this long is forgotten: its exchange decided not to store. */
export const UNCLAIMED_BODY_MILLIS = 30_000

/** As many bodies may wait to be claimed; a claim comes right after its finish. */
export const MAX_UNCLAIMED_BODIES = 64

/** What a fill keeps in memory of the part that its file already has, for readers that keep pace. */
export const FILL_WINDOW_BYTES = 1024 * 1024

/** What a fill holds before its writer must wait: for the disk, or, without one, for the slowest reader. */
export const FILL_BACKLOG_BYTES = 4 * 1024 * 1024

/** Chunks smaller than this are gathered, so that a body that drips in byte by byte costs its length and little more. */
export const SMALL_CHUNK_BYTES = 4 * 1024

/** The first block in which small chunks are gathered, and the later ones. */
export const FIRST_GATHER_BLOCK_BYTES = 4 * 1024
export const GATHER_BLOCK_BYTES = 16 * 1024

/** A body up to this length is copied when it is whole, rather than kept in the buffer that its chunk came in. */
export const COPIED_BODY_BYTES = 32 * 1024

/** One write to a fill's file: enough to keep a disk busy, little enough to let readers in between. */
export const SPILL_WRITE_BYTES = 1024 * 1024

/** One read from a fill's file for a reader that lags behind; there may be a thousand such readers. */
export const LAGGARD_READ_BYTES = 64 * 1024

/** Items that a sweep judges before it gives way: well below a millisecond. */
export const SWEEP_STEP_ITEMS = 32

/** Bodies up to this length lie in the index itself: a file of its own costs a block and several system calls. */
export const MAX_INLINE_BODY_BYTES = 16 * 1024

/** One body takes at most this share of the disk limit; a larger one passes through. */
export const MAX_SHARE_OF_DISK = 1 / 2

/** What is put is written at most this much later, in one transaction with its neighbours. */
export const BATCH_MILLIS = 500

/** The same where other processes wait for it: what one of them has stored is to be a hit at the others at once. */
export const SHARED_BATCH_MILLIS = 10

/** Puts, removals and marks of use in one transaction: a few milliseconds of the event loop. */
export const BATCH_PUTS = 64
export const BATCH_REMOVALS = 64
export const BATCH_USES = 512

/** Bodies on their way to files, in bytes, before the next fill's `finish` waits. */
export const PLACING_BACKLOG_BYTES = 16 * 1024 * 1024

/** While the disk fails, it is tried again this often. */
export const DISK_RETRY_MILLIS = 5000

/** The unit in which the index remembers when a response was last used. */
export const USE_UNIT_MILLIS = 60_000

/** A file that nothing points to any more stays this long, for an answer that knows its path and has yet to open it. */
export const FILE_GRACE_MILLIS = 2000

/** Rows that one step of a walk over the index reads and parses. */
export const WALK_STEP_ROWS = 32

/** Hashes that one step of a walk reads: numbers, in one go. */
export const WALK_STEP_HASHES = 2048
