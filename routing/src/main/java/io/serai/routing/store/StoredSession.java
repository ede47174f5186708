package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.Caller;
import io.serai.bus.Principal;
import io.serai.bus.SessionRecord;
import io.serai.bus.SessionRef;
import io.serai.bus.SessionStateFormat;
import io.serai.model.Message;
import io.serai.model.StoredFields;
import io.serai.model.StoredFormats;
import io.serai.model.StoredMessages;
import java.util.function.Function;

/**
 * A durable client session as it is stored, one fact each.
 *
 * @param vhost the client's
 * @param record its times already count from now, if a connection held it when the node ended
 */
public record StoredSession(String vhost, String clientId, SessionRecord record) {
  private static final int VERSION = 1;
  private static final StoredFormats<Object> STATES =
      StoredFormats.installed("session format", SessionStateFormat.class);

  /** Whose it is. */
  public StoredNotes.Client client() {
    return new StoredNotes.Client(vhost, clientId);
  }

  /** Whether sessions with that state can be stored. */
  public static boolean canWrite(SessionRecord record) {
    return STATES.canWrite(record.state());
  }

  /**
   * The fact's value.
   *
   * @param isHeld whether a connection holds the session: its times count from when that ends
   */
  public static byte[] write(
      String vhost, String clientId, SessionRecord record, boolean isHeld, long nowMillis) {
    ByteBuf out = Unpooled.buffer(256);
    out.writeByte(VERSION);
    out.writeBoolean(isHeld);
    out.writeLong(nowMillis);
    StoredFields.writeText(vhost, out);
    StoredFields.writeText(clientId, out);
    STATES.write(record.state(), out);
    StoredFields.writeOptionalText(record.queue(), out);
    out.writeLong(record.expiresAtMillis());
    StoredFields.writeText(record.owner().principal().user(), out);
    StoredFields.writeText(record.owner().clientId(), out);
    Message will = record.will();
    out.writeBoolean(will != null);
    if (will != null) {
      out.writeByte(record.willFlags());
      out.writeLong(record.willAtMillis());
      StoredMessages.write(will, out);
    }
    return ByteBufUtil.getBytes(out);
  }

  /** Reads a fact's value. */
  public static StoredSession read(
      byte[] value, Function<String, Principal> users, long nowMillis) {
    ByteBuf in = Unpooled.wrappedBuffer(value);
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a session of layout %d, this program knows %d".formatted(version, VERSION));
    }
    boolean isHeld = in.readBoolean();
    long writtenMillis = in.readLong();
    long laterMillis = isHeld ? Math.max(0, nowMillis - writtenMillis) : 0;
    String vhost = StoredFields.readText(in);
    String clientId = StoredFields.readText(in);
    Object state = STATES.read(in);
    String queue = StoredFields.readOptionalText(in);
    long expiresAtMillis = shifted(in.readLong(), laterMillis);
    Principal user = users.apply(StoredFields.readText(in));
    Caller owner = new Caller(new SessionRef(0, -1), user, vhost, StoredFields.readText(in));
    Message will = null;
    int willFlags = 0;
    long willAtMillis = Long.MAX_VALUE;
    if (in.readBoolean()) {
      willFlags = in.readByte();
      willAtMillis = shifted(in.readLong(), laterMillis);
      will = new StoredMessages().read(in);
    }
    return new StoredSession(
        vhost,
        clientId,
        new SessionRecord(state, queue, expiresAtMillis, will, willFlags, willAtMillis, owner));
  }

  private static long shifted(long atMillis, long byMillis) {
    return atMillis > Long.MAX_VALUE - byMillis ? Long.MAX_VALUE : atMillis + byMillis;
  }
}
