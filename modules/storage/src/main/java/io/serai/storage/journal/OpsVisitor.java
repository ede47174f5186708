package io.serai.storage.journal;

/** Takes what {@link OpsDecoder} reads, in order. Segment numbers are 0 for none. */
interface OpsVisitor {
  /**
   * An owner refers to a payload.
   *
   * @param replaces the segment with the reference this one takes the place of
   */
  void reference(
      long owner, long sequence, long payloadId, long replaces, RefAttributes attributes);

  /**
   * References are gone.
   *
   * @param count how many sequences from the first on
   * @param target the segment the references are in; those in later segments are not meant
   */
  void settled(long owner, long first, long count, long target);

  /** A fact has a value. */
  void put(int kind, byte[] key, byte[] value, long replaces);

  /** A fact has no value any more. */
  void removed(int kind, byte[] key, long target);
}
