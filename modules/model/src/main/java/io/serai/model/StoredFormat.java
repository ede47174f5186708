package io.serai.model;

import io.netty.buffer.ByteBuf;

/**
 * How one kind of object is written to storage. A format is an extension point: whoever has such
 * objects brings a format for them, named in {@code META-INF/services}. What was written by any
 * earlier program must stay readable, so a format that changes takes a new id or marks what it
 * writes.
 *
 * @param <T> what formats of this family are for
 */
public interface StoredFormat<T> {
  /**
   * Stands before everything this format writes. Unique within the family, above 0, and never used
   * for anything else again.
   */
  int id();

  /** The class whose instances this format writes. */
  Class<? extends T> type();

  /** Appends a value, an instance of {@link #type}. */
  void write(T value, ByteBuf out);

  /**
   * Reads back what {@link #write} wrote, which is all that {@code in} holds.
   *
   * @throws RuntimeException when it is something else
   */
  T read(ByteBuf in);
}
