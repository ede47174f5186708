package io.serai.routing.store;

/**
 * Something that is so until it is written otherwise.
 *
 * @param kind a {@link FactKind#number}; one that this program does not know stays stored
 * @param key unique within the kind; not to be written to
 * @param value not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier: facts are never compared
public record Fact(int kind, byte[] key, byte[] value) {
  /** Whether it is of a kind. */
  public boolean is(FactKind of) {
    return kind == of.number();
  }
}
