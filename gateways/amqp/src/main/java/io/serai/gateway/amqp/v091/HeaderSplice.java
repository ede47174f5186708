package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Header;
import io.serai.model.Rewrite;

/**
 * Changes headers in a property list and leaves every other byte as the publisher wrote it: type
 * letters, order and properties that the neutral form has no place for (AMQP 0-9-1 §4.2.6.1).
 */
final class HeaderSplice {
  /** The header that names further routing keys; without it there are none. */
  private static final String COPIES = "CC";

  private final byte[] wire;
  private final FieldReader in;
  private final ByteBuf out;

  private HeaderSplice(byte[] wire) {
    this.wire = wire;
    this.in = new FieldReader().over(Unpooled.wrappedBuffer(wire), 0, wire.length);
    this.out = Unpooled.buffer(wire.length + 256);
  }

  /** The encoding with the change made. */
  static Amqp091Encoding apply(Amqp091Encoding encoding, Rewrite rewrite) {
    Amqp091Encoding changed = new HeaderSplice(encoding.wire()).apply(rewrite);
    boolean keepsCopies = !encoding.moreTopics().isEmpty() && !rewrite.replaces(COPIES);
    return keepsCopies ? changed.routedBy(encoding.moreTopics()) : changed;
  }

  private Amqp091Encoding apply(Rewrite rewrite) {
    int flags = in.shortUint();
    boolean hasExpiry = Property.EXPIRATION.isIn(flags) && !rewrite.dropsExpiry();
    boolean hasHeaders = Property.HEADERS.isIn(flags) || !rewrite.headers().isEmpty();
    out.writeShort(with(Property.EXPIRATION, hasExpiry, with(Property.HEADERS, hasHeaders, flags)));
    copyShort(flags, Property.CONTENT_TYPE);
    copyShort(flags, Property.CONTENT_ENCODING);
    if (hasHeaders) {
      headers(Property.HEADERS.isIn(flags), rewrite);
    }
    copyOctet(flags, Property.DELIVERY_MODE);
    copyOctet(flags, Property.PRIORITY);
    copyShort(flags, Property.CORRELATION_ID);
    copyShort(flags, Property.REPLY_TO);
    if (hasExpiry) {
      copyShort(flags, Property.EXPIRATION);
    } else if (Property.EXPIRATION.isIn(flags)) {
      in.skip(in.octet());
    }
    copy(in.remaining());
    return Amqp091Encoding.read(new FieldReader().over(out, 0, out.writerIndex()));
  }

  private static int with(Property property, boolean isPresent, int flags) {
    return isPresent ? flags | property.flag : flags & ~property.flag;
  }

  private void headers(boolean hasTable, Rewrite rewrite) {
    int lengthAt = out.writerIndex();
    out.writeInt(0);
    if (hasTable) {
      int end = in.length();
      end += in.position();
      while (in.position() < end) {
        int from = in.position();
        String name = in.shortString();
        FieldTable.skipValue(in);
        if (!rewrite.replaces(name)) {
          out.writeBytes(wire, from, in.position() - from);
        }
      }
    }
    FieldWriter writer = new FieldWriter(out);
    for (Header header : rewrite.headers()) {
      FieldTable.writeValue(header.value(), writer.shortString(header.name()));
    }
    out.setInt(lengthAt, out.writerIndex() - lengthAt - Integer.BYTES);
  }

  private void copyShort(int flags, Property property) {
    if (property.isIn(flags)) {
      int length = in.octet();
      out.writeByte(length);
      copy(length);
    }
  }

  private void copyOctet(int flags, Property property) {
    if (property.isIn(flags)) {
      copy(1);
    }
  }

  private void copy(int bytes) {
    out.writeBytes(wire, in.position(), bytes);
    in.skip(bytes);
  }
}
