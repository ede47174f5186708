package io.serai.gateway.amqp.v091;

import io.serai.model.Header;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Adds one header with a number to a property list, without reading it: what each delivery of a
 * stream needs. {@link HeaderSplice} does everything else.
 */
final class NumberHeader {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int FLAGS_BYTES = 2;
  private static final int LENGTH_BYTES = 4;

  private NumberHeader() {}

  /** The encoding with the change made; null when that takes a closer look. */
  static @Nullable Amqp091Encoding added(Amqp091Encoding encoding, Rewrite rewrite) {
    return rewrite.headers().size() == 1
            && rewrite.without().isEmpty()
            && !rewrite.dropsExpiry()
            && rewrite.headers().getFirst() instanceof Header(String name, Value.Long(long number))
        ? added(encoding, name.getBytes(StandardCharsets.UTF_8), number)
        : null;
  }

  private static @Nullable Amqp091Encoding added(
      Amqp091Encoding encoding, byte[] name, long number) {
    byte[] wire = encoding.wire();
    boolean hasTable = encoding.has(Property.HEADERS);
    int tableAt = behind(encoding, Property.CONTENT_TYPE, FLAGS_BYTES);
    tableAt = behind(encoding, Property.CONTENT_ENCODING, tableAt);
    int from = hasTable ? tableAt + LENGTH_BYTES : tableAt;
    int tableBytes = hasTable ? (int) INTS.get(wire, tableAt) : 0;
    int end = from + tableBytes;
    if (name.length > Wire.SHORT_STRING_BYTES || contains(wire, from, end, name)) {
      return null; // perhaps it is there already
    }
    int addedBytes = 1 + name.length + 1 + Long.BYTES;
    byte[] changed = new byte[wire.length + addedBytes + (hasTable ? 0 : LENGTH_BYTES)];
    System.arraycopy(wire, 0, changed, 0, tableAt);
    SHORTS.set(changed, 0, (short) ((short) SHORTS.get(wire, 0) | Property.HEADERS.flag));
    INTS.set(changed, tableAt, tableBytes + addedBytes);
    int at = tableAt + LENGTH_BYTES;
    System.arraycopy(wire, from, changed, at, tableBytes);
    at += tableBytes;
    changed[at++] = (byte) name.length;
    System.arraycopy(name, 0, changed, at, name.length);
    at += name.length;
    changed[at++] = 'l';
    LONGS.set(changed, at, number);
    at += Long.BYTES;
    System.arraycopy(wire, end, changed, at, wire.length - end);
    return encoding.withHeader(changed);
  }

  /** Where a short string that begins at a place ends; there when it is not given. */
  private static int behind(Amqp091Encoding encoding, Property property, int at) {
    return encoding.has(property) ? at + 1 + (encoding.wire()[at] & 0xFF) : at;
  }

  private static boolean contains(byte[] wire, int from, int end, byte[] name) {
    for (int at = from; at <= end - name.length; at++) {
      int same = 0;
      while (same < name.length && wire[at + same] == name[same]) {
        same++;
      }
      if (same == name.length) {
        return true;
      }
    }
    return false;
  }
}
