package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import io.serai.bus.Delivery;
import io.serai.gateway.stomp.StompFrame.Messages;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes MESSAGE frames. Messages to one subscription mostly have the same address and the same
 * headers, so everything but the numbers is kept as a template; small messages are put together in
 * an array and go to the output many at a time.
 */
final class MessageWriter {
  /** Messages are collected up to this; a connection that subscribes keeps one such array. */
  private static final int COLLECTED_BYTES = 4096;

  /** Room for the numbers of a frame and what stands between them. */
  private static final int NUMBERS_BYTES = 160;

  private static final byte[] NO_BYTES = {};
  private static final byte[] REDELIVERED = ascii("redelivered:false\n");
  private static final byte[] REDELIVERED_AGAIN = ascii("redelivered:true\ndelivery-count:");
  private static final byte[] CONTENT_LENGTH = ascii("content-length:");
  private static final byte[] MESSAGE_ID = ascii("\nmessage-id:");
  private static final byte[] ACK = ascii("\nack:");
  private static final byte[] END = ascii("\n\n");

  private StompVersion version = StompVersion.V1_0;

  // ---- what the template is for, or would be

  private SubscriptionTag tag = new SubscriptionTag(null, "", false);
  private Address address = new Address("", Topic.EMPTY);
  private Encoding published = StompEncoding.NONE;

  /** The frame up to what depends on the delivery. */
  private byte[] template = NO_BYTES;

  private byte[] idPrefix = NO_BYTES;

  private byte[] collected = NO_BYTES;
  private int collectedBytes;

  void speak(StompVersion negotiated) {
    version = negotiated;
  }

  void write(Messages run, ByteBuf out) {
    long number = run.firstNumber();
    for (int i = run.from(); i < run.to(); i++) {
      Delivery delivery = run.deliveries().get(i);
      Message message = delivery.message();
      adapt(run.tag(), message);
      Body body = message.body();
      int length = body.length();
      int most = template.length + 2 * idPrefix.length + NUMBERS_BYTES;
      if (most + length >= COLLECTED_BYTES) {
        flush(out);
        writeLarge(delivery, number++, body, most, out);
        continue;
      }
      if (collectedBytes + most + length >= COLLECTED_BYTES) {
        flush(out);
      }
      if (collected.length == 0) {
        collected = new byte[COLLECTED_BYTES];
      }
      int at = head(delivery, number++, length, collected, collectedBytes);
      System.arraycopy(body.chunk(0), 0, collected, at, length); // small: it is one chunk
      at += length;
      collected[at] = 0;
      collectedBytes = at + 1;
    }
    flush(out);
  }

  private void flush(ByteBuf out) {
    if (collectedBytes > 0) {
      out.writeBytes(collected, 0, collectedBytes);
      collectedBytes = 0;
    }
  }

  private void writeLarge(Delivery delivery, long number, Body body, int most, ByteBuf out) {
    byte[] head = new byte[most];
    out.writeBytes(head, 0, head(delivery, number, body.length(), head, 0));
    body.writeTo(out);
    out.writeByte(0);
  }

  /** Puts everything before the body into {@code to} and answers where it ends. */
  private int head(Delivery delivery, long number, int bodyBytes, byte[] to, int from) {
    int at = put(template, to, from);
    if (delivery.isRedelivered()) {
      at = put(REDELIVERED_AGAIN, to, at);
      at = put(delivery.deliveryCount(), to, at);
      to[at++] = '\n';
    } else {
      at = put(REDELIVERED, to, at);
    }
    at = put(CONTENT_LENGTH, to, at);
    at = put(bodyBytes, to, at);
    at = put(MESSAGE_ID, to, at);
    int id = at;
    at = put(idPrefix, to, at);
    at = put(number, to, at);
    if (tag.acknowledges() && version == StompVersion.V1_2) {
      int idBytes = at - id;
      at = put(ACK, to, at);
      System.arraycopy(to, id, to, at, idBytes);
      at += idBytes;
    }
    return put(END, to, at);
  }

  private static int put(byte[] bytes, byte[] to, int at) {
    System.arraycopy(bytes, 0, to, at, bytes.length);
    return at + bytes.length;
  }

  /** Decimal digits of a number that is not negative. */
  private static int put(long number, byte[] to, int at) {
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = number;
    for (int i = at + digits - 1; i >= at; i--) {
      to[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return at + digits;
  }

  /** Makes the template anew when the message or the subscription differs from the last one. */
  @SuppressWarnings("ReferenceEquality") // all three are shared; a miss costs a fraction of a frame
  private void adapt(SubscriptionTag to, Message message) {
    if (published == message.encoding() && address == message.address() && tag == to) {
      return;
    }
    if (tag != to) {
      tag = to;
      idPrefix = ascii(to.messageIdPrefix());
    }
    address = message.address();
    published = message.encoding();
    byte[] headers = message.as(StompMapping.TO_STOMP).lines(version);
    String id = to.id();
    String start =
        "MESSAGE\n"
            + (id == null ? "" : "subscription:" + HeaderEscapes.value(id, version) + '\n')
            + "destination:"
            + HeaderEscapes.value(StompDestination.of(address), version)
            + '\n';
    byte[] startBytes = start.getBytes(StandardCharsets.UTF_8);
    template = Arrays.copyOf(startBytes, startBytes.length + headers.length);
    System.arraycopy(headers, 0, template, startBytes.length, headers.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
