package io.serai.storage.file;

/** Places where a crash is most likely to show a mistake. */
public enum CrashPoint {
  /** Records are written, not synced. */
  WRITTEN_NOT_SYNCED,
  /** Records are synced, nobody has been told. */
  SYNCED_NOT_TOLD,
  /** The old segment is sealed, nothing is in the next one yet. */
  MID_ROLL,
  /** Part of a footer is written. */
  MID_FOOTER,
  /** A part of a segment's survivors is copied. */
  MID_COMPACTION,
  /** All survivors are copied and synced, the segment is still there. */
  COMPACTED_NOT_DELETED,
  /** Some files are deleted, the folder is not synced. */
  MID_DELETE,
  /** A new segment is filled, not yet named. */
  MID_ALLOCATION
}
