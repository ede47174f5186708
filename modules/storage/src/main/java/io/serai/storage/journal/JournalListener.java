package io.serai.storage.journal;

/** Told what happens to a journal beside its work, on the writer's or a reader's thread. */
public interface JournalListener {
  /**
   * A write or sync failed: what is on the device is unknown, nothing is confirmed any more, the
   * node has to stop. Called at most once.
   */
  void failed(Throwable cause);

  /** There is no space for more. Publishers should be held back; it goes on by itself. */
  default void full(long freeBytes, long neededBytes) {}

  /** After {@link #full}: there is space again. */
  default void spaceAgain() {}

  /** Something on disk does not have its checksum. */
  default void damaged(Damage damage) {}
}
