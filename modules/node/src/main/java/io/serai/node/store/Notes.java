package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.StoredMessage;
import io.serai.storage.journal.RefAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a reference in the journal: match data and its owner's note. Most references
 * have neither.
 */
final class Notes {
  private static final int HAS_NOTE = 1;
  private static final int HAS_MATCH = 2;

  private Notes() {}

  static RefAttributes attributes(
      Message message, @Nullable MatchData match, int deliveryCount, long note) {
    return new RefAttributes(
        deliveryCount,
        message.expiresAtMillis(),
        message.encoding().priority(),
        message.body().length(),
        note == 0 && match == null ? RefAttributes.NOTHING : opaque(match, note));
  }

  private static byte[] opaque(@Nullable MatchData match, long note) {
    boolean isKept = match != null && Definitions.MATCHES.canWrite(match);
    ByteBuf out = Unpooled.buffer(64);
    out.writeByte((note == 0 ? 0 : HAS_NOTE) | (isKept ? HAS_MATCH : 0));
    if (note != 0) {
      out.writeLong(note);
    }
    if (match != null && isKept) {
      Definitions.MATCHES.write(match, out);
    }
    return ByteBufUtil.getBytes(out);
  }

  /**
   * A reference and its message.
   *
   * @throws io.serai.model.UnknownFormatException when nobody knows its match data
   */
  static StoredMessage read(long sequence, Message message, RefAttributes attributes) {
    byte[] opaque = attributes.opaque();
    return new StoredMessage(
        sequence, message, match(opaque), attributes.deliveryCount(), note(opaque));
  }

  /** What its owner wrote beside a reference, in its opaque bytes; 0 for nothing. */
  static long note(byte[] opaque) {
    return opaque.length == 0 || (opaque[0] & HAS_NOTE) == 0
        ? 0
        : Unpooled.wrappedBuffer(opaque).getLong(1);
  }

  /**
   * The match data in the opaque bytes of a reference.
   *
   * @throws io.serai.model.UnknownFormatException when nobody knows it
   */
  static @Nullable MatchData match(byte[] opaque) {
    if (opaque.length == 0 || (opaque[0] & HAS_MATCH) == 0) {
      return null;
    }
    ByteBuf in = Unpooled.wrappedBuffer(opaque);
    in.skipBytes(1 + ((opaque[0] & HAS_NOTE) == 0 ? 0 : Long.BYTES));
    return Definitions.MATCHES.read(in);
  }
}
