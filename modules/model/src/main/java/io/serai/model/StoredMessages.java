package io.serai.model;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Messages as they are stored: everything their consumers may see, in the publisher's own encoding.
 * Written from any thread; a reader belongs to one, and lets consecutive messages share what they
 * have in common.
 */
public final class StoredMessages {
  /** Version of the layout that is written; a reader knows all up to it. */
  public static final int VERSION = 1;

  private static final StoredFormats<Encoding> ENCODINGS =
      StoredFormats.installed("encoding format", EncodingFormat.class);
  private static final byte[] NOTHING = {};

  private byte[] lastHead = NOTHING;
  private Address lastAddress = new Address("", Topic.EMPTY);
  private Origin lastOrigin = Origin.ofBroker("");
  private byte[] lastWritten = NOTHING;
  private Encoding lastEncoding = Encoding.Neutral.NONE;

  /** Whether a message can be stored: a format for its encoding is installed. */
  public static boolean canWrite(Message message) {
    return ENCODINGS.canWrite(message.encoding());
  }

  /** Appends a message. */
  public static void write(Message message, ByteBuf out) {
    out.writeByte(VERSION);
    out.writeLong(message.receivedMillis());
    writeCommon(message.address(), message.origin(), message.encoding(), out);
    out.writeInt(message.body().length());
    message.body().writeTo(out);
  }

  /** Appends what messages in a row may have in common. */
  static void writeCommon(Address address, Origin origin, Encoding encoding, ByteBuf out) {
    int headAt = out.writerIndex();
    out.writeInt(0);
    StoredFields.writeText(address.exchange(), out);
    StoredFields.writeTopic(address.topic(), out);
    writeOrigin(origin, out);
    int encodingAt = endBlock(headAt, out);
    out.writeInt(0);
    ENCODINGS.write(encoding, out);
    endBlock(encodingAt, out);
  }

  private static int endBlock(int lengthAt, ByteBuf out) {
    out.setInt(lengthAt, out.writerIndex() - lengthAt - Integer.BYTES);
    return out.writerIndex();
  }

  private static void writeOrigin(Origin origin, ByteBuf out) {
    StoredFields.writeText(origin.protocol(), out);
    StoredFields.writeText(origin.vhost(), out);
    StoredFields.writeText(origin.user(), out);
    StoredFields.writeText(origin.clientId(), out);
  }

  /**
   * Reads a message.
   *
   * @throws UnknownFormatException when no installed module reads its encoding: it must stay stored
   * @throws IllegalArgumentException when a newer program wrote it, or it is damaged
   */
  public Message read(ByteBuf in) {
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a message of layout %d, this program knows %d".formatted(version, VERSION));
    }
    long receivedMillis = in.readLong();
    readHead(block(in));
    readEncoding(block(in));
    int length = in.readInt();
    Body body = Body.copyOf(in, in.readerIndex(), length);
    in.skipBytes(length);
    return new Message(lastAddress, lastEncoding, body, lastOrigin, receivedMillis);
  }

  private static ByteBuf block(ByteBuf in) {
    return in.readSlice(in.readInt());
  }

  private void readHead(ByteBuf in) {
    byte[] head = bytes(in);
    if (!Arrays.equals(head, lastHead)) {
      String exchange = StoredFields.readText(in);
      Address address = new Address(exchange, StoredFields.readTopic(in));
      lastOrigin = readOrigin(in);
      lastAddress = address;
      lastHead = head;
    }
  }

  private static Origin readOrigin(ByteBuf in) {
    String protocol = StoredFields.readText(in);
    String vhost = StoredFields.readText(in);
    String user = StoredFields.readText(in);
    return new Origin(protocol, vhost, user, StoredFields.readText(in));
  }

  private void readEncoding(ByteBuf in) {
    byte[] written = bytes(in);
    if (!Arrays.equals(written, lastWritten)) {
      lastEncoding = ENCODINGS.read(in);
      lastWritten = written;
    }
  }

  private static byte[] bytes(ByteBuf in) {
    byte[] bytes = new byte[in.readableBytes()];
    in.getBytes(in.readerIndex(), bytes);
    return bytes;
  }
}
