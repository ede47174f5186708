package io.serai.gateway.amqp.v091;

import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.Objects;

/** Equality of frames field by field; records alone compare byte arrays by identity. */
final class SameFrames {
  /** For AssertJ: 0 when equal. */
  static final Comparator<Amqp091Frame> COMPARATOR = (a, b) -> same(a, b) ? 0 : 1;

  private SameFrames() {}

  private static boolean same(Amqp091Frame a, Amqp091Frame b) {
    if (a.getClass() != b.getClass() || !a.getClass().isRecord()) {
      return a.equals(b);
    }
    try {
      for (RecordComponent field : a.getClass().getRecordComponents()) {
        var read = field.getAccessor();
        read.setAccessible(true);
        if (!Objects.deepEquals(read.invoke(a), read.invoke(b))) {
          return false;
        }
      }
      return true;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
